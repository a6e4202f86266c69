"""Deliveries as rows: a digest is queued with frozen bytes, claimed before the channel is asked, and sent once.

    queued ──claim──▶ sending ──delivered──▶ sent
      ▲ │ │              │ └──in doubt: killed between the channel's yes and our note of it
      │ │ └─too late──▶ expired (its openings are free for the next one)
      │ └──stopped────▶ withdrawn (the person, or their address, wants no more)
      └──put_back────────┘ └──failed (the channel refused for good)

What keeps a digest from going out twice are the unique keys (person, issue) and (person, posting) and the order of the commits,
never a lock.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from model.digest import Message
from store.rows import DeliveryRow, PersonRow, ShownRow, SuppressionRow
from store.upserts import upsert

AWAITED = ("confirm", "login")
AHEAD = timedelta(days=1)  # what is awaited is queued as if it had waited for so long: it goes before the digests
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
    kind: str
    sender: str
    domain: str
    address_mark: str


def issued_to(connection: Connection, address_mark: str, *issues: str) -> bool:
    """True when this address has a digest for one of these issues, under whatever name: one in a file may have joined, too."""
    values = {"mark": address_mark, "issues": list(issues)}
    return connection.execute(_issued(), values).first() is not None


@cache
def _issued() -> Select[int]:
    return select(DeliveryRow.number).where(
        DeliveryRow.address_mark == bindparam("mark"),
        DeliveryRow.issue.in_(bindparam("issues", expanding=True)),
        DeliveryRow.kind == "digest",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What kind of mail it is, the keyed hash of its address (a refusal is looked up by it), and when it is too late to send it."""

    kind: str = "digest"
    address_mark: str = ""
    expires_at: datetime | None = None


def queue(
    connection: Connection,
    *,
    person: str,
    issue: str,
    message: Message,
    shown: Iterable[int] | Mapping[int, Mapping[str, Any]],
    now: datetime,
    terms: Terms = Terms(),
) -> int | None:
    """Queue a mail and note which openings it shows (with what it tells of them), together. None when this issue is there already."""
    values = {
        "person": person,
        "issue": issue,
        "message_id": message.message_id,
        "recipient": message.recipient,
        "subject": message.subject,
        "mime": message.mime,
        "state": "queued",
        "created_at": now,
        "not_before": now - AHEAD if terms.kind in AWAITED else now,
        "kind": terms.kind,
        "sender": message.sender,
        "bounce_token": message.bounce_token,
        "address_mark": terms.address_mark,
        "domain": message.recipient.rsplit("@", 1)[-1].lower(),
        "expires_at": terms.expires_at,
    }
    fresh = upsert(connection, DeliveryRow.__table__).on_conflict_do_nothing().returning(DeliveryRow.number)
    number: int | None = connection.execute(fresh, values).scalar_one_or_none()
    facts: Mapping[int, Mapping[str, Any]]
    facts = shown if isinstance(shown, Mapping) else {posting: {} for posting in shown}
    rows = [
        {"person": person, "posting": posting, "delivery": number, "facts": json.dumps(told) if told else ""}
        for posting, told in facts.items()
    ]
    if number is not None and rows:
        connection.execute(upsert(connection, ShownRow.__table__), rows)
    return number


def tell_anew(connection: Connection, person: str, told: Mapping[int, Mapping[str, Any]]) -> None:
    """What was just told of openings shown before, so that the same change is not told twice."""
    for posting, facts in told.items():
        where = (ShownRow.person == person) & (ShownRow.posting == posting)
        connection.execute(update(ShownRow).where(where).values(facts=json.dumps(facts)))


def claim(
    connection: Connection, *, now: datetime, not_to: Sequence[str] = (), kinds: Sequence[str] = ()
) -> Delivery | None:
    """Take the mail that waits longest and mark it as being sent. Commit before the channel is asked.

    What a person is waiting for at this moment (confirmation, sign-in) goes before digests, and past a domain's limit.

    Looked at in the same statement: that the person did not stop or pause and that the address is not refused. `not_to`: domains that
    get nothing now.
    """
    values = {"moment": now, "not_to": list(not_to)} | ({"kinds": list(kinds)} if kinds else {})
    row = connection.execute(_claiming(some_kinds=bool(kinds)), values).one_or_none()
    return _delivery(row) if row else None


@cache
def _claiming(*, some_kinds: bool) -> ReturningUpdate[Any]:
    """The claiming statement. Made once: making it took longer than running it."""
    now: Any = bindparam("moment")
    awaited = DeliveryRow.kind.in_(AWAITED)
    waiting = select(DeliveryRow.number).where(
        DeliveryRow.state == "queued",
        DeliveryRow.not_before <= now,
        or_(DeliveryRow.expires_at.is_(None), DeliveryRow.expires_at > now),
        ~_unwanted(now),
        or_(awaited, DeliveryRow.domain.not_in(bindparam("not_to", expanding=True))),
    )
    if some_kinds:
        waiting = waiting.where(DeliveryRow.kind.in_(bindparam("kinds", expanding=True)))
    chosen = (
        waiting.order_by(DeliveryRow.not_before, DeliveryRow.number)  # as the index has them: no other row is looked at
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(DeliveryRow)
        .where(DeliveryRow.number == chosen)
        .values(state="sending", attempts=DeliveryRow.attempts + 1, claimed_at=now)
        .returning(*DeliveryRow.__table__.c)
    )


def begun_since(connection: Connection, moment: datetime) -> list[tuple[str, datetime]]:
    """The domain of each mail that was last begun after `moment`, and when: what the domains' limits are counted by."""
    query = select(DeliveryRow.domain, DeliveryRow.claimed_at).where(DeliveryRow.claimed_at > moment)
    return [(row.domain, row.claimed_at) for row in connection.execute(query)]


def _unwanted(now: Any) -> Any:
    """Digests to people who stopped or rest, and to addresses that refuse. A mail that a person asked for a moment ago goes out."""
    stopped = exists().where(
        PersonRow.key == DeliveryRow.person,
        or_(PersonRow.state == "stopped", PersonRow.paused_until.is_not(None) & (PersonRow.paused_until > now)),
    )
    refused = exists().where(SuppressionRow.address_mark == DeliveryRow.address_mark)
    return DeliveryRow.kind.in_(("digest", "watching")) & or_(stopped, refused)


def clear_out(connection: Connection, *, now: datetime) -> dict[str, int]:
    """Withdraw what is no longer wanted and expire what is too late; the openings of both are free for a later digest."""
    queued = DeliveryRow.state == "queued"
    late = queued & DeliveryRow.expires_at.is_not(None) & (DeliveryRow.expires_at <= now)
    counts = {}
    for state, which in (("expired", late), ("withdrawn", queued & _unwanted(now))):
        numbers = connection.execute(select(DeliveryRow.number).where(which)).scalars().all()
        for number in numbers:
            _will_not_go(connection, number, state=state)
        counts[state] = len(numbers)
    return counts


def note_sent(
    connection: Connection, number: int, *, says: str | None, now: datetime, attempt: int | None = None
) -> bool:
    """The channel took it. `says` is what it answered (a queue id, a file's name).

    With `attempt`: only while that claim still holds. An answer that comes so late that another process settled the mail changes
    nothing, and False tells so.
    """
    values = {"which": number, "answer": says, "moment": now} | ({} if attempt is None else {"attempt": attempt})
    return connection.execute(_noting(held=attempt is not None), values).rowcount == 1


@cache
def _noting(*, held: bool) -> Update:
    statement = update(DeliveryRow).where(DeliveryRow.number == bindparam("which"))
    if held:
        statement = statement.where(DeliveryRow.state == "sending", DeliveryRow.attempts == bindparam("attempt"))
    return statement.values(state="sent", sent_at=bindparam("moment"), says=bindparam("answer"))


def still_ours(connection: Connection, delivery: Delivery) -> bool:
    """Whether the claim still holds: an answer that comes so late that another process settled the mail changes nothing."""
    query = select(DeliveryRow.state, DeliveryRow.attempts).where(DeliveryRow.number == delivery.number)
    row = connection.execute(query.with_for_update()).one_or_none()
    return row is not None and (row.state, row.attempts) == ("sending", delivery.attempts)


def put_back(
    connection: Connection, delivery: Delivery, *, says: str, now: datetime, at_least: timedelta = timedelta(0)
) -> None:
    """The channel would not take it now: the same bytes wait for another try, ever longer, not all at once."""
    wait = max(at_least, BACK_OFF[min(max(delivery.attempts, 1), len(BACK_OFF)) - 1])
    wait += wait * (delivery.number % 16) / 160
    _mark(connection, delivery.number, state="queued", not_before=now + wait, says=says)


def requeue(connection: Connection, number: int, *, now: datetime) -> None:
    """It was in doubt and turned out not to be delivered: the same bytes, at once."""
    _mark(connection, number, state="queued", not_before=now)


def fail(connection: Connection, number: int, *, says: str) -> None:
    """The channel refused for good; its openings are free for a later digest."""
    _will_not_go(connection, number, state="failed", says=says)


def withdraw(connection: Connection, person: str, *, says: str) -> None:
    """Take back what waits for a person, but not what they asked for a moment ago (a way in)."""
    query = select(DeliveryRow.number).where(
        DeliveryRow.person == person, DeliveryRow.state == "queued", DeliveryRow.kind.not_in(AWAITED)
    )
    for number in connection.execute(query).scalars().all():
        _will_not_go(connection, number, state="withdrawn", says=says)


def _will_not_go(connection: Connection, number: int, **values: object) -> None:
    _mark(connection, number, **values)
    connection.execute(delete(ShownRow).where(ShownRow.delivery == number))


def _mark(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(DeliveryRow).where(DeliveryRow.number == number).values(**values))


def in_doubt(connection: Connection, *, older_than: datetime) -> list[Delivery]:
    """Deliveries that were claimed before `older_than` and never noted as sent, put back or failed."""
    query = select(DeliveryRow.__table__).where(DeliveryRow.state == "sending", DeliveryRow.claimed_at <= older_than)
    return [_delivery(row) for row in connection.execute(query.order_by(DeliveryRow.number))]


def of_bounce(connection: Connection, token: str) -> Delivery | None:
    """The mail whose envelope sender held that token."""
    row = connection.execute(select(DeliveryRow.__table__).where(DeliveryRow.bounce_token == token)).one_or_none()
    return _delivery(row) if row else None


def newest_mark(connection: Connection, person: str) -> str:
    """The keyed hash of the address that a person was last mailed at; "" when that is not known."""
    query = select(DeliveryRow.address_mark).where(DeliveryRow.person == person, DeliveryRow.address_mark != "")
    found: str | None = connection.execute(query.order_by(DeliveryRow.number.desc()).limit(1)).scalar_one_or_none()
    return found or ""


def settle(connection: Connection, number: int, *, sent: bool, now: datetime) -> bool:
    """What a person found out about a mail in doubt: it was taken, or it was not and goes out again; False when it is in no doubt."""
    state = connection.execute(select(DeliveryRow.state).where(DeliveryRow.number == number)).scalar_one_or_none()
    if state != "sending":
        return False
    if sent:
        note_sent(connection, number, says="settled by hand", now=now)
    else:
        requeue(connection, number, now=now)
    return True


def next_try(connection: Connection) -> datetime | None:
    """When the next queued mail may be tried."""
    query = select(func.min(DeliveryRow.not_before)).where(DeliveryRow.state == "queued")
    moment: datetime | None = connection.execute(query).scalar_one_or_none()
    return moment


def newest_of(connection: Connection) -> dict[str, Delivery]:
    """Each person's newest digest."""
    newest = select(func.max(DeliveryRow.number)).where(DeliveryRow.kind == "digest").group_by(DeliveryRow.person)
    query = select(DeliveryRow.__table__).where(DeliveryRow.number.in_(newest))
    return {row.person: _delivery(row) for row in connection.execute(query)}


def states(connection: Connection) -> dict[str, int]:
    """How many mails stand in each state; what was put back and waits is "deferred"."""
    deferred = (DeliveryRow.state == "queued") & (DeliveryRow.attempts > 0)
    state = case((deferred, "deferred"), else_=DeliveryRow.state).label("state")
    query = select(state, func.count().label("count")).group_by(state)
    return {row[0]: row[1] for row in connection.execute(query)}


def each(connection: Connection, *, limit: int = 50) -> list[Delivery]:
    """The newest deliveries."""
    query = select(DeliveryRow.__table__).order_by(DeliveryRow.number.desc()).limit(limit)
    return [_delivery(row) for row in connection.execute(query)]


def _delivery(row: object) -> Delivery:
    fields = ("number", "person", "issue", "message_id", "recipient", "subject", "mime", "state", "attempts")
    moments = ("created_at", "claimed_at", "sent_at", "says", "kind", "sender", "domain", "address_mark")
    return Delivery(**{name: getattr(row, name) for name in fields + moments})


def planned(connection: Connection, people: Sequence[str]) -> dict[str, tuple[datetime | None, str]]:
    """For each person that was ever planned: the next digest's moment and the wishes that it was planned for."""
    query = select(PersonRow.__table__).where(PersonRow.key.in_(people))
    return {row.key: (row.next_digest_at, row.wishes) for row in connection.execute(query)}
