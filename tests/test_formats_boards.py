"""Every format against a board of our own making, live: read completely, and never called complete when it was cut short."""

from typing import Any

import pytest

from crawler import formats
from tests.boards.crawling import Crawl, crawled, read_from
from tests.boards.made import BOARDS, EMPLOYER
from tests.boards.openings import Opening, openings
from tests.boards.server import Answer, Asked, Handler, as_answer, serving

KINDS = sorted(BOARDS)
NO_EMPLOYER = {"rss", "neogov", "adp", "bamboohr", "pinpoint", "lever", "ukg", "ashby", "oracle"}
NO_PAY = {
    *(
        "json_ld",
        "rss",
        "smartrecruiters",
        "workable",
        "workday",
        "icims",
        "ukg",
        "paylocity",
        "apploi",
        "hireology",
        "jazzhr",
    ),
    *("successfactors", "teamtailor", "personio", "rippling", "adzuna", "careeronestop"),
}
NO_KIND = {"rss", "neogov", "successfactors", "careeronestop"}


def test_every_format_has_a_board() -> None:
    assert tuple(KINDS) == formats.kinds()


LIVE = ("json_ld", "workday", "usajobs")


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind in LIVE else [pytest.mark.long]) for kind in KINDS]
)
def test_a_board_over_http(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    every = openings(46)
    made = BOARDS[kind](every)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    with serving(made.handler) as server:
        crawl = crawled(api=server.url, prove=True, **made.fields)
    _whole(kind, every, crawl)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_board_is_read(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    every = openings(46)
    made = BOARDS[kind](every)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    _whole(kind, every, read_from(made.handler, **made.fields))


def _whole(kind: str, every: list[Opening], crawl: Crawl) -> None:
    """All openings were read, each field as far as this format can carry it."""
    report = crawl.report
    assert report.failure is None
    assert report.complete is (True if formats.load(kind).about.knows_all else None)
    assert report.seen == 46
    assert report.advertised in (None, 46)
    assert report.unknown_fields == {}
    assert report.warnings == ()
    gone = 1 if kind == "workday" else 0
    assert len(report.gone) == gone
    assert len({posting.id for posting in crawl.postings}) == len(crawl.postings) == 46 - gone
    _same(kind, every[0], next(posting for posting in crawl.postings if posting.title.startswith(every[0].title)))


def _same(kind: str, opening: Opening, posting: Any) -> None:
    """The posting says what the opening says, as far as this format can carry it."""
    place = posting.locations[0]
    assert (place.city, place.region, place.country) == (opening.city, opening.state, "US")
    assert posting.url.startswith("https://")
    assert "127.0.0.1" not in posting.url
    if kind not in ("adzuna", "careeronestop"):
        assert "number 1001 &amp; counting" in posting.description
        assert "<li>High school diploma or GED</li>" in posting.description
    if kind != "pinpoint":
        assert posting.date_posted == opening.posted
    assert posting.employer == (None if kind in NO_EMPLOYER else EMPLOYER)
    assert posting.employment_type == (() if kind in NO_KIND else ("FULL_TIME",))
    if kind not in NO_PAY:
        assert (posting.pay.min, posting.pay.max, posting.pay.period, posting.pay.currency) == (17, 21, "hour", "USD")
    else:
        assert posting.pay is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_board_is_empty(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = BOARDS[kind]([])
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    crawl = read_from(made.handler, **made.fields)
    assert (crawl.failure, crawl.report.seen) == (None, 0)
    assert crawl.report.complete is (True if formats.load(kind).about.knows_all else None)


def cut(handler: Handler, listing: Any, good: int) -> Handler:
    """The board, whose list breaks off in the middle after so many good answers."""
    count = iter(range(10_000))

    def answer(asked: Asked) -> Any:
        whole = as_answer(handler(asked))
        if listing(asked) and next(count) >= good:
            return Answer(whole.body[: len(whole.body) // 2], headers={"Content-Type": "application/json"})
        return whole

    return answer


@pytest.mark.parametrize("good", [0, 1])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if formats.load(kind).about.knows_all])
def test_a_list_that_breaks_off_is_never_complete(kind: str, good: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = BOARDS[kind](openings(46))
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    crawl = read_from(cut(made.handler, made.listing, good), **made.fields)
    if good and crawl.report.seen == 46:
        pytest.skip("the list has one page")
    assert crawl.report.complete is not True
    assert crawl.report.failure is not None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if formats.load(kind).about.tier == "keyed"])
def test_a_missing_key_is_said_clearly(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = BOARDS[kind]([])
    for name in made.environment:
        monkeypatch.delenv(name, raising=False)
    crawl = read_from(made.handler, **made.fields)
    assert crawl.report.failure
    assert crawl.failure == "misconfigured"
    assert next(iter(made.environment)) in crawl.report.failure.says
