"""A small world that changes, fails and lies, lived through quickly: nothing lost, nothing twice, nobody silently without a digest.

`make soak` runs ten minutes; the long suite a short one. The clock of the world is moved on by hours, so that a minute holds weeks.
"""

import email
import os
import random
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from demo.server import DemoBoard
from scheduler import alarms, due
from scheduler.bench import Bench
from scheduler.steps import House
from store import deliveries, postings, readings, runs, work
from store.database import open_database
from tests.fakes import ByHand
from tests.samples import NOON
from tests.services import opened, write_service

SECONDS = float(os.environ.get("FIRSTRUNG_SOAK", "60"))
BOARDS, PEOPLE = (40, 300) if SECONDS > 300 else (6, 40)


class World:
    """Boards whose postings come, change and go, and which fail for a while or send nonsense."""

    def __init__(self, boards: list[DemoBoard], chance: random.Random) -> None:
        self.boards, self.chance = boards, chance
        self.failing: set[int] = set()

    def move(self) -> None:
        """One thing happens on some boards."""
        for number, board in enumerate(self.boards):
            event = self.chance.random()
            if event < 0.08 and number not in self.failing:
                board.fail("/", self.chance.choice((500, 403, 404, 429)))
                self.failing.add(number)
            elif number in self.failing and event > 0.5:
                board.fail("/", 200)
                self.failing.discard(number)
            elif event < 0.2 and len(board.postings) > 20:
                board.close(self.chance.choice(sorted(board.postings)))
            elif event < 0.4:
                key = self.chance.choice(sorted(board.postings))
                board.change(key, title=f"{board.postings[key].title[:60]} ({self.chance.randrange(99)})")
            elif event < 0.6:
                key = self.chance.choice(sorted(board.postings))
                fresh = replace(board.postings[key], id=f"n{self.chance.randrange(10**9)}")
                board.add(fresh)

    def heal(self) -> None:
        """Every board answers again."""
        for number in self.failing:
            self.boards[number].fail("/", 200)
        self.failing.clear()


def live(house: House, bench: Bench) -> int:
    """What one tick and its engine do; how many pieces that were."""
    alarms.settle(house)
    with house.database.read() as connection:
        resting = work.resting(connection, now=house.clock())
    pieces = [piece for piece in due.pieces(house) if piece.key not in resting]
    for piece in pieces:
        bench.do(piece)
    return len(pieces)


@pytest.mark.long
@pytest.mark.timeout(300 + 3 * SECONDS)
def test_a_small_world_is_lived_through(tmp_path: Path) -> None:
    chance, clock = random.Random(int(os.environ.get("FIRSTRUNG_SEED", "1"))), ByHand(NOON)
    with ExitStack() as stack:
        boards = [stack.enter_context(DemoBoard(today=NOON.date())) for _ in range(BOARDS)]
        write_service(
            tmp_path, f"sqlite:///{tmp_path / 'a.db'}", [board.url for board in boards], people=PEOPLE,
            alarms="{to: operator@example.org, silent_after: 3d, late_after: 1d}",
        )  # fmt: skip
        open_database(f"sqlite:///{tmp_path / 'a.db'}").close()
        house = opened(tmp_path, clock)
        bench, world = Bench(house), World(boards, chance)
        done, rounds, end = 0, 0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            world.move()
            for _ in range(3):
                done += live(house, bench)
            clock.move(hours=chance.choice((3, 6, 12)))
            rounds += 1
        world.heal()
        for _ in range(40):
            clock.move(hours=12)
            for _ in range(3):
                done += live(house, bench)
            if rounds and _settled(house, boards):
                break
        days = (clock() - NOON) / timedelta(days=1)
        print(f"{rounds} rounds, {days:.0f} days, {done} pieces, {len(mails(tmp_path))} mails")  # noqa: T201
        nothing_is_lost(house, boards)
        nothing_happens_twice(house, tmp_path)
        nobody_is_forgotten(house)
        house.database.close()


def _settled(house: House, boards: list[DemoBoard]) -> bool:
    """Every board was read to the end lately, and nothing is due or under way."""
    with house.database.read() as connection:
        latest = runs.latest(connection)
        quiet = not work.each(connection)
    return quiet and all(all(run.complete and not run.failure for run in found[:3]) for found in latest.values())


def mails(folder: Path) -> list[str]:
    """The recipients of all digests and alarms."""
    return [str(email.message_from_bytes(file.read_bytes())["To"]) for file in (folder / "out").glob("*.eml")]


def nothing_is_lost(house: House, boards: list[DemoBoard]) -> None:
    """What every board shows stands open, what it took down is closed, and all that is open has been read."""
    employers = ("prairie", "lantern")
    with house.database.read() as connection:
        stored = list(postings.each(connection, only_open=True))
        read = {number for number, *_ in readings.each_open(connection)}
    assert {one.number for one in stored} == read
    for number, board in enumerate(boards):
        shown = sum(posting.employer == employers[number % 2] for posting in board.postings.values())
        standing = sum(one.posting.source == f"board-{number:03}" for one in stored)
        assert standing == shown, f"board-{number:03}"


def nothing_happens_twice(house: House, folder: Path) -> None:
    """One digest for a person and date, one sight of an opening for a person, one mail for each digest, nothing in doubt."""
    with house.database.read() as connection:
        rows = connection.execute(text("SELECT person, issue, state, message_id FROM delivery")).all()
        shown = connection.execute(text("SELECT person, posting FROM shown")).all()
    assert max(Counter((row.person, row.issue) for row in rows).values()) == 1
    assert len(shown) == len(set(shown))
    assert {row.state for row in rows} == {"sent"}
    digests = [one for one in mails(folder) if "operator" not in one]
    assert len(digests) == len(rows) == len({row.message_id for row in rows})


def nobody_is_forgotten(house: House) -> None:
    """Everybody's next digest lies ahead, and none of their past dates was left out without a word."""
    with house.database.read() as connection:
        planned = deliveries.planned(connection, list(house.configuration.profiles))
        aside = [one for one in work.each(connection) if one.state == "set_aside"]
    assert aside == []
    assert set(planned) == set(house.configuration.profiles)
    assert all(at is not None and at > house.clock() - timedelta(hours=1) for at, _ in planned.values())
