"""One opening on two boards: grouped when it is, apart when it is not."""

import random
import time
from dataclasses import replace

import pytest

from demo import records
from matcher.duplicates import employer_key, groups, titles_agree, words
from model.posting import Place, Posting
from tests.samples import posting

DECATUR = (Place(text="Decatur, IL", city="Decatur", region="IL"),)
TAYLORVILLE = (Place(text="Taylorville, IL", city="Taylorville", region="IL"),)
TEXT = " ".join(f"word{number} stands here for the text of an opening number {number % 7}" for number in range(40))


def one(source: str, key: str, **changes: object) -> Posting:
    """A posting of a source, in Decatur."""
    return posting(key, **{"source": source, "locations": DECATUR, "description": TEXT, **changes})


def test_the_same_opening_on_two_boards_is_one() -> None:
    found = groups(
        [one("a", "1"), one("b", "9", employer="Mercy Assisted Living, LLC", title="Medical Records Clerk (Full time)")]
    )

    assert found == [(0, 1)]


@pytest.mark.parametrize(
    "other",
    [
        one("b", "2", locations=TAYLORVILLE),
        one("b", "2", employer="Grace Assisted Living"),
        one("b", "2", title="Dietary aide"),
        one("b", "2", title="Medical records clerk II"),
        one("b", "2", description="Quite another text about another job. " * 20),
        one("a", "2"),
        one("b", "2", employer=None),
    ],
    ids=[
        "another city",
        "another employer",
        "another title",
        "another level",
        "another text",
        "a sibling on the same board",
        "unnamed",
    ],
)
def test_what_is_not_the_same_stays_apart(other: Posting) -> None:
    assert groups([one("a", "1"), other]) == []


def test_siblings_are_paired_and_not_poured_together() -> None:
    board = [one("a", "1"), one("a", "2"), one("b", "1"), one("b", "2")]

    found = groups(board)

    assert len(found) == 2
    assert all(len({board[index].source for index in group}) == 2 for group in found)


def test_three_boards_make_one_group() -> None:
    assert groups([one("a", "1"), one("b", "1"), one("c", "1")]) == [(0, 1, 2)]


def test_truncation_and_a_frame_do_not_hide_it() -> None:
    cut = one("b", "1", description=TEXT[: len(TEXT) // 3] + " …")
    framed = one(
        "c", "1", description="<div>Find more jobs on our site! Sign up now.</div><p>" + TEXT + "</p><p>Apply here.</p>"
    )

    assert groups([one("a", "1"), cut, framed]) == [(0, 1, 2)]


def test_titles() -> None:
    def agree(left: str, right: str) -> bool:
        return titles_agree(words(left), words(right))

    assert agree("Medical Biller", "Biller, Medical - Remote")
    assert agree("Medical Billing Specialist", "Medical Billing Specialists")
    assert not agree("CNA - Day Shift", "CNA - Night Shift")
    assert not agree("Coder I", "Coder II")
    assert not agree("Registered Nurse", "Registered Dietitian")


def test_employers_have_one_key() -> None:
    assert employer_key("St. Mary's Hospital, Inc.") == employer_key("St Marys Hospital") == "st marys hospital"


def world(size: int, seed: int) -> tuple[list[Posting], set[tuple[int, int]]]:
    """Openings on two boards with every kind of noise, and hard negatives: the same text and employer in another city."""
    dice = random.Random(seed)
    texts = [records.plain(text) for text in (record.body for record in records.postings())]
    cities = [(f"Town {number}", "IL") for number in range(40)]
    made: list[Posting] = []
    pairs: set[tuple[int, int]] = set()
    for number in range(size):
        city, region = dice.choice(cities)
        body = dice.choice(texts).split()
        title = f"{dice.choice(['Medical', 'Patient', 'Charge', 'Records'])} {dice.choice(['Biller', 'Clerk', 'Coder', 'Registrar'])}"
        employer = f"{dice.choice(['North', 'South', 'East', 'West'])} {dice.choice(['Care', 'Clinic', 'Manor', 'Hospital'])} {number % 400}"
        where = (Place(text=city, city=city, region=region),)
        first = Posting(
            source="a", id=str(number), title=title, description=" ".join(body), employer=employer, locations=where
        )
        made.append(first)
        if dice.random() < 0.5:
            noisy = [word for word in body if dice.random() > 0.03]
            noisy = noisy[: int(len(noisy) * dice.choice([1, 1, 0.6]))]
            again = replace(first, source="b", employer=employer + dice.choice(["", ", Inc.", " LLC"]), title=title + dice.choice(["", " - Full time", " (Onsite)"]))  # fmt: skip
            made.append(replace(again, description="More jobs here. " + " ".join(noisy)))
            pairs.add((len(made) - 2, len(made) - 1))
        elif dice.random() < 0.5:
            other = dice.choice([place for place in cities if place != (city, region)])
            made.append(replace(first, source="b", locations=(Place(text=other[0], city=other[0], region=other[1]),)))
    return made, pairs


def test_precision_and_recall_with_hard_negatives() -> None:
    made, pairs = world(1500, seed=7)
    found = {(group[0], group[1]) for group in groups(made)}

    assert len(found & pairs) / len(found) >= 0.98
    assert len(found & pairs) / len(pairs) >= 0.95


@pytest.mark.long
def test_it_grows_with_the_number_of_postings_and_not_with_its_square() -> None:
    small, large = world(3300, seed=1)[0], world(13200, seed=1)[0]

    def seconds(made: list[Posting]) -> float:
        start = time.process_time()
        groups(made)
        return time.process_time() - start

    assert seconds(large) / seconds(small) <= 5.5
