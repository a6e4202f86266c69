"""The captured payloads of real boards, replayed: each gives every posting that it holds, counted by hand beforehand."""

from typing import Any

import pytest

from model.posting import Posting
from tests.boards.crawling import Crawl, crawled, read_from
from tests.boards.replays import REPLAYS, Replay
from tests.boards.server import serving
from tests.conftest import SHARED, lacking

WIRE = SHARED / "wire"
LIVE = ("lever veeva", "workday nvidia", "job_xml gist")


def bodies(replay: Replay) -> dict[str, bytes]:
    """The payloads under their addresses."""
    if not WIRE.is_dir():
        lacking(f"no captured payloads at {WIRE}")
    return {address: (WIRE / name).read_bytes().strip() for address, name in replay.files.items()}


def told(posting: Posting) -> dict[str, Any]:
    """A posting's fields as the table of replays names them."""
    place = posting.locations[0] if posting.locations else None
    pay = posting.pay
    return {
        "id": posting.id,
        "title": posting.title,
        "employer": posting.employer,
        "url": posting.url,
        "places": len(posting.locations),
        "city": place and place.city,
        "region": place and place.region,
        "postal_code": place and place.postal_code,
        "country": place and place.country,
        "workplace": posting.workplace,
        "employment_type": list(posting.employment_type),
        "date_posted": posting.date_posted and posting.date_posted.isoformat(),
        "valid_through": posting.valid_through and posting.valid_through.isoformat(),
        "pay": pay and [pay.min, pay.max, pay.period, pay.currency],
    }


def judge(replay: Replay, crawl: Crawl) -> None:
    """The crawl gave what was counted and read by hand."""
    report = crawl.report
    assert (report.seen, len(crawl.crawled), report.advertised) == (replay.listed, replay.read, replay.advertised)
    assert (report.complete, crawl.failure) == (replay.complete, replay.failure)
    if replay.first:
        first = told(crawl.postings[0])
        assert {name: first[name] for name in replay.first} == replay.first


@pytest.mark.parametrize("name", REPLAYS)
def test_the_payloads_are_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    replay = REPLAYS[name]
    pages = {_filed(address): body for address, body in bodies(replay).items()}
    judge(replay, read_from(lambda asked: pages.get(_host_free(asked.target)), kind=replay.kind, url=replay.url))


def _filed(address: str) -> str:
    """An address without its host."""
    return _host_free(address.split("://", 1)[1].partition("/")[1] + address.split("://", 1)[1].partition("/")[2])


def _host_free(target: str) -> str:
    """A path with its query, in one spelling."""
    return target.replace("%2C", ",")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in LIVE else [pytest.mark.long]) for name in REPLAYS]
)
def test_the_payloads_are_read_over_http(name: str) -> None:
    replay = REPLAYS[name]
    pages = {_filed(address): body for address, body in bodies(replay).items()}
    with serving(lambda asked: pages.get(_host_free(asked.target))) as server:
        judge(replay, crawled(kind=replay.kind, url=replay.url, api=server.url))
