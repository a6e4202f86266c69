"""A description as a page: what a person sees, line by line, and where each stretch of it stands in the text as crawled.

`seen` is the visible text with one line a block. `text` is the same, character for character, with quotes, dashes and spaces made
plain, and `lower` that in small letters: the rules read these two. `place` leads back to the description.
"""

import html
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from matcher.blocks import Block, is_escaped_markup, is_markup, markup_blocks, plain_lines

MOST_CHARACTERS = 200_000
LONGEST_LINE = 12_000
MOST_LINES = 6_000
NEAR = 600

_PLAIN = dict.fromkeys("‘’‚‛′`´ʼ", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−﹣－", "-")
_PLAIN |= dict.fromkeys("\u00a0®™©℠\u200b\u200c\u200d\u2060\ufeff\ufe0f\u00ad", " ")
_PLAIN |= {"İ": "I", "／": "/", "…": "."}

_MOJIBAKE = {
    "â€™": "'", "â€˜": "'", "â€œ": '"', "â€\x9d": '"', "â€“": "-", "â€”": "-", "â€¢": "•", "â€¦": ".", "Â·": "·", "Â®": "®", "Â ": " ",
    "Â\u00a0": " ", "â€‹": "\u200b", "ï‚·": "•", "\uf0b7": "•", "â—": "•", "Ã©": "é",
}  # fmt: skip
_MOJIBAKE_FORMS = re.compile("|".join(re.escape(form) for form in sorted(_MOJIBAKE, key=len, reverse=True)))
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_PIECE = re.compile(
    r"<!--|</?[a-zA-Z!?][^<>]*>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?|[^<&]+|[<&]"
)
_SKIPPED_PART = re.compile(r"<(?:!--|script|style|noscript|template|head)", re.IGNORECASE)
_SKIPPED_TAG = re.compile(r"<(script|style|noscript|template|head)\b", re.IGNORECASE)
_BULLETS = "•●▪◦·✔✅⭐❖➢►■"
_KEY = r"[A-Za-z/&]{2,24}(?: (?:[A-Za-z/&]{1,20})){0,4}:"
_PARTING = (
    rf"(?:(?<=[a-z0-9.!?)][A-Z])(?={_KEY})"  # "1 yearLicenses: none"
    r"|(?<=[A-Z]{3})(?=[a-z]{3,24}:)"  # "GEDExperience: 1 year"
    r"|(?<=[a-z][a-z)][.!?][A-Z])(?=[a-z])"  # "the work.Apply now"
    r"|(?<=[A-Za-z)!.:]-)(?=[^\S\n][A-Z])"  # "Requirements:- HS diploma- One year"
    rf"|(?<=[^\n][{_BULLETS}])(?=[^\S\n]?\S)"  # bullets inside a line
    rf"|(?<=\S[^\S\n]-)(?=[^\S\n][A-Z]{_KEY})"  # "Certification: CPC - Education: HS"
    r"|(?<=[^\S\n]\*)(?=[^\S\n][A-Z]))"
)
# What parts a line, and the same without bullets; each find begins with the character that begins the new line.
_GLUED, _GLUED_PLAIN = (re.compile(f"[A-Z*{marks}-]{_PARTING}") for marks in (_BULLETS, ""))
SHORTEST_GLUED = 25
# Sentences that have lost the space and the line end between them ("in NursingRegistered Nurse"); a name written so comes again.
_RUN_ON = re.compile(r"\b[A-Za-z]{0,24}[a-z]{3}[.!)]?[A-Z][a-z]\w{0,40}")
_SEAM = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z])|(?<=[a-z]{3}[.!)])(?=[A-Z][a-z])")
# Where a seam may be: begins with the capital, so that it is looked for quickly.
_CAPITAL = re.compile(r"[A-Z](?:(?<=[a-z]{3}.)|(?<=[a-z]{3}[.!)].))[a-z]")
LONG_RUN_ON, LEAST_SEAMS = 200, 3
# Lines broken at a fixed width: where one ends with a word that goes on, or many long ones go on in small letters.
_GOES_ON = tuple(
    f" {word}"
    for word in (
        *(
            "a",
            "an",
            "the",
            "of",
            "and",
            "or",
            "to",
            "with",
            "for",
            "in",
            "on",
            "at",
            "by",
            "from",
            "as",
            "that",
            "which",
            "per",
        ),
        *("is", "are", "be", "our", "your", "their", "this", "any"),
    )
)
WIDTH, LEAST_BROKEN = 55, 3
# Headings that stand inside a posting whose whole text is one paragraph.
LONGEST_PARAGRAPH = 500
_INSIDE = re.compile(
    r" (?=(?:(?:Minimum|Required|Preferred|Job|Position|Basic|Additional|Desired) )?"
    r"(?:Qualifications?|Requirements?|Responsibilities|Duties|Benefits) ?:)(?<=[^\s,] )"
    r"(?<!Physical )(?<!Mental )(?<!Sensory )(?<!Shift )(?<!Travel )(?<!Health )(?<!Essential )(?<!Employee )(?<!Work )(?<!Skill )"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SOLID_RUN = re.compile(r"\S+")


class Line(NamedTuple):
    """One line of the page as a span of its text, with what the markup said of it."""

    start: int
    end: int
    heading: bool = False
    item: bool = False


@dataclass(frozen=True, slots=True)
class Edits:
    """A piecewise shift: where each piece of an edited text stood in the text before."""

    starts: tuple[int, ...]
    origins: tuple[int, ...]

    def back(self, position: int) -> int:
        """The position in the text before the edits."""
        index = bisect_right(self.starts, position) - 1
        following = self.origins[index + 1] if index + 1 < len(self.origins) else None
        found = self.origins[index] + position - self.starts[index]
        return found if following is None else min(found, following)


class Page:
    """One description, split into lines. Never raises, whatever the text; reads at most its first 200,000 characters."""

    def __init__(self, description: str, *, fast_blocks: bool = True) -> None:
        """Take the description as crawled and find its lines."""
        self.raw = description[:MOST_CHARACTERS]
        self._layers: list[Edits] = []
        source = self._mended(self.raw)[:MOST_CHARACTERS]
        self.markup = is_markup(source)
        self._source = source
        if self.markup:
            self.seen, self.lines = _joined(markup_blocks(source, fast=fast_blocks))
        else:
            self.seen, self.lines = _joined_lines(_unbroken(plain_lines(source)))
        self.text = _plainly(self.seen)
        lower = self.text.lower()
        self.lower = lower if len(lower) == len(self.text) else "".join(_small(char) for char in self.text)

    def _mended(self, raw: str) -> str:
        """The text with wrongly decoded characters put right and markup unescaped that was escaped twice."""
        source = raw
        if "â" in raw or "Â" in raw or "ï‚" in raw:
            source = self._edited(source, _MOJIBAKE_FORMS, _MOJIBAKE)
        if is_escaped_markup(source):
            source = self._edited(source, _REFERENCE, None)
        return source

    def _edited(self, source: str, pattern: re.Pattern[str], table: dict[str, str] | None) -> str:
        """The source with every find of the pattern replaced; remembers where each piece stood."""
        parts, starts, origins, position, length = [], [0], [0], 0, 0
        for found in pattern.finditer(source):
            new = table[found[0]] if table else html.unescape(found[0])
            parts += [source[position : found.start()], new]
            length += found.start() - position
            starts += [length, length + len(new)]
            origins += [found.start(), found.end()]
            length, position = length + len(new), found.end()
        parts.append(source[position:])
        self._layers.append(Edits(tuple(starts), tuple(origins)))
        return "".join(parts)

    def place(self, start: int, end: int) -> tuple[int, int, str]:
        """Where the visible stretch stands in the description, and its quote: exact where no markup lies inside."""
        while start < end and self.seen[start].isspace():
            start += 1
        while end > start and self.seen[end - 1].isspace():
            end -= 1
        if end <= start:
            return 0, 0, ""
        if not self.markup and not self._layers and (direct := self._directly(start, end)):
            return direct
        first = self._origin(self._rank(start))
        last = self._origin(self._rank(end) - 1)
        if first is None or last is None:
            return self._searched(start, end)
        raw_start, raw_end = self._before_edits(first[0]), self._before_edits(last[1] - 1) + 1
        if self._layers:
            raw_end = max(raw_end, self._before_edits(last[1]))
        exact = self.raw[raw_start:raw_end]
        quote = exact if not self.markup and not self._layers else self.seen[start:end]
        return raw_start, raw_end, quote

    def line_at(self, position: int) -> tuple[int, int]:
        """The line in which a position of the visible text stands."""
        number = max(0, bisect_right(self._line_starts, position) - 1)
        line = self.lines[number]
        return line.start, line.end

    def _directly(self, start: int, end: int) -> tuple[int, int, str] | None:
        """The stretch of a plain line that stands letter for letter in the description."""
        number = bisect_right(self._line_starts, start) - 1
        line, at = self.lines[number], self._line_places[number]
        if at < 0 or end > line.end:
            return None
        raw_start = at + start - line.start
        return raw_start, raw_start + end - start, self.raw[raw_start : raw_start + end - start]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [line.start for line in self.lines]

    @cached_property
    def _line_places(self) -> list[int]:
        """Where each plain line begins in the description, -1 where white space was folded inside it."""
        places, cursor = [], 0
        for line in self.lines:
            found = self.raw.find(self.seen[line.start : line.end], cursor, cursor + line.end - line.start + NEAR)
            places.append(found)
            cursor = found + line.end - line.start if found >= 0 else cursor + line.end - line.start
        return places

    @cached_property
    def _line_ranks(self) -> list[int]:
        """How many solid characters stand before each line."""
        ranks, total = [], 0
        for line in self.lines:
            ranks.append(total)
            total += _solid(self.seen[line.start : line.end])
        return ranks

    def _rank(self, position: int) -> int:
        """How many solid characters of the visible text stand before the position."""
        number = max(0, bisect_right(self._line_starts, position) - 1)
        return self._line_ranks[number] + _solid(self.seen[self.lines[number].start : position])

    def _searched(self, start: int, end: int) -> tuple[int, int, str]:
        """The stretch found by its letters, for markup too broken to be counted through."""
        quote = self.seen[start:end]
        found = self.raw.find(quote)
        return (found, found + len(quote), quote) if found >= 0 else (0, len(self.raw), quote)

    def _before_edits(self, position: int) -> int:
        for layer in reversed(self._layers):
            position = layer.back(position)
        return position

    def _origin(self, rank: int) -> tuple[int, int] | None:
        """Start and end, in the source, of its visible character number `rank` (white space not counted)."""
        ranks, pieces = self._pieces
        if not pieces or self._solid_total != ranks[-1] + pieces[-1][2]:
            return None
        index = bisect_right(ranks, rank) - 1
        start, end, _ = pieces[index]
        if self.markup and self._source[start] == "&" and end - start > 1:
            return start, end
        inside = rank - ranks[index]
        for run in _SOLID_RUN.finditer(self._source, start, end):
            length = run.end() - run.start()
            if inside < length:
                return run.start() + inside, run.start() + inside + 1
            inside -= length
        return None

    @cached_property
    def _solid_total(self) -> int:
        return _solid(self.seen)

    @cached_property
    def _pieces(self) -> tuple[list[int], list[tuple[int, int, int]]]:
        """Stretches of the source that a person sees: (start, end, solid characters), and the running count before each."""
        found = _visible_pieces(self._source) if self.markup else _windows(self._source)
        ranks, pieces, total = [], [], 0
        for start, end, solid in found:
            if solid:
                ranks.append(total)
                pieces.append((start, end, solid))
                total += solid
        return ranks, pieces


def _plainly(text: str) -> str:
    """The text with quotes, dashes and spaces made plain, character for character."""
    text = text.replace("`", "'")
    if not text.isascii():
        for char in set(_NOT_ASCII.findall(text)):
            if plain := _PLAIN.get(char):
                text = text.replace(char, plain)
    return text


def _small(char: str) -> str:
    small = char.lower()
    return small if len(small) == 1 else char


def _solid(text: str) -> int:
    """How many characters of the text are no white space."""
    return len("".join(text.split()))


def _windows(text: str) -> list[tuple[int, int, int]]:
    """Plain text cut every 256 characters, so that a position is found quickly."""
    return [
        (start, min(start + 256, len(text)), _solid(text[start : start + 256])) for start in range(0, len(text), 256)
    ]


def _visible_pieces(source: str) -> list[tuple[int, int, int]]:
    """The visible stretches of markup: text and character references outside tags, comments and scripts."""
    pieces: list[tuple[int, int, int]] = []
    position = 0
    if not _SKIPPED_PART.search(source):
        for piece in _PIECE.findall(source):
            begin, position = position, position + len(piece)
            if len(piece) == 1 or piece[0] not in "<&":
                pieces.append((begin, position, _solid(piece)))
            elif piece[0] == "&":
                pieces.append((begin, position, _solid(html.unescape(piece))))
        return pieces
    return _careful_pieces(source)


def _careful_pieces(source: str) -> list[tuple[int, int, int]]:
    """The same where comments, scripts or the like have to be stepped over."""
    pieces: list[tuple[int, int, int]] = []
    position, small, dead = 0, source.lower(), set[str]()
    while position < len(source):
        found = _PIECE.match(source, position)
        if found is None:
            break
        piece, position = found[0], found.end()
        if piece == "<!--":
            close = source.find("-->", position)
            position = close + 3 if close >= 0 else len(source)
        elif piece[0] == "<" and len(piece) > 1:
            skipped = _SKIPPED_TAG.match(piece)
            if skipped and skipped[1].lower() not in dead:
                close = small.find(f"</{skipped[1].lower()}", position)
                if close < 0:
                    dead.add(skipped[1].lower())
                position = max(position, close)
        elif piece[0] == "&" and len(piece) > 1:
            pieces.append((found.start(), found.end(), _solid(html.unescape(piece))))
        else:
            pieces.append((found.start(), found.end(), _solid(piece)))
    return pieces


def _joined(found: list[Block]) -> tuple[str, tuple[Line, ...]]:
    """The blocks as one text with a line each, glued fields parted, over-long lines cut."""
    glued = _glued_lines([block.text for block in found])
    parts: list[str] = []
    lines: list[Line] = []
    position, new = 0, tuple.__new__
    for number, (text, heading, item) in enumerate(found):
        whole = number not in glued and len(text) <= LONG_RUN_ON
        for part in (text,) if whole else _parted(text, glued=number in glued):
            end = position + len(part)
            parts.append(part)
            lines.append(new(Line, (position, end, heading, item)))
            position = end + 1
        if position > MOST_CHARACTERS or len(lines) > MOST_LINES:
            break
    return "\n".join(parts), tuple(lines)


def _joined_lines(texts: list[str]) -> tuple[str, tuple[Line, ...]]:
    """The same for lines of plain text."""
    return _joined([Block(text) for text in texts])


def _glued_lines(texts: list[str]) -> set[int]:
    """The numbers of the lines that hold more than one, looked for in all of them at once."""
    whole = "\n".join(texts)
    pattern = _GLUED_PLAIN if whole.isascii() or not any(bullet in whole for bullet in _BULLETS) else _GLUED
    places = [found.start() for found in pattern.finditer(whole)]
    if not places:
        return set()
    starts, position = [], 0
    for text in texts:
        starts.append(position)
        position += len(text) + 1
    numbers = {bisect_right(starts, place) - 1 for place in places}
    return {number for number in numbers if len(texts[number]) >= SHORTEST_GLUED}


def _seamed(text: str) -> str:
    """A run-on text with line ends at its seams; names that are written so ("OptumCare") come again and are left."""
    if len(_CAPITAL.findall(text)) < LEAST_SEAMS:
        return text
    words = Counter(_RUN_ON.findall(text))
    seams = {word for word, times in words.items() if times == 1}
    if len(seams) < LEAST_SEAMS or len(seams) * 2 < len(words):
        return text
    return _RUN_ON.sub(lambda found: _SEAM.sub("\n", found[0]) if found[0] in seams else found[0], text)


def _unbroken(lines: list[str]) -> list[str]:
    """The lines with those joined that were broken at a fixed width."""
    broken = [
        number
        for number in range(len(lines) - 1)
        if len(lines[number]) >= WIDTH and lines[number + 1][0].islower() and lines[number][-1].isalnum()
    ]
    if not broken:
        return lines
    many = len(broken) >= LEAST_BROKEN and sum(lines[number][0].islower() for number in broken) * 2 <= len(broken) + 1
    joined: list[str] = [lines[0]]
    chosen = {number for number in broken if many or lines[number].lower().endswith(_GOES_ON)}
    for number, line in enumerate(lines[1:]):
        if number in chosen:
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _parted(text: str, *, glued: bool) -> list[str]:
    """One block's text as its lines: glued fields and inline bullets parted."""
    if glued:
        text = _GLUED.sub(r"\n\g<0>", text)
    if len(text) > LONG_RUN_ON:
        text = _seamed(text)
    if len(text) > LONGEST_PARAGRAPH:
        text = _INSIDE.sub("\n", text)
    if len(text) <= LONGEST_LINE and "\n" not in text:
        return [text]
    lines = [line.strip() for line in text.split("\n")]
    return [line[cut : cut + LONGEST_LINE] for line in lines if line for cut in range(0, len(line), LONGEST_LINE)]
