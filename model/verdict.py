"""How one reading and one profile compare: what the person can get, what is one step away, and why."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from model.reading import Basis, EntryLevel

Answer = Literal["qualifies", "close", "short", "unclear"]
GapKind = Literal["credential", "experience", "education", "other"]
ANSWERS: tuple[Answer, ...] = ("qualifies", "close", "short", "unclear")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that is short: what is wanted, what the person has, and how to mend it (plain words; "" when unknown)."""

    kind: GapKind
    want: str
    have: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One line of the explanation with the posting's own words that it rests on ("" when it rests on the profile alone).

    `about` "setting": why the opening is marked as underserved, which a mark may say in its place.
    """

    says: str
    quote: str = ""
    about: Literal["answer", "setting"] = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the digest marks. `underserved` tells the basis ("overlooked" is no federal designation)."""

    entry_level: bool = False
    underserved: bool = False
    basis: tuple[Basis, ...] = ()
    suspicious: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """A wish that the opening does not meet (`met` False) or that cannot be told (`met` None). It never hides an opening."""

    wish: str
    met: bool | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer for one posting and one person, with everything that explains it.

    `months_to_mend` is a rough measure of how far the gaps are: it orders near misses and is never shown as a promise.
    """

    posting_id: str
    answer: Answer
    gaps: tuple[Gap, ...] = ()
    months_to_mend: float = 0.0
    reasons: tuple[Reason, ...] = ()
    flags: Flags = Flags()
    entry_level: EntryLevel = "unclear"
    obtain_by: date | None = None
    preferences: tuple[Preference, ...] = ()
    distance_miles: float | None = None

    @property
    def set_aside(self) -> bool:
        """True when a wish is known not to be met."""
        return any(preference.met is False for preference in self.preferences)
