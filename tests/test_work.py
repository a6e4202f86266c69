"""Pieces of work: counted, tried again, set aside and run by hand; done in one process by lanes and locks."""

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from model.work import Piece
from scheduler.bench import Bench, Counts
from scheduler.engines.in_process import InProcess
from scheduler.steps import House
from store import tallies, work
from store.database import Database
from tests.fakes import ByHand
from tests.samples import NOON
from tests.services import opened, write_service

PIECE = Piece("read", "7")


def begin(database: Database, *, now: timedelta = timedelta(), starts: int | None = 4) -> bool:
    """Begin the piece."""
    with database.write() as connection:
        return work.begin(connection, PIECE, worker="a:1", starts=starts, now=NOON + now)


def found(database: Database) -> list[work.Begun]:
    """What was begun and has not ended well."""
    with database.read() as connection:
        return work.each(connection)


def test_a_piece_that_ends_well_leaves_nothing(database: Database) -> None:
    assert begin(database)
    assert [(one.key, one.state, one.starts) for one in found(database)] == [("read:7", "running", 1)]
    with database.write() as connection:
        work.end(connection, PIECE.key)

    assert found(database) == []


def test_a_piece_that_takes_its_worker_with_it_is_set_aside_after_four_starts(database: Database) -> None:
    assert [begin(database) for _ in range(5)] == [True] * 4 + [False]
    assert not begin(database, now=timedelta(days=3))

    [one] = found(database)
    assert (one.state, one.starts) == ("set_aside", 4)
    assert one.reason == "it was begun 4 times and never ended, last by a:1"
    with database.read() as connection:
        assert work.resting(connection, now=NOON) == {"read:7"}
    with database.write() as connection:
        assert work.retry(connection, one.number) == "read:7"
        assert work.retry(connection, one.number) is None
    assert begin(database)


def test_what_got_something_done_is_not_counted_against_the_piece(database: Database) -> None:
    for _ in range(9):
        assert begin(database)
        with database.write() as connection:
            work.progressed(connection, PIECE.key)
    assert [one.starts for one in found(database)] == [1]

    assert [begin(database) for _ in range(4)] == [True] * 3 + [False]


def test_a_piece_that_everybody_needs_is_never_set_aside(database: Database) -> None:
    now = timedelta()
    for _ in range(20):
        assert begin(database, now=now, starts=None)
        with database.write() as connection:
            assert not work.fail(connection, PIECE.key, reason="no", starts=None, counts=True, now=NOON + now)
        [one] = found(database)
        assert one.not_before is not None
        assert one.not_before - NOON - now <= work.LONGEST_WAIT
        now = one.not_before - NOON

    assert (one.state, one.starts) == ("failed", 20)


def test_a_piece_that_fails_waits_ever_longer_and_is_then_set_aside(database: Database) -> None:
    waits, aside = [], []
    now = timedelta()
    for _ in range(4):
        assert begin(database, now=now)
        with database.write() as connection:
            aside.append(work.fail(connection, PIECE.key, reason="bad words", starts=4, counts=True, now=NOON + now))
        [one] = found(database)
        assert not begin(database, now=now)
        if one.not_before:
            waits.append(one.not_before - NOON - now)
            now = one.not_before - NOON

    assert aside == [False, False, False, True]
    assert waits == [timedelta(seconds=seconds) for seconds in (5, 10, 20)]
    assert (one.state, one.reason) == ("set_aside", "bad words")


def test_a_failure_that_is_not_the_piece_s_does_not_count(database: Database) -> None:
    for round_ in range(10):
        assert begin(database, now=timedelta(minutes=round_))
        with database.write() as connection:
            work.fail(
                connection,
                PIECE.key,
                reason="the disk is full",
                starts=4,
                counts=False,
                now=NOON + timedelta(minutes=round_),
            )

    assert [one.starts for one in found(database)] == [0]


@pytest.mark.parametrize(
    ("starts", "worker", "left"), [(1, "a:1", []), (2, "a:1", [("failed", 1)]), (2, "b:2", [("running", 1)])]
)
def test_a_start_that_is_taken_back_leaves_nobody_at_work(
    database: Database, starts: int, worker: str, left: list[tuple[str, int]]
) -> None:
    """Its worker's own, at the first start: no row; at a later one: it may be begun again; another's start goes on."""
    for _ in range(starts):
        assert begin(database)
    with database.write() as connection:
        work.uncount(connection, PIECE.key, worker=worker)

    assert [(one.state, one.starts) for one in found(database)] == left
    assert begin(database)


def test_tallies_only_grow(database: Database) -> None:
    for _ in range(2):
        with database.write() as connection:
            tallies.add(connection, {("crawls", "right"): 1, ("reading_seconds", ""): 0.25, ("nothing", ""): 0})
    with database.read() as connection:
        assert tallies.every(connection) == {("crawls", "right"): 2, ("reading_seconds", ""): 0.5}


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """A service without boards, on the database."""
    write_service(tmp_path, "sqlite:///unused.db", [], people=0)
    loaded = opened(tmp_path).configuration
    return House(loaded, database, ByHand(), {})


def test_the_bench_notes_what_fails_and_goes_on(house: House) -> None:
    bench = Bench(house)
    wrong = Piece("read", "no number")

    assert bench.do(wrong) == "failed"
    assert bench.do(wrong) == "resting"
    assert bench.do(Piece("read", "0")) == "done"
    [one] = found(house.database)
    assert one.reason == "ValueError: invalid literal for int() with base 10: 'no number'"


def room(database: Database, *, there: bool) -> None:
    """Let the database take what is written, or nothing more."""
    says = f"PRAGMA query_only = {int(not there)}"
    if database.engine.dialect.name == "postgresql":
        says = f"SET SESSION CHARACTERISTICS AS TRANSACTION READ {'WRITE' if there else 'ONLY'}"
    with database.read() as connection:
        connection.execute(text(says))


class Filling(Bench):
    """A bench on a disk that is full before a reading could be kept."""

    def _read(self, piece: Piece) -> Counts:
        room(self.house.database, there=False)
        return super()._read(piece) | {("readings", ""): 1}


def test_a_disk_too_full_for_the_note_of_it_counts_against_no_piece_either(house: House) -> None:
    bench = Filling(house)
    for _ in range(10):
        assert bench.do(Piece("read", "0")) == "failed"
        assert bench.do(Piece("read", "1")) == "failed"  # there is no room to begin it
        room(house.database, there=True)

    assert [(one.key, one.state, one.starts) for one in found(house.database)] == [("read:0", "running", 1)]
    assert Bench(house).do(Piece("read", "0")) == "done"
    assert found(house.database) == []


class Slow(Bench):
    """A bench whose pieces take a moment and are kept."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.running: list[Piece] = []
        self.most: dict[str, int] = {}
        self.done: list[Piece] = []
        self._guard = threading.Lock()

    def do(self, piece: Piece) -> str:
        with self._guard:
            self.running.append(piece)
            for lock in {one.lock for one in self.running if one.lock}:
                at_once = sum(one.lock == lock for one in self.running)
                self.most[lock] = max(self.most.get(lock, 0), at_once)
            self.most["all"] = max(self.most.get("all", 0), len(self.running))
        time.sleep(0.02)
        with self._guard:
            self.running.remove(piece)
            self.done.append(piece)
        return "done"


def test_one_process_keeps_locks_and_takes_each_piece_once(house: House) -> None:
    bench = Slow(house)
    engine = InProcess(bench, crawls_at_once=4)
    pieces = [Piece("crawl", f"s{number}", lock=f"host:{number % 3}") for number in range(24)]
    for _ in range(3):
        engine.take(pieces)
        engine.take([Piece("read", "1", lock="read:1")])
    while engine.live():
        time.sleep(0.01)
    engine.close()

    assert sorted(piece.key for piece in bench.done if piece.kind == "crawl") == sorted(piece.key for piece in pieces)
    assert {bench.most[f"host:{number}"] for number in range(3)} == {1}
    assert bench.most["all"] >= 3
