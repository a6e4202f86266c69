"""Moving a whole store to another database: resumable, counted, and checked row by row.

Rows go over in the order of their keys, in batches; with each batch its last key is noted in the target, in the same transaction. So a
copy that was broken off goes on where it was.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, func, insert, select, text, tuple_

from model.errors import StoreError
from store.database import Database
from store.rows import KeptRow, Row
from store.rows_work import LeaderRow, WorkRow
from store.upserts import upsert

BATCH = 1000
_OWN = ("copied ", "procrastinate ")  # rows of `kept` that belong to one database, not to the store
_LEFT_BEHIND = (LeaderRow.__tablename__, WorkRow.__tablename__)


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: how many rows stand on both sides, and the hash over all of them (equal on both sides, or copy raises)."""

    table: str
    rows: int
    sha256: str


def copy(
    source: Database, target: Database, *, on_progress: Callable[[str, int], None] = lambda *_: None
) -> list[Copied]:
    """Copy everything and check it. Raises StoreError when the target holds another store or anything differs afterwards."""
    tables = [table for table in Row.metadata.sorted_tables if table.name not in _LEFT_BEHIND]
    _refuse_another_store(target, tables)
    for table in tables:
        _copy_table(source, target, table, on_progress)
    found = []
    with source.read() as here, target.read() as there:
        for table in tables:
            ours, theirs = _counted(here, table), _counted(there, table)
            if ours != theirs:
                raise StoreError(
                    f"{table.name} differs after copying ({ours.rows} rows here, {theirs.rows} there): "
                    "was the service running? empty the target and copy again"
                )
            found.append(theirs)
    with target.write() as connection:
        _set_sequences(connection, tables)
        connection.execute(delete(KeptRow).where(KeptRow.name.startswith("copied ")))
    return found


def _refuse_another_store(target: Database, tables: list[Table]) -> None:
    with target.read() as connection:
        begun = connection.execute(select(KeptRow.name).where(KeptRow.name.startswith("copied "))).first()
        filled = [table.name for table in tables if connection.execute(_rows_of(table).limit(1)).first()]
    if filled and begun is None:
        raise StoreError(f"the target holds data already ({', '.join(filled)}); copy into an empty database")


def _rows_of(table: Table) -> Select[Any]:
    query = select(table)
    if table.name == KeptRow.__tablename__:
        query = query.where(*(~table.c.name.startswith(prefix) for prefix in _OWN))
    return query


def _copy_table(source: Database, target: Database, table: Table, on_progress: Callable[[str, int], None]) -> None:
    key = list(table.primary_key.columns)
    mark = f"copied {table.name}"
    with target.read() as connection:
        noted = connection.execute(select(KeptRow.value).where(KeptRow.name == mark)).scalar_one_or_none()
    last = json.loads(noted) if noted else None
    done = 0
    while True:
        query = _rows_of(table).order_by(*key).limit(BATCH)
        if last is not None:
            query = query.where(tuple_(*key) > tuple_(*last))
        with source.read() as connection:
            rows = [dict(row._mapping) for row in connection.execute(query)]  # noqa: SLF001  (SQLAlchemy's public name)
        if not rows:
            return
        last = [rows[-1][column.name] for column in key]
        with target.write() as connection:
            connection.execute(insert(table), rows)
            value = json.dumps(last).encode()
            statement = upsert(connection, KeptRow).values(name=mark, value=value)
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
        done += len(rows)
        on_progress(table.name, done)


def _counted(connection: Connection, table: Table) -> Copied:
    """The table's rows and a hash that does not depend on their order."""
    count, total = 0, 0
    for row in _streamed(connection, table):
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest(), "big")
    return Copied(table.name, count, f"{total % 2**256:064x}")


def _streamed(connection: Connection, table: Table) -> Iterator[Any]:
    yield from connection.execute(_rows_of(table), execution_options={"yield_per": BATCH})


def _set_sequences(connection: Connection, tables: list[Table]) -> None:
    """PostgreSQL's counters go on after the highest number that was copied."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        column = table.primary_key.columns.values()[0]
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name}
        )
        name = sequence.scalar_one()
        highest = connection.execute(select(func.max(column))).scalar_one() if name else None
        if highest is not None:
            connection.execute(text("SELECT setval(:name, :highest)"), {"name": name, "highest": highest})
