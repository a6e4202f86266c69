"""Sixty days of a service: openings come, close, come back under other numbers, and the program breaks between any two steps."""

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from scheduler import mailing
from scheduler.mailing import Mailroom
from scheduler.openings import Seen
from scheduler.steps import House, read_new
from store import postings
from store.database import open_database
from tests.fakes import ByHand
from tests.samples import crawled
from tests.webhouse import add_openings, client_of, joined, mails, tomorrow, web_house
from web.app import create_app

DAYS = 60
PEOPLE = {"ana@example.org": "daily", "bo@example.com": "daily", "cy@example.net": "weekly"}
TITLE = re.compile(r"<h3[^>]*>(?:(?!</h3>).)*?Records clerk (\d+)\b", re.DOTALL)


class Broken(Exception):
    """The program was killed here."""


class Breaking(ByHand):
    """A clock at which the program breaks, once, at the look that is set."""

    looks = -1

    def __call__(self) -> datetime:
        self.looks -= 1
        if self.looks == 0:
            raise Broken
        return super().__call__()


def day_of_the_boards(house: House, chance: random.Random, known: dict[str, int], day: int) -> None:
    """New openings, closed ones, and some that come back: under their id, or with the same words under another."""
    number = 1000 + day * 3
    fresh = [(f"k{number + more}", number + more) for more in range(chance.choice([0, 0, 1, 2]))]
    fresh += [(f"again{day}x{what}", what) for what in chance.sample(sorted(set(known.values())), 2)]
    fresh += [(key, known[key]) for key in chance.sample(sorted(known), 1)]
    batch = [crawled(key, employer=f"Home {what}", title=f"Records clerk {what}") for key, what in fresh]
    known.update(fresh)
    with house.database.write() as connection:
        postings.save(connection, batch, now=house.clock())
        listed = postings.open_ids(connection, "mercy")
        gone = [listed[key][0] for key in chance.sample(sorted(listed), 2)] if len(listed) > 6 else []
        postings.close(connection, gone, because="not listed", now=house.clock())
    read_new(house)


def mailed_once(house: House, clock: Breaking, chance: random.Random) -> int:
    """The clock's tick of a day, broken at up to three random moments and begun anew each time; how often it broke."""
    broke = 0
    for attempt in range(4):
        clock.looks = chance.randrange(1, 25) if attempt < 3 and chance.random() < 0.7 else -1
        room = Mailroom(house)
        try:
            room.queue_due()
            room.send()
        except Broken:
            broke += 1
        else:
            if clock.looks < 0 or attempt == 3:
                clock.looks = -1
                break
        clock.looks = -1
        clock.move(minutes=2)
    return broke


def sixty_days(folder: Path, seed: int) -> tuple[dict[str, Counter[int]], list[int], int]:
    """How often each person was shown each opening, how many openings each digest held, and how often the program broke."""
    database = open_database(f"sqlite:///{folder / 'store.db'}")
    house = web_house(folder, database, count=0)
    chance, clock = random.Random(seed), Breaking()
    client = client_of(create_app(house))
    for address, cadence in PEOPLE.items():
        joined(client, house, email=address, digest_cadence=cadence)
    before = len(mails(house))
    assert isinstance(house.clock, ByHand)
    clock.at, house = house.clock.at, replace(house, clock=clock)
    known = {f"k{number}": number for number in range(9)}
    add_openings(house, range(9))
    broke = 0
    for day in range(DAYS):
        day_of_the_boards(house, chance, known, day)
        broke += mailed_once(house, clock, chance)
        clock.move(hours=24)
        clock.at = clock.at.replace(hour=15, minute=0)
    shown = {address: Counter[int]() for address in PEOPLE}
    held = []
    for mail in mails(house)[before:]:
        html = mail.get_body(("html",))
        assert html is not None
        titles = [int(found) for found in TITLE.findall(html.get_content())]
        if "Still watching" not in mail["Subject"]:
            held.append(len(titles))
            shown[mail["To"]].update(titles)
    database.close()
    return shown, held, broke


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_opening_comes_once_and_no_digest_is_empty(tmp_path: Path, seed: int) -> None:
    shown, held, broke = sixty_days(tmp_path, seed)
    print({to: (len(one), sum(one.values())) for to, one in shown.items()}, len(held), "digests,", broke, "breaks")  # noqa: T201

    assert {to: [what for what, times in one.items() if times > 1] for to, one in shown.items()} == {
        to: [] for to in PEOPLE
    }
    assert min(held) >= 1
    assert broke >= 20
    assert min(len(one) for one in shown.values()) >= 20
    assert shown["ana@example.org"].keys() == shown["bo@example.com"].keys()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_who_knows_openings_by_number_alone_shows_them_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without what is kept of an opening's words, one that comes back under another number is shown again."""

    def by_number(numbers: set[int], keys: set[str], unlike: frozenset[str]) -> Seen:
        return Seen(numbers=numbers, unlike=unlike)

    monkeypatch.setattr(mailing, "Seen", by_number)
    shown = sixty_days(tmp_path, 1)[0]

    assert max(shown["ana@example.org"].values()) > 1


def test_what_stands_twice_on_one_board_stands_once_in_the_mail(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    house = web_house(tmp_path, database, count=0)
    joined(client_of(create_app(house)), house)
    same = [crawled(key, employer="Home 1", title="Records clerk 1") for key in ("k1", "k2")]
    with database.write() as connection:
        postings.save(connection, [*same, crawled("k3", employer="Home 3", title="Records clerk 3")], now=house.clock())
    read_new(house)
    tomorrow(house)
    html = mails(house)[-1].get_body(("html",))
    database.close()

    assert html is not None
    assert sorted(TITLE.findall(html.get_content())) == ["1", "3"]
