"""One person whose digest cannot be made waits alone: the others get theirs, the reason is kept, and it is tried again."""

from pathlib import Path
from typing import Any

import pytest

from model.errors import ConfigError, Fault
from model.profile import Profile
from model.work import Piece
from scheduler import alarms, configuration
from scheduler.bench import Bench
from scheduler.issues import Issue
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store import alarms as kept
from store import people, work
from store.database import Database
from tests.fakes import ByHand
from tests.webhouse import add_openings, web_house

FOLK = ("ann", "ben", "cat")


@pytest.fixture
def house(tmp_path: Path, database: Database) -> House:
    """Three people in files, whose digest is planned for tomorrow."""
    made = web_house(tmp_path, database)
    for name in FOLK:
        text = (
            f"email: {name}@example.org\ncredentials: []\nexperience: []\neducation: hs\ndigest: {{cadence: daily}}\n"
        )
        (tmp_path / "profiles" / f"{name}.yaml").write_text(text)
    house = House(configuration.load(tmp_path), made.database, made.clock, made.environ)
    Mailroom(house).due()
    move(house, hours=26)
    return house


def move(house: House, **by: float) -> None:
    """Move the house's clock."""
    assert isinstance(house.clock, ByHand)
    house.clock.move(**by)


class Broken:
    """Composing breaks for one person, until it is mended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
        self.whom: str | None = "ben"
        real = Mailroom._compose

        def compose(room: Mailroom, profile: Profile, issue: Issue, past: Any, **rest: Any) -> Any:
            if self.whom and profile.email.startswith(self.whom):
                raise error
            return real(room, profile, issue, past, **rest)

        monkeypatch.setattr(Mailroom, "_compose", compose)


def outcomes(house: House) -> dict[str, str | None]:
    """What everyone's last issue came to."""
    with house.database.read() as connection:
        return {one.key: one.outcome for one in people.each(connection)}


def held(house: House) -> bool:
    """Whether the operator is told of people whose digest broke."""
    alarms.settle(house)
    with house.database.read() as connection:
        return "digests broke" in {one.key for one in kept.still_open(connection)}


def test_a_worker_that_dies_again_and_again_ends_no_work_that_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each start makes one digest and dies at the next: the fourth would have set the others' aside."""
    real, left = Mailroom._compose, [0]

    def compose(room: Mailroom, *words: Any, **rest: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise SystemExit
        return real(room, *words, **rest)

    monkeypatch.setattr(Mailroom, "_compose", compose)
    bench, piece = Bench(house), Piece("digest", "0/1")
    for _ in range(2):
        left[0] = 0
        with pytest.raises(SystemExit):
            bench.do(piece)
    left[0] = 1
    with pytest.raises(SystemExit):
        bench.do(piece)
    with house.database.read() as connection:
        assert [one.starts for one in work.each(connection)] == [1]
    left[0] = 3

    assert bench.do(piece) == "done"
    assert set(outcomes(house).values()) == {"queued"}


def test_a_sending_round_that_dies_again_and_again_is_begun_once_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    Mailroom(house).queue_due()
    real = Mailroom.send

    def dies(*_: Any, **__: Any) -> Any:
        raise SystemExit

    monkeypatch.setattr(Mailroom, "send", dies)
    for _ in range(9):
        with pytest.raises(SystemExit):
            Bench(house).do(Piece("send"))
    monkeypatch.setattr(Mailroom, "send", real)

    assert Bench(house).do(Piece("send")) == "done"


def test_one_that_breaks_waits_alone_and_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(monkeypatch, ZeroDivisionError("x"))
    bench, piece = Bench(house), Piece("digest", "0/1")
    for minutes in (0, 1, 5, 31):  # at once, too early, the second and the third time
        move(house, minutes=minutes)
        assert bench.do(piece) == "done"
    queued = {"ann": "queued", "ben": "could not be made: ZeroDivisionError: x", "cat": "queued"}
    assert outcomes(house) == queued
    with house.database.read() as connection:
        assert [one.failures for one in people.each(connection)] == [0, 3, 0]
        assert work.each(connection) == []
    assert not held(house)

    move(house, hours=2.1)
    assert Mailroom(house).queue_due() == {"failed": 1}
    assert held(house)
    move(house, hours=5)
    assert Mailroom(house).due() == []
    add_openings(house, range(10, 12))
    move(house, hours=17)
    assert Mailroom(house).queue_due() == {"queued": 2, "failed": 1}
    assert Mailroom(house).due() == []

    broken.whom = None
    move(house, hours=24)
    add_openings(house, range(20, 22))
    assert Mailroom(house).queue_due() == {"queued": 3}
    assert not held(house)


def test_what_is_everybodys_fault_is_raised_and_holds_nobody_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Broken(monkeypatch, ConfigError(Fault("service.yaml", "no key")))
    with pytest.raises(ConfigError):
        Mailroom(house).queue_due()
    broken.whom = None

    with house.database.read() as connection:
        assert {one.failures for one in people.each(connection)} == {0}
    counts = Mailroom(house).queue_due()
    assert counts["queued"] >= 2
