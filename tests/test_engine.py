"""The engine's answers are those of the plain comparison, bit for bit, on random worlds."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.best import best_for_all
from matcher.comparing import Comparer
from matcher.crowd import Crowd
from matcher.pool import Pool
from matcher.ranking import points, ranked
from matcher.taxonomy import Taxonomy
from model.digest import Opening
from model.profile import Profile
from model.service import Ranking
from store.gazetteer import gazetteer
from tests.samples import NOON
from tests.worlds import TODAY, openings, profiles

WORLDS = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def comparer(taxonomy: Taxonomy) -> Comparer:
    """The comparison with places."""
    return Comparer(taxonomy, gazetteer())


@WORLDS
@given(world=st.lists(openings(), max_size=12), people=st.lists(profiles(), min_size=1, max_size=4))
def test_one_person_against_many_openings(comparer: Comparer, world: Any, people: list[Profile]) -> None:
    pool = Pool(comparer, world)
    for profile in people:
        found = pool.answers(profile, today=TODAY)
        for number, (posting, reading) in enumerate(world):
            plain = comparer.compare(posting, reading, profile, today=TODAY)
            tenths = -1 if plain.distance_miles is None else round(plain.distance_miles * 10)

            assert found.answer(number) == plain.answer
            assert found.aside[number] == plain.set_aside
            assert found.gaps[number] == len(plain.gaps)
            assert found.tenths[number] == tenths


@WORLDS
@given(world=st.lists(openings(), max_size=8), people=st.lists(profiles(), min_size=1, max_size=12))
def test_one_opening_against_many_people(comparer: Comparer, world: Any, people: list[Profile]) -> None:
    crowd = Crowd.of(comparer, people, TODAY)
    for posting, reading in world:
        assert crowd.matches(posting, reading).tolist() == plain_matches(comparer, posting, reading, people)


@WORLDS
@given(
    opening=openings(),
    people=st.lists(profiles(), min_size=1, max_size=8),
    changed=profiles(),
    number=st.integers(0, 7),
)
def test_a_changed_person_is_matched_as_in_a_new_crowd(
    comparer: Comparer, opening: Any, people: list[Profile], changed: Profile, number: int
) -> None:
    number %= len(people)
    crowd = Crowd.of(comparer, people, TODAY)
    crowd.change(number, changed)
    after = [*people[:number], changed, *people[number + 1 :]]

    assert crowd.matches(*opening).tolist() == plain_matches(comparer, opening[0], opening[1], after)


@WORLDS
@given(world=st.lists(openings(), max_size=10), people=st.lists(profiles(), min_size=1, max_size=5))
def test_the_best_are_those_of_the_plain_ranking(comparer: Comparer, world: Any, people: list[Profile]) -> None:
    weights = Ranking()
    found = best_for_all(Crowd.of(comparer, people, TODAY), world, weights, now=NOON, keep=3)
    for number, profile in enumerate(people):
        made = [
            Opening(
                number=place,
                posting=posting,
                reading=reading,
                verdict=comparer.compare(posting, reading, profile, today=TODAY),
            )
            for place, (posting, reading) in enumerate(world)
        ]
        mine = [one for one in made if one.verdict.answer == "qualifies" and not one.verdict.set_aside]
        first = ranked(mine, profile, weights, now=NOON)[:3]
        openings_of, points_of = found.of(number)

        assert found.counts[number] == len(mine)
        assert openings_of.tolist() == [one.number for one in first]
        assert points_of.tolist() == [points(one, profile, weights, now=NOON)[0] for one in first]


@WORLDS
@given(world=st.lists(openings(), min_size=1, max_size=8), person=profiles())
def test_openings_that_arrive_one_by_one_are_answered_alike(comparer: Comparer, world: Any, person: Profile) -> None:
    grown, whole = Pool(comparer), Pool(comparer, world)
    for posting, reading in world:
        grown.add(posting, reading)
        grown.answers(person, today=TODAY)
    first, second = grown.answers(person, today=TODAY), whole.answers(person, today=TODAY)

    assert first.codes.tolist() == second.codes.tolist()
    assert first.aside.tolist() == second.aside.tolist()


def plain_matches(comparer: Comparer, posting: Any, reading: Any, people: list[Profile]) -> list[int]:
    """Who qualifies and is not set aside, by the plain comparison."""
    verdicts = [comparer.compare(posting, reading, profile, today=TODAY) for profile in people]
    return [number for number, found in enumerate(verdicts) if found.answer == "qualifies" and not found.set_aside]
