"""What a posting asks for, as a tree with evidence: the matcher's result and the heart of the program.

`requirements` holds what decides whether a person qualifies: an `AllOf` over leaves whose modality is `required` or `obtain`.
What is only wanted or accepted stands in the flat lists beside it. Months are whole months of paid experience; hours of practice
are never turned into months. None means "the posting does not say", which is never zero.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from model.posting import Pay, Workplace

Modality = Literal["required", "preferred", "obtain", "accepted"]
EducationLevel = Literal["none", "hs", "training", "associate", "bachelor", "master", "doctorate"]
EntryLevel = Literal["yes", "no", "unclear"]
Basis = Literal["designated", "rural", "safety_net", "overlooked"]

EDUCATION_ORDER: tuple[EducationLevel, ...] = ("none", "hs", "training", "associate", "bachelor", "master", "doctorate")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The exact stretch of the description that shows a fact: `description[start:end] == quote` (offsets into the text as crawled).

    `field` is "description" or, for a fact that stands in the title or another field, that field's name. Where markup or folded
    white space stands inside the stretch, `quote` is the text that a reader sees and the offsets span the markup. `sentence` is the
    visible sentence or line in which the quote stands, on one line and at most 240 characters long, for people to read.
    """

    quote: str
    start: int
    end: int
    rule: str
    confidence: float = 1.0
    field: str = "description"
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialAsk:
    """A credential that is asked for: `id` from the taxonomy, a wildcard ("any:coding"), or "other:NAME AS WRITTEN".

    `within_months` belongs to modality `obtain`. `eligible`: eligibility is enough ("RHIT eligible"). `apprentice`: whether the
    posting itself accepts or excludes the apprentice form; None when it does not say. `states`: licensing states that it names.
    """

    kind: Literal["credential"] = "credential"
    id: str
    modality: Modality
    within_months: int | None = None
    eligible: bool = False
    apprentice: Literal["accepted", "excluded"] | None = None
    states: tuple[str, ...] = ()
    fuzzy: bool = False
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceAsk:
    """Experience that is asked for. `min_months` None: asked without a number. `area` in the posting's words; `area_id` ours.

    `ceiling`: `max_months` bars people with more ("no more than two years"); otherwise it is only a range's upper end.
    `recency_months`: within the last so many months. `part_of_previous`: included in the statement before it.
    """

    kind: Literal["experience"] = "experience"
    min_months: int | None
    max_months: int | None = None
    modality: Modality
    area: str | None = None
    area_id: str | None = None
    ceiling: bool = False
    recency_months: int | None = None
    part_of_previous: bool = False
    hours: int | None = None
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class EducationAsk:
    """Education that is asked for; `training` is a certificate or vocational programme. `field` in the posting's words."""

    kind: Literal["education"] = "education"
    level: EducationLevel
    modality: Modality
    field: str | None = None
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWay:
    """A way in that the program cannot judge ("or equivalent", "or other accepted proof"): never a no."""

    kind: Literal["other"] = "other"
    says: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every child must be met. Without children: nothing is asked."""

    kind: Literal["all"] = "all"
    children: tuple["Requirement", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """One child is enough. The first child is the main way."""

    kind: Literal["any"] = "any"
    children: tuple["Requirement", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least `n` of the children must be met."""

    kind: Literal["at_least"] = "at_least"
    n: int
    children: tuple["Requirement", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A bar that holds only for one way of working ("remote needs three years, on-site one")."""

    kind: Literal["when"] = "when"
    workplace: Workplace
    child: "Requirement"


Leaf = CredentialAsk | ExperienceAsk | EducationAsk | OtherWay
Requirement = Annotated[
    CredentialAsk | ExperienceAsk | EducationAsk | OtherWay | AllOf | AnyOf | AtLeast | When,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CareSetting:
    """A workplace that the posting names or shows; `id` from the taxonomy."""

    id: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Underserved:
    """Why an opening counts as underserved; `overlooked` is editorial and never called a designation."""

    basis: Basis
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A plain condition that is no credential: background_check, drug_screen, vaccination, driving, lifting, minimum_age …"""

    id: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that a reader of the posting should be told: a contradiction, a reason for suspicion, a reason why it is thin."""

    id: str
    says: str
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one posting asks for and offers. See the module's docstring for how the parts relate."""

    id: str
    read_with: str
    requirements: AllOf = field(default_factory=AllOf)
    profession: tuple[CredentialAsk, ...] = ()
    """The licences of which the job's own name presupposes one, where the text asks for none of them."""
    credentials: tuple[CredentialAsk, ...] = ()
    experience: tuple[ExperienceAsk, ...] = ()
    education: tuple[EducationAsk, ...] = ()
    required_min_months: int | None = None
    headline_months: int | None = None
    preferred_min_months: int | None = None
    education_required: EducationLevel | None = None
    education_preferred: EducationLevel | None = None
    entry_level: EntryLevel = "unclear"
    entry_level_evidence: Evidence | None = None
    care_settings: tuple[CareSetting, ...] = ()
    underserved: tuple[Underserved, ...] = ()
    workplace: Workplace | None = None
    workplace_states: tuple[str, ...] = ()
    pay: Pay | None = None
    pay_evidence: Evidence | None = None
    employment_type: tuple[str, ...] = ()
    shift: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    suspicious: tuple[Note, ...] = ()
    contradictions: tuple[Note, ...] = ()
    thin: Note | None = None
    required_groups: tuple[tuple[str, ...], ...] = ()
