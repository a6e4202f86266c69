"""Writing: what was found on a page put into the model's values, each fact with its quote and place.

In: a posting, its page, tokens, statements and nodes. Out: its `Reading`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from matcher import remarks
from matcher.areas import AreaFinder
from matcher.care_settings import FoundSetting, SettingReader
from matcher.clauses import Node
from matcher.entry_level import EntryReader
from matcher.later import RULE as LICENCE_LATER
from matcher.leaves import Leaf
from matcher.page import Page
from matcher.pay import find_pay, pay_from_text
from matcher.professions import ProfessionReader
from matcher.requirements import Months, Outcome, outcome_of
from matcher.scanning import Lexicon, Tokens
from matcher.sentences import MOST_SHOWN, shown_sentence
from matcher.statements import Statements
from matcher.taxonomy import Taxonomy
from matcher.workplace import FoundWorkplace, WorkplaceReader
from model.posting import Pay, Posting
from model.reading import (
    EDUCATION_ORDER,
    AllOf,
    AnyOf,
    AtLeast,
    CareSetting,
    CredentialAsk,
    EducationAsk,
    EducationLevel,
    Evidence,
    ExperienceAsk,
    Gate,
    Note,
    OtherWay,
    Reading,
    Requirement,
    Underserved,
    When,
)

MOST_REQUIREMENTS: Final = 80
APART: Final = 80
_JOINING: Final = re.compile(r"^(?:and/or|or|and)(?: other)?(?: |$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Instruments:
    """What every reading needs and a reader makes once."""

    version: str
    taxonomy: Taxonomy
    lexicon: Lexicon
    settings: SettingReader
    workplace: WorkplaceReader
    entry: EntryReader
    areas: AreaFinder
    professions: ProfessionReader


@dataclass(frozen=True)
class Writing:
    """One reading being put together."""

    instruments: Instruments
    posting: Posting
    page: Page
    tokens: Tokens
    statements: Statements
    nodes: list[Node]

    @cached_property
    def title(self) -> Page:
        """The posting's title as a page."""
        return self.instruments.lexicon.scan_name(self.posting.title)[0]

    @cached_property
    def _of_title(self) -> frozenset[int]:
        """The leaves that stand in the title."""
        return frozenset(id(leaf) for node in self.nodes if node.section == -1 for leaf in node.leaves)

    def reading(self) -> Reading:
        """Everything together."""
        outcome = outcome_of(self.nodes)
        months, leaves = self._months(outcome), self._leaves()
        experience = self._experience(leaves)
        wished = [ask.min_months for ask in experience if ask.modality == "preferred"]
        entry = self.instruments.entry.read(
            self.posting.title, self.tokens, self.statements, months, preferred=bool(wished)
        )
        settings = self._settings()
        workplace, (pay, pay_evidence) = self._workplace_of(settings), self._pay()
        return Reading(
            id=self.posting.id,
            read_with=self.instruments.version,
            requirements=AllOf(children=tuple(self._tree(node) for node in self.nodes[:MOST_REQUIREMENTS])),
            profession=self._profession(),
            credentials=self._credentials(leaves),
            experience=experience,
            education=self._education(leaves),
            required_min_months=months.least,
            headline_months=months.headline,
            preferred_min_months=min((one for one in wished if one is not None), default=None),
            education_required=outcome.education,
            education_preferred=_lowest(
                leaf.value for leaf in leaves if leaf.kind == "education" and leaf.modality == "preferred"
            ),
            entry_level=entry.level,
            entry_level_evidence=self._evidence_at(entry.place, "entry-level"),
            required_groups=tuple(outcome.groups),
            contradictions=_notes(entry_level=entry.contradiction, workplace=workplace.contradiction),
            care_settings=self._care_settings(settings),
            underserved=self._underserved(settings),
            workplace=workplace.workplace,
            workplace_states=workplace.states,
            pay=pay,
            pay_evidence=pay_evidence,
            employment_type=self.posting.employment_type,
            shift=remarks.shifts(self.tokens),
            gates=self._gates(),
            suspicious=self._suspicious(),
            thin=self._thin(),
        )

    def _profession(self) -> tuple[CredentialAsk, ...]:
        """What the job's own name presupposes, where nothing else asks for it."""
        return tuple(
            CredentialAsk(
                id=leaf.value,
                modality="obtain" if leaf.eligible else "required",
                eligible=leaf.eligible,
                evidence=self._named(leaf.start, leaf.end, "title", leaf.rule, leaf.confidence),
            )
            for leaf in self.instruments.professions.presupposed(self.posting.title, self.nodes)
        )

    def _settings(self) -> list[FoundSetting]:
        """The kinds of place that the work is at."""
        return self.instruments.settings.read(
            self.posting.employer or "", self.posting.title, self.page, self.tokens, self.statements.placed
        )

    def _care_settings(self, settings: list[FoundSetting]) -> tuple[CareSetting, ...]:
        return tuple(
            CareSetting(id=one.id, evidence=self._named(one.start, one.end, one.field, "care-setting"))
            for one in settings
        )

    def _underserved(self, settings: list[FoundSetting]) -> tuple[Underserved, ...]:
        reasons = self.instruments.settings.underserved(settings, self.page, self.tokens, self.statements.placed)
        return tuple(
            Underserved(basis=one.basis, evidence=self._named(one.start, one.end, one.field, "underserved"))
            for one in reasons
        )

    def _gates(self) -> tuple[Gate, ...]:
        return tuple(
            Gate(id=gate, evidence=self._evidence(token.start, token.end, "gate"))
            for gate, token in remarks.gates(self.tokens)
        )

    def _suspicious(self) -> tuple[Note, ...]:
        return tuple(
            Note(id="suspicious", says=token.value, evidence=self._evidence(token.start, token.end, "suspicious"))
            for token in remarks.suspicions(self.tokens)
        )

    def _months(self, outcome: Outcome) -> Months:
        """The nodes' months, with the ways in that the page names outright."""
        months = outcome.months
        if self.statements.open_ways:
            months.headline = months.headline if months.least is not None else 0
            months.least, months.unnumbered = 0, False
        elif self.statements.no_experience and not months.least and not months.unnumbered:
            months.least, months.headline = 0, months.headline or 0
        elif months.least is None and not months.unnumbered and self._for_beginners():
            months.least, months.headline = 0, 0
        return months

    def _for_beginners(self) -> bool:
        """Whether the job is called one for beginners: in the text, or in the title by name of new graduates."""
        if self.tokens.all("entry-level-job"):
            return True
        named = self.instruments.lexicon.scan_name(self.posting.title)[1].all("graduate-title")
        return bool(named) and not self.tokens.all("not-new-graduates")

    def _leaves(self) -> list[Leaf]:
        """Every leaf asked for, the title's included, in order of place."""
        extra = [leaf for node in self.nodes if node.section == -1 for leaf in node.leaves]
        held = {leaf.value for leaf in extra}
        return [leaf for leaf in self.statements.leaves if leaf.kind != "credential" or leaf.value not in held] + extra

    def _credentials(self, leaves: Sequence[Leaf]) -> tuple[CredentialAsk, ...]:
        """Each credential once for each modality: the longest deadline; required beats a bare wish, and earned later beats required."""
        best: dict[tuple[str, str], Leaf] = {}
        for leaf in leaves:
            if leaf.kind != "credential" or leaf.modality is None:
                continue
            key = (leaf.value, leaf.modality)
            known = best.get(key)
            if known is None or (leaf.within or 0) > (known.within or 0):
                best[key] = leaf
        for value in {value for value, modality in best if modality == "required"}:
            wish = best.get((value, "preferred"))
            if wish is not None and not wish.direct:
                best.pop((value, "preferred"))
        for value in {value for value, modality in best if modality == "obtain"}:
            later, held = best[(value, "obtain")], best.get((value, "required"))
            if later.rule == LICENCE_LATER:
                continue
            apart = held is not None and held.direct and abs(held.start - later.start) > APART
            best.pop((value, "obtain" if apart and later.within is None else "required"), None)
        return tuple(self._credential(leaf) for leaf in best.values())

    def _credential(self, leaf: Leaf) -> CredentialAsk:
        assert leaf.modality is not None
        return CredentialAsk(
            id=leaf.value,
            modality=leaf.modality,
            within_months=leaf.within if leaf.modality == "obtain" else None,
            eligible=leaf.eligible,
            apprentice=leaf.apprentice,
            states=leaf.states,
            fuzzy=leaf.fuzzy,
            evidence=self._leaf_evidence(leaf),
        )

    def _experience(self, leaves: Sequence[Leaf]) -> tuple[ExperienceAsk, ...]:
        return tuple(
            self._experienced(leaf) for leaf in leaves if leaf.kind == "experience" and leaf.modality is not None
        )

    def _experienced(self, leaf: Leaf) -> ExperienceAsk:
        assert leaf.modality is not None
        amount = leaf.amount
        area = _JOINING.sub("", self.page.seen[leaf.area[0] : leaf.area[1]].strip()) if leaf.area else None
        return ExperienceAsk(
            min_months=amount.low if amount else None,
            max_months=amount.high if amount else None,
            modality=leaf.modality,
            area=area or None,
            area_id=self.instruments.areas.find(area) if area else None,
            ceiling=bool(amount and amount.ceiling),
            recency_months=leaf.recency,
            part_of_previous=leaf.part,
            hours=amount.hours if amount else None,
            evidence=self._leaf_evidence(leaf),
        )

    def _education(self, leaves: Sequence[Leaf]) -> tuple[EducationAsk, ...]:
        return tuple(self._educated(leaf) for leaf in leaves if leaf.kind == "education" and leaf.modality is not None)

    def _educated(self, leaf: Leaf) -> EducationAsk:
        assert leaf.modality is not None
        field = (
            self.page.seen[leaf.area[0] : leaf.area[1]].strip() if leaf.area and id(leaf) not in self._of_title else ""
        )
        return EducationAsk(
            level=_level(leaf.value), modality=leaf.modality, field=field or None, evidence=self._leaf_evidence(leaf)
        )

    def _tree(self, node: Node) -> Requirement:
        """A node as the model's tree."""
        ways = tuple(self._way(way) for way in node.ways)
        tree: Requirement = ways[0] if len(ways) == 1 else AnyOf(children=ways)
        if 1 < node.at_least <= len(ways):
            tree = AtLeast(n=node.at_least, children=ways)
        return When(workplace=node.workplace, child=tree) if node.workplace and self._bars else tree

    @cached_property
    def _bars(self) -> bool:
        """Whether the posting sets a bar for one way of working beside another, or beside what it asks of everybody."""
        ways = {node.workplace for node in self.nodes if any(leaf.kind == "experience" for leaf in node.leaves)}
        return len(ways) > 1

    def _way(self, way: list[Leaf]) -> Requirement:
        parts: list[Requirement] = [self._ask(leaf) for leaf in way]
        return parts[0] if len(parts) == 1 else AllOf(children=tuple(parts))

    def _ask(self, leaf: Leaf) -> CredentialAsk | ExperienceAsk | EducationAsk | OtherWay:
        if leaf.kind == "credential":
            return self._credential(leaf)
        if leaf.kind == "experience":
            return self._experienced(leaf)
        if leaf.kind == "education":
            return self._educated(leaf)
        return OtherWay(says=leaf.value, evidence=self._leaf_evidence(leaf))

    @cached_property
    def _shown(self) -> dict[int, Evidence]:
        """The evidence of each leaf that has been written, by identity: a leaf stands in the tree and in a list."""
        return {}

    def _leaf_evidence(self, leaf: Leaf) -> Evidence:
        if id(leaf) not in self._shown:
            self._shown[id(leaf)] = self._leaf_shown(leaf)
        return self._shown[id(leaf)]

    def _leaf_shown(self, leaf: Leaf) -> Evidence:
        if id(leaf) in self._of_title:
            return self._named(leaf.start, leaf.end, "title", leaf.rule, leaf.confidence)
        return self._evidence(leaf.start, leaf.end, leaf.rule, leaf.confidence)

    def _evidence(self, start: int, end: int, rule: str, confidence: float = 1.0) -> Evidence:
        raw_start, raw_end, quote = self.page.place(start, end)
        said = shown_sentence(self.page.seen, self.page.line_at(start), start, end) if quote else ""
        return Evidence(quote=quote, start=raw_start, end=raw_end, rule=rule, confidence=confidence, sentence=said)

    def _evidence_at(self, place: tuple[int, int, str] | None, rule: str) -> Evidence | None:
        return self._named(*place, rule) if place else None

    def _named(self, start: int, end: int, name: str, rule: str, confidence: float = 1.0) -> Evidence:
        """Evidence in the description, or in one of the posting's other fields."""
        if name == "description":
            return self._evidence(start, end, rule, confidence)
        text = self.posting.title if name == "title" else self.posting.employer or ""
        first, last, quote = self.instruments.lexicon.scan_name(text)[0].place(start, end)
        return Evidence(
            quote=quote, start=first, end=last, rule=rule, confidence=confidence, field=name, sentence=text[:MOST_SHOWN]
        )

    def _workplace_of(self, settings: list[FoundSetting]) -> FoundWorkplace:
        _, tokens = self.instruments.lexicon.scan_name(self.posting.title)
        by_title = bool(tokens.all("hands-on-title")) and not tokens.all("office-title")
        named = any((entry := self.instruments.taxonomy.care_setting(one.id)) and entry.on_site for one in settings)
        hands_on = by_title or (named and not tokens.all("coder-title"))
        place = " ".join(one.text for one in self.posting.locations)
        return self.instruments.workplace.read(
            self.posting.title,
            self.page,
            self.tokens,
            self.statements.placed,
            said=self.posting.workplace,
            place=place,
            hands_on=hands_on,
            hands_on_title=by_title,
        )

    def _pay(self) -> tuple[Pay | None, Evidence | None]:
        """The source's own pay field first, then the text, then the title."""
        if self.posting.pay is not None:
            return self.posting.pay, None
        if pay := pay_from_text(self.posting.pay_text):
            text = self.posting.pay_text or ""
            return pay, Evidence(quote=text, start=0, end=len(text), rule="pay-field", field="pay_text")
        for text, name in ((self.page.text, "description"), (self.title.text, "title")):
            if found := find_pay(text, name=name == "title"):
                return found.pay, self._named(found.start, found.end, name, "pay")
        return None, None

    def _thin(self) -> Note | None:
        found = remarks.thinness(self.page, self.tokens)
        return Note(id=found[0], says=found[1]) if found else None


def _notes(**said: str | None) -> tuple[Note, ...]:
    """A note for each contradiction that was found."""
    return tuple(Note(id=name, says=words) for name, words in said.items() if words)


def _level(value: str) -> EducationLevel:
    return next(level for level in EDUCATION_ORDER if level == value)


def _lowest(values: Iterable[str]) -> EducationLevel | None:
    """The lowest of the levels, None when there are none."""
    levels = [_level(value) for value in values]
    return min(levels, key=EDUCATION_ORDER.index) if levels else None
