"""Reading × profile -> verdict: what the person can get, what is one thing short, and the sentence that shows it.

`qualifies`: everything that the posting asks for is met. `close`: one thing is short. `short`: more than one. `unclear`: the
posting (or the profile) does not say enough. Preferences never change the answer; they stand beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from matcher.earned import education_state, education_told, experience_state, experience_told, trained
from matcher.held import Atom, Holdings, atoms_of
from matcher.implying import Implying
from matcher.kept import Kept
from matcher.outcomes import PER_MONTH, Answered, Outcome, State, decide, effort
from matcher.plans import Plan, Want, Workplaces, plan_of
from matcher.preferences import preferences_of
from matcher.taxonomy import Taxonomy
from matcher.told import credential_told, said
from matcher.work_areas import WorkAreas
from model.geography import Gazetteer
from model.posting import Posting
from model.profile import Profile
from model.reading import AllOf, AnyOf, CredentialAsk, EducationAsk, ExperienceAsk, Leaf, OtherWay, Reading
from model.said import Said, listed
from model.verdict import Answer, Flags, Reason, Verdict

MOST_TITLES = 4096


@dataclass(frozen=True, slots=True)
class Person:
    """A profile on one day, with what every comparison needs of it."""

    profile: Profile
    atoms: tuple[Atom, ...] | None
    today: date
    workplaces: Workplaces
    told: dict[Leaf, Outcome] = field(default_factory=dict, compare=False, repr=False)
    """What this person was told of each ask so far: postings ask for the same things over and over."""


class Comparer:
    """Compares readings with profiles by one taxonomy. `gazetteer` None: distances cannot be told."""

    def __init__(self, taxonomy: Taxonomy, gazetteer: Gazetteer | None = None) -> None:
        """Keep what every comparison needs."""
        self.taxonomy = taxonomy
        self.gazetteer = gazetteer
        self.holdings = Holdings(taxonomy)
        self.areas = WorkAreas(taxonomy)
        self.implies = Implying(taxonomy, self.holdings, self.areas)
        self._plans: dict[Workplaces, Kept[Reading, Plan]] = {}
        self._shared = Kept(shared_of)
        self._doors = lru_cache(MOST_TITLES)(self._door)

    def person(self, profile: Profile, today: date) -> Person:
        """The profile as it stands on `today` (the person's own day)."""
        workplaces = frozenset(profile.workplace) if profile.workplace is not None else None
        return Person(profile, atoms_of(profile, self.taxonomy, today), today, workplaces)

    def plan(self, reading: Reading, workplaces: Workplaces = None) -> Plan:
        """What the reading asks for, made plain. The latest plans are kept, by the reading itself."""
        plans = self._plans.get(workplaces)
        if plans is None:
            plans = self._plans[workplaces] = Kept(lambda one: plan_of(asked_of(one), self.implies, workplaces))
        return plans(reading)

    def compare(self, posting: Posting, reading: Reading, profile: Profile, *, today: date) -> Verdict:
        """The verdict for one posting and one person on `today` (the person's own day)."""
        return self.verdict(posting, reading, self.person(profile, today))

    def verdict(self, posting: Posting, reading: Reading, person: Person) -> Verdict:
        """The verdict for one posting and one person."""
        answered, shared = self._decided(reading, person), self._shared(reading)
        answer = answer_of(answered.state, len(answered.gaps), shared.silence)
        preferences, distance = preferences_of(posting, reading, person.profile, self.taxonomy, self.gazetteer)
        by = answered.obtain_by if answer == "qualifies" and answered.obtain_by != date.max else None
        return Verdict(
            posting_id=reading.id,
            answer=answer,
            gaps=answered.gaps,
            months_to_mend=answered.effort / PER_MONTH,
            reasons=(
                *_silent(reading, shared.silence, answer),
                *answered.reasons,
                *shared.reasons,
                *self._doors(posting.title),
            ),
            flags=shared.flags,
            entry_level=reading.entry_level,
            obtain_by=by,
            preferences=preferences,
            distance_miles=distance,
        )

    def _door(self, title: str) -> tuple[Reason, ...]:
        """Why a job next to coding is a way into it."""
        door = self.taxonomy.ladders.first_door(title)
        if door is None:
            return ()
        entries = [entry for area in door.leads_to if (entry := self.taxonomy.area(area))]
        leads = listed([Said(entry.label) for entry in entries])
        return (Reason(says=Said("A first door to {work}: {why}.", work=leads, why=Said(door.why)), quote=title),)

    def months_to_mend(self, reading: Reading, person: Person) -> float:
        """How far off the gaps of the cheapest ways are, as in the verdict."""
        return effort(self.plan(reading, person.workplaces), lambda want: self._known(want, person)) / PER_MONTH

    def _decided(self, reading: Reading, person: Person) -> Answered:
        return decide(self.plan(reading, person.workplaces), lambda want: self._known(want, person))

    def _known(self, want: Want, person: Person) -> Outcome:
        """The answer for a want wherever it is asked: without the posting's words."""
        known = person.told.get(want.ask)
        if known is None:
            known = person.told[want.ask] = self._told(want.ask, person)
        return known

    def _told(self, ask: Leaf, person: Person) -> Outcome:
        match ask:
            case CredentialAsk():
                return credential_told(self.holdings, ask, self.holdings.best(ask, person.atoms), person.today)
            case ExperienceAsk():
                return experience_told(ask, self.areas, person.profile, person.today)
            case EducationAsk():
                return education_told(ask, person.profile)
            case OtherWay():
                return said("unknown", Said("“{words}” may count; only the employer can tell.", words=ask.says))

    def state(self, ask: Leaf, person: Person) -> State:
        """The answer for one want without its words: what the engine works with."""
        match ask:
            case CredentialAsk():
                return self.holdings.best(ask, person.atoms).state
            case ExperienceAsk():
                return experience_state(ask, self.areas.field(ask), person.profile.experience, person.today)[0]
            case EducationAsk():
                return education_state(ask.level, person.profile.education, trained(person.profile))
            case OtherWay():
                return "unknown"


def asked_of(reading: Reading) -> AllOf:
    """What has to be met: what the text asks for, and one of the licences that the job's own name presupposes."""
    if not reading.profession:
        return reading.requirements
    ways = reading.profession
    licence = ways[0] if len(ways) == 1 else AnyOf(children=ways)
    return AllOf(children=(*reading.requirements.children, licence))


def silence_of(reading: Reading) -> str:
    """Why the posting alone makes every answer unclear that would be "qualifies", "" when it does not; "thin" beats all.

    A short text that says what it asks for is not thin for our purpose; a text that breaks off may ask for more.
    """
    asked: Sequence[object] = (
        *reading.requirements.children,
        *reading.profession,
        *reading.credentials,
        *reading.experience,
        *reading.education,
    )
    says_nothing = not asked and reading.entry_level == "unclear"
    if reading.thin is not None and (says_nothing or reading.thin.id == "no_page"):
        return "thin"
    if says_nothing:
        return "silent"
    if reading.thin is not None and reading.thin.id == "cut":
        return "cut"
    asks_experience = any(ask.modality == "required" for ask in reading.experience)
    if reading.entry_level == "no" and not reading.required_min_months and not asks_experience:
        return "senior"
    return ""


def answer_of(state: State, gaps: int, silence: str) -> Answer:
    """The verdict's word."""
    if silence == "thin":
        return "unclear"
    if state == "not_met":
        return "close" if gaps == 1 else "short"
    return "unclear" if state == "unknown" or silence else "qualifies"


def _silent(reading: Reading, silence: str, answer: Answer) -> tuple[Reason, ...]:
    """What is said where the posting alone leaves the answer open."""
    if silence == "thin" and reading.thin is not None:
        return (Reason(says=Said("The posting could not be read: {reason}.", reason=reading.thin.says)),)
    return (_SILENCE[silence],) if silence in _SILENCE and answer == "unclear" else ()


_SILENCE = {
    "silent": Reason(says=Said("The posting does not say what it asks for.")),
    "cut": Reason(says=Said("The posting's text breaks off, so it may ask for more.")),
    "senior": Reason(
        says=Said("The title is a senior one, and the posting does not say how much experience it wants.")
    ),
}


@dataclass(frozen=True, slots=True)
class Shared:
    """What of a verdict belongs to the reading alone: the same for everybody who is compared with it."""

    silence: str
    flags: Flags
    reasons: tuple[Reason, ...]


def shared_of(reading: Reading) -> Shared:
    """What everybody's verdicts on this reading share."""
    return Shared(silence_of(reading), flags_of(reading), _flag_reasons(reading))


def flags_of(reading: Reading) -> Flags:
    """What the digest marks."""
    return Flags(
        entry_level=reading.entry_level == "yes",
        underserved=bool(reading.underserved),
        basis=tuple(dict.fromkeys(one.basis for one in reading.underserved)),
        suspicious=bool(reading.suspicious),
    )


_BASIS = {
    "designated": Said("It is in a place that the federal government designates as short of health workers."),
    "rural": Said("It is in a rural place."),
    "safety_net": Said("It is in a safety-net setting."),
    "overlooked": Said(
        "It is in an overlooked setting: few beginners apply there. That is advice, not a federal designation."
    ),
}


def _flag_reasons(reading: Reading) -> tuple[Reason, ...]:
    reasons = []
    if reading.entry_level == "yes":
        said = reading.entry_level_evidence
        quote = (said.sentence or said.quote) if said else ""
        reasons.append(Reason(says=Said("Open without paid experience."), quote=quote))
    for basis in dict.fromkeys(one.basis for one in reading.underserved):
        first = next(one for one in reading.underserved if one.basis == basis)
        reasons.append(Reason(says=_BASIS[basis], quote=first.evidence.quote, about="setting"))
    reasons.extend(
        Reason(says=note.says, quote=note.evidence.quote if note.evidence else "")
        for note in (*reading.contradictions, *reading.suspicious)
    )
    return tuple(reasons)
