"""Leaves: what one sentence mentions that a posting could ask for, before anything is known of how it asks.

In: a `Sentence`. Out: credentials and education as `Leaf` values in order of place. Experience has a file of its own.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from matcher.amounts import Amount
from matcher.misspellings import NameGuesser
from matcher.page import Page
from matcher.scanning import LEAF, NOTHING, Token, Tokens
from matcher.sections import Section
from matcher.states import licensing_states
from matcher.taxonomy import CredentialEntry, Taxonomy
from model.reading import Modality

LeafKind = Literal["credential", "experience", "education", "other"]
FARTHEST_PROGRAM = 120
MOST_TOKENS = 48
NEAR_NAME = 25
PLAIN = "any:coding"
NAMING = (LEAF, "graduate-of", "name-heads", "plain-certification")
GENERAL_DEGREES = ("degree in nursing", "nursing degree")


@dataclass(slots=True)
class Sentence:
    """A stretch of the page that states something, with all that decides how to take it."""

    page: Page
    tokens: Tokens
    start: int
    end: int
    section: Section
    title: str = ""
    item: bool = False
    short: bool = False
    lower: str = field(init=False)
    _found: dict[str, list[Token]] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the sentence's small letters and finds, which every rule looks at."""
        self.lower = self.page.lower[self.start : self.end]
        self._found = self.tokens.of_stretch(self.start, self.end)

    def find(self, channel: str) -> list[Token]:
        """The channel's finds in the sentence."""
        return self._found.get(channel, NOTHING)

    def has(self, channel: str) -> bool:
        """Whether the channel has a find in the sentence."""
        return channel in self._found

    def before(self, position: int, length: int = 60) -> str:
        """Up to `length` small letters before the position, inside the sentence."""
        return self.page.lower[max(self.start, position - length) : position]

    def after(self, position: int, length: int = 60) -> str:
        """Up to `length` small letters after the position, inside the sentence."""
        return self.page.lower[position : min(self.end, position + length)]


@dataclass(slots=True)
class Leaf:
    """Something mentioned: where, what, and (once `modality` has been settled) how it is asked for."""

    kind: LeafKind
    start: int
    end: int
    value: str
    modality: Modality | None = None
    within: int | None = None
    eligible: bool = False
    direct: bool = False
    fuzzy: bool = False
    apprentice: Literal["accepted", "excluded"] | None = None
    amount: Amount | None = None
    area: tuple[int, int] | None = None
    recency: int | None = None
    part: bool = False
    rule: str = ""
    confidence: float = 1.0
    states: tuple[str, ...] = field(default=())


class LeafFinder:
    """Finds credentials and education; knows the taxonomy and nothing else."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Keep the taxonomy and the entries by id."""
        self._taxonomy = taxonomy
        self._guesser = NameGuesser(taxonomy)

    def leaves(self, sentence: Sentence) -> list[Leaf]:
        """Credentials and education of the sentence, in order, each stretch once."""
        if not any(map(sentence.has, NAMING)):
            return []
        found: list[Leaf] = []
        for group in _by_place(sentence.find(LEAF)[:MOST_TOKENS]):
            leaf = self._leaf(group, sentence)
            if leaf is not None:
                found.append(leaf)
        found += self._programs(sentence, found)
        found += self._misspelt(sentence, found)
        found += _plain_certification(sentence, found)
        found.sort(key=lambda leaf: leaf.start)
        found = self._without_former(_without_repeats(found, sentence))
        return _without_vague_program(_without_umbrella(found, sentence), sentence)

    def _without_former(self, leaves: list[Leaf]) -> list[Leaf]:
        """A former name beside the present one ("ODS, formerly CTR") is not listed again."""
        present = {leaf.value for leaf in leaves}
        kept = []
        for leaf in leaves:
            entry = self._taxonomy.credential(leaf.value) if leaf.kind == "credential" else None
            if entry and entry.status == "renamed" and present & set(entry.satisfies):
                continue
            kept.append(leaf)
        return kept

    def _leaf(self, group: list[Token], sentence: Sentence) -> Leaf | None:
        """The leaf of one stretch; ambiguous letters go to the first meaning whose cues agree."""
        first = group[0]
        if first.kind == "education":
            return Leaf(
                "education", first.start, first.end, first.value, area=_field(sentence, first), rule="education-phrase"
            )
        if _people(first, sentence):
            return None
        if first.plural or _is_work(sentence, first) or _is_of_longer_name(sentence, first):
            return None
        if first.kind in ("wildcard", "other"):
            return Leaf("credential", first.start, first.end, first.value, rule=f"{first.kind}-phrase")
        entries = [entry for token in group if (entry := self._taxonomy.credential(token.value))]
        fitting = [entry for entry in entries if not first.letters or self._cues_agree(entry, sentence)]
        if not first.letters and len(entries) > 1:
            later = _TO_OBTAIN.search(sentence.before(first.start, 24))  # `later.py` tells of it
            fitting = [] if later else _called(entries, sentence.title)
        if not fitting:
            return None
        best = next((entry for entry in fitting if entry.needs_cue), fitting[0])
        rule = "letters" if first.letters else "spelling"
        leaf = Leaf("credential", first.start, first.end, best.id, rule=f"credential-{rule}")
        if best.kind == "license":
            page = sentence.page
            leaf.states = licensing_states(page.text, page.lower, leaf.start, leaf.end, (sentence.start, sentence.end))
        return leaf

    def _cues_agree(self, entry: CredentialEntry, sentence: Sentence) -> bool:
        """Whether nothing beside the letters speaks against the credential and, where needed, something speaks for it."""
        text = sentence.lower
        if any(cue in text or cue in sentence.title for cue in entry.anti_cues):
            return False
        if not entry.needs_cue:
            return True
        return any(cue in text or cue in sentence.title for cue in entry.cues)

    def _misspelt(self, sentence: Sentence, taken: list[Leaf]) -> list[Leaf]:
        """Long names written with a letter wrong, where a section asks."""
        found: list[Leaf] = []
        for token in sentence.find("name-heads")[:4] if sentence.section.asks else ():
            if any(leaf.start <= token.start < leaf.end for leaf in (*taken, *found)):
                continue
            guessed = self._guesser.guess(sentence.page.lower, token.start, sentence.end)
            if guessed:
                found.append(
                    Leaf(
                        "credential",
                        token.start,
                        guessed[1],
                        guessed[0],
                        fuzzy=True,
                        rule="misspelt-name",
                        confidence=0.7,
                    )
                )
        return found

    def _programs(self, sentence: Sentence, taken: list[Leaf]) -> list[Leaf]:
        """Completed programmes: "graduate of an accredited … program" is training of no named level."""
        if not sentence.tokens.has("graduate-of", sentence.start, sentence.end):
            return []
        found: list[Leaf] = []
        programs = sentence.find("program")
        for token in sentence.find("graduate-of")[:MOST_TOKENS]:
            program = next((one for one in programs if one.start >= token.end), None)
            if program is None or program.start - token.end > FARTHEST_PROGRAM:
                continue
            between = [
                leaf
                for leaf in taken
                if token.start <= leaf.start < program.end or token.start < leaf.end <= program.end
            ]
            if any(leaf.kind == "education" for leaf in between) or (found and token.start < found[-1].end):
                continue
            for leaf in between:
                taken.remove(leaf)
            found.append(Leaf("education", token.start, program.end, "training", rule="completed-program"))
        return found


def _plain_certification(sentence: Sentence, taken: list[Leaf]) -> list[Leaf]:
    """ "Certification required" with no word on which, in a coder's posting: any coding credential."""
    if "cod" not in sentence.title and "coding" not in sentence.lower:
        return []
    for token in sentence.find("plain-certification"):
        start = sentence.page.lower.find("cert", token.start)
        named = any(leaf.kind == "credential" and leaf.start <= start <= leaf.end + NEAR_NAME for leaf in taken)
        if not named:
            end = next((place for place in range(start, token.end) if sentence.page.lower[place] in " ."), token.end)
            return [Leaf("credential", start, end, PLAIN, rule="plain-certification", confidence=0.7)]
    return []


def _called(entries: list[CredentialEntry], title: str) -> list[CredentialEntry]:
    """Which of several is meant by a name that they share ("nursing license"): the one that the title names, else the highest.

    None when the title names more than one: then the title says it better.
    """
    words = set(re.findall(r"[a-z.]+", title))
    named = [
        entry
        for entry in entries
        if any(letters.lower() in words for letters in entry.letters) or any(name in title for name in entry.spellings)
    ]
    if len(named) > 1:
        return []
    return named or entries[-1:]


def _people(token: Token, sentence: Sentence) -> bool:
    """Whether the name stands for people who hold the credential ("our registered nurses"), not for the credential."""
    if _ANY.fullmatch(sentence.page.lower[sentence.start : token.start]) and _BOUND.match(
        sentence.after(token.end, 120)
    ):
        return True
    if token.letters:
        stretch = sentence.page.text[token.start : token.end]
        if stretch.endswith("s") and stretch[:-1].isupper() and sentence.title != sentence.page.lower:
            return not sentence.tokens.has("seeking", sentence.start, token.start)
        return bool(_PEOPLE_BEFORE.search(sentence.before(token.start, 24)))
    return sentence.page.lower[token.start : token.end].endswith(_PEOPLE)


_FIELD = re.compile(
    r"[\s')]*(?:degree |diploma |certificate )?(?:\([^()]{1,20}\) )?in (?:an? |the )?"
    r"(?P<field>[a-z][^,;.()\n]{1,70}?(?:, [a-z &]{3,30}){0,3}?)"
    r"(?=\s*(?:$|[,;.()\n]| or equivalent| required| preferred| with | from | plus | strongly| highly| is | are | and \d| or \d"
    r"| desired| at | within | must| - ))"
)


def _field(sentence: Sentence, token: Token) -> tuple[int, int] | None:
    """The field of study that is named behind a degree ("in health information management")."""
    if token.value in ("hs", "none"):
        return None
    found = _FIELD.match(sentence.page.lower, token.end, sentence.end)
    if found:
        return found.span("field")
    cut = sentence.page.lower.find(" in ", token.start, token.end)
    return (cut + 4, token.end) if cut > 0 else None


_BESIDE = ("ok", "accept", "consider", "welcome", "is ok", "is accept", "is consider", "is welcome")
_TO_OBTAIN = re.compile(r"\bobtain (?:(?:a|an|the|their|your|his/her) )?$")
_LONGER = (" practitioner", " anesthetist", " compact")
_PEOPLE = ("nurses", "coders", "assistants", "aides", "phlebotomists", "technicians", "specialists", "professionals")
_PEOPLE_BEFORE = re.compile(rf"(?:{'|'.join(_PEOPLE)}) \($")
_WORK_AS = re.compile(
    r"(?:experience|years?|work|worked|working|background|months?|duties)\b[^.;:]{0,40}\b(?:as|in)(?: an?| the)?"
    r"(?: (?!current|active|valid)[\w/-]+,){0,5}(?: (?!current|active|valid)[\w/-]+){0,2} $"
)
_SPECIALTY = re.compile(r"\bcertified (?:[\w-]+ ){1,3}$|\badvanced practice $")
_KINDS_OF_WORK = ("experience", "exp.", "exp ", "nursing experience", "background", "work ", "work)", "work.")
_BACKGROUND = re.compile(r"[,/]? ?(?:or |and )?(?:[a-z]+ ){0,2}background\b")
_HELD = re.compile(r"\W{0,3}(?:licens|certif|registr|credential|\(|or (?:current|active|valid|licens|certif)|/)")
_BOUND = re.compile(r"(?:\W{0,3}\(?\w+\))? (?:with|who|whose|hired) [^.;]{0,80}\bmust\b")
_ANY = re.compile(r"[\W_]*(?:an?|any|each|every) ")


def _is_work(sentence: Sentence, token: Token) -> bool:
    """Whether the credential only names a kind of work: "one year as an LPN", "RN experience"."""
    after = sentence.after(token.end, 26)
    if after.lstrip(" )'").startswith(_KINDS_OF_WORK):
        return True
    if _BACKGROUND.match(after):
        return True
    before = sentence.before(token.start, 72)
    if token.value == "rn" and _SPECIALTY.search(before):
        return True
    if token.value == "rn" and before.endswith("critical care ") and sentence.title != sentence.page.lower:
        return True  # the name of a certificate, but for a job's title
    return bool(_WORK_AS.search(before)) and not _HELD.match(
        after.replace("(", " ", 1) if after.startswith(" (") else after
    )


def _is_of_longer_name(sentence: Sentence, token: Token) -> bool:
    """Whether a nurse's name is part of another's ("Certified Registered Nurse Practitioner", "advanced practice nursing license")."""
    if token.letters or token.value not in ("rn", "lpn"):
        return False
    before = sentence.before(token.start, 12)
    return sentence.after(token.end, 14).startswith(_LONGER) or before.endswith(" practice ")


def _by_place(tokens: list[Token]) -> list[list[Token]]:
    """Tokens grouped by equal stretch."""
    groups: list[list[Token]] = []
    for token in tokens:
        if groups and groups[-1][0].start == token.start and groups[-1][0].end == token.end:
            groups[-1].append(token)
        else:
            groups.append([token])
    return groups


def _without_repeats(leaves: list[Leaf], sentence: Sentence) -> list[Leaf]:
    """A credential whose name and letters stand side by side ("Registered Nurse (RN)") is one leaf."""
    kept: list[Leaf] = []
    for leaf in leaves:
        last = kept[-1] if kept else None
        if last and leaf.kind == last.kind == "education" and not sentence.page.lower[last.end : leaf.start].strip():
            last.end = leaf.end
            continue
        if last and leaf.kind == last.kind and leaf.value == last.value:
            between = sentence.page.lower[last.end : leaf.start]
            lower = sentence.page.lower
            again = "(" in between and lower[last.start : last.end] == lower[leaf.start : leaf.end]
            if (
                not again
                and len(between) < 40
                and not any(cue in between for cue in (";", "required", "preferred", "obtain", "eligible"))
            ):
                last.end = leaf.end
                continue
        kept.append(leaf)
    return kept


def _without_vague_program(leaves: list[Leaf], sentence: Sentence) -> list[Leaf]:
    """A programme without a level gives way to the degrees that explain it ("an accredited program (ADN or BSN)")."""
    kept: list[Leaf] = []
    for number, leaf in enumerate(leaves):
        following = leaves[number + 1] if number + 1 < len(leaves) else None
        general = leaf.rule == "completed-program" or sentence.page.lower[leaf.start : leaf.end] in GENERAL_DEGREES
        if general and following and following.kind == "education":
            between = sentence.page.lower[leaf.end : following.start]
            wished = (
                sentence.after(following.end, 14)
                .lstrip(" ,)")
                .startswith(("preferred", "strongly", "highly", "desired"))
            )
            if (
                not wished
                and len(between) <= 40
                and " or " not in between
                and any(mark in between for mark in ("(", ":", " with ", " - ", "preferably"))
            ):
                continue
        kept.append(leaf)
    return kept


def _without_umbrella(leaves: list[Leaf], sentence: Sentence) -> list[Leaf]:
    """An open wording that its own list explains ("certified coder (CPC, CCS)") gives way to the list."""
    kept: list[Leaf] = []
    for number, leaf in enumerate(leaves):
        following = leaves[number + 1] if number + 1 < len(leaves) else None
        if leaf.value.startswith("any:") and following and following.kind == "credential":
            between = sentence.page.lower[leaf.end : following.start]
            marks = ("(", ":", "such as", "e.g", " - ", "like ", "including", " as a ", " as an ")
            beside = sentence.after(following.end, 14).lstrip(" )-").startswith(_BESIDE)
            explains = not beside and len(between) <= 45 and any(mark in between for mark in marks)
            if (explains or not between.strip(" ,-")) and not following.value.startswith("any:"):
                continue
        previous = kept[-1] if kept else None
        if (
            leaf.value.startswith("any:")
            and previous
            and previous.kind == "credential"
            and previous.value.startswith(("aapc", "ahima"))
        ):
            between = sentence.page.lower[previous.end : leaf.start]
            if (
                len(between) <= 45
                and any(word in between for word in ("from", "through", "by ", "via", "(", "with "))
                and "or" not in between.split()
            ):
                continue
            if not between.strip():
                continue
        kept.append(leaf)
    return kept
