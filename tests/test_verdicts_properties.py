"""What holds for every verdict: more never worsens, order does not matter, and a plan says what its tree says."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.comparing import Comparer
from matcher.outcomes import RANK
from matcher.plans import want_of
from matcher.taxonomy import Taxonomy
from model.posting import Posting
from model.profile import Profile
from model.reading import (
    AllOf,
    AnyOf,
    AtLeast,
    CredentialAsk,
    EducationLevel,
    ExperienceAsk,
    Reading,
    Requirement,
    When,
)
from model.verdict import ANSWERS, Verdict
from store.gazetteer import gazetteer
from tests.worlds import AREAS, CREDENTIALS, TODAY, openings, profiles, trees

BETTER = {"qualifies": 0, "unclear": 1, "close": 2, "short": 3}
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
LEVELS: tuple[EducationLevel, ...] = ("none", "hs", "training", "associate", "bachelor", "master", "doctorate")


@pytest.fixture(scope="module")
def comparer(taxonomy: Taxonomy) -> Comparer:
    """The comparison with places."""
    return Comparer(taxonomy, gazetteer())


def verdict(comparer: Comparer, opening: tuple[Posting, Reading], profile: Profile) -> Verdict:
    """One comparison."""
    return comparer.compare(*opening, profile, today=TODAY)


def not_worse(before: Verdict, after: Verdict) -> bool:
    """Whether the answer stayed or got better, gaps included."""
    return (BETTER[after.answer], len(after.gaps)) <= (BETTER[before.answer], len(before.gaps))


def barred(node: Requirement) -> bool:
    """Whether a tree bars people who have too much."""
    if isinstance(node, ExperienceAsk):
        return node.ceiling and node.max_months is not None
    if isinstance(node, When):
        return barred(node.child)
    return any(barred(child) for child in node.children) if isinstance(node, AllOf | AnyOf | AtLeast) else False


def with_more(profile: Profile, **changes: Any) -> Profile:
    """The profile with something added."""
    return Profile.model_validate({**profile.model_dump(exclude_none=True), **changes})


@QUICK
@given(opening=openings(), profile=profiles(), credential=st.sampled_from(CREDENTIALS))
def test_a_credential_more_never_worsens(comparer: Comparer, opening: Any, profile: Profile, credential: str) -> None:
    if profile.credentials is None:
        return
    held = [one.model_dump(exclude_none=True) for one in profile.credentials]
    after = with_more(profile, credentials=[*held, {"id": credential}])

    assert not_worse(verdict(comparer, opening, profile), verdict(comparer, opening, after))


@QUICK
@given(opening=openings(), profile=profiles(), area=st.sampled_from(AREAS), months=st.integers(0, 60))
def test_more_months_never_worsen_unless_barred(
    comparer: Comparer, opening: Any, profile: Profile, area: str, months: int
) -> None:
    if profile.experience is None or barred(opening[1].requirements):
        return
    done = [one.model_dump(exclude_none=True) for one in profile.experience]
    after = with_more(profile, experience=[*done, {"area": area, "months": months}])
    first, second = verdict(comparer, opening, profile), verdict(comparer, opening, after)

    # someone with no months at all is a plain "no" where a field cannot be judged; with months it cannot be told
    assert not_worse(first, second)


@QUICK
@given(opening=openings(), profile=profiles(), steps=st.integers(1, 3))
def test_more_education_never_worsens(comparer: Comparer, opening: Any, profile: Profile, steps: int) -> None:
    if profile.education is None:
        return
    higher = LEVELS[min(len(LEVELS) - 1, LEVELS.index(profile.education) + steps)]

    assert not_worse(
        verdict(comparer, opening, profile), verdict(comparer, opening, with_more(profile, education=higher))
    )


def shuffled(node: Any, chance: random.Random) -> Any:
    """The same tree with its children in another order."""
    if isinstance(node, AllOf | AnyOf | AtLeast):
        children = [shuffled(child, chance) for child in node.children]
        chance.shuffle(children)
        return replace(node, children=tuple(children))
    return When(workplace=node.workplace, child=shuffled(node.child, chance)) if isinstance(node, When) else node


@QUICK
@given(opening=openings(), profile=profiles(), seed=st.integers(0, 99))
def test_the_order_of_children_does_not_matter(comparer: Comparer, opening: Any, profile: Profile, seed: int) -> None:
    posting, reading = opening
    other = replace(reading, requirements=shuffled(reading.requirements, random.Random(seed)))
    first, second = verdict(comparer, opening, profile), verdict(comparer, (posting, other), profile)

    assert (first.answer, first.gaps, first.months_to_mend) == (second.answer, second.gaps, second.months_to_mend)


@QUICK
@given(opening=openings(), profile=profiles(), seed=st.integers(0, 99))
def test_the_order_of_a_profile_does_not_matter(comparer: Comparer, opening: Any, profile: Profile, seed: int) -> None:
    facts = profile.model_dump(exclude_none=True)
    for key in ("credentials", "experience", "training"):
        if facts.get(key):
            facts[key] = random.Random(seed).sample(list(facts[key]), len(facts[key]))
    first, second = verdict(comparer, opening, profile), verdict(comparer, opening, Profile.model_validate(facts))

    assert (first.answer, first.gaps) == (second.answer, second.gaps)


def walked(comparer: Comparer, node: Requirement, person: Any) -> int:
    """The tree's state by the textbook: all-of takes the worst, any-of the best, at-least the n-th best."""
    match node:
        case AllOf():
            return max((walked(comparer, child, person) for child in node.children), default=0)
        case AnyOf():
            return min((walked(comparer, child, person) for child in node.children), default=0)
        case AtLeast():
            return sorted(walked(comparer, child, person) for child in node.children)[node.n - 1]
        case When():
            return walked(comparer, node.child, person)
        case _:
            return RANK[comparer.state(node, person)]


def told(tree: AllOf) -> AllOf:
    """The tree without what is asked for flatly and may, by another clause, be earned after hire: the truer word stands."""
    clauses = list(flat(tree))
    later = {ask.id for ask in map(alone, clauses) if ask and ask.modality == "obtain" and not ask.eligible}
    kept = (one for one in clauses if not ((ask := alone(one)) and ask.modality != "obtain" and ask.id in later))
    return AllOf(children=tuple(kept))


def flat(tree: AllOf) -> Iterator[Requirement]:
    """What has to be met, clause by clause."""
    for child in tree.children:
        if isinstance(child, AllOf):
            yield from flat(child)
        else:
            yield child


def alone(node: Requirement) -> CredentialAsk | None:
    """The credential that a clause comes down to, when it is only one."""
    if isinstance(node, AllOf | AnyOf | AtLeast):
        asks = {alone(child) for child in node.children}
        one = len(node.children) == 1 or (len(asks) == 1 and not isinstance(node, AnyOf))
        return next(iter(asks)) if one else None
    return cast("CredentialAsk", want_of(node).ask) if isinstance(node, CredentialAsk) else None


@settings(QUICK, max_examples=150)
@given(tree=trees(), profile=profiles())
def test_a_plan_says_what_its_tree_says(comparer: Comparer, tree: AllOf, profile: Profile) -> None:
    if any(isinstance(child, When) for child in tree.children):
        return
    person = comparer.person(profile, TODAY)
    reading = Reading(id="a", read_with="t", requirements=tree)
    plan = comparer.plan(reading)
    states = [min(max(RANK[comparer.state(want.ask, person)] for want in way) for way in part) for part in plan]

    assert max(states, default=0) == walked(comparer, told(tree), person)


@QUICK
@given(opening=openings(), profile=profiles())
def test_a_verdict_holds_together(comparer: Comparer, opening: Any, profile: Profile) -> None:
    found = verdict(comparer, opening, profile)

    assert found.answer in ANSWERS
    assert found.answer != "close" or len(found.gaps) == 1
    assert found.answer != "short" or len(found.gaps) > 1
    assert found.answer != "qualifies" or not found.gaps
    assert (found.months_to_mend > 0) == bool(found.gaps)
    assert all(wish.says for wish in found.preferences if wish.met is False)
