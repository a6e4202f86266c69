"""Whose postings a board shows: the same ones under two employers mean that its vendor does not heed whose board is asked for."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from crawler.failures import failing
from crawler.gates import vendor_host
from model.crawl import CrawlReport
from model.source import Source
from store import postings

FEWEST_SHARED = 3


def attributed(connection: Any, source: Source, every: Iterable[Source], report: CrawlReport) -> CrawlReport:
    """The report, turned into `misattributed` where at least half of the board (or of another employer's) stands under both."""
    others = rivals(source, every)
    mine = len(postings.open_ids(connection, source.name)) if others and report.failure is None else 0
    if not mine:
        return report
    for other, (shared, theirs) in postings.shared_ids(connection, source.name, others).items():
        if shared >= FEWEST_SHARED and 2 * shared >= min(mine, theirs):
            says = f"{shared} of its {mine} postings stand in {other} too, under the same ids, for another employer"
            return replace(report, complete=False, failure=failing("misattributed", says, source.url))
    return report


def rivals(source: Source, every: Iterable[Source]) -> list[str]:
    """The sources of other employers whose boards are of the same kind at the same vendor."""
    employer = (source.employer or "").casefold()
    return [
        one.name
        for one in every
        if one.employer and employer not in ("", one.employer.casefold()) and _vendor(one) == _vendor(source)
    ]


def _vendor(source: Source) -> tuple[str, str]:
    """What must be the same for two boards to be one vendor's."""
    return source.kind, vendor_host(urlsplit(source.api or source.url).netloc)
