"""How the service stands, as one value: for the screen, for programs, for the web and for metrics."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler import rereading
from scheduler.steps import House
from store import alarms, deliveries, leases, postings, queue, runs, work
from store import rereading as stored_readings
from store.alarms import Alarm
from store.leases import Leader
from store.work import Begun


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source: its last run and its next."""

    source: str
    enabled: bool
    last: datetime | None
    seen: int | None
    state: str
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, what is being done, and for how many seconds the oldest has waited; `workers` live (Procrastinate only)."""

    waiting: int = 0
    running: int = 0
    oldest_seconds: float = 0.0
    workers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything on one screen."""

    at: datetime
    sources: tuple[SourceState, ...]
    postings: int
    open: int
    queue: Queue
    work: tuple[Begun, ...]
    readings: dict[str, int]
    read_with: str
    unread: int
    rereading_paused: bool
    digests: dict[str, int]
    alarms: tuple[Alarm, ...]
    leader: Leader | None

    @property
    def led(self) -> bool:
        """True when a leader was seen within three of its ticks and a little."""
        return self.leader is not None and self.at - self.leader.seen_at <= timedelta(
            seconds=3 * self.leader.tick_seconds + 30
        )

    def form(self) -> dict[str, Any]:
        """As plain values, moments in ISO 8601."""
        form: dict[str, Any] = _plain({**asdict(self), "led": self.led})
        return form


def status(house: House) -> Status:
    """How it stands now."""
    read_with = rereading.version(house)
    stalled = house.configuration.service.work.stalled_seconds
    with house.database.read() as connection:
        latest, planned = runs.latest(connection), runs.next_crawls(connection)
        total, still_open = postings.count(connection)
        begun = tuple(work.each(connection))
        queued = Queue(running=sum(one.state == "running" for one in begun))
        if queue.there(connection):
            depth, workers = queue.depth(connection), queue.workers(connection, seconds=stalled)
            queued = Queue(depth.waiting, depth.running, depth.oldest_seconds, workers)
        return Status(
            at=house.clock(),
            sources=tuple(
                _source(name, enabled, latest.get(name, [None])[0], planned.get(name, (None, 0))[0])
                for name, enabled in ((source.name, source.enabled) for source in house.configuration.sources)
            ),
            postings=total,
            open=still_open,
            queue=queued,
            work=begun,
            readings=stored_readings.versions(connection),
            read_with=read_with,
            unread=stored_readings.left(connection, read_with),
            rereading_paused=work.marked(connection, rereading.PAUSED) is not None,
            digests=deliveries.states(connection),
            alarms=tuple(alarms.still_open(connection)),
            leader=leases.leader(connection),
        )


def _source(name: str, enabled: bool, last: runs.Run | None, upcoming: datetime | None) -> SourceState:
    state = "never started" if last is None else last.failure.kind if last.failure else "right"
    return SourceState(name, enabled, last.started_at if last else None, last.seen if last else None, state, upcoming)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
