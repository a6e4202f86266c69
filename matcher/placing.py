"""A person's openings in order, from a pool: the same points as `ranking.points`, for all openings at once.

In: a pool, what it found for one person, the ranking's weights. Out: numbers of openings, best first. Ties go by source and id.
"""

from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.pool import Found, Pool
from matcher.preferences import floor_of
from matcher.ranking import fresh_points, standing_points
from model.profile import Profile
from model.service import Ranking

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Placing:
    """What belongs to the openings alone, laid out once for a pool, a set of weights and a moment."""

    def __init__(self, pool: Pool, weights: Ranking, *, now: datetime) -> None:
        """Lay the columns out."""
        facts = pool.facts
        self._pool, self._weights, self._size = pool, weights, len(facts)
        self._standing = np.array([standing_points(one, weights)[0] for one in facts], dtype=np.float64)
        self._fresh = np.array([fresh_points(one, weights, now)[0] for one in facts], dtype=np.float64)
        self._remote = np.array([one.remote for one in facts], dtype=np.bool_)
        rated = [one.offered if one.offered is not None and one.pay_is_rate else np.nan for one in facts]
        self._offered = np.array(rated, dtype=np.float64)

    @property
    def size(self) -> int:
        """How many openings were laid out; a pool that grew since needs a new placing."""
        return self._size

    def points(self, found: Found, profile: Profile) -> Floats:
        """Each opening's points for one person, added in the order of `ranking.points`."""
        weights = self._weights
        total: Floats = 0.0 + self._standing
        liked = frozenset(profile.care_settings.prefer)
        if liked:
            care = self._pool.care_settings(lambda here: bool(liked.intersection(here)))
            total = total + np.where(care, weights.preferred_care_setting, 0.0)
        total = total + self._near(found, profile)
        total = total + self._fresh
        floor = floor_of(profile)
        if floor:
            above = weights.pay * np.minimum(1.0, (self._offered - floor) / floor)
            total = total + np.where(self._offered >= floor, above, 0.0)
        placed: Floats = total + weights.per_gap * found.gaps
        return placed

    def _near(self, found: Found, profile: Profile) -> Any:
        radius = profile.place.radius_miles if profile.place else 0
        near = np.zeros(self._size)
        if radius:
            inside = (found.tenths >= 0) & (found.tenths <= radius * 10)
            near = np.where(inside, self._weights.near * (1 - (found.tenths / 10) / radius), 0.0)
        return np.where(self._remote, self._weights.near / 2, near)

    def order(self, numbers: Ints, points: Floats, ties: Ints) -> Ints:
        """Those openings, best first; `ties`: each opening's place among equals."""
        first: Ints = numbers[np.lexsort((ties[numbers], -points[numbers]))]
        return first
