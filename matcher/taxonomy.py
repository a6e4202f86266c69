"""The words that the reader knows: what `config/taxonomy/*.yaml` holds, checked, and the questions that the program asks of it.

In: the four files as pydantic values. Out: `Taxonomy`, with closures computed once. Nothing here reads a file.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from matcher.ladders import EMPTY, Ladders, LaddersFile
from model.reading import Basis, EducationLevel, Modality
from model.said import Said
from model.source import Strict

Words = tuple[str, ...]
NonEmptyWords = Annotated[tuple[str, ...], Field(min_length=1)]


class Examples(Strict):
    """Texts that an entry must find (`yes`) and must not find (`no`)."""

    yes: NonEmptyWords
    no: NonEmptyWords


class Cost(Strict):
    """A price with the day on which it was right."""

    usd: int
    as_of: str


class CredentialEntry(Strict):
    """One credential; `letters` are matched in their own case, `spellings` in any."""

    id: str
    name: str
    letters: Words = ()
    spellings: Words = ()
    issuer: str | None = None
    kind: Literal["certification", "license", "registration", "training", "requirement"]
    family: str
    level: str
    status: str
    formerly: Words = ()
    satisfies: Words = ()
    accepted_for: Words = ()
    apprentice_of: str | None = None
    needs_cue: bool = False
    cues: Words = ()
    anti_cues: Words = ()
    experience_years: int | None = None
    exam_cost: Cost | None = None
    examples: Examples


class WildcardEntry(Strict):
    """An open wording ("certified coder") and the families or issuers whose credentials meet it."""

    id: str
    name: str
    families: Words = ()
    issuers: Words = ()
    phrases: NonEmptyWords
    examples: Examples


class OtherEntry(Strict):
    """A licence or certification outside the catalogue, named so that it can be listed as `other:NAME`."""

    name: str
    letters: Words = ()
    spellings: Words = ()


class ProfessionEntry(Strict):
    """A licensed profession: the names of its jobs, the licences of which anybody who does them holds one, and how long that takes."""

    name: str
    months: Annotated[float, Field(gt=0, le=180)]
    licences: NonEmptyWords
    titles: NonEmptyWords


class FamilyEntry(Strict):
    """A family of credentials; families of one cluster stand in for each other in bare lists."""

    id: str
    cluster: Literal["office", "care", "none"]


class CredentialsFile(Strict):
    """`credentials.yaml`."""

    as_of: str
    families: tuple[FamilyEntry, ...]
    credentials: tuple[CredentialEntry, ...]
    wildcards: tuple[WildcardEntry, ...]
    others: tuple[OtherEntry, ...] = ()
    professions: tuple[ProfessionEntry, ...] = ()
    unlicensed_titles: Words = ()


class CareSettingEntry(Strict):
    """One kind of workplace with its cues; `basis` says why it counts as underserved. `within`: named together with its parent."""

    id: str
    label: str
    parent: str | None = None
    within: bool = False
    cues: Words = ()
    title_cues: Words = ()
    acronyms: Words = ()
    weak_cues: Words = ()
    anti_cues: Words = ()
    employers: Words = ()
    employer_endings: Words = ()
    replaces: Words = ()
    beside: bool = False
    on_site: bool = False
    underserved: bool
    basis: Basis | None = None
    examples: Examples


class CareSettingsFile(Strict):
    """`care_settings.yaml`."""

    as_of: str
    care_settings: tuple[CareSettingEntry, ...]


class Counts(Strict):
    """That experience in one area counts towards another, how much (0 to 1), and why."""

    area: str
    weight: Annotated[float, Field(gt=0, le=1)]
    reason: str


class AreaEntry(Strict):
    """A field of work: what postings call it, what it is a kind of, and what it counts towards."""

    id: str
    label: str
    synonyms: NonEmptyWords
    is_a: Words = ()
    counts_towards: tuple[Counts, ...] = ()
    examples: Examples


class AreasFile(Strict):
    """`areas.yaml`."""

    areas: tuple[AreaEntry, ...]


HeadingKind = Literal["conditional", "preferred", "legal", "benefit", "duty", "required", "about", "topic"]
Topic = Literal["education", "experience", "credential", "skills"]
CueModality = Literal["required", "preferred", "obtain", "not_required", "accepted"]


class HeadingEntry(Strict):
    """Words of headings and what stands under them."""

    kind: HeadingKind
    topic: Topic | None = None
    phrases: NonEmptyWords
    examples: Examples


class CueEntry(Strict):
    """Words that give a modality to what stands before them (`after`) or behind them (`before`)."""

    modality: CueModality
    side: Literal["after", "before"]
    phrases: NonEmptyWords
    examples: Examples


class GroupEntry(Strict):
    """A named list of phrases that a rule looks up."""

    id: str
    phrases: NonEmptyWords
    examples: Examples


class EducationEntry(Strict):
    """What postings call one level of education."""

    level: EducationLevel
    phrases: NonEmptyWords
    examples: Examples


class WordingFile(Strict):
    """`wording.yaml`."""

    headings: tuple[HeadingEntry, ...]
    cues: tuple[CueEntry, ...]
    groups: tuple[GroupEntry, ...]
    education: tuple[EducationEntry, ...]


class Taxonomy:
    """The four files together. Frozen in spirit: nothing changes after construction."""

    def __init__(
        self,
        *,
        credentials: CredentialsFile,
        care_settings: CareSettingsFile,
        areas: AreasFile,
        wording: WordingFile,
        ladders: LaddersFile | None = None,
    ) -> None:
        """Index the entries; raises ValueError when an entry names an id that does not exist. `ladders` is for verdicts only."""
        self.credentials = credentials
        self.care_settings = care_settings
        self.areas = areas
        self.wording = wording
        self._credentials = {entry.id: entry for entry in credentials.credentials}
        self._wildcards = {entry.id: entry for entry in credentials.wildcards}
        self._areas = {entry.id: entry for entry in areas.areas}
        self._settings = {entry.id: entry for entry in care_settings.care_settings}
        self._groups = {entry.id: entry.phrases for entry in wording.groups}
        self._clusters = {family.id: family.cluster for family in credentials.families}
        self._check()
        self.ladders = Ladders(ladders or EMPTY)
        self.ladders.check(self._credentials, self._areas)

    def _check(self) -> None:
        """Every id that an entry points to must exist."""
        for entry in self.credentials.credentials:
            _known((entry.family,), self._clusters, f"credential {entry.id}")
            pointed = (*entry.satisfies, *entry.accepted_for, *((entry.apprentice_of,) if entry.apprentice_of else ()))
            _known(pointed, self._credentials, f"credential {entry.id}")
        for area in self.areas.areas:
            _known((*area.is_a, *(count.area for count in area.counts_towards)), self._areas, f"area {area.id}")
        for setting in self.care_settings.care_settings:
            _known(
                (*setting.replaces, *((setting.parent,) if setting.parent else ())),
                self._settings,
                f"care setting {setting.id}",
            )

    @cached_property
    def version(self) -> str:
        """Eight characters that change whenever any word of the files does."""
        digest = hashlib.sha256()
        for file in (self.credentials, self.care_settings, self.areas, self.wording):
            digest.update(file.model_dump_json().encode())
        return digest.hexdigest()[:8]

    def credential(self, credential_id: str) -> CredentialEntry | None:
        """The catalogue's entry, or None for wildcards, `other:` names and unknown ids."""
        return self._credentials.get(credential_id)

    def schooling(self, licence: str) -> float | None:
        """Rough months to a licence of a profession for someone who begins today; None for what is no such licence."""
        return self._schooling.get(licence)

    def wildcard(self, wildcard_id: str) -> WildcardEntry | None:
        """The entry of an open wording such as `any:coding`, or None."""
        return self._wildcards.get(wildcard_id)

    def holders_satisfy(self, held_id: str) -> frozenset[str]:
        """Every id, wildcards included, that a holder of `held_id` meets; never more than implication allows."""
        return self._satisfied.get(held_id, frozenset({held_id}))

    def often_accepted_for(self, held_id: str) -> frozenset[str]:
        """Credentials in whose place employers often accept `held_id`: likely, to be checked, never implied."""
        return self._accepted.get(held_id, frozenset())

    def apprentice_form(self, credential_id: str) -> str | None:
        """The apprentice credential that the exam gives before the experience is proven, or None."""
        return self._apprentices.get(credential_id)

    def area(self, area_id: str) -> AreaEntry | None:
        """An experience area, or None."""
        return self._areas.get(area_id)

    def areas_counting_towards(self, area_id: str) -> Mapping[str, tuple[float, str]]:
        """Areas in which experience counts towards `area_id`, with the weight and the reason; itself counts fully."""
        return self._counting.get(area_id, {area_id: (1.0, "the same field")})

    def care_setting(self, setting_id: str) -> CareSettingEntry | None:
        """A care setting, or None."""
        return self._settings.get(setting_id)

    def cluster(self, credential_id: str) -> str:
        """The cluster of a credential or wildcard: `office`, `care`, or the id itself when it stands alone."""
        entry, wildcard = self._credentials.get(credential_id), self._wildcards.get(credential_id)
        if entry:
            cluster = self._clusters[entry.family]
            return credential_id if cluster == "none" else cluster
        if wildcard:
            return self._clusters[wildcard.families[0]] if wildcard.families else "office"
        return credential_id

    def phrases(self, group_id: str) -> Words:
        """The phrases of one group of `wording.yaml`; raises KeyError when there is none of that name."""
        return self._groups[group_id]

    @cached_property
    def _apprentices(self) -> dict[str, str]:
        return {entry.apprentice_of: entry.id for entry in self.credentials.credentials if entry.apprentice_of}

    @cached_property
    def _schooling(self) -> dict[str, float]:
        return {one: entry.months for entry in self.credentials.professions for one in entry.licences}

    @cached_property
    def _accepted(self) -> dict[str, frozenset[str]]:
        return {entry.id: frozenset(entry.accepted_for) for entry in self.credentials.credentials}

    @cached_property
    def _satisfied(self) -> dict[str, frozenset[str]]:
        closed: dict[str, frozenset[str]] = {}
        for held in self._credentials:
            reached, todo = {held}, [held]
            while todo:
                fresh = [other for other in self._credentials[todo.pop()].satisfies if other not in reached]
                reached.update(fresh)
                todo.extend(fresh)
            closed[held] = frozenset(reached | self._wildcards_met(reached))
        return closed

    def _wildcards_met(self, ids: Iterable[str]) -> set[str]:
        entries = [self._credentials[one] for one in ids]
        return {
            wildcard.id
            for wildcard in self.credentials.wildcards
            for entry in entries
            if entry.family in wildcard.families or (entry.issuer or "") in wildcard.issuers
        }

    @cached_property
    def _counting(self) -> dict[str, dict[str, tuple[float, str]]]:
        counting: dict[str, dict[str, tuple[float, str]]] = {one: {one: (1.0, "the same field")} for one in self._areas}
        for area in self.areas.areas:
            for count in area.counts_towards:
                counting[count.area][area.id] = (count.weight, count.reason)
        for area in self.areas.areas:
            for broader in area.is_a:
                counting[broader][area.id] = (1.0, _kind_of(area.label, self._areas[broader].label))
        return counting


def _known(ids: Iterable[str], table: Mapping[str, object], where: str) -> None:
    """Raises ValueError for an id that the table does not have."""
    for one in ids:
        if one not in table:
            raise ValueError(f"{where} names the unknown id {one!r}")


CUE_MODALITY: Mapping[CueModality, Modality | None] = {
    "required": "required",
    "preferred": "preferred",
    "obtain": "obtain",
    "accepted": "accepted",
    "not_required": None,
}


def _kind_of(narrow: str, broad: str) -> Said:
    return Said("{narrow} is a kind of {broad}", narrow=Said(narrow), broad=Said(broad))
