"""The way out of the A: what is left until an apprentice credential becomes the full one, the cheapest way, and what it would open.

In: a profile and the rules of `ladders.yaml`. Out: `WayOut`. What counts is the issuer's rule, not an employer's, with its `as_of`.
"""

from dataclasses import dataclass
from datetime import date

from matcher.held import holds, letters
from matcher.ladders import ApprenticeRule, Deduction
from matcher.taxonomy import Taxonomy
from model.profile import HeldCredential, Profile


@dataclass(frozen=True, slots=True)
class WayOut:
    """`left`: months of work still to show; `done` and `steps`: what has been taken off, and what could be; `cheapest`: in words."""

    apprentice: str
    full: str
    needed: int
    worked: int
    left: int
    done: tuple[str, ...]
    steps: tuple[Deduction, ...]
    cheapest: str
    proof: str
    as_of: str


def ways_out(profile: Profile, taxonomy: Taxonomy, today: date) -> tuple[WayOut, ...]:
    """The way out for every apprentice credential that the person holds today."""
    held = [one for one in profile.credentials or () if holds(one, today)]
    rules = [rule for one in held if (rule := taxonomy.ladders.rule(one.id)) is not None]
    return tuple(
        _way(rule, profile, taxonomy, today) for rule in rules if not any(one.id == rule.credential for one in held)
    )


def _way(rule: ApprenticeRule, profile: Profile, taxonomy: Taxonomy, today: date) -> WayOut:
    done = [one for one in rule.deductions if _has(one, profile, today)]
    open_steps = [one for one in rule.deductions if one not in done]
    worked = sum(one.months for one in profile.experience or () if one.area in rule.areas and one.kind in rule.counts)
    left = max(0, rule.months_needed - sum(one.months for one in done) - worked)
    steps = _cheapest(open_steps, left)
    return WayOut(
        apprentice=letters(taxonomy, rule.apprentice),
        full=letters(taxonomy, rule.credential),
        needed=rule.months_needed,
        worked=worked,
        left=left,
        done=tuple(one.says for one in done),
        steps=steps,
        cheapest=_says(rule, steps, left),
        proof=rule.proof,
        as_of=rule.as_of,
    )


def _has(deduction: Deduction, profile: Profile, today: date) -> bool:
    """Whether a finished training of the right kind, long enough, is in the profile."""
    return any(
        one.kind in deduction.kinds
        and (one.completed is None or one.completed <= today)
        and (one.completed is not None or bool(one.hours))
        and (not deduction.hours or (one.hours or 0) >= deduction.hours)
        for one in profile.training or ()
    )


def _cheapest(steps: list[Deduction], left: int) -> tuple[Deduction, ...]:
    """The quickest steps that take the most off: a step is worth it only where it saves more months than it takes."""
    chosen: list[Deduction] = []
    for step in sorted(steps, key=lambda one: (one.takes_months, one.id)):
        saves = min(left, step.months)
        if saves > step.takes_months:
            chosen.append(step)
            left -= saves
    return tuple(chosen)


def _says(rule: ApprenticeRule, steps: tuple[Deduction, ...], left: int) -> str:
    """The cheapest way in one sentence."""
    if not left:
        return f"Nothing is left to show: send {rule.proof}, and ask for the A to be removed."
    rest = max(0, left - sum(step.months for step in steps))
    words = [step.says for step in steps] + ([f"{rest} months of coding work (externships count)"] if rest else [])
    job = "" if rest else ", without any job"
    return f"{' and '.join(words)}{job}: about {sum(step.takes_months for step in steps) + rest:g} months; then {rule.proof}."


def without_the_a(profile: Profile, taxonomy: Taxonomy) -> Profile:
    """The same person as if the mark were gone."""
    full = {rule.apprentice: rule.credential for rule in taxonomy.ladders.file.apprentices}
    held = tuple(
        HeldCredential(id=full[one.id], state="held", since=one.since)
        if one.state == "held" and one.id in full
        else one
        for one in profile.credentials or ()
    )
    return profile.model_copy(update={"credentials": held})
