"""Headings and what they open: whether a line stands under requirements, preferences, duties, benefits and so on.

In: a page's lines. Out: one `Section` a line. Headings are told by their words (`wording.yaml`) and by their looks together; a heading
with words that nobody knows closes what was open only when the markup or its capitals show that it is one.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from matcher.grades import Grades, is_bare
from matcher.page import Line, Page
from matcher.taxonomy import HeadingKind, Taxonomy, Topic

MOST_HEADING_WORDS = 9
LONGEST_HEADING = 90
LEAST_LIST, FARTHEST_LOOK = 2, 12
PARAGRAPH, LONG_PARAGRAPH, SHORT_LINE = 12, 35, 14
ORDER: Final[tuple[HeadingKind, ...]] = (
    "conditional", "preferred", "legal", "benefit", "duty", "required", "about", "topic",
)  # fmt: skip
ASKING: Final = frozenset({"required", "preferred"})
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_NUMBERING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})?[.)]|[a-z][.)])\s+")
_KEY = re.compile(
    r"^[^A-Za-z0-9]{0,6}(?:\d{1,2}(?:\.\d{1,2})?[.)]\s?)?([A-Za-z][^:\t\n]{1,70}?)\s?(?::|\t|-(?=\s*$))\s?\**"
)
_WORDS = re.compile(r"[a-z0-9$'+.]+")

_DIGIT = re.compile(r"\d")
_LEVEL = re.compile(r"\blevel (i{1,3}|iv|[1-4]|one|two|three)\b", re.IGNORECASE)

State = Literal["heading", "inline", "plain"]


@dataclass(frozen=True, slots=True)
class Section:
    """What a line stands under. `major`: opened by a heading over several topics, so that a topic's heading does not end it."""

    kind: HeadingKind | Literal["start", "other"] = "start"
    topic: Topic | None = None
    major: bool = True
    one_of: bool = False

    @property
    def asks(self) -> bool:
        """Whether bare mentions here are asked for."""
        return self.kind in ASKING


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's meaning: its kinds in the order of strength, and its topic if it names one."""

    kind: HeadingKind
    topic: Topic | None
    major: bool
    unknown: int = 0
    unknown_share: float = 0.0


CONDITIONAL: Final = Heading("conditional", None, True)
SETTLING: Final = ("required", "preferred", "desired")
OTHER: Final = Section("other")


class Headings:
    """The wordings of headings, compiled."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Index the phrases by kind."""
        self._kinds: dict[str, list[tuple[HeadingKind, Topic | None]]] = {}
        for entry in taxonomy.wording.headings:
            for phrase in entry.phrases:
                self._kinds.setdefault(_plain(phrase), []).append((entry.kind, entry.topic))
        self._sizes: dict[str, set[int]] = {}
        for phrase in self._kinds:
            words = phrase.split()
            self._sizes.setdefault(words[0], set()).add(len(words))
        self._closing = frozenset(taxonomy.phrases("closing-words"))
        self._fillers = frozenset(taxonomy.phrases("heading-fillers"))
        self.meaning = lru_cache(maxsize=8192)(self._meaning)
        self.of_line = lru_cache(maxsize=8192)(self._of_line)

    def _of_line(self, text: str, heading: bool, item: bool) -> tuple[Heading | None, int]:
        """The heading that a short line is or begins with."""
        if not text.rstrip().endswith((".", ";", ",")):
            bare = _trimmed(text)
            bare = _NUMBERING.sub("", bare) if bare[1:6].find(" ") >= 0 else bare
            allowed = _allowed_unknown(text, bare, heading=heading, item=item)
            found = self.meaning(bare) if allowed >= 0 and len(bare) <= LONGEST_HEADING else None
            if found and found.unknown <= allowed and (found.kind != "topic" or found.unknown_share <= 0.4):
                return found, len(text)
        return _keyed(text, self)

    def _meaning(self, text: str) -> Heading | None:
        """What a heading of these words opens, or None. Whole phrases inside it count, the strongest kind first."""
        words = _plain_words(text)
        if not words or len(words) > MOST_HEADING_WORDS or self._sizes.keys().isdisjoint(words):
            return None
        whole = self._kinds.get(" ".join(words), [])
        found, covered = self._inside(words)
        if not found:
            return None
        if words[-1] in self._closing and len(words) > 1:
            covered.update(range(len(words)))
        kind = _strongest(whole, found)
        if not whole and (head := self._head(words)):
            covered.update(range(words.index("for") if "for" in words else len(words), len(words)))
            kind = head if kind in ("about", "legal", "duty") else kind
        if kind == "duty" and not whole and self._begins_asking(words):
            kind = "required"
        rest = sum(number not in covered and word not in self._fillers for number, word in enumerate(words))
        topics = [topic for _, topic in found if topic]
        topic = next((one for one in topics if one != "skills"), topics[0] if topics else None)
        if kind in ("about", "legal", "duty") and not whole and topic and any(one == "required" for one, _ in found):
            kind = "required"
        return Heading(kind, topic, len(words) > 1 and kind != "topic" and topic is None, rest, rest / len(words))

    def _head(self, words: list[str]) -> HeadingKind | None:
        """What the noun before "for" or "of" asks ("Requirements for the position")."""
        cut = next((number for number, word in enumerate(words) if word in ("for", "of", "to") and number), None)
        if cut is None:
            return None
        kinds = {kind for kind, _ in self._inside(words[:cut])[0]}
        return next((kind for kind in ("preferred", "required") if kind in kinds), None)

    def _begins_asking(self, words: list[str]) -> bool:
        """Whether a heading of two things names what is asked before what is done ("Qualifications and Job Responsibilities")."""
        if words[0] not in self._sizes or "and" not in words:
            return False
        return any(
            pair[0] == "required"
            for size in self._sizes[words[0]]
            for pair in self._kinds.get(" ".join(words[:size]), ())
        )

    def _inside(self, words: list[str]) -> tuple[list[tuple[HeadingKind, Topic | None]], set[int]]:
        """The known phrases inside a heading, the longest first, and which words they cover."""
        found: list[tuple[HeadingKind, Topic | None]] = []
        covered: set[int] = set()
        for size, start, kinds in self._phrases(words):
            fresh = size > 1 or start not in covered
            part = covered.issuperset(range(start, start + size))
            found += [
                pair for pair in kinds if (fresh or pair[0] in ASKING) and not (part and pair[0] == "conditional")
            ]
            covered.update(range(start, start + size))
        return found, covered

    def _phrases(self, words: list[str]) -> list[tuple[int, int, list[tuple[HeadingKind, Topic | None]]]]:
        """The known phrases among the words: how many words, from which on, and what they mean; the longest first."""
        phrases = [
            (size, start, kinds)
            for start, word in enumerate(words)
            for size in self._sizes.get(word, ())
            if start + size <= len(words) and (kinds := self._kinds.get(" ".join(words[start : start + size])))
        ]
        phrases.sort(key=lambda one: (-one[0], one[1]))
        return phrases


def _strongest(
    whole: list[tuple[HeadingKind, Topic | None]], found: list[tuple[HeadingKind, Topic | None]]
) -> HeadingKind:
    """The kind that decides: of the whole heading's meanings if it has any, else of its parts'."""
    kinds = {kind for kind, _ in (whole or found)}
    if "topic" in kinds:
        kinds |= {kind for kind, _ in found if kind in ASKING}
    return next(kind for kind in ORDER if kind in kinds)


def _plain(text: str) -> str:
    return " ".join(_plain_words(text))


def _plain_words(text: str) -> list[str]:
    """The words of a heading without marks; full stops stay inside it."""
    words = _WORDS.findall(text.lower())
    if words and (words[0][0] == "." or words[-1][-1] == "."):
        return " ".join(words).strip(". ").split()
    return words


class Placed(NamedTuple):
    """A line with its section; `body` is where its text begins behind an inline heading; a pure heading has no body."""

    line: Line
    section: Section
    body: int
    heading: bool


def place_lines(
    page: Page, headings: Headings, holds: Callable[[int, int], bool], grades: Grades | None = None
) -> list[Placed]:
    """Every line of the page with the section that it stands in; a line that `holds` something asked for is no unknown heading.

    What is said of a grade that does not count stands under a condition.
    """
    placed: list[Placed] = []
    current, run = Section(), _Run()
    grading = _Grading(grades) if grades else None
    table = _Table() if "evel" in page.text or "EVEL" in page.text else None
    for number, whole in enumerate(page.lines):
        line, text = whole, page.text[whole.start : whole.end]
        if table and table.columns:
            text, line = table.lowest(text, whole)
        heading, body = (None, 0) if _is_running_text(text) else _heading_of(text, line, headings)
        if (
            heading
            and body < len(text)
            and text[:body].rstrip(" :-").endswith(SETTLING)
            and holds(line.start, line.start + body)
        ):
            heading, body = None, 0  # "Bachelor's degree required: advanced degree preferred"
        if grading:
            heading, body, current = grading.settle(text.lower(), heading, body, current)
        if heading is None:
            if (
                not _is_running_text(text)
                and _looks_unknown(text, line, page, number)
                and not holds(line.start, line.end)
            ):
                if table:
                    table.see_row(text)
                current, run = _unknown(page, number, headings, holds), _Run()
                placed.append(Placed(line, current, line.end, heading=True))
            else:
                ended = current.asks and run.ends(text, item=line.item or _bulleted(text))
                placed.append(Placed(line, OTHER if ended else current, line.start, heading=False))
            continue
        if body >= len(text):
            run = _Run()
            current = opened_by(heading, current, inline=False)
            placed.append(Placed(line, current, line.end, heading=True))
            continue
        opened = opened_by(heading, current, inline=True)
        placed.append(Placed(line, opened, line.start + body, heading=False))
        if _stays_open(heading, current, item=line.item):
            current, run = opened, _Run(LEAST_LIST, LEAST_LIST)
    return placed


def _is_running_text(text: str) -> bool:
    """Whether a line can be no heading and begin with none, whatever its words: it is long or ends like a sentence, and has no key."""
    last = text[-1:]
    return (
        (len(text) > LONGEST_HEADING + 20 or last == ".")
        and last != "-"
        and ":" not in text[:80]
        and "\t" not in text[:80]
    )


def _stays_open(heading: Heading, current: Section, *, item: bool) -> bool:
    """Whether a heading that stands before its text in the same line speaks for the lines below as well."""
    if item:
        return False
    if heading.kind in ASKING:
        return heading.major or not current.asks
    return heading.kind in ("duty", "benefit", "legal", "about") and current.asks and heading.major


@dataclass(slots=True)
class _Grading:
    """Where the lines of a job's grades stand: those of a grade that does not count under a condition, the others where they did."""

    grades: Grades
    outside: Section = field(default_factory=Section)

    def settle(
        self, lower: str, heading: Heading | None, body: int, current: Section
    ) -> tuple[Heading | None, int, Section]:
        """The heading that a line is or begins with, where its text begins behind it, and the section in which it stands."""
        other = self.grades.other(lower)
        if other:
            self.outside = current if current.kind != "conditional" else self.outside
            return CONDITIONAL, len(lower) if is_bare(lower) else 0, current
        if other is False and current.kind == "conditional":
            return heading, body, self.outside
        return heading, body, current


@dataclass(slots=True)
class _Table:
    """Levels of one job side by side in a table: who meets the lowest can be hired, so what the others ask is not asked of all."""

    columns: bool = False

    def see_row(self, text: str) -> None:
        """A table's head row may name levels ("Level I", "Level II")."""
        cells = text.split("\t")
        self.columns = len(cells) > 1 and sum(bool(_LEVEL.search(cell)) for cell in cells) > 1

    def lowest(self, text: str, line: Line) -> tuple[str, Line]:
        """A row of such a table without the columns of the higher levels."""
        cells = text.split("\t")
        if len(cells) < 3:
            self.columns = False
            return text, line
        kept = len(cells[0]) + 1 + len(cells[1])
        return text[:kept], line._replace(end=line.start + kept)


@dataclass(slots=True)
class _Run:
    """The lines that have stood under one heading: how many, how many of them items, and how many words they held."""

    lines: int = 0
    items: int = 0
    words: int = 0

    def ends(self, text: str, *, item: bool) -> bool:
        """Whether a line is no longer of the list under the heading but the paragraph behind it; else it is counted in."""
        words = text.count(" ") + 1
        if not item and self.items >= LEAST_LIST and self.items == self.lines and words >= PARAGRAPH:
            return True
        if not item and self.lines > LEAST_LIST and words >= LONG_PARAGRAPH and self.words <= SHORT_LINE * self.lines:
            return True
        self.lines, self.items, self.words = self.lines + 1, self.items + item, self.words + words
        return False


def _unknown(page: Page, number: int, headings: Headings, holds: Callable[[int, int], bool]) -> Section:
    """What an unknown heading opens: requirements when what stands under it is plainly a list of them."""
    held = seen = 0
    for line in page.lines[number + 1 : number + 1 + FARTHEST_LOOK]:
        text = page.text[line.start : line.end]
        if _heading_of(text, line, headings)[0] or _looks_unknown(text, line, page, number):
            break
        item = line.item or _bulleted(text)
        if not item or "$" in text:
            return Section("other") if held < LEAST_LIST or held * 2 < seen else Section("required")
        seen, held = seen + 1, held + holds(line.start, line.end)
    return Section("required") if held >= LEAST_LIST and held * 2 >= seen else Section("other")


def opened_by(heading: Heading, current: Section, *, inline: bool = True) -> Section:
    """The section that a heading opens where `current` was; `inline`: the heading stands before its text in the same line."""
    if heading.kind == "topic":
        kind = current.kind
        passing = kind == "preferred" and not current.major and not inline
        if passing or kind in ("start", "other", "duty", "about", "benefit", "legal"):
            kind = "required"
        if heading.topic == "skills" and current.kind == "start":
            kind = "other"
        return Section(kind, heading.topic, current.major if kind == current.kind else True)
    if heading.kind in ASKING:
        topic = heading.topic or (current.topic if not heading.major and current.asks else None)
        return Section(heading.kind, topic, heading.major)
    return Section(heading.kind, None, heading.major)


def _heading_of(text: str, line: Line, headings: Headings) -> tuple[Heading | None, int]:
    """The line's heading and where its body begins (the line's length for a pure heading)."""
    if len(text) <= LONGEST_HEADING + 20:
        return headings.of_line(text, line.heading, line.item)
    return _keyed(text, headings)


def _keyed(text: str, headings: Headings) -> tuple[Heading | None, int]:
    """The heading that a line begins with ("Education: …")."""
    if ":" not in text[:80] and "\t" not in text[:80] and not text.rstrip().endswith("-"):
        return None, 0
    key = _KEY.match(text)
    if key and len(key[1].split()) <= 7 and (found := headings.meaning(key[1])) and found.unknown_share <= 0.4:
        if any(word in key[1].lower() for word in ("year", "yrs", "of the following")):
            return found, 0
        return found, key.end() if text[key.end() :].strip(" *_") else len(text)
    return None, 0


def _allowed_unknown(text: str, bare: str, *, heading: bool, item: bool) -> int:
    """How many unknown words a pure heading may hold: the more it looks like one, the more."""
    if _DIGIT.search(bare) or ":" in bare[:-1]:
        return -1
    if text.rstrip().rstrip("*_ ").endswith((":", "-")):
        return 4
    if heading or _marked(text):
        return 3
    if item or _bulleted(text):
        return -1
    if bare.lower().startswith(("what you", "what we", "requirements for", "qualifications for")):
        return 3
    return 1 if _capitals(bare) else 0


def _trimmed(text: str) -> str:
    """The text without the marks at its edges."""
    if text and text[0].isalnum() and text[-1].isalnum():
        return text
    return _EDGES.sub("", text)


def _marked(text: str) -> bool:
    """Whether a line is set off as a heading in plain text: "# Duties", "**Duties**", "*Duties*"."""
    bare = text.strip()
    return bare.startswith("#") or (len(bare) > 3 and bare[0] == bare[-1] == "*" and bare[1] != " ")


def _bulleted(text: str) -> bool:
    return text.lstrip()[:1] in "•-*·●▪✔~+⭐✅❖➢►■◦" and not _marked(text)


def _capitals(text: str) -> bool:
    if not text.isupper():
        return False
    letters = [char for char in text if char.isalpha()]
    return len(letters) > 3 and all(char.isupper() for char in letters)


def _looks_unknown(text: str, line: Line, page: Page, number: int) -> bool:
    """A heading by its looks whose words nobody knows: marked as one, or in capitals, and something follows."""
    if line.item or len(text) > LONGEST_HEADING + 20:
        return False
    marked = line.heading or _marked(text)
    if not marked and not text.isupper():
        return False
    if text.rstrip().endswith((".", ",", ";", "!", "?")):
        return False
    bare = _trimmed(text)
    if len(bare) > LONGEST_HEADING or len(bare.split()) > 8 or number + 1 >= len(page.lines) or _bulleted(text):
        return False
    return (marked or _capitals(bare)) and len(bare.split()) > 0 and not _DIGIT.search(bare)


def inside(section: Section, heading: Heading | None) -> Section:
    """The section of a sentence that begins with a key of its own ("Required: …") inside a line."""
    return section if heading is None else opened_by(heading, replace(section, major=section.major))


def section_kind(placed: list[Placed], position: int) -> str:
    """The kind of section in which a position of the page stands."""
    number = bisect_right(placed, position, key=_begins) - 1
    return placed[number].section.kind if number >= 0 else "start"


def _begins(placed: Placed) -> int:
    return placed.line.start
