"""Small things that the program keeps for itself in the database."""

import secrets

from sqlalchemy import Connection, select

from store.rows import KeptRow
from store.upserts import upsert


def secret(connection: Connection) -> bytes:
    """The service's own key, made at the first call: 32 random bytes that never leave the database."""
    query = select(KeptRow.value).where(KeptRow.name == "secret")
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        fresh = {"name": "secret", "value": secrets.token_bytes(32)}
        connection.execute(upsert(connection, KeptRow).values(fresh).on_conflict_do_nothing())
        found = connection.execute(query).scalar_one()
    return found


def same(connection: Connection, name: str, value: bytes) -> bool:
    """Keep `value` under `name` at the first call; afterwards, whether it is still the same."""
    connection.execute(upsert(connection, KeptRow).values(name=name, value=value).on_conflict_do_nothing())
    return connection.execute(select(KeptRow.value).where(KeptRow.name == name)).scalar_one() == value
