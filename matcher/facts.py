"""What the engine needs of a posting besides its plan: where it is, how the work is done, what it pays, as small values.

In: a posting with its reading. Out: `Facts`. The meaning of each is that of `preferences.py`; property tests hold the two together.
"""

from dataclasses import dataclass
from datetime import date

from matcher.comparing import flags_of, silence_of
from matcher.preferences import LONG, hourly, hours_of, part_time, workplace_of
from model.geography import Gazetteer, Point
from model.posting import Posting
from model.reading import AllOf, AnyOf, AtLeast, Reading, Requirement, When


@dataclass(frozen=True, slots=True)
class Facts:
    """One opening without its text."""

    points: tuple[Point, ...]
    workplace: str | None
    states: tuple[str, ...]
    offered: float | None
    pay_is_rate: bool
    care_settings: tuple[str, ...]
    employer: str
    hours: frozenset[str]
    shift: tuple[str, ...]
    silence: str
    has_bars: bool
    entry_level: bool
    underserved: bool
    date_posted: date | None
    suspicious: bool = False

    @property
    def remote(self) -> bool:
        """Whether the work is done from anywhere."""
        return self.workplace == "remote"


def facts_of(posting: Posting, reading: Reading, gazetteer: Gazetteer | None) -> Facts:
    """The facts of one opening."""
    pay = reading.pay or posting.pay
    points = (gazetteer.point(place) for place in posting.locations) if gazetteer else ()
    flags = flags_of(reading)
    return Facts(
        points=tuple(point for point in points if point is not None),
        workplace=workplace_of(posting, reading),
        states=reading.workplace_states,
        offered=hourly(pay) if pay else None,
        pay_is_rate=not (part_time(posting, reading) and pay is not None and pay.period in LONG),
        care_settings=tuple(one.id for one in reading.care_settings),
        employer=(posting.employer or "").casefold(),
        hours=hours_of(posting, reading),
        shift=reading.shift,
        silence=silence_of(reading),
        has_bars=_has_bars(reading.requirements),
        entry_level=flags.entry_level,
        underserved=flags.underserved,
        date_posted=posting.date_posted,
        suspicious=flags.suspicious,
    )


def _has_bars(node: Requirement) -> bool:
    """Whether the plan depends on the ways of working that a person takes."""
    if isinstance(node, When):
        return True
    return any(_has_bars(child) for child in node.children) if isinstance(node, AllOf | AnyOf | AtLeast) else False
