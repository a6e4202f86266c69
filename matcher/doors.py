"""What-if: which one change opens the most doors in the openings that are there. Counted by the comparison itself, never estimated.

In: a profile and a pool of openings. Out: `Door` values, the one that adds most first, each with the openings that it adds.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from matcher.apprentices import ways_out, without_the_a
from matcher.earned import in_words
from matcher.held import holds, letters
from matcher.pool import Found, Pool
from matcher.taxonomy import Taxonomy
from model.profile import Experience, HeldCredential, Profile
from model.reading import CredentialAsk, ExperienceAsk

MORE_MILES = 10
MORE_MONTHS = 6
MOST_CREDENTIALS, MOST_AREAS = 8, 3


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that could be different: what it is, what it costs, how long it takes (None: not known), and the profile with it."""

    id: str
    says: str
    profile: Profile
    months: float | None = None
    usd: int | None = None
    as_of: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A change with what it adds: numbers of openings, their care settings, and the median of stated pay by the hour."""

    change: Change
    adds: tuple[int, ...]
    loses: int
    care_settings: tuple[tuple[str, int], ...]
    pay: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One change over all people: how many it would help, and the openings that it adds, each counted for each person whom it helps.

    `months` None: not known, or not the same for all.
    """

    id: str
    says: str
    people: int
    openings: int
    months: float | None
    usd: int | None
    as_of: str


def doors(pool: Pool, profile: Profile, taxonomy: Taxonomy, *, today: date, most: int = 12) -> tuple[Found, list[Door]]:
    """The person's answers as they are, and the changes that open something, the most first, the quicker first among equals."""
    before = pool.answers(profile, today=today)
    tried = changes(pool, before, profile, taxonomy, today)[:most]
    found = [_door(pool, change, before, today) for change in tried]
    found.sort(
        key=lambda door: (
            -len(door.adds),
            door.change.months if door.change.months is not None else 1e9,
            door.change.id,
        )
    )
    return before, found


def _door(pool: Pool, change: Change, before: Found, today: date) -> Door:
    after = pool.answers(change.profile, today=today)
    adds = np.flatnonzero(after.gets & ~before.gets)
    settings = Counter(one for number in adds.tolist() for one in pool.facts[number].care_settings[:1])
    pays = sorted(offered for number in adds.tolist() if (offered := pool.facts[number].offered) is not None)
    return Door(
        change=change,
        adds=tuple(adds.tolist()),
        loses=int((before.gets & ~after.gets).sum()),
        care_settings=tuple(settings.most_common(3)),
        pay=round(pays[len(pays) // 2], 2) if pays else None,
    )


def changes(pool: Pool, before: Found, profile: Profile, taxonomy: Taxonomy, today: date) -> list[Change]:
    """What is worth trying for this person: wishes, the A, and what is asked for most where they are short."""
    lacking = before.codes != 0
    found = [*_apprentice(profile, taxonomy, today), *_wishes(profile)]
    found += _credentials(pool, lacking, profile, taxonomy, today)
    found += _months(pool, lacking, profile, taxonomy)
    return found


def _apprentice(profile: Profile, taxonomy: Taxonomy, today: date) -> Iterator[Change]:
    for way in ways_out(profile, taxonomy, today):
        rest = max(0, way.left - sum(step.months for step in way.steps))
        months = sum(step.takes_months for step in way.steps) + rest
        yield Change(
            id=f"without-a:{way.apprentice}",
            says=f"{way.apprentice} becomes {way.full}",
            profile=without_the_a(profile, taxonomy),
            months=months,
            as_of=way.as_of,
            note=way.cheapest,
        )


def _wishes(profile: Profile) -> Iterator[Change]:
    """Changes of mind: they cost nothing and can be made today."""
    if profile.place and (profile.place.zip or profile.place.city):
        wider = profile.place.model_copy(update={"radius_miles": profile.place.radius_miles + MORE_MILES})
        yield Change(
            f"miles:+{MORE_MILES}", f"{MORE_MILES} more miles", profile.model_copy(update={"place": wider}), months=0
        )
    for way in ("onsite", "hybrid", "remote"):
        if profile.workplace and way not in profile.workplace:
            with_it = profile.model_copy(update={"workplace": (*profile.workplace, way)})
            yield Change(
                f"workplace:{way}", f"{'on-site' if way == 'onsite' else way} work accepted", with_it, months=0
            )
    if profile.pay_floor is not None:
        yield Change("pay:any", "no pay floor", profile.model_copy(update={"pay_floor": None}), months=0)


def _credentials(
    pool: Pool, lacking: npt.NDArray[np.bool_], profile: Profile, taxonomy: Taxonomy, today: date
) -> Iterator[Change]:
    """The credentials that the openings which are not yet open ask for most."""
    asked: Counter[str] = Counter()
    for ask, count in pool.asked(lacking):
        if isinstance(ask, CredentialAsk) and ask.modality == "required":
            asked[ask.id] += count
    held = {one.id for one in profile.credentials or () if holds(one, today)}
    met = {other for one in held for other in taxonomy.holders_satisfy(one)}
    names = [
        name
        for name, _ in asked.most_common()
        if name not in met and (entry := taxonomy.credential(name)) and entry.kind != "requirement"
    ]
    for name in names[:MOST_CREDENTIALS]:
        entry, earn = taxonomy.credential(name), taxonomy.ladders.earn(name)
        rest = tuple(one for one in profile.credentials or () if one.id != name)
        yield Change(
            id=f"credential:{name}",
            says=f"{letters(taxonomy, name)} earned",
            profile=profile.model_copy(update={"credentials": (*rest, HeldCredential(id=name))}),
            months=taxonomy.ladders.months(name, entry.level if entry else ""),
            usd=earn.usd if earn else None,
            as_of=earn.as_of if earn else taxonomy.ladders.file.as_of,
            note=earn.note if earn else "a rough figure for its level",
        )


def _months(pool: Pool, lacking: npt.NDArray[np.bool_], profile: Profile, taxonomy: Taxonomy) -> Iterator[Change]:
    """Six more months in the fields that are asked for most."""
    asked: Counter[str] = Counter()
    for ask, count in pool.asked(lacking):
        if isinstance(ask, ExperienceAsk):
            field = pool.comparer.areas.field(ask)
            full = [area for area, (weight, reason) in (field.weights or {}).items() if weight == 100 and not reason]
            asked.update(dict.fromkeys(full[:1], count))
    for area, _ in asked.most_common(MOST_AREAS):
        entry = taxonomy.area(area)
        more = (*(profile.experience or ()), Experience(area=area, months=MORE_MONTHS))
        says = f"{in_words(MORE_MONTHS)} of {entry.label if entry else area}"
        yield Change(f"months:{area}", says, profile.model_copy(update={"experience": more}), months=MORE_MONTHS)


def for_everyone(pool: Pool, profiles: Sequence[Profile], taxonomy: Taxonomy, *, today: date) -> list[Step]:
    """For an operator: what each change would do over all profiles, the most helpful first."""
    helping: dict[str, list[Door]] = {}
    for profile in profiles:
        for door in doors(pool, profile, taxonomy, today=today, most=40)[1]:
            if door.adds:
                helping.setdefault(door.change.id, []).append(door)
    found = [_step([door.change for door in each], sum(len(door.adds) for door in each)) for each in helping.values()]
    return sorted(found, key=lambda step: (-step.people, -step.openings, step.id))


def _step(same: Sequence[Change], openings: int) -> Step:
    """One change as several people would make it."""
    first = same[0]
    months = first.months if len({change.months for change in same}) == 1 else None
    return Step(first.id, first.says, len(same), openings, months, first.usd, first.as_of)
