"""Many people against one opening at a time: who qualifies and is not set aside by a wish, the same as the plain comparison says.

People stand in order of place and, within it, of radius, the widest first: those whom an opening reaches are the first ones of each
place near it, so no radius is looked at person by person. For every want there is one bit a person; an opening's plan is "and" and "or"
over the words of 64 people that it reaches. What is left is tested person by person (pay, care settings, employers, hours).
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.comparing import Comparer
from matcher.distances import Places
from matcher.facts import Facts, facts_of
from matcher.judging import Judge
from matcher.people import People, people_of
from matcher.plans import Plan
from matcher.preferences import CENT
from model.geography import Point
from model.posting import Posting
from model.profile import Profile
from model.reading import Leaf, Reading

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_WIDE = 1 << 24


@dataclass(frozen=True, slots=True)
class Reach:
    """The words of 64 people that an opening's places reach, the people of each that it reaches; the places near, with distances."""

    words: Ints
    mask: Words
    near: Ints
    tenths: Ints

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return int(self.words.nbytes + self.mask.nbytes + self.near.nbytes + self.tenths.nbytes)


NOWHERE: Ints = np.zeros(0, dtype=np.int64)


class Crowd:
    """People, ready to be matched with openings. `kept_bytes` and `reach_bytes` bound what is kept of wants and places."""

    def __init__(
        self, comparer: Comparer, people: People, *, kept_bytes: int = 96 << 20, reach_bytes: int = 80 << 20
    ) -> None:
        """Sort the people into places and lay them out in words of 64."""
        self.comparer = comparer
        self.people = people
        self._judge = Judge(comparer, people)
        points = people.facets["point"]
        self._points: list[Point] = [point for point in points if point is not None]
        slot = np.array([-1 if point is None else 0 for point in points], dtype=np.int64)
        slot[slot == 0] = np.arange(len(self._points))
        self._place_of = slot[people.columns["point"]] if len(people) else np.zeros(0, np.int64)
        self._places = Places(self._points)
        self._widest = int(people.radius.max(initial=0))
        self._lay_out()
        self._bits: OrderedDict[object, Words] = OrderedDict()
        self._kept = max(8, kept_bytes // max(1, self._size // 8))
        self._tables: dict[object, Bools] = {}
        self._reach_bytes, self._reached_bytes = reach_bytes, 0
        self._reached: OrderedDict[object, Reach] = OrderedDict()
        self._late: dict[int, Profile] = {}
        self._gone = np.zeros(self._size // 64, dtype=np.uint64)

    @classmethod
    def of(cls, comparer: Comparer, profiles: Sequence[Profile], today: date) -> "Crowd":
        """A crowd of some profiles; matches name them by their place in the list."""
        return cls(comparer, people_of(profiles, comparer, today))

    def _lay_out(self) -> None:
        """Positions: by place (those without one first), the widest radius first, every place beginning a new word."""
        place, radius = self._place_of, self.people.radius
        order = np.lexsort((-radius, place))
        counts = np.bincount(place + 1, minlength=len(self._points) + 1).astype(np.int64)
        firsts = np.cumsum(counts) - counts
        words = (counts + 63) // 64
        self._first_word = np.cumsum(words) - words
        self._size = int(words.sum()) * 64
        sorted_place = place[order] + 1
        position = self._first_word[sorted_place] * 64 + np.arange(len(order)) - firsts[sorted_place]
        self._person = np.full(self._size, -1, dtype=np.int32)
        self._person[position] = order
        self._position = np.zeros(len(order), dtype=np.int64)
        self._position[order] = position
        self._firsts = firsts[1:]
        self._anywhere = int(counts[0])
        keyed = radius[order[firsts[1] if len(firsts) > 1 else len(order) :]].astype(np.int64)
        self._keys = (sorted_place[self._anywhere :] - 1) * _WIDE + (_WIDE - 1 - keyed * 10)

    @property
    def nbytes(self) -> int:
        """Bytes held for the people: their columns, the layout, and the bits of the wants in use."""
        layout = self._person.nbytes + self._position.nbytes + self._keys.nbytes + self._place_of.nbytes
        return int(self.people.nbytes + layout + self._reached_bytes + sum(bits.nbytes for bits in self._bits.values()))

    def change(self, number: int, profile: Profile) -> None:
        """A person's profile has changed: the old row is passed over, the new one is compared by itself until the next build."""
        position = int(self._position[number])
        self._gone[position // 64] |= np.uint64(1 << (position % 64))
        self._late[number] = profile

    def matches(self, posting: Posting, reading: Reading) -> Ints:
        """Numbers of the people who qualify for the opening and whom no wish of theirs sets aside, in order."""
        found = np.sort(
            self.survivors(facts_of(posting, reading, self.comparer.gazetteer), self.comparer.plan(reading), reading)
        )
        return np.union1d(found, self._late_matches(posting, reading)) if self._late else found

    def _late_matches(self, posting: Posting, reading: Reading) -> Ints:
        verdicts = (
            (number, self.comparer.compare(posting, reading, profile, today=self.people.today))
            for number, profile in self._late.items()
        )
        return np.array(
            [number for number, found in verdicts if found.answer == "qualifies" and not found.set_aside],
            dtype=np.int64,
        )

    def survivors(self, facts: Facts, plan: Plan, reading: Reading) -> Ints:
        """The people who match, in the layout's order."""
        people, _ = self.qualified(facts, plan, reading)
        return people[self._wished(facts, people)]

    def qualified(self, facts: Facts, plan: Plan, reading: Reading) -> tuple[Ints, Reach]:
        """The people who qualify, whom the opening reaches and who take its way of working; other wishes are not looked at yet."""
        reach = self._reach(facts)
        if facts.silence or not len(reach.words):
            return NOWHERE, reach
        words = reach.mask & ~self._gone[reach.words] if self._late else reach.mask
        words = self._meets(words, reach, reading) if facts.has_bars else self._plan_bits(words, reach, plan)
        if facts.workplace is not None:
            words = words & self._take(("workplace", facts.workplace), reach)
        if facts.remote and facts.states:
            words = words & self._take(("states", facts.states), reach)
        return self._listed(words, reach), reach

    def _meets(self, words: Words, reach: Reach, reading: Reading) -> Words:
        """Bars for one way of working: each group of people that takes the same ways has a plan of its own."""
        found = np.zeros_like(words)
        for number, takes in enumerate(self.people.facets["workplaces"]):
            mine = words & self._take(("takes", number), reach)
            found |= self._plan_bits(mine, reach, self.comparer.plan(reading, takes))
        return found

    def _plan_bits(self, words: Words, reach: Reach, plan: Plan) -> Words:
        for part in plan:
            ways = None
            for way in part:
                wanted = None
                for want in way:
                    bits = self._take(want.ask, reach)
                    wanted = bits if wanted is None else wanted & bits
                if wanted is not None:
                    ways = wanted if ways is None else ways | wanted
            if ways is not None:
                words = words & ways
        return words

    def _take(self, key: object, reach: Reach) -> Words:
        """The bits of one test, for the words that are reached."""
        bits = self._bits.get(key)
        if bits is None:
            bits = self._make(key)
            self._bits[key] = bits
            if len(self._bits) > self._kept:
                self._bits.popitem(last=False)
        elif len(self._bits) == self._kept:  # only when one must give way does it matter which was used last
            self._bits.move_to_end(key)
        return bits.take(reach.words)

    def _make(self, key: Any) -> Words:
        """One bit a person for one test."""
        if not isinstance(key, tuple):
            ask: Leaf = key
            facet, table = self._judge.facet(ask), self._judge.met(ask)
        elif key[0] == "workplace":
            facet, values = "workplaces", self.people.facets["workplaces"]
            table = np.array([not takes or key[1] in takes for takes in values], dtype=np.bool_)
        elif key[0] == "takes":
            facet = "workplaces"
            table = np.arange(len(self.people.facets[facet])) == key[1]
        else:
            facet, values = "region", self.people.facets["region"]
            table = np.array([region is None or region in key[1] for region in values], dtype=np.bool_)
        met = np.zeros(self._size, dtype=np.bool_)
        met[self._position] = table[self.people.columns[facet]]
        return np.packbits(met, bitorder="little").view(np.uint64)

    def _listed(self, words: Words, reach: Reach) -> Ints:
        """The people whose bits are set."""
        some = words.nonzero()[0]
        bits = np.unpackbits(words.take(some).view(np.uint8), bitorder="little").view(np.bool_).nonzero()[0]
        people: Ints = self._person.take((reach.words.take(some) << 6).take(bits >> 6) + (bits & 63)).astype(np.int64)
        return people

    def _wished(self, facts: Facts, people: Ints) -> Bools:
        """Whether no other wish of the person sets the opening aside."""
        fits = np.ones(len(people), dtype=np.bool_)
        if facts.pay_is_rate and facts.offered is not None:
            fits &= ~(facts.offered < self.people.floor.take(people) - CENT)
        for facet, value in wished_of(facts):
            values = self.people.facets[facet]
            if value and (len(values) > 1 or values[0]):
                fits &= self.table(facet, value).take(self.people.columns[facet].take(people))
        return fits

    def table(self, facet: str, value: Any) -> Bools:
        """Whether each distinct wish of a facet lets an opening's value pass ("prefer": whether it is liked)."""
        key = (facet, value)
        if key not in self._tables:
            self._tables[key] = np.array(
                [_fits(facet, wish, value) for wish in self.people.facets[facet]], dtype=np.bool_
            )
        return self._tables[key]

    def tenths(self, people: Ints, reach: Reach) -> Ints:
        """Tenths of miles from each person's home to the opening; -1 for people without a place, or where nobody can tell."""
        if not len(reach.near):
            return np.full(len(people), -1, dtype=np.int64)
        place = self._place_of[people]
        at = np.minimum(np.searchsorted(reach.near, place), len(reach.near) - 1)
        return np.where(place >= 0, reach.tenths[at], -1)

    def _reach(self, facts: Facts) -> Reach:
        """The people whom the opening's places reach; openings of one place share it. Openings are best asked for place by place."""
        key = "everyone" if facts.remote or not facts.points else facts.points
        if key not in self._reached:
            self._reached[key] = self._everyone() if facts.remote or not facts.points else self._near(facts.points)
            self._reached_bytes += self._reached[key].nbytes
            while self._reached_bytes > self._reach_bytes and len(self._reached) > 1:
                self._reached_bytes -= self._reached.popitem(last=False)[1].nbytes
        return self._reached[key]

    def _everyone(self) -> Reach:
        words = np.arange(self._size // 64)
        mask = np.packbits(self._person >= 0, bitorder="little").view(np.uint64)
        return Reach(words, mask, NOWHERE, NOWHERE)

    def _near(self, points: tuple[Point, ...]) -> Reach:
        near, tenths = self._places.near(points, self._widest)
        ends = np.searchsorted(self._keys, near * _WIDE + (_WIDE - 1 - tenths), side="right")
        reached = ends + self._anywhere - self._firsts[near]
        some = reached > 0
        near, tenths, reached = near[some], tenths[some], reached[some]
        starts, counts = self._first_word[near + 1], reached
        if self._anywhere:
            starts, counts = np.append(0, starts), np.append(self._anywhere, counts)
        lengths = (counts + 63) // 64
        ends = np.cumsum(lengths)
        words = np.repeat(starts - (ends - lengths), lengths) + np.arange(int(lengths.sum()))
        mask = np.full(len(words), ALL, dtype=np.uint64)
        rest = counts % 64
        partial = rest > 0
        mask[ends[partial] - 1] = (np.uint64(1) << rest[partial].astype(np.uint64)) - np.uint64(1)
        return Reach(words, mask, near, tenths)


def wished_of(facts: Facts) -> tuple[tuple[str, Any], ...]:
    """The facets of wishes that are tested person by person, each with the opening's value."""
    return ("avoid", facts.care_settings), ("employers", facts.employer), ("hours", facts.hours), ("shift", facts.shift)


def _fits(facet: str, wish: Any, value: Any) -> bool:
    """Whether one wish lets an opening's value pass, as `preferences.py` says."""
    match facet:
        case "prefer":
            return bool(wish.intersection(value))
        case "avoid":
            return not wish.intersection(value)
        case "employers":
            return not any(name in value for name in wish)
        case _:
            return not wish or bool(wish.intersection(value))
