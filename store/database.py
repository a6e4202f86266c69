"""Open the database and give out transactions: SQLite by default, PostgreSQL by URL.

SQLite runs in WAL mode; a writing transaction begins with BEGIN IMMEDIATE, because a deferred one that turns from reading to
writing fails at once with "database is locked", whatever the busy timeout (docs/decisions/0003-the-store.md).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from model.errors import ConfigError, Fault, StoreError

BUSY_MILLISECONDS = 10_000
MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `write()` and `read()` give one transaction each; StoreError tells what it would not do."""

    engine: Engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction: committed at the end, rolled back if anything is raised."""
        with _told(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: a consistent view that never waits for a writer."""
        with _told(), self.engine.connect().execution_options(reads_only=True) as connection, connection.begin():
            yield connection

    @property
    def libpq(self) -> str:
        """The address as PostgreSQL's own programs know it."""
        return self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None with PostgreSQL and in memory."""
        name = self.engine.url.database if self.engine.dialect.name == "sqlite" else None
        return Path(name).expanduser().absolute() if name and name != ":memory:" else None

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        says = str(error.orig).splitlines()[0]
        if says == "disk I/O error":  # what SQLite says when it cannot even make room for its own files
            says += " (is the disk full?)"
        raise StoreError(f"the database would not do it: {says}") from error


def connect(url: str) -> Database:
    """Open the database at `url` without touching its schema. Raises ConfigError when the address cannot be used."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            Fault("database", "not a database address", "sqlite:///firstrung.db or postgresql://…")
        ) from error
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
        Path(address.database).expanduser().absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=address.get_backend_name() != "sqlite")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only")
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def open_database(url: str) -> Database:
    """Open the database, giving an empty one its tables. Raises StoreError when its schema is not this program's."""
    database = connect(url)
    try:
        with database.read() as connection:
            tables = inspect(connection).get_table_names()
        found = found_schema(database)
        if not tables:
            upgrade(database)
        elif found != newest_schema():
            mend = (
                "run: firstrung store upgrade"
                if (found or "") < newest_schema()
                else "it was made by a newer firstrung"
            )
            raise StoreError(
                f"the database's schema is {found or 'unknown'}, this program's is {newest_schema()}; {mend}"
            )
    except BaseException:
        database.close()
        raise
    return database


def found_schema(database: Database) -> str | None:
    """The number of the migration that the database stands at; None when it has none of our tables. Raises StoreError."""
    with database.read() as connection:
        if "alembic_version" not in inspect(connection).get_table_names():
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return found


def newest_schema() -> str:
    """The number of the last migration. Migrations are one line of history, numbered in their files' names."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def upgrade(database: Database) -> None:
    """Bring the schema to this program's version."""
    from alembic import command  # noqa: PLC0415  (half a second that only an upgrade should cost)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
