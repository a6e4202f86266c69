"""The operator's ping: counts after a round that sent something, nothing of anybody, and never in the mail's way."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from digest.sending import Sent
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store.database import Database
from tests.test_sending import queue
from tests.webhouse import web_house

# apprise itself looks for a module that Python is about to drop
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@contextmanager
def listening(status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A service that takes pings as JSON; gives its address and what it was told."""
    told: list[dict[str, Any]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/a-secret-path", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def house(tmp_path: Path, database: Database) -> House:
    """A service with three mails that wait."""
    made = web_house(tmp_path, database, count=0)
    queue(made.database, 3)
    return made


def send(house: House, address: str) -> Sent:
    """One round of sending, by a service that pings that address."""
    return Mailroom(replace(house, environ={**house.environ, "FIRSTRUNG_PING": address})).send()


def test_a_round_that_sent_something_is_told_by_its_counts_alone(house: House) -> None:
    with listening() as (address, told):
        assert send(house, address) == Sent(sent=3)
        assert send(house, address) == Sent()

    assert [(one["title"], one["message"]) for one in told] == [
        ("firstrung", "3 mails sent, 0 in doubt, 0 deferred, 0 failed")
    ]
    assert "@" not in json.dumps(told)


def test_ways_in_are_not_told(house: House) -> None:
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET kind = 'login'")
    with listening() as (address, told):
        room = Mailroom(replace(house, environ={**house.environ, "FIRSTRUNG_PING": address}))
        assert room.send(kinds=("login",)) == Sent(sent=3)
    assert told == []


@pytest.mark.parametrize("address", ["json://127.0.0.1:9/a-secret-path", "nonsense", "", "json://[::1"])
def test_an_address_that_does_not_answer_or_is_none_keeps_no_mail_back(
    house: House, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert send(house, address) == Sent(sent=3)
    assert ("ping" in caplog.text) is bool(address)
    assert "secret" not in caplog.text


def test_a_service_that_refuses_and_a_package_that_is_not_there_keep_no_mail_back(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(500) as (address, told):
        assert send(house, address) == Sent(sent=3)
        assert (len(told), "was not taken" in caplog.text) == (1, True)
        monkeypatch.setitem(sys.modules, "apprise", None)
        queue(house.database, 5)
        assert send(house, address) == Sent(sent=2)
    assert "apprise is not installed" in caplog.text
    assert len(told) == 1
