"""Openings -> digest: which to show now, in which section, and what is said about the rest.

What one can get comes first, entry level in underserved settings at its top; then what is one reachable step away; then first doors.
An opening is shown once; what a wish set aside is counted by wish; what does not fit waits for the next digest.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from matcher.ladders import Ladders
from matcher.ranking import ranked
from model.digest import Change, Contact, Digest, Opening, Section, SectionKind, Tally
from model.profile import Profile
from model.service import Mail, Ranking

T = TypeVar("T")
Capped = Callable[[Sequence[T], int], Sequence[T]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What the digest says beside the openings: the dates, the sources that could and could not be read, news and people to ask."""

    local_date: date
    next_date: date
    sources_read: int = 0
    sources_failed: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides about every digest alike: the mail rules, the ranking's weights, and what leads where."""

    mail: Mail
    weights: Ranking
    ladders: Ladders


def compose(
    openings: Iterable[Opening],
    profile: Profile,
    week: Week,
    rules: Rules,
    *,
    now: datetime,
    tally: Tally | None = None,
    shown: Iterable[int] = (),
    unlike: Collection[str] = (),
) -> Digest:
    """The digest for one person. Its `openings` may be empty: then there is nothing new to send.

    `openings`: all of them, or those that may be shown, with `tally` as the counts over all. `shown`: numbers of openings to leave out.
    """
    compared = list(openings)
    already = set(shown)
    fresh = [
        one for one in compared if already.isdisjoint((one.number, *one.twins)) and not one.verdict.flags.suspicious
    ]
    wanted = [one for one in fresh if not one.verdict.set_aside]
    mail, ladders = rules.mail, rules.ladders
    order = ranked(wanted, profile, rules.weights, now=now, unlike=unlike)
    can_get = [one for one in order if one.verdict.answer == "qualifies"]
    near = [one for one in order if _reachable(one, mail)]
    near.sort(key=lambda one: one.verdict.months_to_mend)
    doors = [one for one in can_get if _is_door(one, ladders)]
    others = [one for one in can_get if not _is_door(one, ladders)]
    first, second, third = divide(
        others, near, doors, profile.digest.max_openings, lambda some, most: _capped(some, mail.per_employer, most)
    )
    sections = _sections(("qualifies", first), ("close", second), ("first_doors", third))
    counts = tally or _tally(compared, fresh, can_get, near)
    return Digest(
        name=profile.name,
        local_date=week.local_date,
        next_date=week.next_date,
        language=profile.digest.language,
        sections=sections,
        changes=week.changes,
        contacts=week.contacts,
        left_for_later=max(0, counts.qualifying - len(first) - len(third)) + max(0, counts.reachable - len(second)),
        set_aside=counts.set_aside,
        sources_read=week.sources_read,
        sources_failed=week.sources_failed,
        postings_compared=counts.compared,
    )


def divide(
    others: Sequence[T], near: Sequence[T], doors: Sequence[T], room: int, capped: Capped[T]
) -> tuple[Sequence[T], Sequence[T], Sequence[T]]:
    """Which of each to show, in the given order, together at most `room`; `capped(some, most)` takes the first, so many an employer.

    Dividing once more what was chosen changes nothing.
    """
    share = room // 4  # near misses and first doors are not crowded out by what one can get
    doors_least, near_least = len(capped(doors, share)), len(capped(near, share))
    first = capped(others, room - doors_least - near_least)
    second = capped(near, room - len(first) - doors_least)
    return first, second, capped(doors, room - len(first) - len(second))


def _sections(*parts: tuple[SectionKind, Sequence[Opening]]) -> tuple[Section, ...]:
    return tuple(Section(kind=kind, openings=tuple(openings)) for kind, openings in parts if openings)


def _reachable(opening: Opening, mail: Mail) -> bool:
    return opening.verdict.answer == "close" and 0 < opening.verdict.months_to_mend <= mail.one_step_months


def _is_door(opening: Opening, ladders: Ladders) -> bool:
    """A job next to coding that is not among what the digest exists for (those stand first, whatever they are called)."""
    flags = opening.verdict.flags
    return not (flags.entry_level and flags.underserved) and ladders.first_door(opening.posting.title) is not None


def _capped(openings: Iterable[Opening], per_employer: int, room: int) -> tuple[Opening, ...]:
    """The first `room` openings with at most `per_employer` of one employer."""
    taken: list[Opening] = []
    employers: Counter[str] = Counter()
    for opening in openings:
        employer = (opening.posting.employer or opening.posting.source).casefold()
        if len(taken) < room and employers[employer] < per_employer:
            employers[employer] += 1
            taken.append(opening)
    return tuple(taken)


def _tally(
    compared: Sequence[Opening], fresh: Iterable[Opening], can_get: Sequence[Opening], near: Sequence[Opening]
) -> Tally:
    """The counts, when all openings are at hand; set aside is counted by wish, most first."""
    aside = Counter(
        preference.wish
        for one in fresh
        if one.verdict.answer in ("qualifies", "close")
        for preference in one.verdict.preferences
        if preference.met is False
    )
    set_aside = tuple(aside.most_common())
    return Tally(
        compared=len(compared), qualifying=len(can_get), near=len(near), reachable=len(near), set_aside=set_aside
    )
