"""The engine for several machines: Procrastinate's queue in the PostgreSQL that holds the data. Nothing else to run.

The leader queues what is due; workers fetch, do, and queue what follows within the transaction that ends the piece. A worker that
dies is noticed by its missing heartbeat, and the leader puts back what it held.
"""

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager, migrations_path
from procrastinate.types import JSONDict

from model.errors import ConfigError, Fault
from model.service import Work
from model.work import Piece
from scheduler.bench import Bench
from scheduler.steps import House
from store import queue
from store.database import Database

log = logging.getLogger(__name__)
QUEUE, TASK = "firstrung", "firstrung.piece"
AGAIN_AFTER = 2.0
TAKEN_AT_ONCE = 100


def prepare(database: Database) -> None:
    """Give the database its queue, or bring an older queue to this version. Raises ConfigError when it is not PostgreSQL."""
    if database.engine.dialect.name != "postgresql":
        mend = "set `database: postgresql://…` in service.yaml; with SQLite, `firstrung run` does everything in one process"
        raise ConfigError(Fault("work.engine", "workers on several machines need PostgreSQL", mend))
    migrations = sorted(path.name for path in Path(migrations_path).glob("*.sql"))
    with database.read() as connection:
        there = queue.there(connection)
    if not there:
        queue.run_script(database, "procrastinate schema", SchemaManager.get_schema())
        for name in migrations:  # the schema holds them already
            queue.run_script(database, f"procrastinate {name}", "SELECT 1")
        return
    for name in migrations:
        queue.run_script(database, f"procrastinate {name}", (Path(migrations_path) / name).read_text(encoding="utf-8"))


class Procrastinate:
    """The leader's side: queue, and put back."""

    name = "procrastinate"

    def __init__(self, database: Database, rules: Work) -> None:
        """Nothing is connected here: every call works on the store's own connections."""
        self._database, self._rules = database, rules
        self._queue = App(connector=SyncPsycopgConnector(conninfo=database.libpq)).job_manager

    def live(self) -> set[str]:
        """What waits or is being done, on all machines."""
        with self._database.read() as connection:
            return queue.live(connection)

    def take(self, pieces: Sequence[Piece]) -> None:
        """Queue each that is not waiting already; so many in one transaction, so that workers begin and a killed leader leaves some."""
        for start in range(0, len(pieces), TAKEN_AT_ONCE):
            with self._database.write() as connection:
                self.follow(connection, pieces[start : start + TAKEN_AT_ONCE])

    def follow(self, connection: Any, pieces: Sequence[Piece]) -> None:
        """Queue within the caller's transaction; one that waits already is left as it is."""
        for piece in pieces:
            with contextlib.suppress(AlreadyEnqueued), connection.begin_nested():
                self._queue.defer_job(_job(piece), connection=queue.driver(connection))

    def mend(self) -> int:
        """Put back what workers held that gave no sign for `stalled_seconds`."""
        with self._database.write() as connection:
            found = queue.stalled(connection, seconds=self._rules.stalled_seconds)
            for job in found:
                queue.put_back(connection, job)
        if found:
            log.warning("work of a lost worker put back", extra={"pieces": len(found)})
        return len(found)

    def close(self) -> None:
        """Nothing runs here."""


def _job(piece: Piece) -> Job:
    what: JSONDict = {"kind": piece.kind, "what": piece.what, "lock": piece.lock, "priority": piece.priority}
    return Job(
        queue=QUEUE,
        task_name=TASK,
        lock=piece.lock,
        queueing_lock=piece.key,
        task_kwargs=what,
        priority=piece.priority,
    )


class Endings(JobManager):
    """Ends pieces, also one that was taken for lost while it was done.

    A worker that gave no sign for `stalled_seconds` (a busy machine, a sleeping laptop) loses its piece to another, and the one that
    ends second finds it gone. Its work had no second effect, by unique keys; that it happened is worth a line, not a broken task.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End it; one that another has ended is let go."""
        try:
            await super().finish_job(job, status, delete_job)
        except ConnectorException as error:
            if not queue.refused(error.__cause__):
                raise
            log.warning("a piece was ended by another worker first", extra={"piece": job.queueing_lock})


class Worker:
    """A worker process: fetches pieces and does them on `concurrency` threads, until told to stop."""

    def __init__(self, bench: Bench, *, concurrency: int, on_stop: Callable[[], None]) -> None:
        """`on_stop` is called when the end is asked for; the bench's `stop` then ends what is at hand."""
        self._bench, self._concurrency, self._on_stop = bench, concurrency, on_stop
        self._rules = bench.house.configuration.service.work
        self._stopping: asyncio.Event | None = None

    def run(self) -> None:
        """Work until `stop`; a database that goes away is waited for."""
        asyncio.run(self._run())

    def stop(self) -> None:
        """Ask `run` to end, from a signal in the same thread."""
        self._on_stop()
        if self._stopping is not None:
            self._stopping.set()

    async def _run(self) -> None:
        self._stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.stop)
        log.info("working", extra={"worker": self._bench.name, "concurrency": self._concurrency})
        while not self._stopping.is_set():
            try:
                await self._fetch_and_do(self._stopping)
            except (ConnectorException, OSError) as error:
                log.warning("the queue is away", extra={"reason": str(error)[:200]})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), AGAIN_AFTER)
        log.info("stopped")

    async def _fetch_and_do(self, stopping: asyncio.Event) -> None:
        address = self._bench.house.database.libpq
        app = App(connector=PsycopgConnector(conninfo=address, min_size=1, max_size=self._concurrency + 3, timeout=10))
        app.job_manager = Endings(app.connector)
        app.task(name=TASK, queue=QUEUE)(self._do)
        async with app.open_async():
            work = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self._concurrency,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    update_heartbeat_interval=self._rules.heartbeat_seconds,
                    stalled_worker_timeout=self._rules.stalled_seconds,
                    fetch_job_polling_interval=self._rules.poll_seconds,
                )
            )
            ended = asyncio.create_task(stopping.wait())
            await asyncio.wait({work, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()
            ended.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    def _do(self, kind: str, what: str, lock: str | None, priority: int) -> None:
        """One piece, on a thread: heartbeats go on while it is done."""
        self._bench.do(Piece(kind, what, lock, priority))


def work_until_stopped(house: House, *, concurrency: int) -> None:
    """A worker's life: from the first piece to SIGTERM. Raises ConfigError when the database is not PostgreSQL."""
    prepare(house.database)
    stop = threading.Event()
    leader_side = Procrastinate(house.database, house.configuration.service.work)
    bench = Bench(house, stop=stop.is_set, follow=leader_side.follow)
    Worker(bench, concurrency=concurrency, on_stop=stop.set).run()
