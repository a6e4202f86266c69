"""Which facts of people meet which want: one answer for each distinct fact, so that a million people cost a lookup each.

In: facets of `People` and asks. Out: arrays of bools over the facet's values, the same as `Comparer.state` gives one by one.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.comparing import Comparer
from matcher.earned import COUNTS, HOURS_A_MONTH, education_state, recent
from matcher.held import Atom
from matcher.outcomes import PER_MONTH
from matcher.people import People
from matcher.work_areas import FULL, STRONG, Field
from model.profile import Experience
from model.reading import CredentialAsk, EducationAsk, ExperienceAsk, Leaf

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
_FAR = 1 << 60


class Judge:
    """Answers "is it met?" for every distinct value of a facet."""

    def __init__(self, comparer: Comparer, people: People) -> None:
        """Lay the facets' members out one after the other."""
        self._comparer = comparer
        self._today = people.today
        self._atom_sets: list[tuple[Atom, ...] | None] = people.facets["atoms"]
        self._lines: list[tuple[Experience, ...] | None] = people.facets["experience"]
        self._schooling: list[Any] = people.facets["schooling"]
        self._atoms, self._atom_of, self._atom_owner = _laid_out(self._atom_sets)
        self._done, self._line_of, self._line_owner = _laid_out(self._lines)
        self._unsaid_atoms = np.array([one is None for one in self._atom_sets], dtype=np.bool_)
        self._unsaid_lines = np.array([one is None for one in self._lines], dtype=np.bool_)

    def facet(self, ask: Leaf) -> str:
        """The facet on which an ask depends."""
        match ask:
            case CredentialAsk():
                return "atoms"
            case ExperienceAsk():
                return "experience"
            case _:
                return "schooling"

    def met(self, ask: Leaf) -> Bools:
        """Whether each value of the ask's facet meets it."""
        match ask:
            case CredentialAsk():
                return self._credential(ask)
            case ExperienceAsk():
                return self._experience(ask)
            case EducationAsk():
                pairs = (education_state(ask.level, level, trained) == "met" for level, trained in self._schooling)
                return np.fromiter(pairs, dtype=np.bool_, count=len(self._schooling))
            case _:
                return np.zeros(len(self._schooling), dtype=np.bool_)

    def _credential(self, ask: CredentialAsk) -> Bools:
        """The lowest order among the atoms decides; its state is kept in the order's last bit."""
        holdings = self._comparer.holdings
        orders = np.full(len(self._atoms), _FAR, dtype=np.int64)
        for number, atom in enumerate(self._atoms):
            standing = holdings.standing(ask, atom)
            if standing is not None:
                orders[number] = standing.order * 2 + (standing.state != "met")
        base, unsaid = holdings.base(ask, said=True), holdings.base(ask, said=False)
        best = np.full(len(self._atom_sets), base.order * 2 + (base.state != "met"), dtype=np.int64)
        best[self._unsaid_atoms] = unsaid.order * 2 + (unsaid.state != "met")
        if len(self._atom_of):
            np.minimum.at(best, self._atom_owner, orders[self._atom_of])
        met: Bools = best % 2 == 0
        return met

    def _experience(self, ask: ExperienceAsk) -> Bools:
        field = self._comparer.areas.field(ask)
        needed = ask.min_months if ask.min_months is not None else 1
        strong, weak, over = self._sums(field, ask.recency_months)
        if ask.min_months == 0:
            met = np.ones(len(self._lines), dtype=np.bool_)
        elif ask.hours and not ask.min_months:
            met = strong * HOURS_A_MONTH >= ask.hours * PER_MONTH
        elif field.weights is None and not field.anything:
            met = np.zeros(len(self._lines), dtype=np.bool_)
        else:
            half = needed * PER_MONTH // 2 if needed > 1 else 0
            met = strong + np.minimum(weak, half) >= needed * PER_MONTH
        if ask.ceiling and ask.max_months is not None:
            met &= over <= ask.max_months
        met[self._unsaid_lines] = ask.min_months == 0
        return met

    def _sums(self, field: Field, recency: int | None) -> tuple[Ints, Ints, Ints]:
        """Strong, weak and full paid months of every facet value, as `earned.months_of` counts them."""
        each = np.zeros((3, len(self._done)), dtype=np.int64)
        for number, one in enumerate(self._done):
            weight = field.weight(one.area)
            if one.kind == "paid" and weight == FULL:
                each[2, number] = one.months
            if one.kind in COUNTS and recent(one, recency, self._today):
                each[0 if weight >= STRONG else 1, number] = one.months * weight
        size = len(self._lines)
        sums = [
            np.bincount(self._line_owner, weights=row[self._line_of], minlength=size).astype(np.int64) for row in each
        ]
        return sums[0], sums[1], sums[2]


def _laid_out(sets: list[Any]) -> tuple[list[Any], Ints, Ints]:
    """The distinct members of some sets; each set's members' numbers, one set after the other; and whose each is."""
    numbers: dict[Any, int] = {}
    members = [numbers.setdefault(member, len(numbers)) for one in sets for member in one or ()]
    owners = np.repeat(np.arange(len(sets)), [len(one or ()) for one in sets])
    return list(numbers), np.array(members, dtype=np.int64), owners.astype(np.int64)
