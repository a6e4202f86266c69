"""Backups: an SQLite store while it is in use, a PostgreSQL one by PostgreSQL's own programs."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from model.errors import ConfigError, Fault, StoreError
from store.database import Database, newest_schema
from store.leases import lease

PAGES = 1000  # copied between two looks at other writers


def backup(database: Database, file: Path) -> int:
    """Write the whole store into `file`, which appears when it is whole and checked; its size in bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.part")
    beside.unlink(missing_ok=True)
    try:
        if database.file:
            _copy_sqlite(database.file, beside)
        else:
            _run("pg_dump", database, "--format=custom", "--no-owner", "--file", str(beside))
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file.stat().st_size


def restore(database: Database, file: Path, *, force: bool = False) -> None:
    """Put a backup in the place of the store. Raises StoreError when the service runs, or when there is a store and not `force`."""
    if not file.is_file():
        raise ConfigError(Fault(str(file), "no such file"))
    held = lease(database)
    if not held.hold():
        raise StoreError("the service is running: stop it before its store is replaced")
    try:
        if database.file:
            _restore_sqlite(database.file, file, force=force)
        else:
            _restore_postgresql(database, file, force=force)
    finally:
        held.release()


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source, timeout=10)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there, pages=PAGES, sleep=0.01)
            there.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        check_sqlite(target)
    except sqlite3.Error as error:
        raise StoreError(f"the backup could not be written: {error}") from error


def check_sqlite(file: Path) -> str:
    """The schema's number of a whole SQLite store. Raises StoreError for a broken file or one that is no store of ours."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            [answer] = connection.execute("PRAGMA integrity_check").fetchone()
            if answer != "ok":
                raise StoreError(f"{file} is damaged: {answer}")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{file} is no firstrung backup: {error}") from error
    return str(row[0])


def _restore_sqlite(store: Path, file: Path, *, force: bool) -> None:
    version = check_sqlite(file)
    if version > newest_schema():
        raise StoreError(
            f"the backup's schema is {version}, this program's is {newest_schema()}: use a newer firstrung"
        )
    if store.exists() and not force:
        raise StoreError(f"{store} is there already; --force replaces it")
    beside = store.with_name(f"{store.name}.part")
    shutil.copyfile(file, beside)
    for name in (f"{store.name}-wal", f"{store.name}-shm"):
        store.with_name(name).unlink(missing_ok=True)
    beside.replace(store)


def _restore_postgresql(database: Database, file: Path, *, force: bool) -> None:
    with database.engine.connect() as connection:
        filled = database.engine.dialect.get_table_names(connection)
    if filled and not force:
        raise StoreError("the database is not empty; --force replaces what is in it")
    database.close()
    _run(
        "pg_restore", database, "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(file)
    )  # fmt: skip


def _run(program: str, database: Database, *words: str) -> None:
    """One of PostgreSQL's programs; the password goes by the environment, never by the command line."""
    found = shutil.which(program)
    if found is None:
        raise ConfigError(Fault(program, "not on the PATH", "install PostgreSQL's client programs (postgresql-client)"))
    address = make_url(database.libpq)
    environ = {**os.environ, **({"PGPASSWORD": str(address.password)} if address.password else {})}
    plain = address.set(password=None).render_as_string(hide_password=False)
    done = subprocess.run([found, *words, "--dbname", plain], check=False, capture_output=True, text=True, env=environ)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["no word"]
        raise StoreError(f"{program} failed: {said[0]}")
