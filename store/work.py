"""Pieces of work as rows: begun, failed, set aside. A piece that ends well leaves no row behind.

A piece is counted when it is begun, before anything of it is done: one that takes its worker with it is counted too, and after so
many starts it is set aside, with its reason, until a person runs it again. What got something done is not counted against the piece,
and a piece that everybody needs (the sending round) is never set aside: it waits, ever longer, and is begun again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, delete, func, or_, select, update

from model.work import Piece
from store.rows import SourceRow
from store.rows_work import MarkRow, WorkRow
from store.upserts import upsert

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Begun:
    """A piece that was begun and has not ended well."""

    number: int
    key: str
    kind: str
    state: str
    starts: int
    worker: str
    started_at: datetime
    not_before: datetime | None
    reason: str | None


def begin(connection: Connection, piece: Piece, *, worker: str, starts: int | None, now: datetime) -> bool:
    """Count a start. False when the piece is set aside or waits after a failure.

    A piece that was begun `starts` times (None: without limit) is set aside.
    """
    query = select(WorkRow.__table__).where(WorkRow.key == piece.key).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is not None:
        if row.state == "set_aside" or (row.state == "failed" and row.not_before and row.not_before > now):
            return False
        if starts is not None and row.starts >= starts:
            says = row.reason or f"it was begun {row.starts} times and never ended, last by {row.worker}"
            _mark(connection, piece.key, state="set_aside", reason=says)
            return False
    fresh = {"state": "running", "worker": worker, "started_at": now, "not_before": None, "reason": None}
    statement = upsert(connection, WorkRow).values(key=piece.key, kind=piece.kind, what=piece.what, starts=1, **fresh)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={**fresh, "starts": WorkRow.starts + 1})
    )
    return True


def progressed(connection: Connection, key: str) -> None:
    """Something of it was done: the starts before this one do not count against it."""
    connection.execute(update(WorkRow).where(WorkRow.key == key, WorkRow.starts > 1).values(starts=1))


def end(connection: Connection, key: str) -> None:
    """It ended well."""
    connection.execute(delete(WorkRow).where(WorkRow.key == key))


def fail(connection: Connection, key: str, *, reason: str, starts: int | None, counts: bool, now: datetime) -> bool:
    """It ended badly: it waits, ever longer, and is set aside at its last start (None: never); True then.

    `counts` off: that was not its fault.
    """
    row = connection.execute(select(WorkRow.starts).where(WorkRow.key == key)).one_or_none()
    begun = row.starts if row else 1
    if not counts:
        _mark(connection, key, state="failed", reason=reason, starts=max(0, begun - 1), not_before=now + FIRST_WAIT)
        return False
    if starts is not None and begun >= starts:
        _mark(connection, key, state="set_aside", reason=reason, not_before=None)
        return True
    wait = min(FIRST_WAIT * 2 ** min(begun - 1, 8), LONGEST_WAIT)
    _mark(connection, key, state="failed", reason=reason, not_before=now + wait)
    return False


def uncount(connection: Connection, key: str, *, worker: str) -> None:
    """A start by this worker was not its fault, which could not be written at the time, and nobody is at it any more.

    A piece that had been begun only then leaves no row: whether it ended well is seen by whether it is found due again.
    """
    row = connection.execute(select(WorkRow.starts, WorkRow.worker).where(WorkRow.key == key)).one_or_none()
    if row is None:
        return
    if row.worker != worker:  # another has begun it since
        _mark(connection, key, starts=max(0, row.starts - 1))
    elif row.starts <= 1:
        end(connection, key)
    else:
        _mark(connection, key, starts=row.starts - 1, state="failed", not_before=None)


def _mark(connection: Connection, key: str, **values: object) -> None:
    connection.execute(update(WorkRow).where(WorkRow.key == key).values(**values))


def resting(connection: Connection, *, now: datetime) -> set[str]:
    """The keys of the pieces that are set aside or wait after a failure."""
    waits = and_(WorkRow.state == "failed", WorkRow.not_before > now)
    return set(connection.execute(select(WorkRow.key).where(or_(WorkRow.state == "set_aside", waits))).scalars())


def retry(connection: Connection, number: int) -> str | None:
    """Let a piece that was set aside or waits be begun again; its key, or None when there is none of that number."""
    resting_now = WorkRow.state.in_(("set_aside", "failed"))
    statement = delete(WorkRow).where(WorkRow.number == number, resting_now).returning(WorkRow.key)
    return connection.execute(statement).scalar_one_or_none()


def each(connection: Connection) -> list[Begun]:
    """Everything that was begun and has not ended well, the longest first."""
    rows = connection.execute(select(WorkRow.__table__).order_by(WorkRow.started_at, WorkRow.number))
    fields = Begun.__dataclass_fields__
    return [Begun(**{name: getattr(row, name) for name in fields}) for row in rows]


def ask_again(connection: Connection, source: str, *, now: datetime) -> None:
    """A crawl was lost for no fault of its source: it is due, and does not count among the source's failures."""
    fewer = case((SourceRow.failures_in_a_row > 0, SourceRow.failures_in_a_row - 1), else_=0)
    values = {"next_crawl_at": now, "failures_in_a_row": fewer}
    connection.execute(update(SourceRow).where(SourceRow.name == source).values(**values))


def states(connection: Connection) -> dict[str, int]:
    """How many pieces stand in each state."""
    found = connection.execute(select(WorkRow.state, func.count()).group_by(WorkRow.state))
    return {row[0]: row[1] for row in found}


def mark(connection: Connection, name: str, *, now: datetime) -> None:
    """Remember this moment under a name."""
    statement = upsert(connection, MarkRow).values(name=name, at=now)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def marked(connection: Connection, name: str) -> datetime | None:
    """The moment remembered under that name."""
    return connection.execute(select(MarkRow.at).where(MarkRow.name == name)).scalar_one_or_none()


def unmark(connection: Connection, name: str) -> None:
    """Forget it."""
    connection.execute(delete(MarkRow).where(MarkRow.name == name))
