"""Reading × profile -> verdict: what the person can get, what is one thing short, and the sentence that shows it.

`qualifies`: everything that the posting asks for is met. `close`: one thing is short. `short`: more than one. `unclear`: the
posting (or the profile) does not say enough. Preferences never change the answer; they stand beside it.
"""

from collections.abc import Sequence
from datetime import date

from matcher.earned import education_outcome, experience_outcome
from matcher.held import credential_outcome
from matcher.outcomes import Outcome, all_of, any_of, at_least
from matcher.preferences import preferences_of
from matcher.taxonomy import Taxonomy
from model.geography import Gazetteer
from model.posting import Posting
from model.profile import Profile
from model.reading import (
    AllOf,
    AnyOf,
    AtLeast,
    CredentialAsk,
    EducationAsk,
    ExperienceAsk,
    OtherWay,
    Reading,
    Requirement,
    When,
)
from model.verdict import Answer, Flags, Reason, Verdict


class Comparer:
    """Compares readings with profiles by one taxonomy. `gazetteer` None: distances cannot be told."""

    def __init__(self, taxonomy: Taxonomy, gazetteer: Gazetteer | None = None) -> None:
        """Keep what every comparison needs."""
        self.taxonomy = taxonomy
        self.gazetteer = gazetteer

    def compare(self, posting: Posting, reading: Reading, profile: Profile, *, today: date) -> Verdict:
        """The verdict for one posting and one person on `today` (the person's own day)."""
        outcome = self.outcome(reading.requirements, profile, today)
        answer, extra = _answer(reading, outcome)
        preferences, distance = preferences_of(posting, reading, profile, self.taxonomy, self.gazetteer)
        return Verdict(
            posting_id=reading.id,
            answer=answer,
            gaps=outcome.gaps,
            months_to_mend=outcome.effort,
            reasons=(*extra, *outcome.reasons, *_flag_reasons(reading)),
            flags=_flags(reading),
            entry_level=reading.entry_level,
            obtain_by=outcome.obtain_by if answer == "qualifies" else None,
            preferences=preferences,
            distance_miles=distance,
        )

    def outcome(self, node: Requirement, profile: Profile, today: date) -> Outcome:
        """The three-valued answer for one part of a requirement tree."""
        match node:
            case AllOf():
                return self._all(node, profile, today)
            case AnyOf():
                return any_of(self.outcome(child, profile, today) for child in node.children)
            case AtLeast():
                return at_least(node.n, [self.outcome(child, profile, today) for child in node.children])
            case When():
                return self.outcome(node.child, profile, today)
            case CredentialAsk():
                return credential_outcome(node, profile, self.taxonomy, today)
            case ExperienceAsk():
                return experience_outcome(node, profile, self.taxonomy, today)
            case EducationAsk():
                return education_outcome(node, profile)
            case OtherWay():
                says = f"“{node.says}” may count; only the employer can tell."
                return Outcome(state="unknown", reasons=(Reason(says=says, quote=node.evidence.quote),))

    def _all(self, node: AllOf, profile: Profile, today: date) -> Outcome:
        """All children; bars that hold for one way of working only count once, by the easiest way that the person takes."""
        plain = [self.outcome(child, profile, today) for child in node.children if not isinstance(child, When)]
        bars = [child for child in node.children if isinstance(child, When)]
        if not bars:
            return all_of(plain)
        taken = [bar for bar in bars if profile.workplace is None or bar.workplace in profile.workplace] or bars
        ways = [all_of([self.outcome(bar.child, profile, today)]) for bar in taken]
        return all_of([*plain, any_of(ways)])


def _answer(reading: Reading, outcome: Outcome) -> tuple[Answer, tuple[Reason, ...]]:
    if reading.thin is not None:
        return "unclear", (Reason(says=f"The posting could not be read: {reading.thin.says}."),)
    if outcome.state == "not_met":
        return ("close" if len(outcome.gaps) == 1 else "short"), ()
    if outcome.state == "unknown" and outcome.decides:
        return "unclear", ()
    if _says_nothing(reading):
        return "unclear", (Reason(says="The posting does not say what it asks for."),)
    if reading.entry_level == "no" and not reading.required_min_months and not _asks_experience(reading):
        return "unclear", (
            Reason(says="The title is a senior one, and the posting does not say how much experience it wants."),
        )
    return "qualifies", ()


def _says_nothing(reading: Reading) -> bool:
    asked: Sequence[object] = (*reading.requirements.children, *reading.credentials, *reading.experience, *reading.education)
    return not asked and reading.entry_level == "unclear"


def _asks_experience(reading: Reading) -> bool:
    return any(ask.modality == "required" for ask in reading.experience)


def _flags(reading: Reading) -> Flags:
    return Flags(
        entry_level=reading.entry_level == "yes",
        underserved=bool(reading.underserved),
        basis=tuple(dict.fromkeys(one.basis for one in reading.underserved)),
        suspicious=bool(reading.suspicious),
    )


_BASIS = {
    "designated": "a place that the federal government designates as short of health workers",
    "rural": "a rural setting",
    "safety_net": "a safety-net setting",
    "overlooked": "an overlooked setting: few beginners apply there",
}


def _flag_reasons(reading: Reading) -> tuple[Reason, ...]:
    reasons = []
    if reading.entry_level == "yes":
        quote = reading.entry_level_evidence.quote if reading.entry_level_evidence else ""
        reasons.append(Reason(says="Open without paid experience.", quote=quote))
    if reading.underserved:
        first = reading.underserved[0]
        reasons.append(Reason(says=f"It is in {_BASIS[first.basis]}.", quote=first.evidence.quote))
    reasons.extend(
        Reason(says=note.says, quote=note.evidence.quote if note.evidence else "")
        for note in (*reading.contradictions, *reading.suspicious)
    )
    return tuple(reasons)
