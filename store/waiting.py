"""What waits to be sent, without taking it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from store.rows import DeliveryRow, PersonRow

LOOKED_UP_FOR = timedelta(hours=1)  # after that a channel that cannot tell is not asked at every tick


def deliveries(connection: Connection, *, now: datetime, in_doubt_before: datetime) -> bool:
    """True when a digest may be sent now, or was claimed before `in_doubt_before` (within an hour) and never settled."""
    queued = and_(DeliveryRow.state == "queued", DeliveryRow.not_before <= now)
    since = in_doubt_before - LOOKED_UP_FOR
    doubtful = and_(DeliveryRow.state == "sending", DeliveryRow.claimed_at.between(since, in_doubt_before))
    return connection.execute(select(DeliveryRow.number).where(or_(queued, doubtful)).limit(1)).first() is not None


def people(connection: Connection) -> int:
    """How many people are known, from files or by joining."""
    return int(connection.execute(select(func.count()).select_from(PersonRow)).scalar_one())
