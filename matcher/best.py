"""The best openings of every person in a crowd: matched opening by opening, weighed by the ranking's own numbers, K kept a person.

In: a crowd and openings. Out: `Best`: how many openings each person gets, and the first K of each; the rest is recomputed on demand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.crowd import Crowd, wished_of
from matcher.facts import Facts, facts_of
from matcher.plans import Plan
from matcher.preferences import CENT
from matcher.ranking import fresh_points, standing_points
from model.posting import Posting
from model.reading import Reading
from model.service import Ranking

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_ENOUGH = 8_000_000
_BATCH = 200_000
WISHES = ("avoid", "employers", "hours", "shift")


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
    """`counts`: openings that each person gets. The others: what is kept, person by person; `of` puts it in order."""

    counts: Ints
    people: Ints
    openings: Ints
    points: Floats
    ties: Ints

    def of(self, person: int) -> tuple[Ints, Floats]:
        """Numbers of one person's kept openings with their points, best first."""
        low, high = np.searchsorted(self.people, [person, person + 1])
        openings, points = self.openings[low:high], self.points[low:high]
        order = np.lexsort((self.ties[openings], -points))
        return openings[order], points[order]


class _Kept:
    """Pairs as they come, cut down to K a person whenever they grow too many."""

    def __init__(self, keep: int, ties: Ints) -> None:
        self._keep = keep
        self._ties = ties
        self._parts: list[tuple[Ints, Ints, Floats]] = []
        self._size = 0
        self._most = _ENOUGH

    def add(self, people: Ints, openings: Ints, points: Floats) -> None:
        """More pairs, with their points."""
        self._parts.append((people, openings, points))
        self._size += len(people)
        if self._size > self._most:
            self._cut()
            self._size = len(self._parts[0][0])
            self._most = max(_ENOUGH, 2 * self._size)  # so that cuts do not follow on each other

    def _cut(self) -> None:
        """One list of pairs; people who have more than K keep their best, by points and then by the order of equals."""
        people, openings = (np.concatenate([part[number] for part in self._parts]) for number in (0, 1))
        points = np.concatenate([part[2] for part in self._parts])
        heavy = (np.bincount(people) > self._keep)[people]
        if heavy.any():
            mine, theirs, given = people[heavy], openings[heavy], points[heavy]
            order = np.lexsort((self._ties[theirs], -given, mine))
            mine, theirs, given = mine[order], theirs[order], given[order]
            starts = np.flatnonzero(np.diff(mine, prepend=-1))
            kept = np.arange(len(mine)) - np.repeat(starts, np.diff(np.append(starts, len(mine)))) < self._keep
            people = np.concatenate([people[~heavy], mine[kept]])
            openings = np.concatenate([openings[~heavy], theirs[kept]])
            points = np.concatenate([points[~heavy], given[kept]])
        self._parts = [(people, openings, points)]

    def result(self, counts: Ints) -> Best:
        """What is kept, cut down for the last time, person by person."""
        if not self._parts:
            self._parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        self._cut()
        people, openings, points = self._parts[0]
        order = np.argsort(people, kind="stable")
        return Best(counts, people[order], openings[order], points[order], self._ties)


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
    weigh = _Weigher(crowd, openings, weights, now)
    by_place = sorted(
        range(len(openings)), key=lambda number: (openings[number].facts.remote, openings[number].facts.points)
    )
    batch: list[tuple[int, Ints, Ints]] = []
    waiting = 0
    for number in by_place:
        one = openings[number]
        people, reach = crowd.qualified(one.facts, one.plan, one.reading)
        if len(people):
            batch.append((number, people, crowd.tenths(people, reach)))
            waiting += len(people)
        if waiting > _BATCH or (batch and number == by_place[-1]):
            found = weigh(batch)
            counts += np.bincount(found[0], minlength=len(counts))
            kept.add(*found)
            batch, waiting = [], 0
    return kept.result(counts)


class _Weigher:
    """Tests the wishes that are left and gives the points of `ranking.points`, for many pairs at once, added in the same order."""

    def __init__(self, crowd: Crowd, openings: Sequence[Ready], weights: Ranking, now: datetime) -> None:
        """Lay out what belongs to the openings alone."""
        facts = [one.facts for one in openings]
        self._crowd, self._weights = crowd, weights
        self._standing = np.array([standing_points(one, weights)[0] for one in facts], dtype=np.float64)
        self._fresh = np.array([fresh_points(one, weights, now)[0] for one in facts], dtype=np.float64)
        self._remote = np.array([one.remote for one in facts], dtype=np.bool_)
        rated = [one.offered if one.offered is not None and one.pay_is_rate else np.nan for one in facts]
        self._offered = np.array(rated, dtype=np.float64)
        self._kinds: dict[str, tuple[list[Any], Ints]] = {}
        columns: list[tuple[str, list[Any]]] = [("prefer", [one.care_settings for one in facts])]
        columns += [(name, [dict(wished_of(one))[name] for one in facts]) for name in WISHES]
        for name, values in columns:
            numbers: dict[Any, int] = {}
            each = [numbers.setdefault(value, len(numbers)) for value in values]
            self._kinds[name] = list(numbers), np.array(each, dtype=np.int64)
        self._stacks: dict[str, Bools] = {}

    def __call__(self, batch: list[tuple[int, Ints, Ints]]) -> tuple[Ints, Ints, Floats]:
        """People, openings and points of the pairs that no wish sets aside."""
        people = np.concatenate([one for _, one, _ in batch])
        tenths = np.concatenate([one for _, _, one in batch])
        openings = np.repeat([number for number, _, _ in batch], [len(one) for _, one, _ in batch])
        offered, floor = self._offered[openings], self._crowd.people.floor[people]
        fits: Bools = ~(offered < floor - CENT)
        for facet in WISHES:
            values = self._crowd.people.facets[facet]
            if len(values) > 1 or values[0]:
                fits &= self._passes(facet, openings, people)
        people, openings, tenths = people[fits], openings[fits], tenths[fits]
        offered, floor = offered[fits], floor[fits]
        total = 0.0 + self._standing[openings]
        total += np.where(self._passes("prefer", openings, people), self._weights.preferred_care_setting, 0.0)
        total += self._near(openings, people, tenths)
        total += self._fresh[openings]
        with np.errstate(invalid="ignore"):
            above = self._weights.pay * np.minimum(1.0, (offered - floor) / floor)
        total += np.where((floor > 0) & (offered >= floor), above, 0.0)
        return people, openings, total

    def _passes(self, facet: str, openings: Ints, people: Ints) -> Bools:
        """Each pair's answer from the table of the opening's value."""
        values, numbers = self._kinds[facet]
        if facet not in self._stacks:
            self._stacks[facet] = np.stack([self._table(facet, value) for value in values])
        passes: Bools = self._stacks[facet][numbers[openings], self._crowd.people.columns[facet][people]]
        return passes

    def _table(self, facet: str, value: Any) -> Bools:
        """An opening without a value is passed by every wish and liked by none."""
        if value:
            return self._crowd.table(facet, value)
        return np.full(len(self._crowd.people.facets[facet]), facet != "prefer", dtype=np.bool_)

    def _near(self, openings: Ints, people: Ints, tenths: Ints) -> Floats:
        radius = self._crowd.people.radius[people].astype(np.float64)
        counts = (tenths >= 0) & (radius > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            near = np.where(counts, self._weights.near * (1 - (tenths / 10) / radius), 0.0)
        return np.where(self._remote[openings], self._weights.near / 2, near)
