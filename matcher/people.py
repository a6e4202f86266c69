"""Many people as columns: each sort of fact once, and for every person the numbers of theirs.

In: profiles on one day (or the columns themselves, for worlds too large to hold as profiles). Out: `People`, from which `crowd.py`
makes its index. A person's row takes about a hundred bytes.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.comparing import Comparer
from matcher.earned import trained
from matcher.held import atoms_of
from matcher.preferences import floor_of, home_of, kind, region_of
from model.profile import Profile

Column = npt.NDArray[np.int32]
FACETS = (
    "atoms",
    "experience",
    "schooling",
    "point",
    "region",
    "workplaces",
    "prefer",
    "avoid",
    "employers",
    "hours",
    "shift",
)
"""atoms: what is held; experience: its lines; schooling: (level, trained); point: home (None: anywhere); the rest: wishes."""


@dataclass(slots=True)
class People:
    """Facets (distinct values of each sort), each person's numbers of them, and the plain numbers: radius and pay floor (inf: none)."""

    facets: dict[str, list[Any]]
    columns: dict[str, Column]
    radius: npt.NDArray[np.int32]
    floor: npt.NDArray[np.float64]
    today: date

    def __len__(self) -> int:
        """How many people."""
        return len(self.radius)

    @property
    def nbytes(self) -> int:
        """Bytes of the people's own columns."""
        return int(self.radius.nbytes + self.floor.nbytes + sum(column.nbytes for column in self.columns.values()))


@dataclass(slots=True)
class _Facet:
    values: list[Any] = field(default_factory=list)
    known: dict[Hashable, int] = field(default_factory=dict)

    def number(self, value: Hashable) -> int:
        """The number of a value."""
        found = self.known.setdefault(value, len(self.values))
        if found == len(self.values):
            self.values.append(value)
        return found


def people_of(profiles: Iterable[Profile], comparer: Comparer, today: date) -> People:
    """The columns of some profiles, in their order."""
    facets = {name: _Facet() for name in FACETS}
    rows: list[list[int]] = []
    radius: list[int] = []
    floors: list[float] = []
    for profile in profiles:
        values = _facts(profile, comparer, today)
        rows.append([facets[name].number(values[name]) for name in FACETS])
        radius.append(profile.place.radius_miles if profile.place else 0)
        floor = floor_of(profile)
        floors.append(-np.inf if floor is None else floor)
    table = np.array(rows, dtype=np.int32).reshape(-1, len(FACETS))
    return People(
        facets={name: facet.values for name, facet in facets.items()},
        columns={name: np.ascontiguousarray(table[:, number]) for number, name in enumerate(FACETS)},
        radius=np.array(radius, dtype=np.int32),
        floor=np.array(floors, dtype=np.float64),
        today=today,
    )


def _facts(profile: Profile, comparer: Comparer, today: date) -> dict[str, Hashable]:
    """One person's value of each facet."""
    gazetteer, home = comparer.gazetteer, profile.place
    placed = home is not None and bool(home.zip or home.city)
    takes = frozenset(profile.workplace) if profile.workplace is not None else None
    return {
        "atoms": atoms_of(profile, comparer.taxonomy, today),
        "experience": _lines(profile),
        "schooling": (profile.education, trained(profile)),
        "point": home_of(profile, gazetteer) if placed and gazetteer else None,
        "region": region_of(profile, gazetteer) if placed else None,
        "workplaces": takes,
        "prefer": frozenset(profile.care_settings.prefer),
        "avoid": frozenset(profile.care_settings.avoid),
        "employers": tuple(sorted(name.casefold() for name in profile.avoid_employers if name)),
        "hours": frozenset(kind(word) for word in profile.employment_type or ()),
        "shift": frozenset(profile.shift or ()),
    }


def _lines(profile: Profile) -> Hashable:
    """The lines of experience in a settled order; None when the profile does not say."""
    if profile.experience is None:
        return None
    return tuple(sorted(profile.experience, key=lambda one: (one.area, one.months, one.kind, one.until or date.min)))
