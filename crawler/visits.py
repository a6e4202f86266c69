"""What pages said about themselves, in this crawl and before it: validators to ask with, and postings that need no reading."""

from collections.abc import Callable, Mapping
from dataclasses import replace

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

    def drop(self) -> None:
        """The page at hand was not read: the next crawl is to fetch it again."""
        self._current = None

    def end(self) -> None:
        """The page at hand is done with."""
        if self._current is not None:
            self.keep(self._current)
        self._current = None

    def keep(self, visit: Visit) -> None:
        """Tell of a visit, if it can be asked with later and says something new."""
        if (visit.etag or visit.last_modified or visit.listed_as) and visit != self._known.get(visit.url):
            self._tell(visit)


def _short(value: str | None) -> str | None:
    """A validator that can be kept and sent back."""
    return value if value and len(value) <= _LONGEST and value.isprintable() else None
