"""Ways in and their limits as rows: a sign-in that was asked for, a session that goes on, and how often something was asked for."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, literal, select, update

from store.rows import CountedRow, EntryRow
from store.upserts import upsert


@dataclass(frozen=True, slots=True)
class Entry:
    """A way in that is still good: whose it is, and until when."""

    person: str
    expires_at: datetime


def mark_of(token: str) -> str:
    """What the database knows a secret by."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    connection: Connection, kind: str, token: str, person: str, *, now: datetime, lasts: timedelta, code: str = ""
) -> None:
    """A way in by `token` for a while; `code`: the hash of the digits that may be typed instead."""
    row = {
        "mark": mark_of(token),
        "kind": kind,
        "person": person,
        "code": code,
        "created_at": now,
        "expires_at": now + lasts,
    }
    connection.execute(upsert(connection, EntryRow).values(row))


def look(connection: Connection, kind: str, token: str, *, now: datetime) -> Entry | None:
    """The way in of that token, if it is still good."""
    query = select(EntryRow.person, EntryRow.expires_at).where(
        EntryRow.mark == mark_of(token), EntryRow.kind == kind, EntryRow.expires_at > now
    )
    row = connection.execute(query).one_or_none()
    return Entry(row.person, row.expires_at) if row else None


def use(connection: Connection, kind: str, token: str, *, now: datetime) -> Entry | None:
    """The same, and used up by it: a second use finds nothing, however close the two are."""
    statement = delete(EntryRow).where(
        EntryRow.mark == mark_of(token), EntryRow.kind == kind, EntryRow.expires_at > now
    )
    row = connection.execute(statement.returning(EntryRow.person, EntryRow.expires_at)).one_or_none()
    return Entry(row.person, row.expires_at) if row else None


def use_code(connection: Connection, token: str, code: str, *, now: datetime, tries: int = 5) -> Entry | None:
    """The sign-in that `token` began, by its typed digits; after `tries` wrong ones it is void."""
    counted = (
        update(EntryRow)
        .where(
            EntryRow.mark == mark_of(token), EntryRow.kind == "code", EntryRow.expires_at > now, EntryRow.tries < tries
        )
        .values(tries=EntryRow.tries + 1)
        .returning(EntryRow.code)
    )
    expected = connection.execute(counted).scalar_one_or_none()
    if expected is None or not expected or expected != mark_of(code):
        return None
    return use(connection, "code", token, now=now)


def end_all(connection: Connection, person: str) -> None:
    """Sign a person out everywhere."""
    connection.execute(delete(EntryRow).where(EntryRow.person == person))


def count(connection: Connection, name: str, *, now: datetime, window: timedelta) -> int:
    """One more of `name`; how many there were in the running window, this one included. However many ask at once, each is counted."""
    over = CountedRow.since <= now - window
    anew = {
        "since": case((over, literal(now, CountedRow.since.type)), else_=CountedRow.since),
        "count": case((over, 1), else_=CountedRow.count + 1),
    }
    statement = upsert(connection, CountedRow).values(name=name, since=now, count=1)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_=anew).returning(CountedRow.count)
    return int(connection.execute(statement).scalar_one())
