"""The engine's answers are those of the plain comparison, bit for bit, on random worlds."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.comparing import Comparer
from matcher.pool import Pool
from matcher.taxonomy import Taxonomy
from model.profile import Profile
from store.gazetteer import gazetteer
from tests.worlds import TODAY, openings, profiles

WORLDS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


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
