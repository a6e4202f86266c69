"""A board while it is read: what a format asks of it and tells about it, and the judgement on how much of it was seen."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from rapidfuzz import fuzz

from crawler.failures import failing, failure_of
from crawler.page import Page
from crawler.records import Record, compact
from crawler.visits import Visits
from crawler.wishes import Wish
from model.crawl import Crawled, CrawlReport, Failure, Visit
from model.errors import PageNotUnderstood, SourceError
from model.posting import Posting
from model.source import Expect, Source

log = logging.getLogger(__name__)
_DETAILS_FAILED_IN_A_ROW = 5
_MANY_EMPLOYERS = 5
_STOPPING = frozenset(
    {"refused_by_robots", "forbidden", "challenge", "rate_limited", "private_address", "dns", "tls", "misattributed"}
)


class Enough(Exception):
    """Raised through a format when the sample is full and it asks for one page more."""


class Fetching(Protocol):
    """Whatever brings a page: the crawl's fetcher, or a folder of pages in tests."""

    async def fetch(self, wish: Wish) -> Page:
        """The page. Raises SourceError."""
        ...

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the host's robots.txt names. Raises SourceError."""
        ...


class Board:
    """One board during one crawl. Formats call `page`, `detail`, `advertises`, `listed`, `found`, `gone` and `falls_short`."""

    def __init__(
        self,
        source: Source,
        fetching: Fetching,
        keep: Callable[[Crawled], None],
        *,
        sample: int | None = None,
        ignored: frozenset[str] = frozenset(),
        foreign: frozenset[str] = frozenset(),
        visits: Visits | None = None,
        probing: bool = False,
    ) -> None:
        """`keep` takes each posting; `foreign` are ids that the vendor also gives for an employer that does not exist; `visits` is what
        is known from earlier crawls; `probing`: the first list is enough."""
        self.source = source
        self.seen: set[str] = set()
        self.read: set[str] = set()
        self.advertised: int | None = None
        self._fetching = fetching
        self._keep = keep
        self._sample = sample
        self._ignored = ignored
        self._foreign = foreign
        self._visits = visits or Visits({}, lambda _: None)
        self._probing = probing
        self._marks: dict[str, str] = {}
        self._unchanged: dict[str, None] = {}
        self._gone: dict[str, None] = {}
        self._asked: tuple[str, str] | None = None
        self._copies = 0
        self._cut = False
        self._failure: Failure | None = None
        self._failed_in_a_row = 0
        self._unknown: Counter[str] = Counter()
        self._employers: Counter[str] = Counter()
        self._notes: dict[str, None] = {}

    @property
    def sampling(self) -> bool:
        """Whether only a sample is wanted, so that details come page by page and not after the whole list."""
        return self._sample is not None

    async def page(self, url: str, **wish: object) -> Page:
        """The page at `url`; `wish` as in Wish. Raises SourceError, and Enough when the sample is full."""
        if self._sample is not None and len(self.read) >= self._sample:
            self._cut = True
            raise Enough
        self._visits.end()
        self._visits.forget_list()
        return await self._fetching.fetch(Wish(url=url, **wish))  # type: ignore[arg-type]

    async def whole(self, url: str, **wish: object) -> Page | None:
        """The one answer that holds the whole board; None if it is as it was when it was last read: its postings are seen, unchanged.
        Where more pages turn out to be needed, ask for them with `page`: then this one is not remembered. Raises as `page`."""
        conditions = self._visits.conditions(url)
        page = await self.page(url, **wish, **({"headers": conditions, "ok": (304,)} if conditions else {}))
        before = self._visits.same_list(url, page)
        if before is None:
            return page
        self._same(before)
        return None

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that robots.txt names for this host. Raises SourceError."""
        return await self._fetching.sitemaps(url)

    async def detail(self, posting_id: str, url: str, **wish: object) -> Page | None:
        """The page of a listed posting; None if the board says that it is gone, if this page alone failed (kept in mind), or if the
        posting is known and its row of the list is as it was."""
        if posting_id in self._marks and self._visits.mark(posting_id) == self._marks[posting_id]:
            self._unchanged[posting_id] = None
            return None
        if posting_id in self._marks and self._visits.was_gone(url, self._marks[posting_id]):
            self.gone(posting_id)
            return None
        self._asked = None
        try:
            page = await self.page(url, **wish)
        except SourceError as error:
            if error.failure == "not_found":
                self.gone(posting_id)
            else:
                self.failed(error)
            return None
        self._failed_in_a_row = 0
        self._asked = (posting_id, url)
        return page

    async def visit(self, posting_id: str, url: str, *, listed_as: str | None = None, **wish: object) -> Page | None:
        """As `detail`, for a page that says by itself all that is read of its postings: not asked for where `listed_as` (the sitemap's
        `lastmod`) is what it was, and asked for conditionally where the board gave validators. None also for a page that is as it was:
        its postings are `postings_before(url)`, seen and unchanged."""
        before = self._visits.before(url)
        if before is not None and listed_as is not None and before.listed_as == listed_as:
            self._same(before)
            return None
        conditions = self._visits.conditions(url)
        wish = {**wish, "headers": conditions, "ok": (304,)} if conditions else wish
        page = await self.detail(posting_id, url, **wish)
        if page is None:
            return None
        if page.status == 304 and before is not None:
            self._same(before)
            self._visits.keep(replace(before, listed_as=listed_as))
            return None
        self._visits.begin(url, page, listed_as)
        return page

    def postings_before(self, url: str) -> tuple[str, ...] | None:
        """The postings on a page when it was last fetched; None for a page that is not known."""
        before = self._visits.before(url)
        return before.ids if before else None

    def _same(self, visit: Visit) -> None:
        """A page is as it was: its postings are seen."""
        self.listed(visit.ids)
        self._unchanged.update(dict.fromkeys(visit.ids))
        self._failed_in_a_row = 0

    def failed(self, error: SourceError) -> None:
        """One posting's page failed: keep the first failure and go on; raise it where going on is pointless or unwanted."""
        self._visits.drop()
        self._failed_in_a_row += 1
        if error.failure in _STOPPING or self._failed_in_a_row >= _DETAILS_FAILED_IN_A_ROW:
            raise error
        if self._failure is None:
            self._failure = failure_of(error)
        log.info("posting not read", extra={"url": error.url, "failure": error.failure, "says": error.says})

    def advertises(self, total: int | None) -> None:
        """The board says how many postings it holds. Another figure later in the same crawl means that it changed while being read."""
        if total is None:
            return
        if self.advertised is not None and total != self.advertised:
            self.falls_short(f"the board changed while it was read: it held {self.advertised} postings, then {total}")
        self.advertised = max(total, self.advertised or 0)

    def listed(self, ids: Iterable[str | None]) -> list[str]:
        """The board lists these postings on one page; gives those that are new. Raises SourceError if they belong to nobody."""
        every = [posting_id for posting_id in ids if posting_id]
        if self._foreign.intersection(every):
            raise SourceError(
                "the board gives the same postings for an employer that cannot exist", failure="misattributed"
            )
        distinct = list(dict.fromkeys(every))
        self._copies += len(every) - len(distinct)
        new = [posting_id for posting_id in distinct if posting_id not in self.seen]
        self.seen.update(new)
        if self._probing and new:
            raise Enough
        return new

    def marked(self, posting_id: str, row: Record, volatile: frozenset[str] = frozenset()) -> None:
        """Remember what a posting's row of the list looks like, fields that change by themselves left out."""
        steady = {name: value for name, value in row.fields.items() if name not in volatile}
        self._marks[posting_id] = hashlib.sha256(compact(steady)).hexdigest()[:20]

    def found(
        self, posting: Posting, *payload: Record | bytes, employer: str | None = None, kind: str = "json"
    ) -> None:
        """One posting was read. `payload`: its record, or its row of the list and its detail; kept as it is, and what nobody knows
        in it is counted. A copy, or one more than the sample, is dropped."""
        self.listed([posting.id])
        self._visits.holds(posting.id)
        if posting.id in self.read or (self._sample is not None and len(self.read) >= self._sample):
            return
        for part in payload:
            if isinstance(part, Record):
                self._unknown.update(part.unknown(self._ignored))
        self.read.add(posting.id)
        named = employer or posting.employer
        if named:
            self._employers[named] += 1
        self._keep(
            Crawled(
                posting=posting,
                payload=_body(payload),
                payload_kind=kind,
                employer_named=named,
                mark=self._marks.get(posting.id),
            )
        )

    def gone(self, posting_id: str) -> None:
        """The board itself says that this posting is gone. It counts as seen. Where it is listed still and its own page said so,
        that is believed for a day while its row stays the same; a bare 404 is asked again each time, since it may be an accident."""
        self.listed([posting_id])
        self._visits.drop()
        self._gone[posting_id] = None
        if self._asked is not None and self._asked[0] == posting_id and posting_id in self._marks:
            self._visits.keep(Visit(url=self._asked[1], kind="gone", told=self._marks[posting_id]))

    def falls_short(self, says: str) -> None:
        """This crawl did not see the whole board; the first reason is kept."""
        if self._failure is None:
            self._failure = failing("incomplete", says)

    def check_whole(self, page: Page) -> None:
        """A listing page that breaks off in the middle makes the crawl fall short."""
        if page.is_cut_short:
            self.falls_short("a listing page breaks off")

    def notes(self, warning: str) -> None:
        """Something that the operator should know and that makes no failure."""
        self._notes[warning] = None

    def report(
        self, error: SourceError | None, *, knows_all: bool, requests: int, seconds: float, cut: bool = False
    ) -> CrawlReport:
        """The judgement. `error`: what ended the crawl, if anything; `cut`: the sample was full."""
        failure = (
            failure_of(error) if error else self._failure or (None if cut else self._shortfall() or self._unexpected())
        )
        self._visits.settle(whole=failure is None and not cut)
        whole: bool | None = False if failure else (True if knows_all and not cut else None)
        self._compare_employer()
        if self._unknown:
            fields = ", ".join(f"{name} ({count})" for name, count in self._unknown.most_common(5))
            self.notes(f"{len(self._unknown)} payload fields that this kind has never seen: {fields}")
        return CrawlReport(
            source=self.source.name,
            complete=whole,
            advertised=self.advertised,
            seen=len(self.seen),
            requests=requests,
            seconds=round(seconds, 3),
            failure=failure,
            gone=tuple(self._gone),
            unchanged=tuple(self._unchanged),
            unknown_fields=dict(self._unknown.most_common()),
            warnings=tuple(self._notes),
        )

    def _shortfall(self) -> Failure | None:
        """Fewer postings seen than the board advertises."""
        if self.advertised is None or len(self.seen) + self._copies >= self.advertised:
            return None
        return failing("incomplete", f"the board advertises {self.advertised} postings and showed {len(self.seen)}")

    def _unexpected(self) -> Failure | None:
        """More or fewer postings than `expect` allows."""
        expect = self.source.expect or Expect()
        count = len(self.seen)
        if count < expect.min:
            return failing("yield_unexpected", f"{count} postings where at least {expect.min} were expected")
        if expect.max is not None and count > expect.max:
            return failing("yield_unexpected", f"{count} postings where at most {expect.max} were expected")
        return None

    def _compare_employer(self) -> None:
        """Warn where the payloads name an employer that is not like the configured one."""
        if not self.source.employer or not self._employers:
            return
        named, count = self._employers.most_common(1)[0]
        total = sum(self._employers.values())
        if len(self._employers) >= _MANY_EMPLOYERS and count * 2 < total:
            told = f"{len(self._employers)} employers, the commonest {named!r} on {count} of {total} postings"
            self.notes(
                f"the payloads name {told}; the configuration says {self.source.employer!r}: is this board one employer's?"
            )
        elif fuzz.WRatio(named.casefold(), self.source.employer.casefold()) < 60:
            self.notes(f"the payload names {named!r} ({count} times), the configuration {self.source.employer!r}")


def _body(payload: Sequence[Record | bytes]) -> bytes:
    """A payload's bytes: one record as it is, several as a list."""
    if len(payload) == 1 and isinstance(payload[0], bytes):
        return payload[0]
    fields = [part.fields if isinstance(part, Record) else part.decode("utf-8", "replace") for part in payload]
    return compact(fields[0] if len(fields) == 1 else fields)


def understood(page: Page, says: str) -> PageNotUnderstood:
    """The error for a page that is not in the shape that a format knows."""
    return PageNotUnderstood(says, url=page.url)
