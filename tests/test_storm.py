"""The storm: any process is killed every three seconds, and what stands in the end is what stands without.

`FIRSTRUNG_STORM=2000 pytest tests/test_storm.py` runs the whole size; the long suite runs a small one.
"""

import contextlib
import email
import os
import random
import resource
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from demo.server import DemoBoard
from scheduler.engines.procrastinate import prepare
from scheduler.issues import wishes_key
from scheduler.steps import House
from store import deliveries, people, rereading, runs, tallies, work
from store.people import Plan
from tests.conftest import fresh_postgres
from tests.samples import NOON
from tests.services import Processes, opened, wait_for, write_service

PIECES = int(os.environ.get("FIRSTRUNG_STORM", "160"))
BOARDS = max(4, PIECES // 50)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUICK = "{engine: procrastinate, heartbeat_seconds: 1, stalled_seconds: 4, poll_seconds: 1, digest_chunk: 1}"
KILL_EVERY = 3.0
PATIENCE = max(900, PIECES * 1.5)  # seconds for each half of a life


class Sink:
    """A mail server that counts what it took, by Message-ID."""

    def __init__(self) -> None:
        self.took: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.took[str(email.message_from_bytes(envelope.content)["Message-ID"])] += 1
        return "250 taken"


@contextlib.contextmanager
def sink() -> Iterator[tuple[Sink, int]]:
    """A running sink and its port."""
    kept = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield kept, port
    finally:
        controller.stop()


class Storm:
    """Kills a leader, a worker or a crawl, at random, and starts another in the place of a process of ours."""

    def __init__(self, processes: Processes, places: list[tuple[str, ...]]) -> None:
        self.killed: Counter[str] = Counter()
        self._processes = processes
        self._places = {place: processes.start(*words) for place, words in enumerate(places)}
        self._words = dict(enumerate(places))
        self._over = threading.Event()
        self._random = random.Random(7)
        self._thread = threading.Thread(target=self._rage)

    def crawls(self) -> list[int]:
        """The crawl children of our workers."""
        found = []
        for process in self._places.values():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                for task in Path(f"/proc/{process.pid}/task").iterdir():
                    found += [int(pid) for pid in (task / "children").read_text().split()]
        return found

    def _rage(self) -> None:
        while not self._over.wait(KILL_EVERY):
            what = self._random.choice(("run", "worker", "crawl"))
            children = self.crawls()
            if what == "crawl" and children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._random.choice(children), signal.SIGKILL)
                    self.killed["crawl"] += 1
                continue
            what = what if what != "crawl" else "worker"
            place = self._random.choice([place for place, words in self._words.items() if words[0] == what])
            self._places[place].kill()
            self._places[place].wait()
            self.killed[what] += 1
            self._places[place] = self._processes.start(*self._words[place])

    def __enter__(self) -> "Storm":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.calm()

    def calm(self) -> None:
        """No more kills."""
        self._over.set()
        self._thread.join()


def left(house: House) -> int:
    """How much is not done yet: crawls, readings, digests and mails."""
    with house.database.read() as connection:
        whole = sum(any(run.complete for run in found) for found in runs.latest(connection).values())
        planned = deliveries.planned(connection, list(house.configuration.profiles)).values()
        unread = rereading.left(connection, _version(house))
        waiting = deliveries.states(connection).get("queued", 0)
        begun = [one for one in work.each(connection) if one.state != "set_aside"]
    due = sum(at is not None and at <= house.clock() for at, _ in planned)
    return BOARDS - whole + unread + due + waiting + len(begun)


def _version(house: House) -> str:
    from scheduler import rereading as steps

    return steps.version(house)


def plan_all(house: House) -> None:
    """Let everybody's digest be due."""
    with house.database.write() as connection:
        for person, profile in house.configuration.profiles.items():
            people.plan(connection, [Plan(person, LONG_AGO, wishes_key(profile.digest))])


QUESTIONS = (
    "SELECT source, id, title, content, closed_at IS NULL FROM posting ORDER BY 1, 2",
    "SELECT source, id, read_with, body FROM posting JOIN reading ON posting = number ORDER BY 1, 2",
    "SELECT person, issue, recipient, subject FROM delivery ORDER BY 1, 2",
    "SELECT person, source, id FROM shown JOIN posting ON posting = number ORDER BY 1, 2, 3",
)


def what_stands(house: House) -> list[list[tuple[Any, ...]]]:
    """The database's content, without row numbers and moments."""
    with house.database.read() as connection:
        return [[tuple(row) for row in connection.execute(text(question))] for question in QUESTIONS]


def world(folder: Path, server: str, boards: list[DemoBoard], port: int) -> House:
    """A fresh service over the boards."""
    name = f"storm{folder.name}"
    fresh_postgres(server, name).close()
    mail = f"{{sender: d@example.org, postal_address: 1 Main St, unsubscribe_mail: s@example.org, channel: smtp, smtp: {{host: 127.0.0.1, port: {port}, security: none}}}}"
    write_service(
        folder,
        server.format(name=name),
        [board.url for board in boards],
        people=int(PIECES * 0.75),
        work=QUICK,
        mail=mail,
        schedule="{tick_seconds: 1, read_chunk: 1, retry_failed_after: 5}",
    )
    house = opened(folder)
    prepare(house.database)
    return house


def processor_seconds() -> float:
    """What the processes that have ended used of the processor: unlike the seconds, it says the same on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def live_through(folder: Path, server: str, boards: list[DemoBoard], *, storm: bool) -> tuple[Any, ...]:
    """One life of a world: (what stands, seconds, mails by id, kills, pieces done, set aside, in doubt, processor seconds)."""
    used = processor_seconds()
    with sink() as (taken, port), Processes(folder) as processes:
        house = world(folder, server, boards, port)
        places = [("run",), ("run",), ("worker", "--concurrency", "2"), ("worker", "--concurrency", "2")]
        began = time.monotonic()
        raging = Storm(processes, places)
        with raging if storm else contextlib.nullcontext():
            wait_for(lambda: left(house) == 0, PATIENCE, every=0.3)
            plan_all(house)
            wait_for(lambda: left(house) == 0, PATIENCE, every=0.3)
        seconds = time.monotonic() - began
        with house.database.read() as connection:
            counted = tallies.every(connection)
            aside = [one.key for one in work.each(connection) if one.state == "set_aside"]
            doubt = deliveries.states(connection).get("sending", 0)
        done = {label: int(amount) for (name, label), amount in counted.items() if name == "work"}
        stands = what_stands(house)
        house.database.close()
    assert "Traceback" not in processes.log().replace("Traceback (most recent call last):\n  the queue", "") or storm
    return stands, seconds, taken.took, raging.killed, done, aside, doubt, processor_seconds() - used


@pytest.mark.long
@pytest.mark.timeout(4 * PATIENCE)
def test_killed_all_the_time_everything_ends_as_undisturbed(tmp_path: Path, postgres_server: str) -> None:
    boards = [DemoBoard(today=NOON.date()) for _ in range(BOARDS)]
    with contextlib.ExitStack() as stack:
        for board in boards:
            stack.enter_context(board)
        quiet = live_through(tmp_path / "quiet", postgres_server, boards, storm=False)
        stormy = live_through(tmp_path / "stormy", postgres_server, boards, storm=True)
    for name, (_, seconds, took, killed, done, aside, doubt, used) in (("quiet", quiet), ("stormy", stormy)):
        said = f"{name}: {seconds:.0f} s ({used:.0f} s of the processor), pieces {done}, {len(took)} mails, killed {dict(killed)}, in doubt {doubt}"
        print(f"{said}, set aside {aside}")  # noqa: T201
    print(f"stormy / quiet: {stormy[1] / quiet[1]:.2f}, processor {stormy[7] / quiet[7]:.2f}")  # noqa: T201

    assert (stormy[5], quiet[5]) == ([], [])
    assert stormy[0] == quiet[0]
    assert set(stormy[2].values()) == set(quiet[2].values()) == {1}
    assert len(stormy[2]) + stormy[6] >= len(quiet[2])
    assert sum(stormy[3].values()) >= 3
