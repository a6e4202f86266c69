"""One leader: on SQLite by a locked file, on PostgreSQL by an advisory lock; killed, it is followed by the standby."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from store import leases
from store.database import Database
from store.leases import lease
from tests.conftest import ROOT
from tests.samples import NOON
from tests.services import Processes, wait_for, write_service

HOLDER = """
import sys, time
from store.database import connect
from store.leases import lease
held = lease(connect(sys.argv[1]))
while not held.hold():
    time.sleep(0.05)
print("held", flush=True)
time.sleep(60)
"""


def address(database: Database) -> str:
    """The database's whole address."""
    return database.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def holder(database: Database) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process that holds the lease."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, address(database)], stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ}
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_two_processes_never_lead_at_once(database: Database, holder: "subprocess.Popen[bytes]") -> None:
    ours = lease(database)

    assert [ours.hold() for _ in range(3)] == [False] * 3
    holder.kill()
    wait_for(ours.hold, 10, every=0.05)
    assert ours.hold()
    ours.release()


def test_a_lease_given_back_goes_to_the_next(database: Database) -> None:
    first, second = lease(database), lease(database)

    assert (first.hold(), second.hold(), first.hold()) == (True, False, True)
    first.release()
    assert (second.hold(), first.hold()) == (True, False)
    second.release()
    first.release()


def test_a_leader_whose_connection_is_gone_does_not_lead(database: Database) -> None:
    """The server ends the session (a restart, a network that broke): the lock went with it, and another may have it."""
    if database.engine.dialect.name == "sqlite":  # a file's lock goes with its process alone
        return
    first, second = lease(database), lease(database)
    assert first.hold()
    with database.write() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'firstrung leader'")
        )
    wait_for(second.hold, 10, every=0.05)

    assert not first.hold()
    assert not first.hold()
    second.release()
    wait_for(first.hold, 10, every=0.05)  # the server lets go of a closed session's lock a moment later
    first.release()


def test_a_removed_lock_file_is_no_lock(tmp_path: Path) -> None:
    file = tmp_path / "x.leader"
    first, second = leases.FileLease(file), leases.FileLease(file)
    assert first.hold()
    file.unlink()

    assert second.hold()
    assert not first.hold()
    first.release()
    second.release()


def test_who_leads_is_written_for_people(database: Database) -> None:
    for holder, seconds in (("a:1", 0), ("a:1", 30), ("b:2", 60)):
        with database.write() as connection:
            now = NOON.replace(second=seconds % 60, minute=seconds // 60)
            leases.note_leader(connection, holder=holder, engine="in_process", tick_seconds=30, now=now)
    with database.read() as connection:
        found = leases.leader(connection)

    assert found is not None
    assert (found.holder, found.since, found.seen_at) == ("b:2", NOON.replace(minute=1), NOON.replace(minute=1))


@pytest.mark.long
@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_standby_takes_over_from_a_killed_scheduler(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Five times: the leader is killed, the standby ticks within one look and a tick; never do two lead at once."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    if kind == "postgresql":
        from tests.conftest import fresh_postgres

        server = request.getfixturevalue("postgres_server")
        fresh_postgres(server, "standby").close()
        url = server.format(name="standby")
    write_service(tmp_path, url, [], people=0)
    with Processes(tmp_path) as processes:
        schedulers = [processes.start("run")]
        wait_for(lambda: processes.log().count(" leading ") == 1)
        waits = []
        for killed in range(1, 6):
            schedulers.append(processes.start("run"))
            wait_for(lambda: processes.log().count("info running") == killed + 1)  # noqa: B023
            time.sleep(1)
            assert processes.log().count(" leading ") == killed
            os.kill(schedulers.pop(0).pid, signal.SIGKILL)
            began = time.monotonic()
            wait_for(lambda: processes.log().count(" leading ") == killed + 1, every=0.05)  # noqa: B023
            waits.append(time.monotonic() - began)
        print(f"taken over after {', '.join(f'{one:.1f}' for one in waits)} s")  # noqa: T201
        assert processes.end(schedulers[0]) == 0
    assert "Traceback" not in processes.log()


SHARED_STORE = """
import sys, time
from datetime import UTC, datetime
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

def fire():
    with open(sys.argv[2], "a") as file:
        file.write(datetime.now(UTC).strftime("%H:%M:%S") + "\\n")

scheduler = BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(url=sys.argv[1])}, timezone=UTC)
scheduler.add_job(fire, "cron", second="*", id="fire", replace_existing=True)
scheduler.start()
print("started", flush=True)
time.sleep(10)
"""


@pytest.mark.long
def test_what_not_to_do_schedulers_on_one_job_store_fire_twice(tmp_path: Path) -> None:
    """Why the clock has a memory store and one leader: the shared store lets several schedulers run the same second."""
    script, fired, url = tmp_path / "shared.py", tmp_path / "fired", f"sqlite:///{tmp_path / 'jobs.db'}"
    script.write_text(SHARED_STORE)
    processes = []
    for _ in range(3):
        process = subprocess.Popen([sys.executable, str(script), url, str(fired)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        processes.append(process)
    for process in processes:
        process.communicate(timeout=60)
    seconds = fired.read_text().split()
    twice = len(seconds) - len(set(seconds))
    print(f"{twice} of {len(set(seconds))} seconds fired twice")  # noqa: T201

    assert twice >= 1
