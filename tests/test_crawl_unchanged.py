"""What is believed for a day: robots.txt, an answer that holds a whole board, a posting that is listed and gone."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model.source import Source
from scheduler import configuration, steps
from scheduler.steps import House
from store import postings, runs
from store.database import Database
from store.runs import Run
from tests.boards.crawling import read_from
from tests.boards.made import BOARDS
from tests.boards.openings import openings
from tests.boards.server import Answer, Asked, Server, as_answer, serving
from tests.fakes import ByHand

POSTGRES_IS_LONG = True

IN_ONE_ANSWER = (
    *("greenhouse", "lever", "ashby", "personio", "recruitee", "pinpoint", "workable", "teamtailor"),
    *("job_xml", "rss", "neogov"),
)
Tag = Callable[[bytes], dict[str, str]]


def right(body: bytes) -> dict[str, str]:
    """An ETag that says what the body is."""
    return {"ETag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'}


def lying(_body: bytes) -> dict[str, str]:
    """An ETag that never changes, so that 304 is said of another body, too."""
    return {"ETag": '"always-the-same"'}


class Vendor:
    """A board of any kind whose answers carry an ETag, as `tag` says; `robots` is its robots.txt."""

    def __init__(self, kind: str = "greenhouse", count: int = 12, tag: Tag = right) -> None:
        self.kind, self.tag, self.robots = kind, tag, "User-agent: *\nAllow: /\n"
        self.openings = openings(count)
        self.always: int | None = None
        self.cut: int | None = None

    def change(self, number: int, **fields: Any) -> None:
        """One opening says something else from now on."""
        self.openings = [replace(one, **fields) if one.number == number else one for one in self.openings]

    def remove(self, number: int) -> None:
        """One opening is not listed any more."""
        self.openings = [one for one in self.openings if one.number != number]

    def __call__(self, asked: Asked) -> Any:
        """The vendor's answer."""
        if asked.path == "/robots.txt":
            return self.robots
        if self.always is not None:
            return Answer(status=self.always)
        answer = as_answer(BOARDS[self.kind](self.openings).handler(asked))
        if answer.status != 200:
            return answer
        headers = self.tag(answer.body)
        if headers.get("ETag") and asked.headers.get("if-none-match") == headers["ETag"]:
            return Answer(status=304, headers=headers)
        return replace(answer, body=answer.body[: self.cut], headers={**answer.headers, **headers})


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """A service that may ask the local server."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "service.yaml").write_text("crawl: {allow_private_hosts: ['127.0.0.1']}\n")
    return House(configuration.load(tmp_path), database, ByHand(), {})


def source(server: Server, kind: str = "greenhouse", name: str = "juniper") -> Source:
    """The board as a source."""
    fields = {**BOARDS[kind](openings(1)).fields, "name": name, "api": server.url}
    return configuration.check_source(fields, "here")


def replace_employer(one: Source, employer: str) -> Source:
    """The source with another employer's name in its configuration."""
    return one.model_copy(update={"employer": employer})


def crawl(house: House, server: Server, kind: str = "greenhouse", *, hours: float = 0) -> tuple[Run, list[str]]:
    """One crawl, some hours later, with the paths that it asked."""
    assert isinstance(house.clock, ByHand)
    house.clock.move(hours=hours)
    server.asked.clear()
    return steps.crawl(house, source(server, kind)), [asked.path for asked in server.asked]


def told(run: Run) -> tuple[bool | None, int, int, int, int]:
    """What matters of a run: complete, seen, changed, unchanged, closed."""
    return run.complete, run.seen, run.changed, run.unchanged, run.closed


@pytest.mark.parametrize("kind", IN_ONE_ANSWER)
def test_a_board_in_one_answer_that_is_as_it_was_is_seen_whole_and_unread(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 10 if kind == "teamtailor" else 46  # teamtailor: more than one page is not remembered
    vendor = Vendor(kind, count)
    made = BOARDS[kind](vendor.openings)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    vendor.change(1002, title="Clerk")
    first = read_from(vendor, **made.fields)
    second = read_from(vendor, visits=first.visits, **made.fields)
    vendor.change(1003, title="Another name altogether")
    third = read_from(vendor, visits=first.visits, **made.fields)
    by_body = Vendor(kind, count, tag=lambda _: {})
    untagged = read_from(by_body, **made.fields)
    again = read_from(by_body, visits=untagged.visits, **made.fields)
    for crawled in (second, again):
        assert (crawled.report.complete, crawled.failure) == (first.report.complete, None)
        assert (crawled.report.seen, crawled.crawled, crawled.visits) == (count, [], {})
        assert len(crawled.report.unchanged) == count
    assert second.brought == {}
    assert any("Another name altogether" in one.title for one in third.postings)
    assert (third.report.seen, len(third.postings)) == (count, count)


@pytest.mark.parametrize("kind", ["lever", "teamtailor"])
def test_a_board_of_several_pages_is_not_taken_for_its_first(kind: str) -> None:
    vendor = Vendor(kind, 230)
    first = read_from(vendor, **BOARDS[kind](vendor.openings).fields)
    assert first.report.requests > 2
    assert first.report.seen == 230
    assert first.visits == {}


def test_an_unchanged_board_costs_one_304_and_writes_nothing(house: House) -> None:
    vendor = Vendor()
    with serving(vendor) as server:
        first, asked = crawl(house, server)
        second, again = crawl(house, server, hours=6)
        vendor.change(1004, title="Coding Clerk")
        third, _ = crawl(house, server, hours=6)
        vendor.remove(1005)
        closing = [crawl(house, server, hours=6)[0] for _ in range(2)]
    assert len(asked) == 3  # robots.txt, an employer that cannot exist, the board
    assert again == ["/v1/boards/juniper/jobs"]
    assert told(first) == (True, 12, 0, 0, 0)
    assert told(second) == (True, 12, 0, 12, 0)
    assert told(third) == (True, 12, 1, 11, 0)
    assert [told(run) for run in closing] == [(True, 11, 0, 11, 0), (True, 11, 0, 11, 1)]


def test_what_a_board_s_payloads_warn_of_is_still_said_when_it_is_as_it_was(house: House) -> None:
    vendor = Vendor()
    with serving(vendor) as server:
        elsewhere = replace_employer(source(server), "Quartz Mining of Nevada")
        first = steps.crawl(house, elsewhere)
        second = steps.crawl(house, elsewhere)
    assert "the payload names 'Juniper County Care'" in first.warnings[0]
    assert (second.unchanged, second.warnings) == (12, first.warnings)


@pytest.mark.long
def test_what_closed_by_absence_opens_again_when_the_old_answer_is_back(house: House) -> None:
    vendor = Vendor()
    with serving(vendor) as server:
        crawl(house, server)
        before = vendor.openings
        vendor.remove(1005)
        closed = [crawl(house, server, hours=2)[0].closed for _ in range(2)]
        vendor.openings = before
        back, _ = crawl(house, server, hours=2)
    with house.database.read() as connection:
        assert postings.count(connection) == (12, 12)
    assert (closed, told(back)) == ([0, 1], (True, 12, 1, 11, 0))


def test_an_etag_that_lies_is_found_out_within_a_day(house: House) -> None:
    vendor = Vendor(tag=lying)
    with serving(vendor) as server:
        crawl(house, server)
        vendor.change(1004, title="Coding Clerk")
        blind = [crawl(house, server, hours=8)[0].changed for _ in range(2)]
        found, _ = crawl(house, server, hours=8.1)
        after, _ = crawl(house, server, hours=8)
    assert (blind, found.changed, after.unchanged) == ([0, 0], 1, 12)


@pytest.mark.long
def test_a_board_that_answers_304_to_everything_freezes_for_a_day_and_is_then_a_failure(house: House) -> None:
    vendor = Vendor()
    with serving(vendor) as server:
        crawl(house, server)
        vendor.always = 304
        frozen, _ = crawl(house, server, hours=6)
        failed, _ = crawl(house, server, hours=18)
        vendor.always = None
        mended, _ = crawl(house, server, hours=1)
    with house.database.read() as connection:
        assert postings.count(connection) == (12, 12)
    assert told(frozen) == (True, 12, 0, 12, 0)
    assert (failed.complete, failed.failure and failed.failure.kind, failed.closed) == (False, "not_understood", 0)
    assert told(mended) == (True, 12, 0, 12, 0)


def test_an_etag_that_is_new_each_time_makes_nothing_look_changed(house: House) -> None:
    count = iter(range(1000))
    vendor = Vendor(tag=lambda _: {"ETag": f'"{next(count)}"'})
    with serving(vendor) as server:
        runs_ = [crawl(house, server, hours=6)[0] for _ in range(5)]
    assert [told(run) for run in runs_[1:]] == [(True, 12, 0, 12, 0)] * 4


@pytest.mark.long
def test_an_answer_that_breaks_off_is_not_remembered(house: House) -> None:
    vendor = Vendor("job_xml", tag=lambda _: {})
    with serving(vendor) as server:
        whole, _ = crawl(house, server, "job_xml")
        vendor.cut = 4000
        cut = [crawl(house, server, "job_xml", hours=6)[0] for _ in range(3)]
        vendor.cut = None
        again, _ = crawl(house, server, "job_xml", hours=1)
    assert [(run.complete, run.closed) for run in cut] == [(False, 0)] * 3
    assert told(whole) == (True, 12, 0, 0, 0)
    assert told(again) == (True, 12, 0, 12, 0)


def test_robots_txt_is_believed_for_a_day_and_a_no_is_asked_for_again(house: House) -> None:
    vendor = Vendor()
    with serving(vendor) as server:
        crawl(house, server)
        within = crawl(house, server, hours=23)[1]
        after = crawl(house, server, hours=2)[1]
        vendor.robots = "User-agent: *\nDisallow: /\n"
        blind, _ = crawl(house, server, hours=1)
        refused, asked = crawl(house, server, hours=24)
        vendor.robots = "User-agent: *\nAllow: /\n"
        allowed, asked_again = crawl(house, server, hours=1)
    assert ["/robots.txt" in paths for paths in (within, after, asked, asked_again)] == [False, True, True, True]
    assert blind.failure is None
    assert (refused.failure and refused.failure.kind, refused.closed) == ("refused_by_robots", 0)
    assert told(allowed) == (True, 12, 0, 12, 0)


@pytest.mark.long
def test_a_vendor_s_robots_txt_is_asked_for_once_a_day_by_all_its_sources(house: House) -> None:
    vendor = Vendor()
    with serving(lambda asked: vendor(replace(asked, path=asked.path.replace("/oak/", "/juniper/")))) as server:
        both = [source(server), source(server, name="oak")]
        for one in both:
            steps.crawl(house, one)
        assert isinstance(house.clock, ByHand)
        house.clock.move(hours=25)
        server.asked.clear()
        for one in both:
            steps.crawl(house, one)
        asked = [one.path for one in server.asked]
    assert asked.count("/robots.txt") == 1


@pytest.mark.long
def test_a_posting_that_is_listed_and_gone_is_asked_again_after_a_day_or_when_its_row_changes(house: House) -> None:
    vendor = Vendor("workday", 45)
    with serving(vendor) as server:
        first, _ = crawl(house, server, "workday")
        second, list_alone = crawl(house, server, "workday", hours=6)
        vendor.change(1002, title="Clerk again")
        _, changed = crawl(house, server, "workday", hours=6)
        _, a_day_later = crawl(house, server, "workday", hours=24)
    assert (first.new, first.complete, second.complete, second.seen, second.unchanged) == (44, True, True, 45, 44)
    assert [path.endswith("/jobs") for path in list_alone] == [True] * 3
    pages = [path.rsplit("_", 1)[-1] for path in changed if not path.endswith("/jobs")]
    assert pages == ["JR1002"]
    assert any(path.endswith("JR1002") for path in a_day_later)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["workday", "oracle", "adp", "icims", "ukg", "smartrecruiters"])
def test_all_told_an_unchanged_board_of_200_costs_a_twentieth(kind: str, house: House) -> None:
    with serving(BOARDS[kind](openings(200)).handler) as server:
        first, _ = crawl(house, server, kind)
        second, _ = crawl(house, server, kind, hours=6)
    with house.database.read() as connection:
        assert runs.latest(connection)
    assert (first.complete, second.complete, second.new, second.changed) == (True, True, 0, 0)
    assert second.requests <= 0.05 * first.requests
