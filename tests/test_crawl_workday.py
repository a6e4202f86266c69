"""Workday's caps and copies, and what a second crawl of an unchanged board asks for."""

import re
from typing import Any

from tests.boards.crawling import Crawl, crawled, read_from
from tests.boards.made import BOARDS
from tests.boards.openings import Opening, openings
from tests.boards.server import Asked, serving

FIELDS = BOARDS["workday"]([]).fields


def capped(every: list[Opening], *, facets: bool) -> Any:
    """A site that lists 2,000 postings at most and repeats its first page after them."""
    whole = BOARDS["workday"](every).handler
    halves = {"f0": every[::2], "f1": every[1::2]}

    def answer(asked: Asked) -> Any:
        if not asked.path.endswith("/jobs"):
            return whole(asked)
        question = asked.json
        chosen = next(iter(question["appliedFacets"].values()), None)
        rows = halves[chosen[0]] if chosen else every
        offset = question["offset"] if question["offset"] < 2000 else 0
        answered: Any = BOARDS["workday"](rows).handler(asked) if offset else first(rows, asked)
        answered["total"] = min(len(rows), 2000) if not question["offset"] else 0
        values = [{"id": name, "count": len(half), "descriptor": name} for name, half in halves.items()]
        answered["facets"] = [{"facetParameter": "jobFamilyGroup", "values": values}] if facets else []
        return answered

    def first(rows: list[Opening], asked: Asked) -> Any:
        body = re.sub(rb'"offset": ?\d+', b'"offset": 0', asked.body)
        again = Asked(asked.method, asked.path, asked.query, asked.headers, body, asked.target)
        return BOARDS["workday"](rows).handler(again)

    return answer


def test_a_list_that_stops_at_2000_is_read_by_job_family() -> None:
    crawl = read_from(capped(openings(2100), facets=True), **FIELDS)
    assert (crawl.failure, crawl.report.complete) == (None, True)
    assert (crawl.report.seen, crawl.report.advertised) == (2100, 2100)


def test_a_list_that_stops_at_2000_and_cannot_be_split_is_incomplete() -> None:
    crawl = read_from(capped(openings(2100), facets=False), **FIELDS)
    assert (crawl.failure, crawl.report.complete) == ("incomplete", False)


def marks(crawl: Crawl) -> dict[str, str]:
    """The marks that a store would keep."""
    return {one.posting.id: one.mark for one in crawl.crawled if one.mark}


def test_an_unchanged_board_costs_its_list_only() -> None:
    with serving(BOARDS["workday"](openings(46)).handler) as server:
        first = crawled(api=server.url, **FIELDS)
        second = crawled(api=server.url, known=marks(first), **FIELDS)
    assert (len(first.crawled), len(first.report.unchanged)) == (45, 0)
    assert (second.report.complete, second.report.seen, second.crawled) == (True, 46, [])
    assert len(second.report.unchanged) == 45
    assert second.report.requests <= 5


def test_a_posting_whose_row_changed_is_read_again() -> None:
    every = openings(46)
    first = read_from(BOARDS["workday"](every).handler, **FIELDS)
    with serving(BOARDS["workday"]([*openings(47)[46:], *every[1:]]).handler) as server:
        second = crawled(api=server.url, known={**marks(first), "JR1003": "another"}, **FIELDS)
    assert {posting.id for posting in second.postings} == {"JR1003", "JR1047"}
