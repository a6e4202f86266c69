"""Three-valued answers: met, not met, cannot tell. A plan's part takes its best way, a way takes its worst leaf.

"Cannot tell" is never turned into "no": what the posting leaves open ("or equivalent") and what the profile does not say stay open.
Effort is counted in hundredths of months, whole numbers, so that sums do not depend on their order.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from matcher.plans import Plan, Want, Way, place_of
from matcher.scanning import PROFESSION
from model.said import Said, joined
from model.verdict import Gap, Reason

State = Literal["met", "unknown", "not_met"]
RANK: dict[State, int] = {"met": 0, "unknown": 1, "not_met": 2}
PER_MONTH = 100
UNSAID = Said(" The text does not say so; the job's name does.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer for one want: at most one gap, and none unless the state is "not_met"."""

    state: State
    gap: Gap | None = None
    reasons: tuple[Reason, ...] = ()
    effort: int = 0
    obtain_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer for a whole plan: every gap of the cheapest ways, with the reasons in the order of the text."""

    state: State
    gaps: tuple[Gap, ...] = ()
    reasons: tuple[Reason, ...] = ()
    effort: int = 0
    obtain_by: date | None = None


class _Weighed(NamedTuple):
    """A way with its answers and the key by which ways are compared: state, gaps, effort, place in the text."""

    key: tuple[object, ...]
    wants: tuple[tuple[Want, Outcome], ...]

    @property
    def state(self) -> int:
        """The way's state as its rank."""
        return int(self.key[0])  # type: ignore[call-overload, no-any-return]


def decide(plan: Plan, answer: Callable[[Want], Outcome]) -> Answered:
    """The plan's answer, given the answer for each want wherever it is asked: the posting's words are put beside it here.

    Nothing asked is met.
    """
    chosen, beside = _chosen(plan, answer)
    worst = max((way.state for way in chosen), default=0)
    short = _short(chosen)
    dates = [outcome.obtain_by for way in chosen for _, outcome in way.wants if outcome.obtain_by]
    return Answered(
        state=next(state for state, rank in RANK.items() if rank == worst),
        gaps=tuple(outcome.gap for outcome in short if outcome.gap),
        reasons=_reasons([*chosen, *beside]),
        effort=sum(outcome.effort for outcome in short),
        obtain_by=min(dates, default=None),
    )


def effort(plan: Plan, answer: Callable[[Want], Outcome]) -> int:
    """The effort of `decide`, without its words."""
    return sum(outcome.effort for outcome in _short(_chosen(plan, answer)[0]))


def _chosen(plan: Plan, answer: Callable[[Want], Outcome]) -> tuple[list[_Weighed], list[_Weighed]]:
    """The best way of each part, and what is told beside it."""
    chosen: list[_Weighed] = []
    beside: list[_Weighed] = []
    for part in plan:
        ways = [_weigh(way, answer) for way in part]
        if len(ways) > 1:
            ways.sort(key=lambda weighed: weighed.key)
        chosen.append(ways[0])
        if ways[0].state == RANK["unknown"]:  # the ways that fail are still worth telling: they would make it sure
            beside.extend([way for way in ways if way.state == RANK["not_met"]][:1])
    return chosen, beside


def _short(chosen: Iterable[_Weighed]) -> list[Outcome]:
    """What is missing in the ways that are not met."""
    return [outcome for way in chosen if way.state == RANK["not_met"] for _, outcome in way.wants if outcome.gap]


def _weigh(way: Way, answer: Callable[[Want], Outcome]) -> _Weighed:
    pairs = tuple([(want, answer(want)) for want in way])
    if len(pairs) == 1:  # most ways want one thing
        want, only = pairs[0]
        effort = only.effort if only.gap else 0
        dated = int(only.obtain_by is not None)
        return _Weighed((RANK[only.state], int(only.gap is not None), effort, dated, [place_of(want)]), pairs)
    state = max((RANK[outcome.state] for _, outcome in pairs), default=0)
    short = [outcome for _, outcome in pairs if outcome.gap]
    # of ways that are met, one that is held today is told before one that may be earned later
    later = sum(outcome.obtain_by is not None for _, outcome in pairs)
    places = sorted(place_of(want) for want in way)
    return _Weighed((state, len(short), sum(one.effort for one in short), later, places), pairs)


def _reasons(ways: Sequence[_Weighed]) -> tuple[Reason, ...]:
    pairs = [(want, outcome) for way in ways for want, outcome in way.wants]
    pairs.sort(key=lambda pair: place_of(pair[0]))
    return distinct(reason for want, outcome in pairs for reason in _quoted(want, outcome))


def _quoted(want: Want, outcome: Outcome) -> list[Reason]:
    quote = want.evidence.sentence or want.evidence.quote
    unsaid = UNSAID if want.evidence.rule == PROFESSION else ""
    return [Reason(says=joined(one.says, unsaid), quote=quote, about=one.about) for one in outcome.reasons]


def distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each reason once, in order."""
    return tuple(dict.fromkeys(reasons))
