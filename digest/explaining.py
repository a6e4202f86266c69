"""A reading shown beside its posting: the text with each quote marked in place, and the tree of what is asked for.

The same parts serve the terminal (`firstrung explain`) and a page (`--html`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from digest.cards import pay_words
from digest.rendering import template
from matcher.earned import EDUCATION_WORDS, in_words
from matcher.page import Page
from matcher.taxonomy import Taxonomy
from model.posting import Posting
from model.reading import (
    AllOf,
    AnyOf,
    AtLeast,
    CredentialAsk,
    EducationAsk,
    Evidence,
    ExperienceAsk,
    OtherWay,
    Reading,
    Requirement,
    When,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the visible text; `kind` is "" for plain text, else what was read from it."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """One node of the tree in words, with its evidence and the nodes below it."""

    says: str
    quote: str = ""
    rule: str = ""
    confidence: float = 1.0
    below: tuple["Branch", ...] = ()


def evidence_of(reading: Reading) -> Iterator[tuple[str, Evidence]]:
    """Every piece of evidence of a reading with the kind of fact that it shows."""
    for credential in reading.credentials:
        yield "credential", credential.evidence
    for experience in reading.experience:
        yield "experience", experience.evidence
    for education in reading.education:
        yield "education", education.evidence
    for setting in reading.care_settings:
        yield "care setting", setting.evidence
    for reason in reading.underserved:
        yield "underserved", reason.evidence
    for gate in reading.gates:
        yield "gate", gate.evidence
    single = (("entry level", reading.entry_level_evidence), ("pay", reading.pay_evidence))
    yield from ((kind, evidence) for kind, evidence in single if evidence is not None)


def marked(posting: Posting, reading: Reading) -> list[Stretch]:
    """The visible text cut at the quotes that stand in it; where quotes overlap the first one named wins."""
    text = Page(posting.description).seen
    taken: list[tuple[int, int, str]] = []
    for kind, evidence in evidence_of(reading):
        start = text.find(evidence.quote) if evidence.field == "description" and evidence.quote else -1
        end = start + len(evidence.quote)
        if start >= 0 and all(end <= begin or start >= stop for begin, stop, _ in taken):
            taken.append((start, end, kind))
    parts: list[Stretch] = []
    position = 0
    for start, end, kind in sorted(taken):
        parts += [Stretch(text[position:start]), Stretch(text[start:end], kind)]
        position = end
    return [part for part in (*parts, Stretch(text[position:])) if part.text]


def tree(reading: Reading, taxonomy: Taxonomy) -> list[Branch]:
    """What has to be met, what is preferred, and the plain facts, as branches."""
    asked = tuple(branch(child, taxonomy) for child in reading.requirements.children)
    if reading.profession:
        ways = tuple(branch(ask, taxonomy) for ask in reading.profession)
        asked += (Branch("presupposed by the job's name, not said in the text: any of", below=ways),)
    every: tuple[CredentialAsk | ExperienceAsk | EducationAsk, ...]
    every = (*reading.credentials, *reading.experience, *reading.education)
    preferred = tuple(branch(ask, taxonomy) for ask in every if ask.modality in ("preferred", "accepted"))
    facts = tuple(Branch(f"{name}: {value}") for name, value in _facts(reading, taxonomy) if value)
    top = [Branch("has to be met: all of" if asked else "nothing has to be met that the posting names", below=asked)]
    if preferred:
        top.append(Branch("wanted or accepted, not needed", below=preferred))
    return [*top, Branch("facts", below=facts)]


def branch(node: Requirement, taxonomy: Taxonomy) -> Branch:
    """One node of the requirement tree in words."""
    match node:
        case AllOf():
            return Branch("all of", below=tuple(branch(child, taxonomy) for child in node.children))
        case AnyOf():
            return Branch("any of", below=tuple(branch(child, taxonomy) for child in node.children))
        case AtLeast():
            return Branch(f"at least {node.n} of", below=tuple(branch(child, taxonomy) for child in node.children))
        case When():
            return Branch(f"when {node.workplace}", below=(branch(node.child, taxonomy),))
        case CredentialAsk() | ExperienceAsk() | EducationAsk() | OtherWay():
            said = node.evidence
            return Branch(_says(node, taxonomy), said.quote, said.rule, said.confidence)


def _says(leaf: CredentialAsk | ExperienceAsk | EducationAsk | OtherWay, taxonomy: Taxonomy) -> str:
    match leaf:
        case CredentialAsk():
            entry = taxonomy.credential(leaf.id) or taxonomy.wildcard(leaf.id)
            name = entry.name if entry else leaf.id.removeprefix("other:")
            within = f" within {leaf.within_months} months" if leaf.within_months else ""
            more = (" (eligible is enough)" if leaf.eligible else "") + (
                f" (apprentice {leaf.apprentice})" if leaf.apprentice else ""
            )
            return f"{leaf.modality}{within}: {name}{more}"
        case ExperienceAsk():
            amount = "experience" if leaf.min_months is None else in_words(leaf.min_months)
            most = f" to {in_words(leaf.max_months)}" if leaf.max_months else ""
            return f"{leaf.modality}: {amount}{most}{f' of {leaf.area}' if leaf.area else ''}"
        case EducationAsk():
            return f"{leaf.modality}: {EDUCATION_WORDS[leaf.level]}{f' in {leaf.field}' if leaf.field else ''}"
        case OtherWay():
            return f"another way that only the employer can judge: {leaf.says}"


def _facts(reading: Reading, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    settings = [taxonomy.care_setting(one.id) for one in reading.care_settings]
    yield "entry level", reading.entry_level
    least = reading.required_min_months
    yield "least experience, whichever way", "" if least is None else in_words(least) if least else "none"
    yield "care setting", ", ".join(one.label for one in settings if one)
    yield "underserved", ", ".join(dict.fromkeys(one.basis.replace("_", " ") for one in reading.underserved))
    yield "workplace", reading.workplace or ""
    yield "pay", pay_words(reading.pay)
    yield "shift", ", ".join(reading.shift)
    yield "gates", ", ".join(gate.id.replace("_", " ") for gate in reading.gates)
    yield "contradiction", "; ".join(note.says for note in reading.contradictions)
    yield "suspicious", "; ".join(note.says for note in reading.suspicious)
    yield "thin", reading.thin.says if reading.thin else ""
    yield "read with", reading.read_with


def page(posting: Posting, reading: Reading, taxonomy: Taxonomy) -> str:
    """The posting and its reading as one HTML page without anything loaded."""
    values = {
        "title": posting.title,
        "employer": posting.employer or "",
        "stretches": marked(posting, reading),
        "branches": tree(reading, taxonomy),
        "blank": " ",
        "dash": "-",
    }
    return template("explain.html").render(values)
