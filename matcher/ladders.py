"""What leads where: `config/taxonomy/ladders.yaml`, checked. Months and prices, apprentice rules, first doors, wide areas.

In: the file as pydantic values. Out: `Ladders`, which answers the comparison's questions. Nothing here reads a file.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field

from model.profile import ExperienceKind
from model.source import Strict

Words = Annotated[tuple[str, ...], Field(min_length=1)]
Months = Annotated[float, Field(ge=0, le=240)]
DEFAULT_MONTHS = 12.0
MOST_TITLES = 20_000


class Level(Strict):
    """Months to earn a credential of a level, where it has no line of its own."""

    level: str
    months: Months


class Earn(Strict):
    """How long one credential takes and what its exam costs (`usd` None: not verified), with the day on which that was right."""

    id: str
    months: Months
    usd: Annotated[int, Field(ge=0)] | None = None
    as_of: str
    note: str = ""


class States(Strict):
    """Rough months from each state of a credential to holding it."""

    booked: Months
    sat: Months
    graduated: Months
    expired: Months
    accepted: Months
    elsewhere: Months
    apprentice: Months
    apprentice_excluded: Months
    enrolled: Months
    unknown_credential: Months


class Deduction(Strict):
    """Something that takes months off what an apprentice has to show: `kinds` of training that prove it, `hours` at least."""

    id: str
    months: int
    hours: int = 0
    kinds: Words
    says: str
    takes_months: Months
    usd: int | None = None


class ApprenticeRule(Strict):
    """How the apprentice form of one credential becomes the full one."""

    credential: str
    apprentice: str
    letters: str
    months_needed: int
    areas: Words
    counts: tuple[ExperienceKind, ...]
    proof: str
    deductions: tuple[Deduction, ...] = ()
    as_of: str
    source: str


class WideArea(Strict):
    """Wide words for work and the areas that meet them in full."""

    id: str
    label: str
    words: Words
    areas: Words


class FirstDoor(Strict):
    """A job next to coding: the words of its titles, what it leads to, and why."""

    id: str
    words: Words
    leads_to: Words
    why: str


class Later(Strict):
    """When a credential that may be earned after hire is out of reach: it takes more than `times` what the posting grants."""

    times: Months = 2
    unsaid_months: Months = 4


class LaddersFile(Strict):
    """`ladders.yaml`."""

    as_of: str
    levels: tuple[Level, ...]
    earn: tuple[Earn, ...]
    states: States
    later: Later = Later()
    everyday: tuple[str, ...] = ()
    renamed: tuple[tuple[str, ...], ...] = ()
    apprentices: tuple[ApprenticeRule, ...] = ()
    beyond_areas: tuple[str, ...] = ()
    wide_areas: tuple[WideArea, ...] = ()
    first_doors: tuple[FirstDoor, ...] = ()


EMPTY = LaddersFile(
    as_of="",
    levels=(),
    earn=(),
    states=States(
        booked=1, sat=1, graduated=2, expired=2, accepted=2, elsewhere=3, apprentice=3, apprentice_excluded=6, enrolled=6,
        unknown_credential=12,
    ),
)  # fmt: skip
"""A taxonomy without ladders still compares."""


class Ladders:
    """The file with its indexes. Frozen in spirit: nothing changes after construction."""

    def __init__(self, file: LaddersFile) -> None:
        """Index the entries."""
        self.file = file
        self._earn = {entry.id: entry for entry in file.earn}
        self._levels = {entry.level: entry.months for entry in file.levels}
        self._doors: dict[str, FirstDoor | None] = {}
        self._same = {name: frozenset(group) - {name} for group in file.renamed for name in group}

    def check(self, credentials: Mapping[str, object], areas: Mapping[str, object]) -> None:
        """Raises ValueError for an id that the taxonomy does not have."""
        named = [entry.id for entry in self.file.earn] + [one for group in self.file.renamed for one in group]
        named += [name for rule in self.file.apprentices for name in (rule.credential, rule.apprentice)]
        for name in (*named, *self.file.everyday):
            if name not in credentials:
                raise ValueError(f"ladders names the unknown credential {name!r}")
        used = [area for wide in self.file.wide_areas for area in wide.areas]
        used += [area for rule in self.file.apprentices for area in rule.areas]
        used += [area for door in self.file.first_doors for area in door.leads_to]
        for area in used:
            if area not in areas:
                raise ValueError(f"ladders names the unknown area {area!r}")

    def earn(self, credential: str) -> Earn | None:
        """How long and how much, where the file has a line for it."""
        return self._earn.get(credential)

    def months(self, credential: str, level: str) -> float:
        """Rough months to earn a credential for someone who begins today."""
        entry = self._earn.get(credential)
        return entry.months if entry else self._levels.get(level, DEFAULT_MONTHS)

    def in_reach(self, months: float, granted: int | None) -> bool:
        """Whether someone who begins today can be expected to earn after hire what takes so many months; `granted` None: not said."""
        later = self.file.later
        return months <= later.times * (later.unsaid_months if granted is None else granted)

    def same(self, credential: str) -> frozenset[str]:
        """Older and newer names of the same credential."""
        return self._same.get(credential, frozenset())

    def rule(self, apprentice: str) -> ApprenticeRule | None:
        """How an apprentice credential becomes full."""
        return next((rule for rule in self.file.apprentices if rule.apprentice == apprentice), None)

    def first_door(self, title: str) -> FirstDoor | None:
        """The first door that a posting's title names, the longest words first."""
        if title not in self._doors:
            if len(self._doors) >= MOST_TITLES:
                self._doors.clear()
            self._doors[title] = self._first_door(title)
        return self._doors[title]

    def _first_door(self, title: str) -> FirstDoor | None:
        best: tuple[int, FirstDoor] | None = None
        for words, door in self._door_words:
            if words.search(title) and (best is None or len(words.pattern) > best[0]):
                best = (len(words.pattern), door)
        return best[1] if best else None

    @cached_property
    def _door_words(self) -> list[tuple[re.Pattern[str], FirstDoor]]:
        found = ((word, door) for door in self.file.first_doors for word in door.words)
        return [(re.compile(rf"\b{re.escape(word)}", re.IGNORECASE), door) for word, door in found]
