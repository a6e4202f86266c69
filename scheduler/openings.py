"""The open postings of a store, ready to be asked for one person at a time: compared by the engine, explained by the plain comparison.

`refresh` brings what changed since the last time; a posting whose text or reading changed is taken in anew. What a digest shows is
compared once more in full (that gives the words), everything else is numbers.
"""

import hashlib
import json
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from digest.composing import divide
from matcher.comparing import Comparer, Person
from matcher.designations import with_designations
from matcher.duplicates import groups, words
from matcher.placing import Placing
from matcher.pool import CLOSE, QUALIFIES, Found, Pool
from matcher.taxonomy import Taxonomy
from model.areas import Designations
from model.digest import Opening, Tally
from model.posting import Posting
from model.profile import Profile
from model.reading import CredentialAsk, EducationAsk, Evidence, ExperienceAsk, Reading
from model.service import Ranking
from store import areas, postings, readings
from store.database import Database
from store.gazetteer import gazetteer

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
KEPT = 12_000
NOWHERE = Evidence(quote="", start=0, end=0, rule="")
NEAR = 12
"""So many of the best-placed near misses are weighed for the quickest steps."""
LOOKED_AT = 400
"""So many are looked at to find them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an opening, kept to tell later what changed. `key`: the same for a posting that comes back under another id."""

    key: str
    title: str
    employer: str
    url: str
    pay: str
    asks: str

    def facts(self, *, is_open: bool = True) -> dict[str, Any]:
        """As it is kept in the store."""
        return {name: getattr(self, name) for name in self.__slots__} | {"open": is_open}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person has had of openings so far: shown (posting numbers and keys), refused or applied for, employers to rank lower."""

    numbers: Collection[int] = ()
    keys: Collection[str] = ()
    unlike: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Rows:
    """One entry for each opening of the pool, in the pool's order."""

    numbers: list[int] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    first_doors: list[bool] = field(default_factory=list)
    alive: list[bool] = field(default_factory=list)


class Openings:
    """The openings of one store. Not for two threads at once."""

    def __init__(self, database: Database, taxonomy: Taxonomy, weights: Ranking, own: Iterable[str] = ()) -> None:
        """Nothing is loaded before the first `refresh`. `own`: sources that are an employer's own board."""
        self.comparer = Comparer(taxonomy, gazetteer())
        self._database, self._weights, self._own = database, weights, frozenset(own)
        self._details: OrderedDict[int, tuple[Posting, Reading, datetime]] = OrderedDict()
        self._versions: dict[int, tuple[str, str]] = {}
        self._area_stamp: object = None
        self._known: Designations | None = None
        self._twins: list[tuple[int, ...]] = []
        self._others: dict[int, tuple[int, ...]] = {}
        self._by_told: dict[str, list[int]] = {}
        self._suspicious: Bools = np.zeros(0, dtype=np.bool_)
        self._start_over()

    def _start_over(self) -> None:
        self.pool, self._rows = Pool(self.comparer), _Rows()
        self._at: dict[int, int] = {}
        self._placing: tuple[datetime, Placing] | None = None
        self._columns: tuple[Bools, Bools, Ints] | None = None
        self._versions.clear()
        self._details.clear()

    def refresh(self) -> int:
        """Take in what is new or changed and let go what is closed; how many postings that were."""
        with self._database.read() as connection:
            versions = readings.versions(connection)
            stamp = tuple(areas.imported(connection))
            if self._known is None or stamp != self._area_stamp:
                self._known, self._area_stamp = areas.load(connection), stamp
                self._start_over()
            fresh = [number for number, version in versions.items() if self._versions.get(number) != version]
            gone = self._versions.keys() - versions.keys()
            if not fresh and not gone:
                return 0
            if len(gone) + len(fresh) + self._rows.alive.count(False) > len(versions) // 2 + 100:
                self._start_over()
                fresh, gone = list(versions), set()
            for number in (*gone, *fresh):
                self._let_go(number)
            for number, posting, read, first_seen in readings.each_open(connection, fresh):
                self._take_in(number, posting, read, first_seen, versions[number])
            stored = list(postings.each(connection, only_open=True))
        self._twins = self._group([(one.number, one.posting) for one in stored if one.number in versions])
        self._others = {group[0]: group[1:] for group in self._twins}
        self._columns = self._placing = None
        return len(fresh) + len(gone)

    def _let_go(self, number: int) -> None:
        place = self._at.pop(number, None)
        if place is not None:
            self._rows.alive[place] = False
        self._versions.pop(number, None)
        self._details.pop(number, None)

    def _take_in(
        self, number: int, posting: Posting, read: Reading, first_seen: datetime, version: tuple[str, str]
    ) -> None:
        assert self._known is not None
        reading = with_designations(posting, read, self._known)
        rows = self._rows
        self._at[number] = self.pool.add(posting, reading)
        self._versions[number] = version
        rows.numbers.append(number)
        rows.names.append((posting.source, posting.id))
        rows.told.append(told_of(posting, reading))
        rows.first_doors.append(self.comparer.taxonomy.ladders.first_door(posting.title) is not None)
        rows.alive.append(True)
        self._keep(number, (replace(posting, description=""), reading, first_seen))

    def _keep(self, number: int, details: tuple[Posting, Reading, datetime]) -> None:
        self._details[number] = details
        self._details.move_to_end(number)
        if len(self._details) > KEPT:
            self._details.popitem(last=False)

    def _group(self, stored: Sequence[tuple[int, Posting]]) -> list[tuple[int, ...]]:
        """Row numbers of postings that are one opening on several boards; an employer's own board stands first."""
        found = groups([posting for _, posting in stored])
        ordered = [
            sorted((stored[index] for index in group), key=lambda one: one[1].source not in self._own)
            for group in found
        ]
        return [tuple(number for number, _ in group) for group in ordered]

    def told(self, number: int) -> Told | None:
        """What would be told of an open posting now; None when it is closed or unread."""
        place = self._at.get(number)
        return None if place is None else self._rows.told[place]

    def by_key(self) -> Mapping[str, int]:
        """The open posting of each key."""
        return {self._rows.told[place].key: number for number, place in self._at.items()}

    def everything(self, profile: Profile, *, today: date) -> Iterator[Opening]:
        """Every open posting compared in full, in the order of the store."""
        person = self.comparer.person(profile, today)
        hidden = {number for group in self._twins for number in group[1:]}
        for number in sorted(self._at.keys() - hidden):
            yield self._opening(number, person)

    def best(
        self,
        profile: Profile,
        seen: Seen,
        *,
        room: int,
        per_employer: int,
        one_step_months: float,
        today: date,
        now: datetime,
    ) -> tuple[list[Opening], Tally]:
        """What a digest shows of the openings that this person has not seen, and the counts of everything else.

        They are chosen by numbers, as `composing.compose` would choose from all; only those chosen are compared in full.
        """
        if not self._at:
            return [], Tally()
        found = self.pool.answers(profile, today=today)
        alive, doors, ties = self._arrays()
        fresh = alive & ~self._suspicious & ~self._masked(seen)
        qualifies = fresh & (found.codes == QUALIFIES)
        close = fresh & (found.codes == CLOSE)
        points = self._placing_for(now).points(found, profile)
        if seen.unlike:
            points = points + np.where(self.pool.employers(lambda name: name in seen.unlike), self._weights.unlike, 0.0)
        placing, wanted = self._placing_for(now), ~found.aside
        person = self.comparer.person(profile, today)

        def ordered(mask: Bools) -> list[int]:
            order: list[int] = placing.order(np.flatnonzero(mask & wanted), points, ties).tolist()
            return order

        near = self._reachable(ordered(close), person, one_step_months, per_employer, max(NEAR, room // 2))
        chosen = divide(
            ordered(qualifies & ~doors),
            near,
            ordered(qualifies & doors),
            room,
            lambda order, most: self._capped(order, per_employer, most),
        )
        openings = [self._opening(self._rows.numbers[place], person) for part in chosen for place in part]
        tally = self._tally(found, fresh & (qualifies | close), qualifies, close, profile)
        return openings, replace(tally, reachable=len(near))

    def _reachable(
        self, order: Sequence[int], person: Person, months: float, per_employer: int, most: int
    ) -> list[int]:
        """The first near misses that can be mended within `months`, the quickest first; what is farther does not stand in their way."""
        taken: list[tuple[float, int]] = []
        keys: set[str] = set()
        employers: Counter[str] = Counter()
        for place in order[:LOOKED_AT]:
            number, told = self._rows.numbers[place], self._rows.told[place]
            employer = told.employer.casefold() or self._rows.names[place][0]
            if employers[employer] >= per_employer or told.key in keys:
                continue
            if 0 < (mend := self.comparer.months_to_mend(self._detailed(number)[1], person)) <= months:
                employers[employer] += 1
                keys.add(told.key)
                taken.append((mend, place))
                if len(taken) == most:
                    break
        taken.sort(key=lambda pair: pair[0])
        return [place for _, place in taken]

    def count(self, profile: Profile, *, today: date) -> int:
        """How many openings this person qualifies for that no wish sets aside."""
        if not self._at:
            return 0
        found = self.pool.answers(profile, today=today)
        alive, _, _ = self._arrays()
        return int(np.count_nonzero(alive & ~self._suspicious & found.gets))

    def _tally(self, found: Found, within: Bools, qualifies: Bools, close: Bools, profile: Profile) -> Tally:
        aside = {name: int(np.count_nonzero(unmet & within)) for name, unmet in self.pool.unmet(profile, found.tenths)}
        return Tally(
            compared=len(self._at) - sum(len(group) - 1 for group in self._twins),
            qualifying=int(np.count_nonzero(qualifies & ~found.aside)),
            near=int(np.count_nonzero(close & ~found.aside)),
            set_aside=tuple((name, count) for name, count in Counter(aside).most_common() if count),
        )

    def _capped(self, order: Sequence[int], per_employer: int, room: int) -> list[int]:
        """The first of them, so many an employer. What stands on one board twice, word for word, counts once."""
        taken: list[int] = []
        if room <= 0:
            return taken
        keys: set[str] = set()
        employers: Counter[str] = Counter()
        for place in order:
            told = self._rows.told[place]
            employer = told.employer.casefold() or self._rows.names[place][0]
            if employers[employer] < per_employer and told.key not in keys:
                employers[employer] += 1
                keys.add(told.key)
                taken.append(place)
                if len(taken) == room:
                    break
        return taken

    def _masked(self, seen: Seen) -> Bools:
        """Openings that this person has had, under whatever number."""
        mask = np.zeros(len(self._rows.numbers), dtype=np.bool_)
        shown = {number for number in seen.numbers if number in self._at}
        mask[[self._at[number] for number in shown]] = True
        for group in self._twins:
            if not shown.isdisjoint(group):
                mask[self._at[group[0]]] = True
        for key in self._by_told.keys() & set(seen.keys):
            mask[self._by_told[key]] = True
        return mask

    def _arrays(self) -> tuple[Bools, Bools, Ints]:
        """Which openings are shown at all (open, and the first of their twins), which are first doors, and the order of equals."""
        if self._columns is None:
            rows = self._rows
            alive = np.array(rows.alive, dtype=np.bool_)
            alive[[self._at[number] for group in self._twins for number in group[1:]]] = False
            ties = np.empty(len(rows.names), dtype=np.int64)
            ties[sorted(range(len(rows.names)), key=rows.names.__getitem__)] = np.arange(len(rows.names))
            marked = np.array([one.entry_level and one.underserved for one in self.pool.facts], dtype=np.bool_)
            self._columns = alive, np.array(rows.first_doors, dtype=np.bool_) & ~marked, ties
            self._suspicious = np.array([one.suspicious for one in self.pool.facts], dtype=np.bool_)
            self._by_told = defaultdict(list)
            for place, told in enumerate(rows.told):
                self._by_told[told.key].append(place)
        return self._columns

    def _placing_for(self, now: datetime) -> Placing:
        """The placing of this day: what is fresh counts days."""
        if self._placing is None or self._placing[0].date() != now.date() or self._placing[1].size != len(self.pool):
            self._placing = now, Placing(self.pool, self._weights, now=now)
        return self._placing[1]

    def _detailed(self, number: int) -> tuple[Posting, Reading, datetime]:
        """An opening's posting and reading; the latest used are kept, the others are in the store."""
        details = self._details.get(number)
        if details is None:
            return self._load(number)
        self._details.move_to_end(number)
        return details

    def _opening(self, number: int, person: Any) -> Opening:
        posting, reading, first_seen = self._detailed(number)
        others = self._others.get(number, ())
        return Opening(
            number=number,
            posting=posting,
            reading=reading,
            verdict=self.comparer.verdict(posting, reading, person),
            first_seen=first_seen,
            twins=others,
            also=tuple(url for url in (self._rows.told[self._at[other]].url for other in others) if url),
        )

    def _load(self, number: int) -> tuple[Posting, Reading, datetime]:
        assert self._known is not None
        with self._database.read() as connection:
            ((_, posting, read, first_seen),) = readings.each_open(connection, [number])
        details = (replace(posting, description=""), with_designations(posting, read, self._known), first_seen)
        self._keep(number, details)
        return details


def told_of(posting: Posting, reading: Reading) -> Told:
    """What is told of an opening: its face, its pay as stated, and a hash of what it asks for."""
    pay = reading.pay or posting.pay
    leaves: tuple[CredentialAsk | ExperienceAsk | EducationAsk, ...]
    leaves = (*reading.credentials, *reading.experience, *reading.education)
    asks = [repr(replace(leaf, evidence=NOWHERE)) for leaf in leaves]
    place = posting.locations[0].text if posting.locations else ""
    face = "\n".join(
        (posting.employer or posting.source, posting.title, place, " ".join(words(posting.description)))
    ).casefold()
    return Told(
        key=hashlib.sha1(face.encode(), usedforsecurity=False).hexdigest()[:20],
        title=posting.title[:200],
        employer=(posting.employer or "")[:200],
        url=posting.url[:2000],
        pay=json.dumps([pay.min, pay.max, pay.period, pay.currency]) if pay else "",
        asks=hashlib.sha1("\n".join(sorted(asks)).encode(), usedforsecurity=False).hexdigest()[:16],
    )
