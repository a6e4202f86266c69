"""Procrastinate's tables as this program sees them: what is queued, how old it is, and which workers live. PostgreSQL only."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from store.database import Database

_ADVISORY = 0x66697171


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits, how much is being done, and for how many seconds the oldest has waited."""

    waiting: int
    running: int
    oldest_seconds: float


def there(connection: Connection) -> bool:
    """True when this database has a queue."""
    return connection.dialect.name == "postgresql" and "procrastinate_jobs" in inspect(connection).get_table_names()


def driver(connection: Connection) -> Any:
    """The connection as psycopg knows it, within the same transaction."""
    return connection.connection.driver_connection


def run_script(database: Database, name: str, script: str) -> bool:
    """Run a script of many statements once; False when a script of that name was run before."""
    with database.write() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
        value = connection.execute(text("SELECT value FROM kept WHERE name = :name"), {"name": name}).first()
        if value is not None:
            return False
        driver(connection).execute(script)
        connection.execute(text("INSERT INTO kept (name, value) VALUES (:name, '')"), {"name": name})
    return True


def live(connection: Connection) -> set[str]:
    """The keys of the pieces that wait or are being done."""
    query = text("SELECT queueing_lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    return {key for key in connection.execute(query).scalars() if key}


def stalled(connection: Connection, *, seconds: float) -> list[int]:
    """The jobs whose worker is gone or has not given a sign for so long."""
    query = text(
        "SELECT job.id FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id "
        "WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :seconds))"
    )
    return list(connection.execute(query, {"seconds": seconds}).scalars())


def put_back(connection: Connection, job: int) -> None:
    """Let a stalled job be fetched again, at once; one whose piece waits anew already is dropped instead."""
    waits = text(
        "SELECT 1 FROM procrastinate_jobs job JOIN procrastinate_jobs other ON other.queueing_lock = job.queueing_lock "
        "AND other.status = 'todo' WHERE job.id = :job"
    )
    drop = text("SELECT procrastinate_finish_job_v1(:job, 'failed', true)")
    try:
        with connection.begin_nested():
            again = text("SELECT procrastinate_retry_job_v2(:job, now(), NULL, NULL, NULL)")
            connection.execute(drop if connection.execute(waits, {"job": job}).first() else again, {"job": job})
    except IntegrityError:  # it began to wait anew between the look and the step: the next tick drops this one
        return


def refused(error: BaseException | None) -> bool:
    """True for what the queue's own functions raise: the job is not in the state that the step is for."""
    from psycopg.errors import RaiseException  # noqa: PLC0415  (a third of a second that SQLite need not wait)

    return isinstance(error, RaiseException)


def depth(connection: Connection) -> Depth:
    """How much stands in the queue."""
    query = text(
        "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'), "
        "coalesce(extract(epoch FROM now() - min(waits.at)), 0) FROM procrastinate_jobs job "
        "LEFT JOIN LATERAL (SELECT min(event.at) AS at FROM procrastinate_events event WHERE event.job_id = job.id "
        "AND job.status = 'todo') waits ON true WHERE status IN ('todo', 'doing')"
    )
    row = connection.execute(query).one()
    return Depth(row[0], row[1], float(row[2]))


def workers(connection: Connection, *, seconds: float) -> int:
    """How many workers gave a sign within so many seconds."""
    query = text(
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
    )
    return int(connection.execute(query, {"seconds": seconds}).scalar_one())
