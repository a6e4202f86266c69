"""Openings -> digest: which to show now, in which section, and what is said about the rest.

What one can get comes first, entry level in underserved settings at its top; then what is one reachable step away. An opening is
shown once; what a wish set aside is counted by wish; what does not fit waits for the next digest.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from matcher.ranking import ranked
from model.digest import Digest, Opening, Section
from model.profile import Profile
from model.service import Mail, Ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What the digest says about its own making: the dates, and the sources that could and could not be read."""

    local_date: date
    next_date: date
    sources_read: int = 0
    sources_failed: tuple[str, ...] = ()


def compose(
    openings: Iterable[Opening],
    profile: Profile,
    week: Week,
    *,
    shown: Iterable[int] = (),
    mail: Mail,
    weights: Ranking,
    now: datetime,
) -> Digest:
    """The digest for one person. Its `openings` may be empty: then there is nothing new to send."""
    compared = list(openings)
    already = set(shown)
    fresh = [
        one for one in compared if already.isdisjoint((one.number, *one.twins)) and not one.verdict.flags.suspicious
    ]
    wanted = [one for one in fresh if not one.verdict.set_aside]
    order = ranked(wanted, profile, weights, now=now)
    can_get = [one for one in order if one.verdict.answer == "qualifies"]
    near = [
        one for one in order if one.verdict.answer == "close" and 0 < one.verdict.months_to_mend <= mail.one_step_months
    ]
    near.sort(key=lambda one: one.verdict.months_to_mend)
    room = profile.digest.max_openings
    first = _capped(can_get, mail.per_employer, room)
    second = _capped(near, mail.per_employer, room - len(first))
    sections = (
        Section(title="Openings you qualify for", says=_says_first(first), openings=first),
        Section(
            title="One step away",
            says="One thing is missing. Each one says which, and how to mend it.",
            openings=second,
        ),
    )
    return Digest(
        name=profile.name,
        local_date=week.local_date,
        next_date=week.next_date,
        sections=tuple(section for section in sections if section.openings),
        left_for_later=len(can_get) + len(near) - len(first) - len(second),
        set_aside=_set_aside(fresh),
        sources_read=week.sources_read,
        sources_failed=week.sources_failed,
        postings_compared=len(compared),
    )


def _capped(openings: Sequence[Opening], per_employer: int, room: int) -> tuple[Opening, ...]:
    """The first `room` openings with at most `per_employer` of one employer; the same text is shown once."""
    taken: list[Opening] = []
    employers: Counter[str] = Counter()
    for opening in openings:
        employer = (opening.posting.employer or opening.posting.source).casefold()
        if len(taken) < room and employers[employer] < per_employer:
            employers[employer] += 1
            taken.append(opening)
    return tuple(taken)


def _says_first(openings: Sequence[Opening]) -> str:
    marked = sum(one.verdict.flags.entry_level and one.verdict.flags.underserved for one in openings)
    if not marked:
        return "What the posting asks for, you have."
    some = "one is" if marked == 1 else f"{marked} are"
    return f"What the posting asks for, you have. The first {some} for beginners, in places where few beginners look."


def _set_aside(openings: Iterable[Opening]) -> tuple[tuple[str, int], ...]:
    """How many openings that the person could get each wish set aside, most first."""
    counts = Counter(
        preference.wish
        for one in openings
        if one.verdict.answer in ("qualifies", "close")
        for preference in one.verdict.preferences
        if preference.met is False
    )
    return tuple(counts.most_common())
