"""Alarms as rows: raised once, told once, cleared when over. One open alarm for each key, by a unique index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, exists, func, or_, select, update

from store.rows import DeliveryRow
from store.rows_work import AlarmRow, RefusalRow
from store.upserts import upsert

QUIET, FORGOTTEN = timedelta(days=2), timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: `key` ("silent:mercy"), what is wrong, what to do, since when, and when it was over."""

    number: int
    key: str
    says: str
    mend: str
    raised_at: datetime
    cleared_at: datetime | None


def settle(connection: Connection, conditions: Mapping[str, tuple[str, str]], *, now: datetime) -> None:
    """Raise what holds and is not raised; clear what is raised and does not hold any more. `conditions`: key -> (says, mend)."""
    open_now = {one.key: one for one in still_open(connection)}
    for key, (says, mend) in conditions.items():
        if key not in open_now:
            fresh = {"key": key, "says": says, "mend": mend, "raised_at": now}
            connection.execute(upsert(connection, AlarmRow).values(fresh).on_conflict_do_nothing())
    over = [one.number for key, one in open_now.items() if key not in conditions]
    connection.execute(update(AlarmRow).where(AlarmRow.number.in_(over)).values(cleared_at=now))


def still_open(connection: Connection) -> list[Alarm]:
    """The alarms that hold, the oldest first."""
    return _alarms(connection, AlarmRow.cleared_at.is_(None))


def untold(connection: Connection) -> list[Alarm]:
    """What the operator has not been told: raised, or cleared after its raising was told."""
    raised = and_(AlarmRow.told_at.is_(None), AlarmRow.cleared_at.is_(None))
    cleared = and_(AlarmRow.told_at.is_not(None), AlarmRow.cleared_at.is_not(None), AlarmRow.clear_told_at.is_(None))
    return _alarms(connection, or_(raised, cleared))


def note_told(connection: Connection, alarms: Sequence[Alarm], *, at: datetime | None) -> None:
    """Note that these are told, before the mail leaves; `at` None takes the note back when it certainly did not."""
    for cleared in (False, True):
        numbers = [one.number for one in alarms if (one.cleared_at is not None) == cleared]
        values = {"clear_told_at": at} if cleared else {"told_at": at}
        connection.execute(update(AlarmRow).where(AlarmRow.number.in_(numbers)).values(**values))


def note_refusal(connection: Connection, domain: str, status: str, *, now: datetime) -> None:
    """A domain refused us as senders."""
    statement = upsert(connection, RefusalRow).values(domain=domain, status=status, since=now, last_at=now)
    fresh = {"status": status, "last_at": now}
    connection.execute(statement.on_conflict_do_update(index_elements=["domain"], set_=fresh))


def refusals(connection: Connection, *, now: datetime) -> dict[str, str]:
    """The domains that refuse us, each with its status code; what is over is forgotten.

    It is over when a mail went there after the last refusal and two days brought nothing back, or when that is eight days ago.
    """
    accepted = exists().where(
        DeliveryRow.domain == RefusalRow.domain,
        DeliveryRow.state == "sent",
        DeliveryRow.sent_at > RefusalRow.last_at,
        DeliveryRow.sent_at <= now - QUIET,
    )
    connection.execute(delete(RefusalRow).where(or_(accepted, RefusalRow.last_at <= now - FORGOTTEN)))
    found = connection.execute(select(RefusalRow.domain, RefusalRow.status).order_by(RefusalRow.domain))
    return {row.domain: row.status for row in found}


def mail_troubles(connection: Connection, *, since: datetime, late: datetime) -> tuple[int, int]:
    """How many digests since then failed or are in doubt, and how many have been queued since before `late`."""
    bad = and_(
        DeliveryRow.created_at >= since,
        or_(DeliveryRow.state == "failed", and_(DeliveryRow.state == "sending", DeliveryRow.claimed_at < late)),
    )
    waits = and_(DeliveryRow.state == "queued", DeliveryRow.created_at < late)
    counts = [connection.execute(select(func.count()).where(what)).scalar_one() for what in (bad, waits)]
    return counts[0], counts[1]


def _alarms(connection: Connection, which: object) -> list[Alarm]:
    query = select(AlarmRow.__table__).where(which).order_by(AlarmRow.number)  # type: ignore[arg-type]
    fields = Alarm.__dataclass_fields__
    return [Alarm(**{name: getattr(row, name) for name in fields}) for row in connection.execute(query)]
