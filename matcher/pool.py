"""Many openings against one person at a time, with the answers of the plain comparison, bit for bit.

Equal wants are answered once, equal plans once; numpy puts them together. A what-if is the same question with a changed profile.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.comparing import Comparer, Person
from matcher.distances import NEVER, Places
from matcher.earned import trained
from matcher.facts import Facts, facts_of
from matcher.outcomes import RANK
from matcher.plans import Plan, Want, Workplaces
from matcher.preferences import CENT, floor_of, home_of, kind, region_of
from model.geography import Point
from model.posting import Posting
from model.profile import Profile
from model.reading import CredentialAsk, EducationAsk, ExperienceAsk, Leaf, Reading
from model.verdict import ANSWERS, Answer

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
QUALIFIES, CLOSE, SHORT, UNCLEAR = range(4)
_STEP = 4096
MOST_ANSWERED = 4096
KINDS_OF_ASKS: dict[type, str] = {CredentialAsk: "credential", ExperienceAsk: "experience", EducationAsk: "education"}


@dataclass(frozen=True, slots=True)
class Found:
    """The answers for one person: `codes` index ANSWERS; `aside`: a wish is known not to be met; `tenths`: miles × 10, -1 unknown."""

    codes: Codes
    gaps: Ints
    aside: Bools
    tenths: Ints

    @property
    def gets(self) -> Bools:
        """The openings that the person qualifies for and that no wish sets aside."""
        gets: Bools = (self.codes == QUALIFIES) & ~self.aside
        return gets

    def answer(self, number: int) -> Answer:
        """The answer's word for one opening."""
        return ANSWERS[int(self.codes[number])]


class Kinds:
    """Values of one sort, each distinct one once, with the number of each opening's."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.values: list[Any] = []
        self.numbers: list[int] = []
        self._known: dict[Hashable, int] = {}
        self._array: Ints | None = None

    def add(self, value: Hashable) -> None:
        """One more opening with that value."""
        number = self._known.setdefault(value, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        self.numbers.append(number)
        self._array = None

    def spread(self, judge: Callable[[Any], bool]) -> Bools:
        """Each distinct value judged once, spread over the openings."""
        if self._array is None:
            self._array = np.array(self.numbers, dtype=np.int64)
        judged: Bools = np.array([judge(value) for value in self.values], dtype=np.bool_)
        spread: Bools = judged[self._array]
        return spread


class Plans:
    """Distinct plans over distinct wants, as three nested ranges."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.asks: list[Leaf] = []
        self.by_kind: dict[str, list[int]] = {"credential": [], "experience": [], "education": [], "other": []}
        self._ask_numbers: dict[Leaf, int] = {}
        self._known: dict[Any, int] = {}
        self._wants: list[int] = []
        self._ways: list[int] = []
        self._parts: list[int] = []
        self._plans: list[int] = []
        self._arrays: tuple[Ints, Ints, Ints, Ints] | None = None
        self._empty: list[int] = []

    def add(self, plan: Plan) -> int:
        """The number of a plan."""
        shape = tuple(tuple(tuple(self._ask(want) for want in way) for way in part) for part in plan)
        if shape not in self._known:
            self._known[shape] = len(self._plans)
            if not shape:
                self._empty.append(len(self._plans))
            self._append(shape or (((self._nothing(),),),))
        return self._known[shape]

    def _append(self, shape: tuple[tuple[tuple[int, ...], ...], ...]) -> None:
        self._plans.append(len(self._parts))
        for part in shape:
            self._parts.append(len(self._ways))
            for way in part:
                self._ways.append(len(self._wants))
                self._wants.extend(way)
        self._arrays = None

    def _ask(self, want: Want) -> int:
        if want.ask not in self._ask_numbers:
            self._ask_numbers[want.ask] = len(self.asks)
            self.by_kind[KINDS_OF_ASKS.get(type(want.ask), "other")].append(len(self.asks))
            self.asks.append(want.ask)
        return self._ask_numbers[want.ask]

    def _nothing(self) -> int:
        """A stand-in want for plans that ask for nothing; its answer is put right afterwards."""
        return 0

    @property
    def size(self) -> int:
        """How many distinct plans there are."""
        return len(self._plans)

    def asked(self, counts: Ints) -> list[tuple[Leaf, int]]:
        """Each ask with the sum of its plans' counts."""
        totals = np.zeros(len(self.asks), dtype=np.int64)
        for shape, count in zip(self._known, counts.tolist(), strict=True):
            for ask in {ask for part in shape for way in part for ask in way} if count else ():
                totals[ask] += count
        return [(ask, int(total)) for ask, total in zip(self.asks, totals, strict=True) if total]

    def decide(self, states: Codes) -> tuple[Codes, Ints]:
        """Each plan's state and number of gaps, given each ask's state."""
        if self._arrays is None:
            lists = (self._wants, self._ways, self._parts, self._plans)
            self._arrays = tuple(np.array(one, dtype=np.int64) for one in lists)  # type: ignore[assignment]
        assert self._arrays is not None
        wants, ways, parts, plans = self._arrays
        if not len(plans):
            return np.zeros(0, np.int8), np.zeros(0, np.int64)
        each = (states if len(states) else np.zeros(1, np.int8))[wants].astype(np.int64)
        missing = np.add.reduceat((each == RANK["not_met"]).astype(np.int64), ways)
        worst = np.maximum.reduceat(each, ways)
        best = np.minimum.reduceat(worst * _STEP + missing * (worst == RANK["not_met"]), parts)
        state = np.maximum.reduceat(best // _STEP, plans).astype(np.int8)
        gaps = np.add.reduceat(best % _STEP, plans)
        state[self._empty] = 0
        gaps[self._empty] = 0
        return state, gaps


class Pool:
    """The openings, ready to be asked about."""

    def __init__(self, comparer: Comparer, openings: Sequence[tuple[Posting, Reading]] = ()) -> None:
        """Take the openings in."""
        self.comparer = comparer
        self.facts: list[Facts] = []
        self._readings: dict[int, Reading] = {}
        self._plans = Plans()
        self._plan: list[int] = []
        self._points, self._states, self._care = Kinds(), Kinds(), Kinds()
        self._employers, self._hours, self._shifts, self._workplaces = Kinds(), Kinds(), Kinds(), Kinds()
        self._columns: tuple[npt.NDArray[np.float64], Bools, Ints] | None = None
        self._places: tuple[Places, Ints, Ints, Ints] | None = None
        self._plan_numbers: Ints | None = None
        self._answered: dict[tuple[str, Hashable], Codes] = {}
        for posting, reading in openings:
            self.add(posting, reading)

    def __len__(self) -> int:
        """How many openings there are."""
        return len(self.facts)

    def add(self, posting: Posting, reading: Reading) -> int:
        """One more opening; its number."""
        facts = facts_of(posting, reading, self.comparer.gazetteer)
        number = len(self.facts)
        self.facts.append(facts)
        self._plan.append(self._plans.add(self.comparer.plan(reading)))
        if facts.has_bars:
            self._readings[number] = reading
        self._points.add(facts.points)
        self._states.add(facts.states if facts.remote else None)
        self._care.add(facts.care_settings)
        self._employers.add(facts.employer)
        self._hours.add(facts.hours)
        self._shifts.add(facts.shift)
        self._workplaces.add(facts.workplace)
        self._columns = None
        self._places = None
        self._plan_numbers = None
        return number

    def answers(self, profile: Profile, *, today: date) -> Found:
        """The answer for every opening, as the plain comparison gives it."""
        person = self.comparer.person(profile, today)
        plans = self._plans_for(person.workplaces)
        state, gaps = self._plans.decide(self._ask_states(person))
        state, gaps = state[plans], gaps[plans]
        silence = self._arrays()[2]
        codes = np.where(state == RANK["not_met"], np.where(gaps == 1, CLOSE, SHORT), QUALIFIES)
        codes = np.where((state == RANK["unknown"]) | ((silence == 1) & (state == 0)), UNCLEAR, codes)
        codes = np.where(silence == 2, UNCLEAR, codes).astype(np.int8)
        tenths = self._tenths(profile)
        return Found(codes, gaps, self._aside(person, tenths), tenths)

    def _ask_states(self, person: Person) -> Codes:
        """The state of every ask for one person. People who hold, did or learned the same are answered alike, once."""
        profile = person.profile
        parts: dict[str, Hashable] = {
            "credential": person.atoms,
            "experience": (profile.experience, person.today),
            "education": (profile.education, trained(profile)),
            "other": None,
        }
        states = np.zeros(len(self._plans.asks), dtype=np.int8)
        for kind_, asks in self._plans.by_kind.items():
            key = (kind_, parts[kind_])
            known = self._answered.pop(key, None)
            if known is None or len(known) < len(asks):
                done = 0 if known is None else len(known)
                fresh = [RANK[self.comparer.state(self._plans.asks[number], person)] for number in asks[done:]]
                known = np.array([*(() if known is None else known), *fresh], dtype=np.int8)
            self._answered[key] = known
            states[asks] = known
        while len(self._answered) > MOST_ANSWERED:
            self._answered.pop(next(iter(self._answered)))
        return states

    def care_settings(self, judge: Callable[[Any], bool]) -> Bools:
        """Each opening's care settings (a tuple of ids), judged."""
        return self._care.spread(judge)

    def employers(self, judge: Callable[[Any], bool]) -> Bools:
        """Each opening's employer (in small letters), judged."""
        return self._employers.spread(judge)

    def asked(self, among: Bools) -> list[tuple[Leaf, int]]:
        """Each want with how many of some openings ask for it in one way or another."""
        counts = np.bincount(np.array(self._plan, dtype=np.int64)[among], minlength=self._plans.size)
        return self._plans.asked(counts)

    def _plans_for(self, workplaces: Workplaces) -> Ints:
        """Each opening's plan; those with bars for one way of working are planned for this person's ways."""
        if self._plan_numbers is None:
            self._plan_numbers = np.array(self._plan, dtype=np.int64)
        plans = self._plan_numbers.copy() if self._readings else self._plan_numbers
        for number, reading in self._readings.items():
            plans[number] = self._plans.add(self.comparer.plan(reading, workplaces))
        return plans

    def _arrays(self) -> tuple[npt.NDArray[np.float64], Bools, Ints]:
        if self._columns is None:
            offered = [
                facts.offered if facts.pay_is_rate and facts.offered is not None else np.inf for facts in self.facts
            ]
            silence = [2 if facts.silence == "thin" else 1 if facts.silence else 0 for facts in self.facts]
            remote = np.array([facts.remote for facts in self.facts], dtype=np.bool_)
            self._columns = np.array(offered, dtype=np.float64), remote, np.array(silence, dtype=np.int64)
        return self._columns

    def _tenths(self, profile: Profile) -> Ints:
        """Miles × 10 from the person's home to each opening's nearest place; -1 when it cannot be told."""
        gazetteer = self.comparer.gazetteer
        home = home_of(profile, gazetteer) if gazetteer else None
        if home is None or not self.facts:
            return np.full(len(self.facts), -1, dtype=np.int64)
        if self._places is None:
            self._places = _places_of(self._points)
        places, member, owner, numbers = self._places
        reached = places.nearest((home,), 13_000)
        found = np.full(len(self._points.values), NEVER, dtype=np.int64)
        np.minimum.at(found, owner, reached[member])
        found[found == NEVER] = -1
        return np.take(found, numbers)

    def _aside(self, person: Person, tenths: Ints) -> Bools:
        """Where a wish is known not to be met."""
        aside = np.zeros(len(self.facts), dtype=np.bool_)
        for _, unmet in self.unmet(person.profile, tenths):
            aside |= unmet
        return aside

    def unmet(self, profile: Profile, tenths: Ints) -> Iterator[tuple[str, Bools]]:
        """Each wish by the name that `preferences` gives it, with the openings that are known not to meet it."""
        offered, remote, _ = self._arrays()
        home = profile.place
        if home is not None and (home.zip or home.city):
            too_far = ~remote & (tenths > home.radius_miles * 10)
            region = region_of(profile, self.comparer.gazetteer)
            if region:
                too_far |= self._states.spread(lambda states: bool(states) and region not in states)
            yield "place", too_far
        if profile.workplace:
            takes = set(profile.workplace)
            yield (
                "workplace",
                self._workplaces.spread(lambda workplace: workplace is not None and workplace not in takes),
            )
        floor = floor_of(profile)
        if floor is not None:
            yield "pay", offered < floor - CENT
        yield from self._other_wishes(profile)

    def _other_wishes(self, profile: Profile) -> Iterator[tuple[str, Bools]]:
        if avoid := set(profile.care_settings.avoid):
            yield "care setting", self._care.spread(lambda here: bool(avoid.intersection(here)))
        if avoided := [name.casefold() for name in profile.avoid_employers if name]:
            yield "employer", self._employers.spread(lambda employer: any(name in employer for name in avoided))
        if wanted := {kind(word) for word in profile.employment_type or ()}:
            yield "employment type", self._hours.spread(lambda hours: bool(hours) and not wanted & hours)
        if shifts := set(profile.shift or ()):
            yield "shift", self._shifts.spread(lambda shift: bool(shift) and not shifts.intersection(shift))


def _places_of(kinds: Kinds) -> tuple[Places, Ints, Ints, Ints]:
    """Every distinct point; which of them the distinct lists of places hold, and whose each is; and each opening's list."""
    numbers: dict[Point, int] = {}
    member = [numbers.setdefault(point, len(numbers)) for points in kinds.values for point in points]
    owner = np.repeat(np.arange(len(kinds.values)), [len(points) for points in kinds.values])
    return Places(list(numbers)), np.array(member, dtype=np.int64), owner, np.array(kinds.numbers, dtype=np.int64)
