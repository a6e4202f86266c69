"""The clock: APScheduler ticks, each tick asks the rows what is due and hands it on. Nothing else keeps time.

In-memory job store, UTC triggers, `coalesce` and one instance of each: a restart rebuilds everything from rows. SIGTERM lets the
step at hand finish; kill -9 at any moment loses nothing, since every step commits what it did and is safe to do again.
"""

import logging
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor as Pool
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from model.errors import FirstrungError
from model.source import Source
from scheduler import steps
from scheduler.mailing import Mailroom
from scheduler.steps import House

log = logging.getLogger(__name__)


class Ticking:
    """The running service. `run()` returns after SIGTERM, SIGINT or `stop()`."""

    def __init__(self, house: House) -> None:
        """Nothing starts before `run`."""
        self.house = house
        self._stop = threading.Event()
        self._mailroom = Mailroom(house)
        schedule = house.configuration.service.schedule
        self._crawls = ThreadPoolExecutor(schedule.crawls_at_once, thread_name_prefix="crawl")
        self._crawling: set[str] = set()
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": Pool(3)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )

    def run(self) -> None:
        """Tick until told to stop, then let what is at hand finish."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        seconds = self.house.configuration.service.schedule.tick_seconds
        for tick in (self.crawl_due, self.read_new, self.mail_due):
            now = self.house.clock()
            self._scheduler.add_job(_guarded(tick), "interval", seconds=seconds, next_run_time=now, id=tick.__name__)
        self._scheduler.start()
        log.info("running", extra={"tick_seconds": seconds, "sources": len(self.house.configuration.enabled)})
        self._stop.wait()
        self._scheduler.shutdown(wait=True)
        self._crawls.shutdown(wait=True, cancel_futures=True)
        log.info("stopped")

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stop.set()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        log.info("stopping", extra={"signal": signal.Signals(number).name})
        self.stop()

    def crawl_due(self) -> None:
        """Hand due sources to the crawl pool; one that is being crawled is not handed on again."""
        for source in steps.due_sources(self.house):
            if source.name not in self._crawling and not self._stop.is_set():
                self._crawling.add(source.name)
                self._crawls.submit(self._crawl, source)

    def _crawl(self, source: Source) -> None:
        try:
            if not self._stop.is_set():
                _guarded(lambda: steps.crawl(self.house, source, stop=self._stop.is_set))()
        except Exception:  # a bug in one crawl must be seen and must not stop the others
            log.exception("a crawl broke", extra={"source": source.name})
        finally:
            self._crawling.discard(source.name)

    def read_new(self) -> None:
        """Read what crawls brought."""
        steps.read_new(self.house, stop=self._stop.is_set)

    def mail_due(self) -> None:
        """Queue due digests, then send what waits."""
        if self.house.configuration.service.mail is None:
            return
        self._mailroom.queue_due(stop=self._stop.is_set)
        self._mailroom.send(stop=self._stop.is_set)


def _guarded(tick: Callable[[], object]) -> Callable[[], None]:
    """A tick whose known failures are logged and tried again at the next one. A bug is logged with its trace by the scheduler."""

    def run() -> None:
        try:
            tick()
        except FirstrungError as error:
            log.error("a step failed", extra={"reason": str(error)})

    return run
