"""The best openings of every person in a crowd: matched opening by opening, weighed by the ranking's own numbers, K kept a person.

In: a crowd and openings. Out: `Best`: how many openings each person gets, and the first K of each; the rest is recomputed on demand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from matcher.crowd import Crowd, Reach
from matcher.facts import Facts, facts_of
from matcher.plans import Plan
from matcher.ranking import fresh_points, standing_points
from model.posting import Posting
from model.reading import Reading
from model.service import Ranking

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_ENOUGH = 8_000_000


@dataclass(frozen=True, slots=True)
class Ready:
    """An opening with its facts and its plan, made once."""

    facts: Facts
    plan: Plan
    reading: Reading


def ready(crowd: Crowd, openings: Sequence[tuple[Posting, Reading]]) -> list[Ready]:
    """The openings with what matching needs."""
    comparer = crowd.comparer
    return [
        Ready(facts_of(posting, reading, comparer.gazetteer), comparer.plan(reading), reading)
        for posting, reading in openings
    ]


@dataclass(frozen=True, slots=True)
class Best:
    """`counts`: openings that each person gets. `people`, `openings`, `points`: the kept ones, person by person, best first."""

    counts: Ints
    people: Ints
    openings: Ints
    points: Floats

    def of(self, person: int) -> Ints:
        """Numbers of one person's kept openings, best first."""
        low, high = np.searchsorted(self.people, [person, person + 1])
        return self.openings[low:high]


class _Kept:
    """Pairs as they come, cut down to K a person whenever they grow too many."""

    def __init__(self, keep: int, ties: Ints) -> None:
        self._keep = keep
        self._ties = ties
        self._parts: list[tuple[Ints, Ints, Floats]] = []
        self._size = 0
        self._most = _ENOUGH

    def add(self, people: Ints, opening: int, points: Floats) -> None:
        self._parts.append((people, np.full(len(people), opening, dtype=np.int64), points))
        self._size += len(people)
        if self._size > self._most:
            self._cut()
            self._size = len(self._parts[0][0])
            self._most = max(_ENOUGH, 2 * self._size)  # so that cuts do not follow on each other

    def _cut(self) -> None:
        people = np.concatenate([part[0] for part in self._parts])
        openings = np.concatenate([part[1] for part in self._parts])
        points = np.concatenate([part[2] for part in self._parts])
        order = np.lexsort((self._ties[openings], -points, people))
        people, openings, points = people[order], openings[order], points[order]
        starts = np.flatnonzero(np.diff(people, prepend=-1))
        rank = np.arange(len(people)) - np.repeat(starts, np.diff(np.append(starts, len(people))))
        kept = rank < self._keep
        self._parts = [(people[kept], openings[kept], points[kept])]

    def result(self, counts: Ints) -> Best:
        if not self._parts:
            self._parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        self._cut()
        return Best(counts, *self._parts[0])


def best_for_all(
    crowd: Crowd, openings: Sequence[tuple[Posting, Reading]], weights: Ranking, *, now: datetime, keep: int = 50
) -> Best:
    """Every person's openings, counted, the first `keep` of each kept."""
    order = sorted(range(len(openings)), key=lambda number: (openings[number][0].source, openings[number][0].id))
    ties = np.zeros(len(openings), dtype=np.int64)
    ties[order] = np.arange(len(openings))
    return best_of_ready(crowd, ready(crowd, openings), ties, weights, now=now, keep=keep)


def best_of_ready(
    crowd: Crowd, openings: Sequence[Ready], ties: Ints, weights: Ranking, *, now: datetime, keep: int
) -> Best:
    """The same with openings made ready before; `ties`: the order of openings with equal points."""
    kept = _Kept(keep, ties)
    counts = np.zeros(len(crowd.people), dtype=np.int64)
    by_place = sorted(
        range(len(openings)), key=lambda number: (openings[number].facts.remote, openings[number].facts.points)
    )
    for number in by_place:
        one = openings[number]
        people, reach = crowd.survivors(one.facts, one.plan, one.reading)
        if len(people):
            counts[people] += 1
            kept.add(people, number, _points(crowd, one.facts, people, reach, weights=weights, now=now))
    return kept.result(counts)


def _points(crowd: Crowd, facts: Facts, people: Ints, reach: Reach, *, weights: Ranking, now: datetime) -> Floats:
    """The points of `ranking.points` for people who qualify, added in the same order."""
    total = np.full(len(people), 0.0 + standing_points(facts, weights)[0])
    if facts.care_settings:
        total += np.where(crowd.likes(facts.care_settings, people), weights.preferred_care_setting, 0.0)
    if facts.remote:
        total += weights.near / 2
    elif facts.points:
        total += crowd.nearness(people, reach, weights.near)
    total += fresh_points(facts, weights, now)[0]
    if facts.offered is not None and facts.pay_is_rate:
        floor = crowd.people.floor[people]
        with np.errstate(invalid="ignore"):
            above = weights.pay * np.minimum(1.0, (facts.offered - floor) / floor)
        total += np.where((floor > 0) & (facts.offered >= floor), above, 0.0)
    return total
