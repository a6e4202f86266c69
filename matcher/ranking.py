"""The order of openings: what one can get before what is one step away, newcomers' openings in underserved settings first.

Every weight stands in `service.yaml` under `ranking:`. Each place can be told in one line: `why` names what counted.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from matcher.facts import Facts, facts_of
from matcher.preferences import floor_of
from model.digest import Opening
from model.profile import Profile
from model.service import Ranking
from model.verdict import ANSWERS


def points(
    opening: Opening, profile: Profile, weights: Ranking, *, now: datetime, unlike: Collection[str] = ()
) -> tuple[float, tuple[str, ...]]:
    """How an opening is weighed within its answer, and the words for what counted. The engine adds in the same order.

    `unlike`: employers (in small letters) of openings that the person said are not for them.
    """
    verdict = opening.verdict
    facts = facts_of(opening.posting, opening.reading, None)
    liked = any(wish.wish == "care setting" and wish.met for wish in verdict.preferences)
    counted: list[tuple[float, str]] = [
        standing_points(facts, weights),
        (weights.preferred_care_setting, "a care setting you like") if liked else (0.0, ""),
        _near(facts, verdict.distance_miles, profile, weights),
        fresh_points(facts, weights, now),
        _pay(facts, profile, weights),
        (weights.per_gap * len(verdict.gaps), ""),
        (weights.unlike if facts.employer in unlike else 0.0, ""),
    ]
    return sum(amount for amount, _ in counted), tuple(words for amount, words in counted if words and amount > 0)


def standing_points(facts: Facts, weights: Ranking) -> tuple[float, str]:
    """For entry level and underserved, which belong to the opening alone."""
    if facts.entry_level and facts.underserved:
        return weights.entry_level_underserved, "entry level in an underserved setting"
    if facts.entry_level:
        return weights.entry_level, "entry level"
    return (weights.underserved, "underserved setting") if facts.underserved else (0.0, "")


def _near(facts: Facts, distance: float | None, profile: Profile, weights: Ranking) -> tuple[float, str]:
    radius = profile.place.radius_miles if profile.place else 0
    if facts.remote:
        return weights.near / 2, "remote"
    if distance is not None and radius and distance <= radius:
        return weights.near * (1 - distance / radius), f"{distance:.0f} miles away"
    return 0.0, ""


def fresh_points(facts: Facts, weights: Ranking, now: datetime) -> tuple[float, str]:
    """For an opening posted lately."""
    if facts.date_posted is not None:
        age = max(0, (now.date() - facts.date_posted).days)
        if age <= weights.fresh_days:
            return weights.fresh * (1 - age / (weights.fresh_days + 1)), "new"
    return 0.0, ""


def _pay(facts: Facts, profile: Profile, weights: Ranking) -> tuple[float, str]:
    least = floor_of(profile)
    if facts.offered is None or not facts.pay_is_rate or least is None or facts.offered < least:
        return 0.0, ""
    return weights.pay * min(1.0, (facts.offered - least) / least), "pay above your floor"


def why(opening: Opening, profile: Profile, weights: Ranking, *, now: datetime) -> str:
    """The place of an opening in one line."""
    total, counted = points(opening, profile, weights, now=now)
    return f"{opening.verdict.answer}, {total:.0f} points" + (f": {', '.join(counted)}" if counted else "")


def ranked(
    openings: Iterable[Opening], profile: Profile, weights: Ranking, *, now: datetime, unlike: Collection[str] = ()
) -> list[Opening]:
    """The openings in the order in which a person should see them; stable, so that equals keep their place."""
    return sorted(
        openings,
        key=lambda opening: (
            ANSWERS.index(opening.verdict.answer),
            -points(opening, profile, weights, now=now, unlike=unlike)[0],
            opening.posting.source,
            opening.posting.id,
        ),
    )
