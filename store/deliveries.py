"""Deliveries as rows: a digest is queued with frozen bytes, claimed before the channel is asked, and sent once.

    queued ──claim──▶ sending ──delivered──▶ sent
      ▲                  │ └──in doubt: killed between the channel's yes and our note of it
      └──put_back────────┘ └──failed (the channel refused for good)

What keeps a digest from going out twice are the unique keys (person, issue) and (person, posting) and the order of the commits,
never a lock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from model.digest import Message
from store.rows import DeliveryRow, PersonRow, ShownRow
from store.upserts import upsert

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A digest on its way. `mime` is what is sent, the same bytes at each try."""

    number: int
    person: str
    issue: str
    message_id: str
    recipient: str
    subject: str
    mime: bytes
    state: str
    attempts: int
    created_at: datetime
    claimed_at: datetime | None
    sent_at: datetime | None
    says: str | None


def queue(
    connection: Connection, *, person: str, issue: str, message: Message, shown: Iterable[int], now: datetime
) -> int | None:
    """Queue a digest and note which openings it shows, together. None when this issue is there already."""
    statement = (
        upsert(connection, DeliveryRow)
        .values(
            person=person,
            issue=issue,
            message_id=message.message_id,
            recipient=message.recipient,
            subject=message.subject,
            mime=message.mime,
            state="queued",
            created_at=now,
            not_before=now,
        )
        .on_conflict_do_nothing()
        .returning(DeliveryRow.number)
    )
    number: int | None = connection.execute(statement).scalar_one_or_none()
    rows = [{"person": person, "posting": posting, "delivery": number} for posting in shown]
    if number is not None and rows:
        connection.execute(upsert(connection, ShownRow), rows)
    return number


def issued(connection: Connection, person: str, issue: str) -> bool:
    """True when this person has a digest for this issue, in whatever state."""
    query = select(DeliveryRow.number).where(DeliveryRow.person == person, DeliveryRow.issue == issue)
    return connection.execute(query).first() is not None


def shown_to(connection: Connection, person: str) -> set[int]:
    """The numbers of the postings that this person was shown."""
    return set(connection.execute(select(ShownRow.posting).where(ShownRow.person == person)).scalars())


def claim(connection: Connection, *, now: datetime) -> Delivery | None:
    """Take the digest that waits longest and mark it as being sent. Commit before the channel is asked."""
    waiting = (
        select(DeliveryRow.number)
        .where(DeliveryRow.state == "queued", DeliveryRow.not_before <= now)
        .order_by(DeliveryRow.not_before, DeliveryRow.number)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        update(DeliveryRow)
        .where(DeliveryRow.number == waiting)
        .values(state="sending", attempts=DeliveryRow.attempts + 1, claimed_at=now)
        .returning(*DeliveryRow.__table__.c)
    )
    row = connection.execute(statement).one_or_none()
    return _delivery(row) if row else None


def note_sent(connection: Connection, number: int, *, says: str | None, now: datetime) -> None:
    """The channel took it. `says` is what it answered (a queue id, a file's name)."""
    _mark(connection, number, state="sent", sent_at=now, says=says)


def put_back(connection: Connection, delivery: Delivery, *, says: str, now: datetime) -> None:
    """The channel would not take it now: the same bytes wait for another try, ever longer."""
    wait = BACK_OFF[min(max(delivery.attempts, 1), len(BACK_OFF)) - 1]
    _mark(connection, delivery.number, state="queued", not_before=now + wait, says=says)


def requeue(connection: Connection, number: int, *, now: datetime) -> None:
    """It was in doubt and turned out not to be delivered: the same bytes, at once."""
    _mark(connection, number, state="queued", not_before=now)


def fail(connection: Connection, number: int, *, says: str) -> None:
    """The channel refused for good."""
    _mark(connection, number, state="failed", says=says)


def _mark(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(DeliveryRow).where(DeliveryRow.number == number).values(**values))


def in_doubt(connection: Connection, *, older_than: datetime) -> list[Delivery]:
    """Deliveries that were claimed before `older_than` and never noted as sent, put back or failed."""
    query = select(DeliveryRow.__table__).where(DeliveryRow.state == "sending", DeliveryRow.claimed_at <= older_than)
    return [_delivery(row) for row in connection.execute(query.order_by(DeliveryRow.number))]


def states(connection: Connection) -> dict[str, int]:
    """How many deliveries stand in each state."""
    query = select(DeliveryRow.state, func.count().label("count")).group_by(DeliveryRow.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def each(connection: Connection, *, limit: int = 50) -> list[Delivery]:
    """The newest deliveries."""
    query = select(DeliveryRow.__table__).order_by(DeliveryRow.number.desc()).limit(limit)
    return [_delivery(row) for row in connection.execute(query)]


def _delivery(row: object) -> Delivery:
    fields = ("number", "person", "issue", "message_id", "recipient", "subject", "mime", "state", "attempts")
    moments = ("created_at", "claimed_at", "sent_at", "says")
    return Delivery(**{name: getattr(row, name) for name in fields + moments})


def planned(connection: Connection, people: Sequence[str]) -> dict[str, tuple[datetime | None, str]]:
    """For each person that was ever planned: the next digest's moment and the wishes that it was planned for."""
    query = select(PersonRow.__table__).where(PersonRow.key.in_(people))
    return {row.key: (row.next_digest_at, row.wishes) for row in connection.execute(query)}


def plan(connection: Connection, person: str, *, at: datetime, wishes: str) -> None:
    """Write when a person's next digest is due."""
    values = {"next_digest_at": at, "wishes": wishes}
    statement = upsert(connection, PersonRow).values(key=person, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))
