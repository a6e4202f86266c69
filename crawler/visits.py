"""What pages said about themselves, in this crawl and before it: validators to ask with, and postings that need no reading."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import metadata

from crawler.page import Page
from model.crawl import Visit

_LONGEST = 500  # no validator is longer, unless somebody means harm


class Visits:
    """The visits of one source: those known from before, and the one at hand."""

    def __init__(
        self, known: Mapping[str, Visit], tell: Callable[[Visit], None], marks: Mapping[str, str] | None = None
    ) -> None:
        """`known`: by address. `tell` takes each visit that says something new, after the postings of its page were read. `marks`: of
        the postings that need no page, unless their row of the list looks otherwise now."""
        self._marks = marks or {}
        self._known = known
        self._tell = tell
        self._current: Visit | None = None
        self._list: Visit | None = None
        self._on_list: dict[str, None] = {}

    def mark(self, posting_id: str) -> str | None:
        """What a posting's row of the list looked like, None if it is not known."""
        return self._marks.get(posting_id)

    def before(self, url: str) -> Visit | None:
        """What is known of a page."""
        return self._known.get(url)

    def conditions(self, url: str) -> dict[str, str]:
        """The headers that ask for a page only if it changed."""
        before = self._known.get(url)
        told = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified} if before else {}
        return {name: value for name, value in told.items() if value}

    def same_list(self, url: str, page: Page) -> Visit | None:
        """What is known of the answer that holds the whole board, if this is the same answer; else None, and from now on the postings
        that are found stand on it."""
        before = self._known.get(url)
        if before is not None and (page.status == 304 or _digest(page) == before.told):
            if page.status != 304 and not self.conditions(url):
                self.keep(
                    _list_of(url, page, before.ids)
                )  # it was asked without validators: these are the ones to ask with
            return before
        self._list = _list_of(url, page)
        return None

    def forget_list(self) -> None:
        """Another page was needed: the answer at hand does not hold the whole board."""
        self._list = None

    def was_gone(self, url: str, mark: str | None) -> bool:
        """Whether the board said lately, under the same row of its list, that the posting is gone."""
        before = self._known.get(url)
        return before is not None and before.kind == "gone" and before.told == mark

    def begin(self, url: str, page: Page, listed_as: str | None) -> None:
        """A page was fetched; what is found from now on stands on it."""
        self._current = Visit(
            url=url,
            etag=_short(page.headers.get("etag")),
            last_modified=_short(page.headers.get("last-modified")),
            listed_as=_short(listed_as),
        )

    def holds(self, posting_id: str) -> None:
        """The page at hand holds this posting."""
        if self._current is not None and posting_id not in self._current.ids:
            self._current = replace(self._current, ids=(*self._current.ids, posting_id))
        if self._list is not None:
            self._on_list[posting_id] = None

    def drop(self) -> None:
        """The page at hand was not read: the next crawl is to fetch it again."""
        self._current = None

    def end(self) -> None:
        """The page at hand is done with."""
        if self._current is not None:
            self.keep(self._current)
        self._current = None

    def settle(self, *, whole: bool) -> None:
        """The crawl is over: tell of the page at hand and, if the whole board was seen without fault, of the answer that held it."""
        self.end()
        if self._list is not None and whole:
            self.keep(replace(self._list, ids=tuple(self._on_list)))
        self._list = None

    def keep(self, visit: Visit) -> None:
        """Tell of a visit, if it can be asked with later and says something new."""
        telling = visit.etag or visit.last_modified or visit.listed_as or visit.told is not None
        if telling and visit != self._known.get(visit.url):
            self._tell(visit)


@cache
def program_version() -> str:
    """This program's version, "0" where it is not installed."""
    try:
        return metadata.version("firstrung")
    except metadata.PackageNotFoundError:
        return "0"


def _list_of(url: str, page: Page, ids: tuple[str, ...] = ()) -> Visit:
    """The visit of an answer that holds the whole board."""
    etag, last_modified = _short(page.headers.get("etag")), _short(page.headers.get("last-modified"))
    return Visit(url=url, kind="list", etag=etag, last_modified=last_modified, ids=ids, told=_digest(page))


def _digest(page: Page) -> str:
    """What tells one body from another, and one that this program read from one that an older version did: a newer one may see more."""
    return hashlib.sha256(program_version().encode() + b" " + page.body).hexdigest()[:32]


def _short(value: str | None) -> str | None:
    """A validator that can be kept and sent back."""
    return value if value and len(value) <= _LONGEST and value.isprintable() else None
