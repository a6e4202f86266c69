"""The clock: APScheduler ticks; a tick that leads asks the rows what is due and hands it to the engine. Nothing else keeps time.

In-memory job store, UTC triggers, `coalesce` and one instance: a restart rebuilds everything from rows, and of any number of
schedulers one leads (`leading.py`). SIGTERM lets what is at hand finish; kill -9 at any moment loses nothing, since every step
commits what it did and is safe to do again.
"""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor as Pool
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from model.errors import FirstrungError
from scheduler import alarms, due
from scheduler.bench import Bench
from scheduler.engines import Engine
from scheduler.engines.in_process import InProcess
from scheduler.leading import LOOK_EVERY, Leading
from scheduler.steps import House
from store import work

log = logging.getLogger(__name__)


class Ticking:
    """The running service. `run()` returns after SIGTERM, SIGINT or `stop()`."""

    def __init__(self, house: House, *, engine: str | None = None) -> None:
        """Nothing starts before `run`. Raises ConfigError for an engine that this database cannot have."""
        self.house = house
        self._stop = threading.Event()
        self._bench = Bench(house, stop=self._stop.is_set)
        self._engine = self._engine_of(engine or house.configuration.service.work.engine)
        self._leading = Leading(house, holder=self._bench.name, engine=self._engine.name)
        self._was_leading = False
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": Pool(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )

    def _engine_of(self, name: str) -> Engine:
        service = self.house.configuration.service
        if name == "procrastinate":
            from scheduler.engines.procrastinate import Procrastinate, prepare  # noqa: PLC0415  (half a second)

            prepare(self.house.database)
            return Procrastinate(self.house.database, service.work)
        engine = InProcess(self._bench, crawls_at_once=service.schedule.crawls_at_once)
        self._bench.follow = engine.follow
        return engine

    def run(self) -> None:
        """Tick until told to stop, then let what is at hand finish."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        seconds = self.house.configuration.service.schedule.tick_seconds
        now = self.house.clock()
        look = min(LOOK_EVERY, seconds)
        self._scheduler.add_job(_guarded(self.look), "interval", seconds=look, next_run_time=now, id="look")
        self._scheduler.add_job(_guarded(self.tick), "interval", seconds=seconds, id="tick")
        self._scheduler.start()
        log.info("running", extra={"tick_seconds": seconds, "sources": len(self.house.configuration.enabled)})
        self._stop.wait()
        self._scheduler.shutdown(wait=True)
        self._engine.close()
        self._leading.release()
        log.info("stopped")

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stop.set()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        log.info("stopping", extra={"signal": signal.Signals(number).name})
        self.stop()

    def look(self) -> None:
        """See whether this process leads; one that begins to lead does not wait for the next tick."""
        leads = self._leading.hold()
        began, self._was_leading = leads and not self._was_leading, leads
        if began:
            self.tick()

    def tick(self) -> None:
        """Hand on what is due and nobody is at, if this process leads."""
        if self._stop.is_set() or not self._leading.hold():
            return
        self._leading.note()
        self._engine.mend()
        alarms.settle(self.house)
        live = self._engine.live()  # before what is due is looked up: what ends in between is not due any more
        with self.house.database.read() as connection:
            resting = work.resting(connection, now=self.house.clock())
        for found in due.by_kind(self.house):
            self._engine.take([piece for piece in found if piece.key not in live | resting])


def _guarded(tick: Callable[[], object]) -> Callable[[], None]:
    """A tick whose known failures are logged and tried again at the next one. A bug is logged with its trace by the scheduler."""

    def run() -> None:
        try:
            tick()
        except FirstrungError as error:
            log.error("a step failed", extra={"reason": str(error)})

    return run
