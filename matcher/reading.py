"""The reader: one posting's text to one `Reading`. Never raises, whatever the text; same text, same answer.

The way: page (blocks, lines) → sections → one scan → sentences → leaves with modality → nodes → tree and plain facts, each with its quote.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from matcher import remarks
from matcher.care_settings import FoundSetting, SettingReader
from matcher.clauses import Node
from matcher.entry_level import EntryReader
from matcher.leaves import Leaf
from matcher.page import Page
from matcher.pay import find_pay, pay_from_text
from matcher.requirements import Months, Outcome, outcome_of
from matcher.scanning import Lexicon, Tokens
from matcher.statements import StatementReader, Statements
from matcher.taxonomy import Taxonomy
from matcher.titles import TitleReader
from matcher.workplace import FoundWorkplace, WorkplaceReader
from model.posting import Pay, Posting
from model.reading import (
    EDUCATION_ORDER, AllOf, AnyOf, CareSetting, CredentialAsk, EducationAsk, EducationLevel, Evidence, ExperienceAsk, Gate, Note, OtherWay,
    Reading, Requirement, Underserved,
)  # fmt: skip

READER_VERSION: Final = "1"
MOST_REQUIREMENTS: Final = 80
_MODALITY_ORDER: Final = ("required", "obtain", "preferred", "accepted")


class Reader:
    """Reads postings; made once from a taxonomy, usable for any number of them, from any number of threads."""

    def __init__(self, taxonomy: Taxonomy, *, fast_blocks: bool = True) -> None:
        """Compile the taxonomy. `fast_blocks` off reads markup with beautifulsoup4, the reference."""
        self._taxonomy = taxonomy
        self._fast = fast_blocks
        self._lexicon = Lexicon(taxonomy)
        self._statements = StatementReader(taxonomy)
        self._titles = TitleReader(taxonomy, self._lexicon)
        self._settings = SettingReader(taxonomy, self._lexicon)
        self._workplace = WorkplaceReader(self._lexicon)
        self._entry = EntryReader(self._lexicon)
        self.version = f"{READER_VERSION}.{taxonomy.version}"

    def read(self, posting: Posting) -> Reading:
        """The posting's reading."""
        page = Page(posting.description, fast_blocks=self._fast)
        tokens = self._lexicon.scan(page)
        title = Page(posting.title[:300])
        statements = self._statements.read(page, tokens, title.lower)
        nodes = statements.nodes + self._titles.nodes(posting.title, statements.leaves)
        return _Writing(self, posting, page, tokens, statements, nodes, title).reading()


class _Writing:
    """One reading being put together."""

    def __init__(
        self, reader: Reader, posting: Posting, page: Page, tokens: Tokens, statements: Statements, nodes: list[Node], title: Page
    ) -> None:
        self._reader = reader
        self._posting = posting
        self._page = page
        self._tokens = tokens
        self._statements = statements
        self._nodes = nodes
        self._title = title
        self._title_leaves = {id(leaf) for node in nodes if node.section == -1 for leaf in node.leaves}

    def reading(self) -> Reading:
        """Everything together."""
        outcome = outcome_of(self._nodes)
        months = self._months(outcome)
        leaves = self._leaves()
        credentials = self._credentials(leaves)
        experience = self._experience(leaves)
        preferred = [ask for ask in experience if ask.modality == "preferred"]
        entry = self._reader._entry.read(
            self._posting.title, self._page, self._tokens, self._statements, months, preferred=bool(preferred)
        )
        settings = self._reader._settings.read(
            self._posting.employer or "", self._posting.title, self._page, self._tokens, self._statements.placed
        )
        workplace = self._workplace_of(settings)
        pay, pay_evidence = self._pay()
        return Reading(
            id=self._posting.id,
            read_with=self._reader.version,
            requirements=AllOf(children=tuple(self._tree(node) for node in self._nodes[:MOST_REQUIREMENTS])),
            credentials=credentials,
            experience=experience,
            education=self._education(leaves),
            required_min_months=months.least,
            headline_months=months.headline,
            preferred_min_months=min((ask.min_months for ask in preferred if ask.min_months is not None), default=None),
            education_required=outcome.education,
            education_preferred=_lowest(leaf.value for leaf in leaves if leaf.kind == "education" and leaf.modality == "preferred"),
            entry_level=entry.level,
            entry_level_evidence=self._evidence_at(entry.place, "entry-level"),
            care_settings=tuple(CareSetting(id=one.id, evidence=self._named(one.start, one.end, one.field, "care-setting")) for one in settings),
            underserved=tuple(
                Underserved(basis=one.basis, evidence=self._named(one.start, one.end, one.field, "underserved"))
                for one in self._reader._settings.underserved(settings, self._page, self._tokens, self._statements.placed)
            ),
            workplace=workplace.workplace,
            workplace_states=workplace.states,
            pay=pay,
            pay_evidence=pay_evidence,
            employment_type=self._posting.employment_type,
            shift=remarks.shifts(self._tokens),
            gates=tuple(Gate(id=gate, evidence=self._evidence(token.start, token.end, "gate")) for gate, token in remarks.gates(self._tokens)),
            suspicious=tuple(
                Note(id="suspicious", says=token.value, evidence=self._evidence(token.start, token.end, "suspicious"))
                for token in remarks.suspicions(self._tokens)
            ),
            contradictions=tuple(
                Note(id=name, says=says) for name, says in (("entry_level", entry.contradiction), ("workplace", workplace.contradiction)) if says
            ),
            thin=self._thin(),
            required_groups=tuple(outcome.groups),
        )

    def _months(self, outcome: Outcome) -> Months:
        """The nodes' months, with the ways in that the page names outright."""
        months = outcome.months
        if self._statements.open_ways:
            months.headline = months.headline if months.least is not None else 0
            months.least, months.unnumbered = 0, False
        elif self._statements.no_experience and not months.least and not months.unnumbered:
            months.least, months.headline = 0, months.headline or 0
        elif self._tokens.all("entry-level-job") and months.least is None and not months.unnumbered:
            months.least, months.headline = 0, 0
        return months

    def _leaves(self) -> list[Leaf]:
        """Every leaf asked for, the title's included, in order of place."""
        extra = [leaf for node in self._nodes if node.section == -1 for leaf in node.leaves]
        held = {leaf.value for leaf in extra}
        return [leaf for leaf in self._statements.leaves if leaf.kind != "credential" or leaf.value not in held] + extra

    def _credentials(self, leaves: Sequence[Leaf]) -> tuple[CredentialAsk, ...]:
        """Each credential once for each modality; of several deadlines the longest."""
        best: dict[tuple[str, str], Leaf] = {}
        for leaf in leaves:
            if leaf.kind != "credential" or leaf.modality is None:
                continue
            key = (leaf.value, leaf.modality)
            known = best.get(key)
            if known is None or (leaf.within or 0) > (known.within or 0):
                best[key] = leaf
        for value in {value for value, modality in best if modality == "obtain"}:
            best.pop((value, "required"), None) if self._same_group(value) else None
        return tuple(self._credential(leaf) for leaf in best.values())

    def _same_group(self, value: str) -> bool:
        """ "Required, or obtained within 30 days" in two places is one ask: it may be earned later."""
        return True

    def _credential(self, leaf: Leaf) -> CredentialAsk:
        assert leaf.modality is not None
        return CredentialAsk(
            id=leaf.value, modality=leaf.modality, within_months=leaf.within if leaf.modality == "obtain" else None, eligible=leaf.eligible,
            apprentice=leaf.apprentice, states=leaf.states, fuzzy=leaf.fuzzy, evidence=self._leaf_evidence(leaf),
        )  # fmt: skip

    def _experience(self, leaves: Sequence[Leaf]) -> tuple[ExperienceAsk, ...]:
        return tuple(self._experienced(leaf) for leaf in leaves if leaf.kind == "experience" and leaf.modality is not None)

    def _experienced(self, leaf: Leaf) -> ExperienceAsk:
        assert leaf.modality is not None
        amount = leaf.amount
        area = self._page.seen[leaf.area[0] : leaf.area[1]].strip() if leaf.area else None
        return ExperienceAsk(
            min_months=amount.low if amount else None, max_months=amount.high if amount else None, modality=leaf.modality, area=area or None,
            area_id=None, ceiling=bool(amount and amount.ceiling), recency_months=leaf.recency,
            part_of_previous=leaf.part, hours=amount.hours if amount else None, evidence=self._leaf_evidence(leaf),
        )  # fmt: skip

    def _education(self, leaves: Sequence[Leaf]) -> tuple[EducationAsk, ...]:
        return tuple(self._educated(leaf) for leaf in leaves if leaf.kind == "education" and leaf.modality is not None)

    def _educated(self, leaf: Leaf) -> EducationAsk:
        assert leaf.modality is not None
        return EducationAsk(level=_level(leaf.value), modality=leaf.modality, evidence=self._leaf_evidence(leaf))

    def _tree(self, node: Node) -> Requirement:
        """A node as the model's tree."""
        ways = [self._way(way) for way in node.ways]
        return ways[0] if len(ways) == 1 else AnyOf(children=tuple(ways))

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

    def _leaf_evidence(self, leaf: Leaf) -> Evidence:
        if id(leaf) in self._title_leaves:
            return self._named(leaf.start, leaf.end, "title", leaf.rule, leaf.confidence)
        return self._evidence(leaf.start, leaf.end, leaf.rule, leaf.confidence)

    def _evidence(self, start: int, end: int, rule: str, confidence: float = 1.0) -> Evidence:
        raw_start, raw_end, quote = self._page.place(start, end)
        return Evidence(quote=quote, start=raw_start, end=raw_end, rule=rule, confidence=confidence)

    def _evidence_at(self, place: tuple[int, int, str] | None, rule: str) -> Evidence | None:
        return self._named(*place, rule) if place else None

    def _named(self, start: int, end: int, name: str, rule: str, confidence: float = 1.0) -> Evidence:
        """Evidence in the description, or in one of the posting's other fields."""
        if name == "description":
            return self._evidence(start, end, rule, confidence)
        text = self._posting.title if name == "title" else self._posting.employer or ""
        first, last, quote = Page(text[:300]).place(start, end)
        return Evidence(quote=quote, start=first, end=last, rule=rule, confidence=confidence, field=name)

    def _workplace_of(self, settings: list[FoundSetting]) -> FoundWorkplace:
        tokens = self._reader._lexicon.scan(self._title)
        hands_on = bool(tokens.all("hands-on-title")) and not tokens.all("office-title")
        named = any((entry := self._reader._taxonomy.care_setting(one.id)) and entry.on_site for one in settings)
        hands_on = hands_on or (named and not tokens.all("coder-title"))
        place = " ".join(one.text for one in self._posting.locations)
        return self._reader._workplace.read(
            self._posting.title, self._page, self._tokens, self._statements.placed, said=self._posting.workplace, place=place,
            hands_on=hands_on,
        )  # fmt: skip

    def _pay(self) -> tuple[Pay | None, Evidence | None]:
        """The source's own pay field first, then the text, then the title."""
        if self._posting.pay is not None:
            return self._posting.pay, None
        if pay := pay_from_text(self._posting.pay_text):
            text = self._posting.pay_text or ""
            return pay, Evidence(quote=text, start=0, end=len(text), rule="pay-field", field="pay_text")
        for text, name in ((self._page.text, "description"), (self._title.text, "title")):
            if found := find_pay(text):
                return found.pay, self._named(found.start, found.end, name, "pay")
        return None, None

    def _thin(self) -> Note | None:
        found = remarks.thinness(self._page, self._tokens)
        return Note(id=found[0], says=found[1]) if found else None


def _level(value: str) -> EducationLevel:
    return next(level for level in EDUCATION_ORDER if level == value)


def _lowest(values: Iterable[str]) -> EducationLevel | None:
    """The lowest of the levels, None when there are none."""
    levels = [_level(value) for value in values]
    return min(levels, key=EDUCATION_ORDER.index) if levels else None
