"""The verbs strung together: crawl and save, read, compare, compose, queue and send. The only place that does so.

The command line, the clock and the workers all call these; each step reads what is due from rows and is safe to do twice.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from crawler.gates import vendor_host
from crawler.jobposting import page_identity
from crawler.process import Memory
from crawler.process import crawl as crawl_process
from matcher.reading import reader_of
from model.crawl import Crawled, CrawlReport, Failure, Progress, Visit
from model.errors import ConfigError, Fault
from model.service import Mail
from model.source import Source
from scheduler.attributing import attributed
from scheduler.configuration import Configuration
from scheduler.planning import after_quiet, next_crawl
from store import payloads, postings, readings, runs, tallies, visits
from store.database import Database
from store.postings import Saved
from store.runs import Run

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
OnProgress = Callable[[Progress, Saved], None]
DICTIONARY_AFTER = 500
IN_DOUBT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class House:
    """What every step needs: the configuration, the open database and the clock."""

    configuration: Configuration
    database: Database
    clock: Clock
    environ: Mapping[str, str]

    @property
    def mail(self) -> Mail:
        """The mail rules. Raises ConfigError when service.yaml has none."""
        mail = self.configuration.service.mail
        if mail is None:
            place = str(self.configuration.folder / "service.yaml")
            raise ConfigError(Fault(f"{place}: mail", "missing", "digests need at least sender and postal_address"))
        return mail


class _Stopped(Exception):
    """The service is ending: the crawl at hand ends with what it has."""


class _Intake:
    """What a crawl brings, saved batch by batch as it comes."""

    def __init__(self, house: House, source: Source, on_progress: OnProgress | None, stop: Callable[[], bool]) -> None:
        self.house, self.source, self.on_progress, self.stop = house, source, on_progress, stop
        self.saved, self.listed, self.visited, self.small = Saved(), set[str](), set[str](), False
        self.at = Progress(0, 0, 0)

    def save(self, batch: Sequence[Crawled]) -> None:
        """Write one batch."""
        named = [_named(crawled, self.source) for crawled in batch]
        with self.house.database.write() as connection:
            self.saved += postings.save(connection, named, now=self.house.clock())
            if self.saved.new >= DICTIONARY_AFTER and not self.small:
                payloads.compact(connection, self.source.name)
                self.small = True  # the rest is written small at once
        self.listed.update(crawled.posting.id for crawled in batch)

    def keep(self, told: Sequence[Visit]) -> None:
        """Write what pages said about themselves; their postings were saved before."""
        with self.house.database.write() as connection:
            visits.save(connection, self.source.name, told, now=self.house.clock())
        self.visited.update(visit.url for visit in told)

    def progress(self, at: Progress) -> None:
        """Tell how far it is, and end it when the service ends."""
        self.at = at
        if self.on_progress is not None:
            self.on_progress(at, self.saved)
        if self.stop():
            raise _Stopped


def crawl(
    house: House, source: Source, *, on_progress: OnProgress | None = None, stop: Callable[[], bool] = lambda: False
) -> Run:
    """Crawl one source and save what it gives, batch by batch; ends with the run as stored and the next crawl planned."""
    with house.database.write() as connection:
        number = runs.begin(connection, source.name, now=house.clock())
        sweep, prove = runs.cares(connection, source.name, now=house.clock())
        intake = _Intake(house, source, on_progress, stop)
        memory = _memory(connection, source, intake, sweep=sweep, now=house.clock())
    rules, cut_off = house.configuration.service.crawl, False
    try:
        report = crawl_process(source, rules, sink=intake.save, prove=prove, memory=memory, on_progress=intake.progress)
    except _Stopped:  # nothing is planned anew: the source stays due, and the next start goes on with it
        cut_off = True
        failure = Failure(
            kind="incomplete", says="the service was stopped", mend="nothing: it goes on at the next start"
        )
        report = CrawlReport(
            source=source.name, complete=False, seen=len(intake.listed), requests=intake.at.requests,
            answers=intake.at.answers, failure=failure,
        )  # fmt: skip
    saved = intake.saved + Saved(unchanged=len(report.unchanged))
    with house.database.write() as connection:
        report = replace(report, gone=_resolved(connection, source.name, report.gone))
        report = attributed(connection, source, house.configuration.enabled, report)
        if report.failure is None:
            runs.note_cares(connection, source.name, swept=sweep, proved=prove, now=house.clock())
            if sweep and report.complete:
                visits.forget_others(connection, source.name, intake.visited)
        listed = intake.listed.union(report.unchanged)
        run = runs.finish(connection, number, report, saved, listed, now=house.clock())
        if not cut_off:
            _plan_next(house, connection, source, failed=run.failure is not None)
        if saved.new or saved.changed:
            payloads.compact(connection, source.name)
        tallies.add(connection, _answers(source, report))
    said = {"source": run.source, "new": run.new, "changed": run.changed, "closed": run.closed, "seen": run.seen}
    log.info("crawl finished", extra={**said, "failure": run.failure.kind if run.failure else None})
    for warning in run.warnings:
        log.warning("crawl warns", extra={"source": run.source, "says": warning})
    return run


def _memory(connection: Any, source: Source, intake: _Intake, *, sweep: bool, now: datetime) -> Memory:
    """What earlier crawls left; nothing for a sweep, which looks at every page again."""
    if sweep:
        return Memory(keep=intake.keep)
    marks = postings.marks(connection, source.name)
    return Memory(marks, visits.load(connection, source.name, now=now), intake.keep)


def _answers(source: Source, report: CrawlReport) -> dict[tuple[str, str], float]:
    """What the vendor's host answered, to be counted: each class of status under "host status"."""
    host = vendor_host(urlsplit(str(source.api or source.url)).netloc)
    return {("requests", f"{host} {status}"): count for status, count in report.answers.items()}


def _resolved(connection: Any, source: str, gone: Sequence[str]) -> tuple[str, ...]:
    """Gone postings by their stored ids: a page that is gone can name its address only."""
    still_open = postings.open_ids(connection, source) if gone else {}
    if all(one in still_open for one in gone):
        return tuple(gone)
    by_address = {page_identity(url): key for key, url in postings.addresses(connection, source)}
    return tuple(one if one in still_open else by_address.get(one, one) for one in gone)


def _plan_next(house: House, connection: Any, source: Source, *, failed: bool) -> None:
    retry = min(source.every, house.configuration.service.schedule.retry_failed_after)
    now = house.clock()
    zone = house.configuration.service.zone
    runs.plan_next(
        connection, source.name, at=next_crawl(source, zone, now=now), retry_minutes=retry, failed=failed, now=now,
        quiet=partial(after_quiet, source, zone),
    )  # fmt: skip


def _named(crawled: Crawled, source: Source) -> Crawled:
    """The posting under the source's configured employer where its payload names none."""
    if crawled.posting.employer or not source.employer:
        return crawled
    return replace(crawled, posting=replace(crawled.posting, employer=source.employer))


def read_new(house: House, *, chunk: int | None = None, stop: Callable[[], bool] = lambda: False) -> int:
    """Read every stored posting that this matcher has not read in its present version; how many that were."""
    reader = reader_of(house.configuration.taxonomy)
    size = chunk or house.configuration.service.schedule.read_chunk
    done = 0
    while not stop():
        with house.database.read() as connection:
            waiting = readings.unread(connection, reader.version, limit=size)
        if not waiting:
            break
        read = [(number, content, reader.read(posting)) for number, content, posting in waiting]
        with house.database.write() as connection:
            readings.save(connection, read)
        done += len(read)
    if done:
        log.info("postings read", extra={"count": done, "read_with": reader.version})
    return done


def due_sources(house: House) -> list[Source]:
    """The enabled sources whose crawl is due, the longest waiting first."""
    sources = {source.name: source for source in house.configuration.enabled}
    with house.database.read() as connection:
        names: Iterable[str] = runs.due(connection, list(sources), now=house.clock())
    return [sources[name] for name in names]
