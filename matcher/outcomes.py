"""Three-valued answers over a requirement tree: met, not met, cannot tell; all-of takes the worst, any-of the best.

"Cannot tell" is never turned into "no": what the posting leaves open ("or equivalent") and what the profile does not say stay open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from model.verdict import Gap, Reason

State = Literal["met", "unknown", "not_met"]
_WORSE = {"met": 0, "unknown": 1, "not_met": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer for one part of the tree.

    `gaps` is empty unless the state is "not_met". `effort` orders ways that are equally far: rough months to mend. `decides`
    False marks an unknown that alone does not make a verdict unclear (a driver's licence that nobody lists).
    """

    state: State
    gaps: tuple[Gap, ...] = ()
    reasons: tuple[Reason, ...] = ()
    effort: float = 0.0
    obtain_by: date | None = None
    decides: bool = True


MET = Outcome(state="met")


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of them, with every gap and every reason. Nothing asked is met."""
    parts = tuple(outcomes)
    decisive = [part for part in parts if part.decides] or list(parts)
    state: State = max((part.state for part in decisive), key=_WORSE.__getitem__, default="met")
    if state == "unknown" and not any(part.decides for part in parts):
        return Outcome(state="unknown", reasons=_reasons(parts), decides=False)
    return Outcome(
        state=state,
        gaps=_distinct(gap for part in parts if part.state == "not_met" for gap in part.gaps),
        reasons=_reasons(parts),
        effort=sum(part.effort for part in parts if part.state == "not_met"),
        obtain_by=min((part.obtain_by for part in parts if part.obtain_by), default=None),
    )


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The best of them: a way that is met, else one that cannot be told, else the one with the fewest and cheapest gaps."""
    parts = tuple(outcomes)
    best = min(parts, key=_cost, default=MET)
    if best.state != "unknown":
        return best
    # the named ways that fail are still worth telling: they are what would make it sure
    named = min((part for part in parts if part.state == "not_met"), key=_cost, default=None)
    reasons = best.reasons + (named.reasons if named else ())
    return Outcome(state="unknown", reasons=reasons, decides=any(part.decides for part in parts))


def at_least(count: int, outcomes: Sequence[Outcome]) -> Outcome:
    """`count` of them must be met: the cheapest `count` decide."""
    return all_of(sorted(outcomes, key=_cost)[:count])


def _cost(outcome: Outcome) -> tuple[int, int, float]:
    return _WORSE[outcome.state], len(outcome.gaps), outcome.effort


def _distinct(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(dict.fromkeys(gaps))


def _reasons(parts: Iterable[Outcome]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reason for part in parts for reason in part.reasons))
