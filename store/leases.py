"""Who leads, and who sends: an advisory lock on a connection of its own with PostgreSQL, a locked file beside the database with SQLite.

The lock only avoids waste. What keeps an effect from happening twice are the unique keys and conditions of the rows.
"""

import contextlib
import fcntl
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sqlalchemy import Connection, select

from store.database import Database
from store.rows_work import LeaderRow
from store.upserts import upsert

if TYPE_CHECKING:
    import psycopg

Purpose = Literal["leader", "sending"]
ADVISORY_KEYS: dict[Purpose, int] = {
    "leader": 0x66697273,
    "sending": 0x66697274,
}  # "firs": one lock of each in a database
KEEPALIVES: dict[str, Any] = {
    "connect_timeout": 5, "keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}  # fmt: skip


class Lease(Protocol):
    """What one process at a time can hold."""

    def hold(self) -> bool:
        """Take it if nobody has it, or see that it is still ours. False when another has it or it was lost."""

    def release(self) -> None:
        """Give it back."""


class FileLease:
    """A locked file: the kernel gives it back when its process ends, however that ends."""

    def __init__(self, path: Path) -> None:
        """Nothing is locked before `hold`."""
        self._path = path
        self._file: int | None = None

    def hold(self) -> bool:
        """Lock the file, or see that it is locked by us and still the one that stands there."""
        if self._file is not None:
            if self._is_the_one():
                return True
            self.release()
        opened = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            return False
        self._file = opened
        return True

    def _is_the_one(self) -> bool:
        """A lock on a file that somebody removed is no lock."""
        assert self._file is not None
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Unlock it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class AdvisoryLease:
    """A session's advisory lock, on a connection that nothing else uses and that no pool may take away."""

    def __init__(self, address: str, purpose: Purpose = "leader") -> None:
        """`address`: the database's, as libpq knows it."""
        self._address, self._purpose, self._key = address, purpose, ADVISORY_KEYS[purpose]
        self._connection: psycopg.Connection[Any] | None = None
        self._holds = False

    def hold(self) -> bool:
        """Ask the server: a connection that does not answer has lost the lock."""
        import psycopg  # noqa: PLC0415  (a third of a second that SQLite need not wait)

        try:
            if self._connection is None:
                self._connection = psycopg.connect(
                    self._address, autocommit=True, application_name=f"firstrung {self._purpose}", **KEEPALIVES
                )
            if self._holds:
                self._connection.execute("SELECT 1")
            else:
                found = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (self._key,)).fetchone()
                self._holds = bool(found and found[0])
        except psycopg.Error:
            self.release()
        return self._holds

    def release(self) -> None:
        """Give the lock back at once (a closed session's goes a moment later), and close the connection."""
        import psycopg  # noqa: PLC0415

        held, self._holds = self._holds, False
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):  # a connection that is gone has given it back already
                if held:
                    self._connection.execute("SELECT pg_advisory_unlock(%s)", (self._key,))
            self._connection.close()
            self._connection = None


class Alone:
    """A database that no other process can open."""

    def hold(self) -> bool:
        """Always ours."""
        return True

    def release(self) -> None:
        """Nothing to give back."""


def lease(database: Database, purpose: Purpose = "leader") -> Lease:
    """The lease of that purpose that goes with this database."""
    if database.engine.dialect.name == "postgresql":
        return AdvisoryLease(database.libpq, purpose)
    file = database.file
    return FileLease(file.with_name(f"{file.name}.{purpose}")) if file else Alone()


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads since when, and when it was last seen to."""

    holder: str
    engine: str
    since: datetime
    seen_at: datetime
    tick_seconds: int


def note_leader(connection: Connection, *, holder: str, engine: str, tick_seconds: int, now: datetime) -> None:
    """Write for people to see that `holder` leads now."""
    fresh = {"holder": holder, "engine": engine, "seen_at": now, "tick_seconds": tick_seconds}
    before = leader(connection)
    since = before.since if before and before.holder == holder else now
    statement = upsert(connection, LeaderRow).values(name="leader", since=since, **fresh)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={**fresh, "since": since}))


def leader(connection: Connection) -> Leader | None:
    """Who led last."""
    row = connection.execute(select(LeaderRow.__table__)).one_or_none()
    return Leader(row.holder, row.engine, row.since, row.seen_at, row.tick_seconds) if row else None
