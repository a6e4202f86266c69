"""People as rows: who joined, who paused or stopped, what they said of openings, and everything that is kept about one of them.

People of `config/profiles/*.yaml` have a row here as soon as their first digest is planned (`profile` stays in the YAML); people who
joined by the web have their profile here. Addresses stand in `person` and `delivery` alone; what outlives a person is a keyed hash.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pydantic import ValidationError
from sqlalchemy import Connection, Table, bindparam, delete, func, or_, select, update

from model.profile import Profile
from store import deliveries
from store.rows import BounceRow, CountedRow, EntryRow, PersonRow, Row, SaidRow, ShownRow, SuppressionRow
from store.upserts import upsert

State = Literal["pending", "active", "stopped"]
Said = Literal["not_for_me", "applied"]
AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120))
TRIES = len(AGAIN_AFTER) + 1
ASK_AGAIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person as the store knows them. `profile` None: it stands in YAML (or can no longer be read)."""

    key: str
    handle: str
    state: State
    address: str | None
    profile: Profile | None
    paused_until: datetime | None
    joined_at: datetime | None
    confirmed_at: datetime | None
    mailed_at: datetime | None
    next_digest_at: datetime | None
    wishes: str
    outcome: str | None
    outcome_at: datetime | None
    failures: int

    def paused(self, now: datetime) -> bool:
        """Whether mail rests now."""
        return self.paused_until is not None and self.paused_until > now


@dataclass(frozen=True, slots=True)
class Plan:
    """When a person's next digest is due, for which wishes, and what links know them by. `in_yaml`: they may have no row yet."""

    key: str
    at: datetime
    wishes: str
    handle: str | None = None
    in_yaml: bool = True


def handle_of(secret: bytes, key: str) -> str:
    """What links know a person by: 26 letters and digits that tell nothing without the service's key."""
    return (
        base64.b32encode(hmac.new(secret, b"person|" + key.encode(), hashlib.sha256).digest()[:16])
        .decode()[:26]
        .lower()
    )


def address_mark(secret: bytes, address: str) -> str:
    """The keyed hash that stands for an address where the address itself must not be kept; letter case does not count."""
    return hmac.new(secret, b"address|" + address.strip().lower().encode(), hashlib.sha256).hexdigest()


def join(
    connection: Connection, *, key: str, handle: str, profile: Profile, consent: dict[str, Any], now: datetime
) -> None:
    """A person who asked to join and has not confirmed yet; asking again before that puts the new wishes in place."""
    values = {
        "handle": handle,
        "address": profile.email.lower(),
        "profile": profile.model_dump_json(exclude_defaults=True),
        "consent": json.dumps(consent),
        "joined_at": now,
        "state": "pending",
    }
    statement = upsert(connection, PersonRow).values(key=key, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_=values, where=PersonRow.state == "pending")
    )


def confirm(connection: Connection, key: str, *, address_mark: str, now: datetime) -> bool:
    """Pending becomes active, and an old refusal of the address ends; False when there was nothing to confirm."""
    found = connection.execute(
        update(PersonRow)
        .where(PersonRow.key == key, PersonRow.state == "pending")
        .values(state="active", confirmed_at=now, mailed_at=now)
    )
    if found.rowcount:
        connection.execute(delete(SuppressionRow).where(SuppressionRow.address_mark == address_mark))
    return bool(found.rowcount)


def change(connection: Connection, key: str, profile: Profile) -> None:
    """New facts and wishes. The address stays: another one is another joining."""
    connection.execute(
        update(PersonRow).where(PersonRow.key == key).values(profile=profile.model_dump_json(exclude_defaults=True))
    )


def known_as(connection: Connection, key: str, handle: str) -> None:
    """Give a person of the YAML files their row and handle."""
    statement = upsert(connection, PersonRow).values(key=key, handle=handle)
    fresh = {"handle": handle}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key"], set_=fresh, where=PersonRow.handle.is_distinct_from(handle)
        )
    )


def stop(connection: Connection, key: str, *, address_mark: str, why: str, now: datetime) -> None:
    """No more digests: the person is stopped, the address refused, and what waits is withdrawn, in one go."""
    connection.execute(update(PersonRow).where(PersonRow.key == key).values(state="stopped"))
    if address_mark:
        statement = upsert(connection, SuppressionRow).values(address_mark=address_mark, why=why, at=now)
        connection.execute(statement.on_conflict_do_nothing())
    deliveries.withdraw(connection, key, says=why)


def resume(connection: Connection, key: str, *, address_mark: str) -> None:
    """Digests again, because the person asked."""
    connection.execute(update(PersonRow).where(PersonRow.key == key).values(state="active", paused_until=None))
    connection.execute(delete(SuppressionRow).where(SuppressionRow.address_mark == address_mark))


def pause(connection: Connection, key: str, until: datetime | None) -> None:
    """No digest before `until`; None ends a pause. What waits already is withdrawn by the claim, not here."""
    connection.execute(update(PersonRow).where(PersonRow.key == key).values(paused_until=until))


def suppressed(connection: Connection, address_mark: str) -> str | None:
    """Why an address gets no digests; None when it may."""
    query = select(SuppressionRow.why).where(SuppressionRow.address_mark == address_mark)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def may_ask(connection: Connection, address_mark: str, *, now: datetime) -> bool:
    """Whether a mail may ask this address if it wants mail; a refused one once in 30 days, and this is noted as that once."""
    refused = SuppressionRow.address_mark == address_mark
    long_ago = or_(SuppressionRow.asked_at.is_(None), SuppressionRow.asked_at <= now - ASK_AGAIN)
    asked = connection.execute(update(SuppressionRow).where(refused, long_ago).values(asked_at=now))
    return bool(asked.rowcount) or suppressed(connection, address_mark) is None


def get(connection: Connection, key: str) -> Member | None:
    """The person of that key."""
    row = connection.execute(select(PersonRow.__table__).where(PersonRow.key == key)).one_or_none()
    return _member(row) if row else None


def members(connection: Connection, keys: Sequence[str]) -> dict[str, Member]:
    """Those of these people who have a row, by key."""
    query = select(PersonRow.__table__).where(PersonRow.key.in_(keys))
    return {row.key: _member(row) for row in connection.execute(query)}


def by_handle(connection: Connection, handle: str) -> Member | None:
    """The person whom links know by `handle`."""
    row = connection.execute(select(PersonRow.__table__).where(PersonRow.handle == handle)).one_or_none()
    return _member(row) if row else None


def by_address(connection: Connection, address: str) -> Member | None:
    """The person who joined with that address."""
    query = select(PersonRow.__table__).where(PersonRow.address == address.strip().lower())
    row = connection.execute(query).one_or_none()
    return _member(row) if row else None


def each(connection: Connection) -> list[Member]:
    """Everyone who has a row, by key."""
    return [_member(row) for row in connection.execute(select(PersonRow.__table__).order_by(PersonRow.key))]


def due(connection: Connection, *, now: datetime, limit: int | None = None) -> list[Member]:
    """Active people whose hour has come and who do not pause, the longest waiting first. One that broke waits for its next try."""
    resting = PersonRow.paused_until.is_not(None) & (PersonRow.paused_until > now)
    resting |= PersonRow.retry_at.is_not(None) & (PersonRow.retry_at > now)
    query = (
        select(PersonRow.__table__)
        .where(PersonRow.state == "active", PersonRow.next_digest_at <= now, ~resting)
        .order_by(PersonRow.next_digest_at, PersonRow.key)
        .limit(limit)
    )
    return [_member(row) for row in connection.execute(query)]


def unplanned(connection: Connection) -> list[Member]:
    """Active people of the web whose next digest was never planned."""
    query = select(PersonRow.__table__).where(
        PersonRow.state == "active", PersonRow.profile.is_not(None), PersonRow.next_digest_at.is_(None)
    )
    return [_member(row) for row in connection.execute(query.order_by(PersonRow.key))]


def plan(connection: Connection, plans: Sequence[Plan]) -> None:
    """Write when these people's next digests are due, and how links know them. YAML gets its row; who was deleted stays deleted."""
    if fresh := [{"key": one.key} for one in plans if one.in_yaml]:
        connection.execute(upsert(connection, PersonRow).on_conflict_do_nothing(), fresh)
    known: Any = func.coalesce(bindparam("known_as"), PersonRow.handle)
    changed = update(PersonRow).where(PersonRow.key == bindparam("who"))
    changed = changed.values(next_digest_at=bindparam("at"), wishes=bindparam("wished"), handle=known)
    rows = [{"who": one.key, "at": one.at, "wished": one.wishes, "known_as": one.handle} for one in plans]
    if rows:
        connection.execute(changed, rows)


_THEIR_ROW: Final = update(Row.metadata.tables["person"]).where(PersonRow.key == bindparam("who"))


def note_outcome(
    connection: Connection,
    key: str,
    outcome: str,
    *,
    now: datetime,
    handle: str | None = None,
    plan: Plan | None = None,
) -> bool:
    """What a person's issue came to ("queued", "nothing new", "paused" …), and the next plan; False when there is no such person."""
    values: dict[str, Any] = {"outcome": outcome, "outcome_at": now, "failures": 0, "retry_at": None}
    if handle is not None:
        values["handle"] = handle
    if outcome in ("queued", "still watching"):
        values["mailed_at"] = now
    if plan is not None:
        values |= {"next_digest_at": plan.at, "wishes": plan.wishes}
    return connection.execute(_THEIR_ROW, {"who": key, **values}).rowcount > 0


def note_failure(connection: Connection, key: str, reason: str, *, now: datetime) -> bool:
    """Making a person's digest broke: it is tried again, ever later. True after four times: it rests until the person's next date."""
    raised = update(PersonRow).where(PersonRow.key == key).values(failures=PersonRow.failures + 1)
    failures = connection.execute(raised.returning(PersonRow.failures)).scalar_one_or_none() or TRIES
    at = now + AGAIN_AFTER[failures - 1] if failures < TRIES else None
    values = {"outcome": f"could not be made: {reason}", "outcome_at": now, "retry_at": at}
    connection.execute(update(PersonRow).where(PersonRow.key == key).values(**values))
    return at is None


def held_back(connection: Connection) -> int:
    """How many people's digest broke so often that it rests until their next date."""
    query = select(func.count()).where(PersonRow.state == "active", PersonRow.failures >= TRIES)
    return int(connection.execute(query).scalar_one())


def say(connection: Connection, person: str, posting: int, says: Said, *, now: datetime) -> None:
    """What a person says of an opening; the last word counts."""
    statement = upsert(connection, SaidRow).values(person=person, posting=posting, says=says, at=now)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["person", "posting"], set_={"says": says, "at": now})
    )


def unsay(connection: Connection, person: str, posting: int) -> None:
    """Take it back: everything is as if it had not been said."""
    connection.execute(delete(SaidRow).where(SaidRow.person == person, SaidRow.posting == posting))


def said_by(connection: Connection, person: str) -> dict[int, Said]:
    """What a person said, by posting."""
    query = select(SaidRow.posting, SaidRow.says).where(SaidRow.person == person)
    return {row.posting: row.says for row in connection.execute(query)}


def note_bounce(connection: Connection, person: str, code: str, *, day: str, now: datetime) -> None:
    """A day on which mail came back; a second return on the same day changes nothing."""
    statement = upsert(connection, BounceRow).values(person=person, day=day, code=code, at=now)
    connection.execute(statement.on_conflict_do_nothing())


def bounced_days(connection: Connection, person: str, *, since: datetime) -> int:
    """On how many days since `since` mail to this person came back."""
    query = select(func.count()).select_from(BounceRow).where(BounceRow.person == person, BounceRow.at >= since)
    return int(connection.execute(query).scalar_one())


def tables_of_people() -> list[tuple[Table, str]]:
    """Every table with a column that names a person, and that column: what an export holds and a deletion empties."""
    named = []
    for table in Row.metadata.sorted_tables:
        column = "key" if table.name == PersonRow.__tablename__ else "person"
        if column in table.c:
            named.append((table, column))
    return named


def export(connection: Connection, key: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that is kept about a person, table by table, ready for JSON (mails as text, moments in ISO 8601)."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column in tables_of_people():
        rows = connection.execute(select(table).where(table.c[column] == key)).mappings()
        found[table.name] = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return found


def forget(connection: Connection, key: str, *, address_mark: str, now: datetime) -> None:
    """Delete a person and all that is kept about them; only the keyed hash of the address stays, so that no mail goes out again.

    The person's row is held first: a digest that is being queued at this moment is either seen here, or finds nobody.
    """
    connection.execute(select(PersonRow.key).where(PersonRow.key == key).with_for_update())
    for table, column in reversed(tables_of_people()):
        connection.execute(delete(table).where(table.c[column] == key))
    statement = upsert(connection, SuppressionRow).values(address_mark=address_mark, why="deleted", at=now)
    connection.execute(statement.on_conflict_do_nothing())


def purge_unconfirmed(connection: Connection, *, now: datetime, days: int = 7) -> int:
    """Forget those who asked to join and never confirmed; how many there were."""
    old = (PersonRow.state == "pending") & (PersonRow.joined_at <= now - timedelta(days=days))
    keys: Sequence[str] = connection.execute(select(PersonRow.key).where(old)).scalars().all()
    for key in keys:
        for table, column in reversed(tables_of_people()):
            connection.execute(delete(table).where(table.c[column] == key))
    connection.execute(delete(EntryRow).where(EntryRow.expires_at <= now))
    connection.execute(delete(CountedRow).where(CountedRow.since <= now - timedelta(days=2)))
    return len(keys)


def shown_to(connection: Connection, person: str) -> dict[int, dict[str, Any]]:
    """The postings that a person was shown, each with what it was when it was last told of (empty: that was not kept)."""
    query = select(ShownRow.posting, ShownRow.facts).where(ShownRow.person == person)
    return {row.posting: json.loads(row.facts) if row.facts else {} for row in connection.execute(query)}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value.isoformat() if isinstance(value, datetime) else value


def _member(row: Any) -> Member:
    try:
        profile = Profile.model_validate_json(row.profile) if row.profile else None
    except (
        ValidationError
    ):  # written by another version: the person is listed, gets nothing, and is told as such by the status
        profile = None
    same = (
        "key",
        "state",
        "address",
        "paused_until",
        "joined_at",
        "confirmed_at",
        "mailed_at",
        "next_digest_at",
        "wishes",
    )
    fields = {name: getattr(row, name) for name in (*same, "outcome", "outcome_at", "failures")}
    return Member(**fields, handle=row.handle or "", profile=profile)
