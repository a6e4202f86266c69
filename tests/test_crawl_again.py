"""A board that is crawled again: what did not change is not asked for, or asked for conditionally, and nothing is written."""

import hashlib
import json
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, func, select

from crawler import jobposting
from crawler.records import Record
from model.crawl import Visit
from model.source import Source
from scheduler import configuration, steps
from scheduler.steps import House
from store import payloads, postings, visits
from store.database import Database
from store.rows import ReadingRow, Row, VisitRow
from tests.boards.crawling import crawled, read_from
from tests.boards.made import BOARDS
from tests.boards.openings import openings
from tests.boards.server import Answer, Asked, Server, serving
from tests.boards.shapes import page_of
from tests.fakes import ByHand

POSTGRES_IS_LONG = True

SITE = "https://elm.example"
BY_THEIR_PAGES = (
    "json_ld",
    "successfactors",
    "html",
)  # no list that says enough: sitemap dates and validators, as below
BOARD: dict[str, Any] = {"kind": "json_ld", "url": f"{SITE}/sitemap.xml"}


class Site:
    """A careers site of JobPosting pages with a sitemap: with `lastmod`s, with ETags, or with neither."""

    def __init__(self, count: int = 60, *, lastmod: bool = False, etag: bool = False) -> None:
        self.pages = {f"/jobs/{one.number}": page_of(one) for one in openings(count)}
        self.changed: dict[str, str] = {}
        self.lastmod, self.etag = lastmod, etag

    def change(self, path: str, old: str, new: str, on: str = "2026-11-20") -> None:
        """A page says something else from now on."""
        assert old in self.pages[path]
        self.pages[path] = self.pages[path].replace(old, new)
        self.changed[path] = on

    def __call__(self, asked: Asked) -> Any:
        """The site's answer."""
        if asked.path == "/sitemap.xml":
            return "<urlset>" + "".join(self._entry(path) for path in self.pages) + "</urlset>"
        page = self.pages.get(asked.path)
        if page is None or not self.etag:
            return page
        tag = f'"{hashlib.md5(page.encode(), usedforsecurity=False).hexdigest()}"'
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(body=page.encode(), headers={"ETag": tag})

    def _entry(self, path: str) -> str:
        told = f"<lastmod>{self.changed.get(path, '2026-11-01')}</lastmod>" if self.lastmod else ""
        return f"<url><loc>{SITE}{path}</loc>{told}</url>"


def again(site: Site, server: Server, known: Mapping[str, Visit]) -> Any:
    """Crawl with what is known; only what was asked this time is left in the server's log."""
    server.asked.clear()
    return crawled(api=server.url, visits=known, **BOARD)


@pytest.mark.long
def test_a_sitemap_s_dates_spare_every_page_that_did_not_change() -> None:
    site = Site(lastmod=True)
    with serving(site) as server:
        first = crawled(api=server.url, **BOARD)
        second = again(site, server, first.visits)
        asked = len(server.asked)
        site.change("/jobs/1007", "looks for help", "looks for more help")
        third = again(site, server, first.visits)
        paths = server.paths()
    assert (first.report.complete, len(first.crawled), first.report.requests) == (True, 60, 62)
    assert (second.report.complete, second.report.seen, second.crawled, second.visits) == (True, 60, [], {})
    assert len(second.report.unchanged) == 60
    assert asked == second.report.requests == 1
    assert paths == ["/sitemap.xml", "/jobs/1007"]
    assert [one.id for one in third.postings] == [one.id for one in first.postings if one.id.endswith("1007")]
    assert (third.report.complete, third.report.seen, len(third.report.unchanged)) == (True, 60, 59)


def test_validators_are_sent_back_and_304_is_seen_unchanged() -> None:
    site = Site(count=12, etag=True)
    with serving(site) as server:
        first = crawled(api=server.url, **BOARD)
        second = again(site, server, first.visits)
        conditional = [asked for asked in server.asked if "if-none-match" in asked.headers]
        site.change("/jobs/1007", "looks for help", "looks for more help")
        third = again(site, server, first.visits)
    assert all(visit.etag for visit in first.visits.values() if visit.kind == "page")
    assert len(conditional) == len(first.visits) - 1 == 12
    assert (second.report.complete, second.report.seen, second.crawled, second.visits) == (True, 12, [], {})
    assert [one.id.endswith("1007") for one in third.postings] == [True]
    assert list(third.visits) == [f"{SITE}/jobs/1007"]


def test_a_page_that_is_gone_is_gone_however_well_it_is_known() -> None:
    site = Site(count=5, etag=True)
    with serving(site) as server:
        first = crawled(api=server.url, **BOARD)
        listing = Site.__call__

        def one_less(asked: Asked) -> Any:
            return None if asked.path == "/jobs/1002" else listing(site, asked)

        with serving(one_less) as changed:
            second = crawled(api=changed.url, visits=first.visits, **BOARD)
    assert len(second.report.gone) == 1
    assert len(second.report.unchanged) == 4


def test_pages_without_a_posting_are_remembered_too_and_prove_no_empty_board() -> None:
    site = Site(count=0, lastmod=True)
    site.pages = {f"/jobs/room-{number}": f"<html><p>Our house has room {number}</p></html>" for number in range(3)}
    with serving(site) as server:
        first = crawled(api=server.url, **BOARD)
        second = again(site, server, first.visits)
    assert (first.failure, second.failure) == ("not_understood", "not_understood")
    assert second.report.requests < first.report.requests


def test_a_site_that_says_nothing_of_itself_leaves_nothing_to_remember_but_its_robots_txt() -> None:
    with serving(Site(count=3)) as server:
        assert set(crawled(api=server.url, **BOARD).visits) == {f"{SITE}/robots.txt"}


@pytest.mark.parametrize("kind", [kind for kind in BOARDS if kind not in BY_THEIR_PAGES])
def test_whatever_the_kind_an_unchanged_board_costs_its_list_alone(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = BOARDS[kind](openings(200))
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    first = read_from(made.handler, **made.fields)
    marks = {one.posting.id: one.mark for one in first.crawled if one.mark}
    second = read_from(made.handler, marks=marks, visits=first.visits, **made.fields)
    assert first.report.seen == second.report.seen
    assert (second.report.complete, second.failure) == (first.report.complete, first.failure)
    if first.report.requests > len(first.crawled):  # a page for each posting
        assert second.report.requests <= 0.05 * first.report.requests
        assert set(second.report.unchanged) == {one.id for one in first.postings}


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """A service that watches one site."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "service.yaml").write_text("crawl: {allow_private_hosts: ['127.0.0.1']}\n")
    return House(configuration.load(tmp_path), database, ByHand(), {})


def source(server: Server) -> Source:
    """The site as a source."""
    return configuration.check_source({"name": "elm", "api": server.url, **BOARD}, "here")


def rows(database: Database) -> dict[str, list[Any]]:
    """Every row of every table but the runs' own (`tally` counts their requests)."""
    with database.read() as connection:
        found = {}
        for name, table in Row.metadata.tables.items():
            assert isinstance(table, Table)
            if name not in ("run", "source", "tally"):
                found[name] = [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
    return found


def test_an_unchanged_board_writes_nothing_but_its_run(house: House) -> None:
    with serving(Site(lastmod=True, etag=True)) as server:
        first = steps.crawl(house, source(server))
        before = rows(house.database)
        second = steps.crawl(house, source(server))
    assert (first.new, first.requests) == (60, 62)
    assert (second.unchanged, second.requests, second.complete, second.closed) == (60, 1, True, 0)
    assert rows(house.database) == before


@pytest.mark.long
def test_what_closed_is_read_again_when_it_comes_back_as_it_was(house: House) -> None:
    clock = house.clock
    assert isinstance(clock, ByHand)
    site = Site(count=10, lastmod=True)
    with serving(site) as server:
        steps.crawl(house, source(server))
        gone = site.pages.pop("/jobs/1003")
        closed = []
        for _ in range(2):
            clock.move(hours=6)
            closed.append(steps.crawl(house, source(server)).closed)
        site.pages["/jobs/1003"] = gone
        clock.move(hours=6)
        back = steps.crawl(house, source(server))
    with house.database.read() as connection:
        assert postings.count(connection) == (10, 10)
    assert (closed, back.changed, back.unchanged) == ([0, 1], 1, 9)


@pytest.mark.long
def test_a_sweep_looks_at_every_page_and_forgets_those_that_are_no_more(house: House) -> None:
    clock = house.clock
    assert isinstance(clock, ByHand)
    site = Site(count=10, lastmod=True)
    with serving(site) as server:
        steps.crawl(house, source(server))
        site.change(
            "/jobs/1005", "looks for help", "looks quietly for help", on="2026-11-01"
        )  # the sitemap does not say so
        clock.move(hours=6)
        blind = steps.crawl(house, source(server))
        del site.pages["/jobs/1002"]
        clock.move(days=8)
        sweep = steps.crawl(house, source(server))
    with house.database.read() as connection:
        kept = connection.execute(select(func.count()).select_from(VisitRow)).scalar_one()
        known = visits.load(connection, "elm", now=clock())
    assert (blind.changed, blind.requests) == (0, 1)
    assert (sweep.changed, sweep.requests) == (1, 11)
    assert kept == len(known) == 10  # nine pages and robots.txt
    assert json.dumps(sorted(known)).count("/jobs/1002") == 0


def test_reading_everything_anew_from_snapshots_makes_no_request(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Site(count=20)) as server:
        steps.crawl(house, source(server))
    steps.read_new(house)
    with house.database.write() as connection:
        connection.execute(delete(ReadingRow))
    connect = socket.socket.connect

    def none_but_the_database(self: socket.socket, address: Any) -> None:
        assert self.family == socket.AF_UNIX, f"a request to {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", none_but_the_database)
    assert steps.read_new(house) == 20
    with house.database.read() as connection:
        for one in postings.each(connection):
            kept = payloads.load(connection, one.number)
            assert kept is not None
            again = jobposting.parse(Record(json.loads(kept[1])), "elm", one.posting.url, one.posting.id)
            assert again == one.posting


def test_the_same_postings_under_two_employers_are_an_alarm_and_close_nothing(house: House, tmp_path: Path) -> None:
    made = BOARDS["greenhouse"](openings(12))
    with serving(lambda asked: made.handler(replace(asked, path=asked.path.replace("/oak/", "/juniper/")))) as server:
        (tmp_path / "sources" / "two.yaml").write_text(
            "sources:\n"
            f"  - {{name: juniper, kind: greenhouse, url: '{made.fields['url']}', employer: Juniper, api: '{server.url}'}}\n"
            f"  - {{name: oak, kind: greenhouse, url: 'https://boards.greenhouse.io/oak', employer: Oak House, api: '{server.url}'}}\n"
        )
        both = replace(house, configuration=configuration.load(tmp_path))
        found = [steps.crawl(both, both.configuration.source(name)) for name in ("juniper", "oak")]
    assert [run.failure and run.failure.kind for run in found] == [None, "misattributed"]
    assert found[1].failure
    assert "12 of its 12 postings stand in juniper too" in found[1].failure.says
    assert [run.complete for run in found] == [True, False]
