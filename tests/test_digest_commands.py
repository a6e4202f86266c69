"""What an operator reads: who would get what, who nothing and why, and how everyone stands."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler import configuration
from scheduler.steps import House
from store import people
from store.database import open_database
from tests.conftest import ROOT
from tests.fakes import ByHand
from tests.services import environment
from tests.webhouse import SERVICE, add_openings, client_of, join, joined, tomorrow
from web.app import create_app

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]
FOLK = ("ann", "ben", "cat", "dan")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Everyone had a digest yesterday; one pauses, one stopped, one has not confirmed, one's broke, one has today's already."""
    for name in ("sources", "profiles"):
        (tmp_path / name).mkdir()
    rules = SERVICE.format(folder=tmp_path / "out")
    (tmp_path / "service.yaml").write_text(f"database: 'sqlite:///{tmp_path / 'store.db'}'\n{rules}")
    for name in FOLK:
        text = (
            f"email: {name}@example.org\ncredentials: []\nexperience: []\neducation: hs\ndigest: {{cadence: daily}}\n"
        )
        (tmp_path / "profiles" / f"{name}.yaml").write_text(text)
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    house = House(configuration.load(tmp_path), database, ByHand(), {"FIRSTRUNG_SECRET": "k"})
    add_openings(house, range(3))
    client = client_of(create_app(house))
    joined(client, house, email="paused@example.org")
    joined(client, house, email="stopped@example.org")
    join(client, email="pending@example.org")
    assert tomorrow(house) == {"queued": 6}
    now = house.clock()
    with database.write() as connection:
        paused, stopped = (people.by_address(connection, f"{one}@example.org") for one in ("paused", "stopped"))
        assert paused is not None
        assert stopped is not None
        people.pause(connection, paused.key, now + timedelta(days=20))
        people.stop(connection, stopped.key, address_mark="", why="unsubscribed", now=now)
        people.note_failure(connection, "cat", "ZeroDivisionError: x", now=now)
    add_openings(house, range(10, 12))
    database.close()
    return tmp_path


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command, a day later."""
    line = [
        sys.executable,
        "-m",
        "firstrung",
        "--config",
        str(folder),
        "--now",
        "2026-11-23T14:00:00",
        "digest",
        *words,
    ]
    environ = {**environment(), "FIRSTRUNG_SECRET": "k", "COLUMNS": "200"}
    return subprocess.run(line, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)


def test_a_dry_run_says_who_would_get_what_and_who_nothing_and_why(folder: Path) -> None:
    run(folder, "send", "--profile", "dan")
    before = run(folder, "status", "--json").stdout
    done = run(folder, "send", "--dry-run")
    told = {line.split(": ", 1)[0][:2]: line.split(": ", 1)[1] for line in done.stderr.splitlines() if ": " in line}

    assert {told[name] for name in ("an", "be", "ca")} == {"would get 2 openings (2 first doors); 5 compared"}
    assert told["da"] == "nothing: this date's digest was made already"
    for reason in ("they have not confirmed yet", "they stopped the mails", "they pause"):
        assert f": nothing: {reason}" in done.stderr
    assert "3 of 7 would get a digest now. Nothing was queued or sent." in done.stderr
    assert run(folder, "status", "--json").stdout == before
    rows = [json.loads(line) for line in run(folder, "send", "--dry-run", "--json").stdout.splitlines()]
    assert sorted((row["outcome"], row["openings"]) for row in rows) == [
        ("paused", 0), ("pending", 0), ("stopped", 0), ("there already", 0), *[("would send", 2)] * 3
    ]  # fmt: skip


def test_the_status_says_when_the_next_is_due_and_why_somebody_got_nothing(folder: Path) -> None:
    lines = run(folder, "status").stderr.splitlines()

    def of(text: str) -> str:
        return next(line for line in lines if text in line)

    assert "2026-11-22: could not be made: ZeroDivisionError: x (1 time in a row)" in of("cat")
    assert "due since Sun 2026-11-22 13:00" in of("ann")
    assert "none: paused until 2026-12-12" in of("paused")
    assert "none: not confirmed yet" in of("confirmed")
    assert "none: stopped" in of("stopped")
    assert "@" not in "".join(lines)
