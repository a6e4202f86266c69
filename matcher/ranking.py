"""The order of openings: what one can get before what is one step away, newcomers' openings in underserved settings first.

Every weight stands in `service.yaml` under `ranking:`. Each place can be told in one line: `why` names what counted.
"""

from collections.abc import Iterable
from datetime import datetime

from matcher.preferences import HOURS, hourly
from model.digest import Opening
from model.profile import Profile
from model.service import Ranking
from model.verdict import ANSWERS


def points(opening: Opening, profile: Profile, weights: Ranking, *, now: datetime) -> tuple[float, tuple[str, ...]]:
    """How an opening is weighed within its answer, and the words for what counted."""
    verdict = opening.verdict
    counted: list[tuple[float, str]] = []
    if verdict.flags.entry_level and verdict.flags.underserved:
        counted.append((weights.entry_level_underserved, "entry level in an underserved setting"))
    elif verdict.flags.entry_level:
        counted.append((weights.entry_level, "entry level"))
    elif verdict.flags.underserved:
        counted.append((weights.underserved, "underserved setting"))
    if any(wish.wish == "care setting" and wish.met for wish in verdict.preferences):
        counted.append((weights.preferred_care_setting, "a care setting you like"))
    counted.extend(_near(opening, profile, weights))
    counted.extend(_fresh(opening, weights, now))
    counted.extend(_pay(opening, profile, weights))
    counted.append((weights.per_gap * len(verdict.gaps), ""))
    return sum(amount for amount, _ in counted), tuple(words for amount, words in counted if words and amount > 0)


def _near(opening: Opening, profile: Profile, weights: Ranking) -> Iterable[tuple[float, str]]:
    distance, radius = opening.verdict.distance_miles, profile.place.radius_miles if profile.place else 0
    if opening.reading.workplace == "remote":
        yield weights.near / 2, "remote"
    elif distance is not None and radius and distance <= radius:
        yield weights.near * (1 - distance / radius), f"{distance:.0f} miles away"


def _fresh(opening: Opening, weights: Ranking, now: datetime) -> Iterable[tuple[float, str]]:
    posted = opening.posting.date_posted
    if posted is not None:
        age = max(0, (now.date() - posted).days)
        if age <= weights.fresh_days:
            yield weights.fresh * (1 - age / (weights.fresh_days + 1)), "new"


def _pay(opening: Opening, profile: Profile, weights: Ranking) -> Iterable[tuple[float, str]]:
    pay = opening.reading.pay or opening.posting.pay
    offered = hourly(pay) if pay else None
    if offered is None or profile.pay_floor is None:
        return
    least = profile.pay_floor.amount / HOURS[profile.pay_floor.period]
    if offered >= least:
        yield weights.pay * min(1.0, (offered - least) / least), "pay above your floor"


def ranked(openings: Iterable[Opening], profile: Profile, weights: Ranking, *, now: datetime) -> list[Opening]:
    """The openings in the order in which a person should see them; stable, so that equals keep their place."""
    return sorted(
        openings,
        key=lambda opening: (
            ANSWERS.index(opening.verdict.answer),
            -points(opening, profile, weights, now=now)[0],
            opening.posting.source,
            opening.posting.id,
        ),
    )
