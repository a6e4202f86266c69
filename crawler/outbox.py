"""The child's way to its parent: postings in batches, progress now and then, and nothing lost when the process is told to stop."""

import time
from collections.abc import Callable
from typing import Protocol

from crawler.events import postings_line, progress_line, report_line, visits_line
from model.crawl import Crawled, CrawlReport, Progress, Visit

_BATCH = 250
_SECONDS = 0.5


class Counts(Protocol):
    """What the outbox reads of a board."""

    seen: set[str]
    read: set[str]
    advertised: int | None


class Requests(Protocol):
    """What the outbox reads of a fetcher."""

    requests: int
    answers: dict[str, int]


class Outbox:
    """Writes event lines."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """`write` takes one whole line."""
        self._write = write
        self._waiting: list[Crawled] = []
        self._visits: list[Visit] = []
        self._last = time.monotonic()
        self._watched: tuple[Counts, Requests] | None = None

    def watch(self, board: Counts, fetcher: Requests) -> None:
        """Report the progress of these from now on."""
        self._watched = (board, fetcher)

    def put(self, crawled: Crawled) -> None:
        """Take one posting; it leaves with its batch, half a second later at most."""
        self._waiting.append(crawled)
        if len(self._waiting) >= _BATCH:
            self.flush()

    def visited(self, visit: Visit) -> None:
        """Take what a page said about itself; it leaves after the postings that were put before it."""
        self._visits.append(visit)

    def tick(self) -> None:
        """Send what has waited long enough."""
        if time.monotonic() - self._last >= _SECONDS:
            self.flush()

    def flush(self) -> None:
        """Send what waits, and how far the crawl is."""
        self._last = time.monotonic()
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._write(postings_line(waiting))
        if self._visits:
            visits, self._visits = self._visits, []
            self._write(visits_line(visits))
        if self._watched:
            board, fetcher = self._watched
            at = Progress(fetcher.requests, len(board.seen), len(board.read), fetcher.answers)
            self._write(progress_line(at, board.advertised))

    def close(self, report: CrawlReport) -> None:
        """Send the rest, then the report."""
        self.flush()
        self._write(report_line(report))
