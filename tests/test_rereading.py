"""Re-reading on several workers and on a Dask cluster: the same bytes as in one process, and quicker."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from demo.records import postings as made_up
from scheduler import rereading
from scheduler.engines.procrastinate import prepare
from scheduler.steps import House
from store import postings
from store import rereading as stored
from tests.conftest import fresh_postgres
from tests.fakes import ByHand
from tests.samples import NOON, crawled
from tests.services import Processes, opened, wait_for, write_service

COUNT = int(os.environ.get("FIRSTRUNG_REREAD", "1500"))


@pytest.fixture
def house(postgres_server: str, tmp_path: Path) -> Iterator[House]:
    """A service with many unread postings on PostgreSQL."""
    fresh_postgres(postgres_server, "reread").close()
    write_service(
        tmp_path, postgres_server.format(name="reread"), [], people=0, schedule="{tick_seconds: 1, read_chunk: 100}",
        work="{engine: procrastinate, heartbeat_seconds: 1, stalled_seconds: 4, poll_seconds: 1}",
    )  # fmt: skip
    found = opened(tmp_path, ByHand())
    prepare(found.database)
    texts = [one.body for one in made_up()]
    with found.database.write() as connection:
        made = [crawled(f"p{n:05}", description=texts[n % len(texts)] + f"<p>No. {n}</p>") for n in range(COUNT)]
        postings.save(connection, made, now=NOON)
    yield found
    found.database.close()


def read_again(house: House, processes: Processes, workers: int) -> tuple[float, list[tuple[str, str]]]:
    """Throw the readings away and have them made by so many workers that are up already: seconds, and what was read."""
    running = [processes.start("worker", "--concurrency", "1") for _ in range(workers)]
    before = processes.log().count("info working")
    wait_for(lambda: processes.log().count("info working") >= before, 30)
    time.sleep(3)
    with house.database.write() as connection:
        connection.execute(text("DELETE FROM reading"))
    leader = processes.start("run")
    wait_for(lambda: _read(house) > 0, 60, every=0.02)
    began, first = time.monotonic(), _read(house)
    wait_for(lambda: _read(house) == COUNT, 240, every=0.05)
    seconds = (time.monotonic() - began) * COUNT / (COUNT - first)
    for process in (leader, *running):
        assert processes.end(process) == 0
    return seconds, _bodies(house)


def _read(house: House) -> int:
    with house.database.read() as connection:
        return sum(stored.versions(connection).values())


def _bodies(house: House) -> list[tuple[str, str]]:
    with house.database.read() as connection:
        query = text("SELECT id, body FROM posting JOIN reading ON posting = number ORDER BY id")
        return [(row[0], row[1]) for row in connection.execute(query)]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_two_workers_read_the_same_bytes_as_one(house: House, tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        one, bodies = read_again(house, processes, 1)
        two, again = read_again(house, processes, 2)
    print(f"one worker {COUNT / one:.0f} postings/s, two {COUNT / two:.0f}: {one / two:.2f} times")  # noqa: T201

    assert bodies == again
    assert len(bodies) == COUNT


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_reads_the_same_bytes(house: House, tmp_path: Path) -> None:
    from distributed import LocalCluster

    rereading.read_chunks(house, rereading.chunks(house))
    bodies = _bodies(house)
    with house.database.write() as connection:
        connection.execute(text("DELETE FROM reading"))
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,  # type: ignore[no-untyped-call]
        Processes(tmp_path) as processes,
    ):
        assert processes.start("reread", "--dask", cluster.scheduler_address).wait(200) == 0, processes.log()
    assert f"{COUNT} postings read" in processes.log()
    assert _bodies(house) == bodies
