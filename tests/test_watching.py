"""Seeing how it stands: status, health, metrics; alarms that are told once and cleared once; retention that keeps what counts."""

import email
import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from demo.server import DemoBoard
from model.crawl import CrawlReport, Failure
from model.digest import Message
from model.work import Piece
from scheduler import alarms, retaining, steps
from scheduler.bench import Bench
from scheduler.metrics import exposition
from scheduler.status import status
from scheduler.steps import House
from store import alarms as kept
from store import deliveries, leases, pasts, people, postings, runs, tallies, work
from store.database import Database, open_database
from store.people import Plan
from store.postings import Saved
from tests.fakes import ByHand
from tests.samples import NOON
from tests.services import Processes, opened, write_service
from web.watching import watching


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """A service with two sources, two people, and an operator who is told."""
    write_service(
        tmp_path, "sqlite:///unused.db", ["http://127.0.0.1:9", "http://127.0.0.1:9"], people=2,
        alarms="{to: operator@example.org}", retention="{closed_days: 30, mail_days: 7, run_days: 30}",
    )  # fmt: skip
    return House(opened(tmp_path).configuration, database, ByHand(NOON), {})


def crawl(house: House, source: str, failure: Failure | None = None) -> None:
    """A run of the source, at the house's time."""
    with house.database.write() as connection:
        number = runs.begin(connection, source, now=house.clock())
        report = CrawlReport(source=source, complete=failure is None, seen=0, failure=failure)
        runs.finish(connection, number, report, Saved(), [], now=house.clock())
        at = house.clock() + timedelta(hours=12)
        runs.plan_next(connection, source, at=at, retry_minutes=60, failed=failure is not None, now=house.clock())


def move(house: House, **by: float) -> None:
    """Move the house's clock."""
    assert isinstance(house.clock, ByHand)
    house.clock.move(**by)


def mails(tmp_path: Path) -> list[str]:
    """What the operator was told, each mail's subject."""
    return [
        str(email.message_from_bytes(file.read_bytes())["Subject"]) for file in sorted((tmp_path / "out").glob("*"))
    ]


def round_(house: House) -> None:
    """What a tick does about alarms."""
    alarms.settle(house)
    if alarms.untold(house):
        assert Bench(house).do(Piece("alarm")) == "done"


def test_a_silent_source_is_told_once_and_cleared_once(house: House, tmp_path: Path) -> None:
    crawl(house, "board-000")
    crawl(house, "board-001")
    refused = Failure(kind="forbidden", says="403", mend="")
    for _ in range(4):
        move(house, hours=12.5)
        crawl(house, "board-000", refused)
        crawl(house, "board-001")
        for _ in range(3):
            round_(house)
    with house.database.read() as connection:
        assert [one.key for one in kept.still_open(connection)] == ["silent:board-000"]
    assert mails(tmp_path) == ["firstrung: 1 alarm"]

    move(house, hours=12)
    crawl(house, "board-000")
    for _ in range(3):
        round_(house)

    assert sorted(mails(tmp_path)) == ["firstrung: 1 alarm", "firstrung: 1 alarm over"]
    with house.database.read() as connection:
        assert kept.still_open(connection) == []


def test_a_clock_that_starts_nothing_and_work_set_aside_raise_alarms(house: House) -> None:
    crawl(house, "board-000")
    move(house, hours=19)
    with house.database.write() as connection:
        for _ in range(5):
            work.begin(connection, Piece("read", "3"), worker="a:1", starts=4, now=house.clock())
            work.begin(connection, Piece("send"), worker="a:1", starts=None, now=house.clock())
    alarms.settle(house)

    with house.database.read() as connection:
        found = {one.key: one.mend for one in kept.still_open(connection)}
    assert set(found) == {"nothing started", "set aside:read:3", "again and again:send:"}
    assert "firstrung work retry 1" in found["set aside:read:3"]


def test_people_who_got_nothing_raise_alarms(house: House) -> None:
    message = Message(message_id="<a@b>", recipient="x@example.org", subject="s", html="", text="", mime=b"x")
    with house.database.write() as connection:
        people.plan(connection, [Plan("p0000", house.clock(), "")])
        deliveries.queue(connection, person="p0001", issue="d:1", message=message, shown=[], now=house.clock())
        number = deliveries.queue(
            connection, person="p0002", issue="d:1", message=message_like(message), shown=[], now=house.clock()
        )
        assert number is not None
        deliveries.fail(connection, number, says="no such user")
    move(house, hours=7)
    alarms.settle(house)

    with house.database.read() as connection:
        assert {one.key for one in kept.still_open(connection)} == {"digests late", "mail waits", "mail failed"}


def message_like(message: Message) -> Message:
    """Another message."""
    from dataclasses import replace

    return replace(message, message_id="<other@b>")


def test_the_status_tells_all_and_metrics_and_health_answer(house: House) -> None:
    crawl(house, "board-000")
    bench = Bench(house)
    assert bench.do(Piece("read", "0")) == "done"
    assert bench.do(Piece("read", "x")) == "failed"
    with house.database.write() as connection:
        leases.note_leader(connection, holder="h:1", engine="in_process", tick_seconds=30, now=house.clock())
    app = FastAPI()
    app.include_router(watching(lambda: house))
    client = TestClient(app)

    form = json.loads(json.dumps(status(house).form()))
    told = client.get("/metrics").text

    assert form["led"] is True
    assert form["leader"]["holder"] == "h:1"
    assert [one["state"] for one in form["sources"]] == ["right", "never started"]
    assert form["work"][0]["reason"].startswith("ValueError")
    assert (client.get("/healthz").status_code, client.get("/readyz").text) == (200, "ready\n")
    assert 'firstrung_work_total{piece="read failed"} 1.0' in told
    assert "firstrung_led 1.0" in told
    move(house, minutes=5)
    assert status(house).led is False
    with house.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert client.get("/readyz").status_code == 503


@pytest.mark.long
def test_requests_are_counted_by_host_and_class_of_status_also_when_a_crawl_is_stopped(tmp_path: Path) -> None:
    """What is counted is what the run says that it asked."""
    with DemoBoard(today=NOON.date()) as board:
        write_service(
            tmp_path, f"sqlite:///{tmp_path / 'a.db'}", [board.url], people=0,
            crawl="{allow_private_hosts: ['127.0.0.1'], delay_seconds: 0.01}",
        )  # fmt: skip
        open_database(f"sqlite:///{tmp_path / 'a.db'}").close()
        house = opened(tmp_path, ByHand(NOON))
        [source] = house.configuration.enabled
        right = steps.crawl(house, source)
        first = counted(house, board)
        board.fail("/", 500)
        failed = steps.crawl(house, source)
        board.fail("/", 200)
        stopped = steps.crawl(house, source, stop=lambda: True)
        after = counted(house, board)
        asked = len(board.requests)
    house.database.close()

    assert (right.failure, failed.failure and failed.failure.kind) == (None, "server_error")
    assert stopped.failure is not None
    assert sum(first.values()) == first["2xx"] + first["4xx"] == right.requests
    assert after["5xx"] == failed.requests >= 3
    assert sum(after.values()) <= right.requests + failed.requests + stopped.requests <= asked


def counted(house: House, board: DemoBoard) -> Counter[str]:
    """The requests to the board by class of status, as the metrics tell them."""
    lines = exposition(house).decode().splitlines()
    found = [re.fullmatch(r'firstrung_requests_total\{host="(.+)",status="(\w*)"\} (.+)', line) for line in lines]
    mine = [one for one in found if one is not None]
    assert {one[1] for one in mine} == {board.url.removeprefix("http://")}
    return Counter({one[2]: int(float(one[3])) for one in mine})


def test_requests_that_an_older_version_counted_without_a_status_are_kept(house: House) -> None:
    with house.database.write() as connection:
        tallies.add(connection, {("requests", "old.example"): 3, ("requests", "new.example 2xx"): 2})
    told = exposition(house).decode()

    assert 'firstrung_requests_total{host="old.example",status=""} 3.0' in told
    assert 'firstrung_requests_total{host="new.example",status="2xx"} 2.0' in told


@pytest.mark.long
def test_the_status_command_checks(tmp_path: Path) -> None:
    write_service(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", [], people=0)
    with Processes(tmp_path) as processes:
        assert processes.start("status", "--check").wait(60) == 1
        assert "nobody leads" in processes.log()
        assert processes.start("status").wait(60) == 0
    assert "leader: nobody yet" in processes.log()


def test_retention_throws_away_what_the_policy_says_and_nothing_else(house: House) -> None:
    from tests.samples import crawled

    with house.database.write() as connection:
        postings.save(connection, [crawled("a"), crawled("b")], now=NOON)
        message = Message(message_id="<a@b>", recipient="x@example.org", subject="s", html="", text="", mime=b"bytes")
        number = deliveries.queue(connection, person="p", issue="d:1", message=message, shown=[1, 2], now=NOON)
        assert number is not None
        deliveries.note_sent(connection, number, says=None, now=NOON)
        postings.close(connection, [1], because="gone", now=NOON)
    assert not retaining.due(house)
    move(house, days=10)
    assert retaining.due(house)
    assert retaining.apply(house)["mail bytes"] == 1
    assert not retaining.due(house)
    move(house, days=30)
    assert retaining.apply(house)["closed postings"] == 1

    with house.database.read() as connection:
        left = [one.posting.id for one in postings.each(connection)]
        assert pasts.of(connection, {"p": ""}, ["d:1"])["p"].issued == {"d:1"}
        assert people.shown_to(connection, "p").keys() == {2}
        assert next(iter(deliveries.each(connection))).mime == b""
    assert left == ["b"]
