"""Which want implies which: whoever meets the one meets the other, and where the one cannot be told, the other is no "no".

So "certified coder; CPC required" is one thing to earn, and "an associate degree" takes in the diploma.
"""

from matcher.held import Holdings
from matcher.taxonomy import Taxonomy
from matcher.work_areas import WorkAreas
from model.reading import EDUCATION_ORDER, CredentialAsk, EducationAsk, ExperienceAsk, Leaf


class Implying:
    """Answers `implies(one, other)`; answers are kept, since postings ask for the same things again and again."""

    def __init__(self, taxonomy: Taxonomy, holdings: Holdings, areas: WorkAreas) -> None:
        """Keep the taxonomy's questions."""
        self._holdings = holdings
        self._areas = areas
        self._ids = tuple(entry.id for entry in taxonomy.credentials.credentials)
        self._everyday = frozenset(taxonomy.ladders.file.everyday)
        self._known: dict[tuple[Leaf, Leaf], bool] = {}

    def __call__(self, one: Leaf, other: Leaf) -> bool:
        """Whether whoever meets `one` meets `other` too."""
        if one == other:
            return True
        if type(one) is not type(other):
            return False
        key = (one, other)
        if key not in self._known:
            self._known[key] = self._implies(one, other)
        return self._known[key]

    def _implies(self, one: Leaf, other: Leaf) -> bool:
        if isinstance(one, CredentialAsk) and isinstance(other, CredentialAsk):
            return self._credential(one, other)
        if isinstance(one, ExperienceAsk) and isinstance(other, ExperienceAsk):
            return self._experience(one, other)
        if isinstance(one, EducationAsk) and isinstance(other, EducationAsk):
            return _education(one, other)
        return False

    def _credential(self, one: CredentialAsk, other: CredentialAsk) -> bool:
        """By everyone who could hold `one` today; what may be earned later implies nothing but itself."""
        if self._holdings.waits(other):
            return False  # it is never missing, and its deadline is worth telling
        if one.modality == "obtain" or one.id in self._everyday or other.id in self._everyday:
            return False
        if other.states and other.states != one.states:
            return False
        holders = {held for held in (*self._ids, one.id) if self._holdings.meets(held, one)}
        return all(self._holdings.meets(held, other) for held in holders)

    def _experience(self, one: ExperienceAsk, other: ExperienceAsk) -> bool:
        """More months, nothing that counts there and not here, and no wider look back."""
        if one.hours or other.hours or one.ceiling or other.ceiling or not one.min_months:
            return False
        mine, theirs = self._areas.field(one), self._areas.field(other)
        if not mine.anything and mine.weights is None:
            return (
                theirs.label == mine.label
                and (other.min_months or 1) <= one.min_months
                and other.recency_months == one.recency_months
            )
        if theirs.weights is None and not theirs.anything:
            return False
        if mine.anything and not theirs.anything:
            return False
        if other.recency_months is not None and (
            one.recency_months is None or one.recency_months > other.recency_months
        ):
            return False
        wider = all(theirs.weight(area) >= weight for area, (weight, _) in (mine.weights or {}).items())
        return wider and (other.min_months or 1) <= one.min_months and other.min_months != 0


def _education(one: EducationAsk, other: EducationAsk) -> bool:
    if one.level == "training" or (other.field and other.field != one.field):
        return False
    return EDUCATION_ORDER.index(one.level) >= EDUCATION_ORDER.index(other.level)
