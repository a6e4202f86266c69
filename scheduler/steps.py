"""The verbs strung together: crawl and save, read, compare, compose, queue and send. The only place that does so.

The command line, the clock and the workers all call these; each step reads what is due from rows and is safe to do twice.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from crawler.jobposting import page_identity
from crawler.process import Memory
from crawler.process import crawl as crawl_process
from digest.channels import open_channel
from digest.composing import Week, compose
from digest.rendering import check_mail, render
from digest.sending import Sent, send_waiting
from matcher.comparing import Comparer
from matcher.designations import with_designations
from matcher.duplicates import groups
from matcher.ranking import ranked
from matcher.reading import Reader
from model.crawl import Crawled, CrawlReport, Failure, Progress, Visit
from model.digest import Digest, Message, Opening
from model.errors import ConfigError, Fault
from model.profile import Profile
from model.service import Mail
from model.source import Source
from model.verdict import Verdict
from scheduler.attributing import attributed
from scheduler.configuration import Configuration
from scheduler.issues import Issue, issue_at, next_issue, wishes_key
from store import areas, deliveries, kept, payloads, postings, readings, runs, visits
from store.database import Database
from store.gazetteer import gazetteer
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
            visits.save(connection, self.source.name, told)
        self.visited.update(visit.url for visit in told)

    def progress(self, at: Progress) -> None:
        """Tell how far it is, and end it when the service ends."""
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
        memory = _memory(connection, source, intake, sweep=sweep)
    rules, cut_off = house.configuration.service.crawl, False
    try:
        report = crawl_process(source, rules, sink=intake.save, prove=prove, memory=memory, on_progress=intake.progress)
    except _Stopped:  # nothing is planned anew: the source stays due, and the next start goes on with it
        cut_off = True
        failure = Failure(
            kind="incomplete", says="the service was stopped", mend="nothing: it goes on at the next start"
        )
        report = CrawlReport(source=source.name, complete=False, seen=len(intake.listed), failure=failure)
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
    said = {"source": run.source, "new": run.new, "changed": run.changed, "closed": run.closed, "seen": run.seen}
    log.info("crawl finished", extra={**said, "failure": run.failure.kind if run.failure else None})
    for warning in run.warnings:
        log.warning("crawl warns", extra={"source": run.source, "says": warning})
    return run


def _memory(connection: Any, source: Source, intake: _Intake, *, sweep: bool) -> Memory:
    """What earlier crawls left; nothing for a sweep, which looks at every page again."""
    if sweep:
        return Memory(keep=intake.keep)
    marks = postings.marks(connection, source.name)
    return Memory(marks, visits.load(connection, source.name), intake.keep)


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
    runs.plan_next(connection, source.name, every_minutes=source.every, retry_minutes=retry, failed=failed, now=now)


def _named(crawled: Crawled, source: Source) -> Crawled:
    """The posting under the source's configured employer where its payload names none."""
    if crawled.posting.employer or not source.employer:
        return crawled
    return replace(crawled, posting=replace(crawled.posting, employer=source.employer))


def read_new(house: House, *, chunk: int | None = None, stop: Callable[[], bool] = lambda: False) -> int:
    """Read every stored posting that this matcher has not read in its present version; how many that were."""
    reader = Reader(house.configuration.taxonomy)
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


def openings(house: House, profile: Profile, *, now: datetime) -> Iterator[Opening]:
    """Every open posting compared with one person, in the order of the store."""
    comparer = Comparer(house.configuration.taxonomy, gazetteer() if profile.place else None)
    today = issue_at(profile.digest, now).local_date
    with house.database.read() as connection:
        known = areas.load(connection)
        for number, posting, read, first_seen in readings.each_open(connection):
            reading = with_designations(posting, read, known)
            verdict: Verdict = comparer.compare(posting, reading, profile, today=today)
            slim = replace(posting, description="")
            yield Opening(number=number, posting=slim, reading=reading, verdict=verdict, first_seen=first_seen)


def distinct(found: Sequence[Opening], twins: Iterable[tuple[int, ...]]) -> list[Opening]:
    """One opening for each group of postings that are the same (`twins`: groups of row numbers), with the others' links."""
    by_number = {opening.number: opening for opening in found}
    others: dict[int, list[Opening]] = {}
    for group in twins:
        first, *rest = [by_number[number] for number in group]
        others[first.number] = rest
    hidden = {opening.number for rest in others.values() for opening in rest}
    return [
        replace(
            opening,
            twins=tuple(other.number for other in others.get(opening.number, ())),
            also=tuple(other.posting.url for other in others.get(opening.number, ()) if other.posting.url),
        )
        for opening in found
        if opening.number not in hidden
    ]


def twins(house: House) -> list[tuple[int, ...]]:
    """The groups of open postings (row numbers) that are one opening on several boards; an employer's own board stands first."""
    own = {source.name for source in house.configuration.sources if source.employer}
    with house.database.read() as connection:
        stored = list(postings.each(connection, only_open=True))
    found = groups([one.posting for one in stored])
    ordered = [
        sorted((stored[index] for index in group), key=lambda one: one.posting.source not in own) for group in found
    ]
    return [tuple(one.number for one in group) for group in ordered]


def match(house: House, profile: Profile, *, now: datetime) -> list[Opening]:
    """The openings in the order in which this person should see them, each once."""
    found = distinct(list(openings(house, profile, now=now)), twins(house))
    return ranked(found, profile, house.configuration.service.ranking, now=now)


def _week(house: House, profile: Profile, issue: Issue) -> Week:
    names = [source.name for source in house.configuration.enabled]
    with house.database.read() as connection:
        latest = runs.latest(connection)
    failed = tuple(name for name in names if name in latest and latest[name][0].failure is not None)
    following = next_issue(profile.digest, issue.at)
    return Week(
        local_date=issue.local_date, next_date=following.local_date, sources_read=len(names), sources_failed=failed
    )


def compose_for(house: House, person: str, profile: Profile, issue: Issue, *, now: datetime) -> Digest:
    """One person's digest for one issue: what they have not been shown yet."""
    with house.database.read() as connection:
        shown = deliveries.shown_to(connection, person)
    return compose(
        distinct(list(openings(house, profile, now=now)), twins(house)),
        profile,
        _week(house, profile, issue),
        shown=shown,
        mail=house.mail,
        weights=house.configuration.service.ranking,
        now=now,
    )


def render_for(
    house: House, person: str, profile: Profile, digest: Digest, issue: Issue, *, now: datetime
) -> tuple[Digest, Message]:
    """The digest as it fits into a mail, and the mail that would be sent."""
    secret = house.environ.get(house.mail.secret_env, "").encode()
    if not secret:
        with house.database.write() as connection:
            secret = kept.secret(connection)
    taxonomy = house.configuration.taxonomy
    return render(
        digest,
        recipient=profile.email,
        person=person,
        issue=issue.key,
        mail=house.mail,
        taxonomy=taxonomy,
        secret=secret,
        now=now,
    )


def queue_digest(house: House, person: str, profile: Profile, issue: Issue) -> str:
    """Compose and queue one person's issue; "queued", "nothing new" or "there already"."""
    check_mail(house.mail)
    with house.database.read() as connection:
        if deliveries.issued(connection, person, issue.key):
            return "there already"
    now = house.clock()
    digest = compose_for(house, person, profile, issue, now=now)
    if not digest.openings:
        return "nothing new"
    digest, message = render_for(house, person, profile, digest, issue, now=now)
    shown = [number for opening in digest.openings for number in (opening.number, *opening.twins)]
    with house.database.write() as connection:
        number = deliveries.queue(
            connection, person=person, issue=issue.key, message=message, shown=shown, now=house.clock()
        )
    return "queued" if number is not None else "there already"


def due_digests(house: House) -> list[tuple[str, Profile, Issue]]:
    """Whose digest is due, with the issue. A new person (or new wishes) is planned for the next wished hour first."""
    people = house.configuration.profiles
    now = house.clock()
    with house.database.read() as connection:
        planned = deliveries.planned(connection, list(people))
    due = []
    for person, profile in people.items():
        at, wishes = planned.get(person, (None, ""))
        if at is None or wishes != wishes_key(profile.digest):
            plan(house, person, profile, after=now)
        elif at <= now:
            due.append((person, profile, issue_at(profile.digest, at)))
    return due


def plan(house: House, person: str, profile: Profile, *, after: datetime) -> None:
    """Write when a person's next digest is due."""
    issue = next_issue(profile.digest, after)
    with house.database.write() as connection:
        deliveries.plan(connection, person, at=issue.at, wishes=wishes_key(profile.digest))


def queue_due_digests(house: House, *, stop: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Queue what is due and plan each person's next; counts by outcome."""
    counts: dict[str, int] = {}
    for person, profile, issue in due_digests(house):
        if stop():
            break
        outcome = queue_digest(house, person, profile, issue)
        plan(house, person, profile, after=house.clock())
        counts[outcome] = counts.get(outcome, 0) + 1
    if counts:
        log.info("digests queued", extra={key.replace(" ", "_"): value for key, value in counts.items()})
    return counts


def send(house: House, *, stop: Callable[[], bool] = lambda: False, grace: timedelta = IN_DOUBT_AFTER) -> Sent:
    """Send every queued digest through the configured channel."""
    check_mail(house.mail)
    channel = open_channel(house.mail, house.environ)
    try:
        sent = send_waiting(house.database, channel, house.clock, stop=stop, grace=grace)
    finally:
        channel.close()
    if sent != Sent():
        log.info("digests sent", extra={"sent": sent.sent, "put_back": sent.put_back, "failed": sent.failed})
    return sent


def due_sources(house: House) -> list[Source]:
    """The enabled sources whose crawl is due, the longest waiting first."""
    sources = {source.name: source for source in house.configuration.enabled}
    with house.database.read() as connection:
        names: Iterable[str] = runs.due(connection, list(sources), now=house.clock())
    return [sources[name] for name in names]
