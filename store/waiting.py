"""What waits to be sent, without taking it."""

from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from store.rows import DeliveryRow


def deliveries(connection: Connection, *, now: datetime, in_doubt_before: datetime) -> bool:
    """True when a digest may be sent now, or was claimed before `in_doubt_before` and never settled."""
    queued = and_(DeliveryRow.state == "queued", DeliveryRow.not_before <= now)
    doubtful = and_(DeliveryRow.state == "sending", DeliveryRow.claimed_at <= in_doubt_before)
    return connection.execute(select(DeliveryRow.number).where(or_(queued, doubtful)).limit(1)).first() is not None
