"""One pass over a page: every word of the taxonomy that stands in it, with its meaning and place.

In: a `Page`. Out: `Tokens`, by channel, in order. Within a channel the leftmost longest find wins; channels do not hide each other.
"""

from bisect import bisect_left
from collections import defaultdict
from functools import lru_cache
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from matcher.page import Page
from matcher.taxonomy import Taxonomy

LEAF: Final = "leaf"
CUE: Final = "cue"
UNIT: Final = "unit"
WORK: Final = "work"
PROFESSION: Final = "profession"
MOST_FINDS: Final = 15_000

MENTIONING: Final = frozenset({LEAF, UNIT, WORK, "graduate-of", "name-heads", "plain-certification"})
STATING: Final = MENTIONING | {"no-experience", "new-graduates", "if-less", "substitute", "substituted-by", "one-of"}
UNSCANNED: Final = frozenset(
    {
        "heading-fillers", "closing-words", "frame-before", "recency-before", "duration-noise-before", "duration-noise-after",
        "without-subject", "nursing-words", "license-noise", "sentence-words",
    }
)  # fmt: skip
IN_NAMES: Final = frozenset(
    {
        "hands-on-title", "office-title", "coder-title", "training-title", "senior-title", "not-senior-title", "uncertified-jobs",
        "setting-weak", "setting-title", "setting-employer", "graduate-title", "support-title", "other-title",
        PROFESSION,
    }
)  # fmt: skip
"""Channels that are looked for in titles and employers' names only."""
_UNITS = {
    "year": ("year", "years", "yr", "yrs"),
    "month": ("month", "months", "mos", "mo"),
    "week": ("week", "weeks", "wk", "wks"),
    "day": ("day", "days"),
    "hour": ("hour", "hours", "hrs"),
}
_WORK = {
    "experience": ("experience", "exp", "experiences", "experiance", "expereince"),
    "experienced": ("experienced",),
}


class Meaning(NamedTuple):
    """What a phrase means: its channel, what it is there, and the letters it must be written in (None: any case)."""

    channel: str
    kind: str
    value: str
    letters: str | None = None


class Token(NamedTuple):
    """A phrase found in the page's text."""

    start: int
    end: int
    kind: str
    value: str
    letters: bool = False
    plural: bool = False


NOTHING: Final[list[Token]] = []


class Tokens:
    """The finds of one page by channel."""

    __slots__ = ("_channels", "_mentioned", "_places", "_starts", "_stated", "_together")

    def __init__(self, channels: dict[str, list[Token]]) -> None:
        """Take the finds, each channel in order of place."""
        self._channels = channels
        self._starts: dict[str, list[int]] = {}
        self._together = sorted(
            [(token.start, channel, token) for channel, tokens in channels.items() for token in tokens], key=_place
        )
        self._places = [one[0] for one in self._together]
        self._mentioned = [start for start, channel, _ in self._together if channel in MENTIONING]
        self._stated = [start for start, channel, _ in self._together if channel in STATING]

    def within(self, channel: str, start: int, end: int) -> list[Token]:
        """The channel's finds that begin in the stretch."""
        tokens = self._channels.get(channel)
        if not tokens:
            return []
        starts = self._starts_of(channel, tokens)
        first = bisect_left(starts, start)
        return tokens[first : bisect_left(starts, end, first)]

    def of_stretch(self, start: int, end: int) -> dict[str, list[Token]]:
        """The finds of all channels that begin in the stretch."""
        first = bisect_left(self._places, start)
        found: dict[str, list[Token]] = {}
        for _, channel, token in self._together[first : bisect_left(self._places, end, first)]:
            if channel in found:
                found[channel].append(token)
            else:
                found[channel] = [token]
        return found

    def _starts_of(self, channel: str, tokens: list[Token]) -> list[int]:
        """Where the channel's finds begin; made when first asked for, since few channels are."""
        starts = self._starts.get(channel)
        if starts is None:
            starts = self._starts[channel] = [token.start for token in tokens]
        return starts

    def states(self, start: int, end: int) -> bool:
        """Whether anything that a statement can be about begins in the stretch."""
        first = bisect_left(self._stated, start)
        return first < len(self._stated) and self._stated[first] < end

    def mentions(self, start: int, end: int) -> bool:
        """Whether anything that could be asked for begins in the stretch."""
        first = bisect_left(self._mentioned, start)
        return first < len(self._mentioned) and self._mentioned[first] < end

    def all(self, channel: str) -> list[Token]:
        """Every find of the channel."""
        return self._channels.get(channel, [])

    def has(self, channel: str, start: int, end: int) -> bool:
        """Whether the channel has a find in the stretch."""
        tokens = self._channels.get(channel)
        if not tokens:
            return False
        starts = self._starts_of(channel, tokens)
        first = bisect_left(starts, start)
        return first < len(starts) and starts[first] < end


class _Table:
    """Phrases with their meanings, and the machine that finds them all in one pass."""

    __slots__ = ("begins", "ends", "machine", "meanings")

    def __init__(self, meanings: dict[str, list[Meaning]], implementation: Implementation) -> None:
        """Compile the phrases; whether each begins and ends with a letter decides whether a word's end is looked for there."""
        phrases = list(meanings)
        self.meanings = [tuple(meanings[phrase]) for phrase in phrases]
        self.begins = [phrase[0].isalnum() for phrase in phrases]
        self.ends = [phrase[-1].isalnum() for phrase in phrases]
        self.machine = AhoCorasick(
            phrases, matchkind=MatchKind.Standard, implementation=implementation, store_patterns=False
        )


class Lexicon:
    """The taxonomy compiled for scanning; made once and used for every page."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Compile every phrase of the taxonomy."""
        self._meanings: dict[str, list[Meaning]] = defaultdict(list)
        self._add_credentials(taxonomy)
        self._add_professions(taxonomy)
        self._add_wording(taxonomy)
        for setting in taxonomy.care_settings.care_settings:
            told = (
                ("cue", setting.cues),
                ("title", setting.title_cues),
                ("weak", setting.weak_cues),
                ("anti", setting.anti_cues),
            )
            for channel, words in told:
                for word in words:
                    self._add(word, Meaning(f"setting-{channel}", channel, setting.id))
            for word in setting.acronyms:
                self._add(word, Meaning("setting-cue", "acronym", setting.id, word))
            for word in setting.employers:
                self._add(word, Meaning("setting-employer", "employer", setting.id))
        self._name_table = _Table(self._meanings, Implementation.ContiguousNFA)
        in_text = {
            pattern: kept
            for pattern, meanings in self._meanings.items()
            if (kept := [one for one in meanings if one.channel not in IN_NAMES])
        }
        self._text_table = _Table(in_text, Implementation.DFA)
        self._names = lru_cache(maxsize=4096)(self._scan_name)

    def _add(self, phrase: str, meaning: Meaning) -> None:
        known = self._meanings[" ".join(phrase.lower().split())]
        if meaning not in known:
            known.append(meaning)

    def _add_credentials(self, taxonomy: Taxonomy) -> None:
        for entry in taxonomy.credentials.credentials:
            for letters in entry.letters:
                self._add(letters, Meaning(LEAF, "credential", entry.id, letters))
            for spelling in entry.spellings:
                self._add(spelling, Meaning(LEAF, "credential", entry.id))
        for wildcard in taxonomy.credentials.wildcards:
            for phrase in wildcard.phrases:
                self._add(phrase, Meaning(LEAF, "wildcard", wildcard.id))
        for other in taxonomy.credentials.others:
            for letters in other.letters:
                self._add(letters, Meaning(LEAF, "other", f"other:{other.name}", letters))
            for spelling in other.spellings:
                self._add(spelling, Meaning(LEAF, "other", f"other:{other.name}"))

    def _add_professions(self, taxonomy: Taxonomy) -> None:
        for profession in taxonomy.credentials.professions:
            for title in profession.titles:
                self._add(title, Meaning(PROFESSION, "licensed", profession.name))
        for title in taxonomy.credentials.unlicensed_titles:
            self._add(title, Meaning(PROFESSION, "unlicensed", ""))

    def _add_wording(self, taxonomy: Taxonomy) -> None:
        for level in taxonomy.wording.education:
            for phrase in level.phrases:
                self._add(phrase, Meaning(LEAF, "education", level.level))
        for cue in taxonomy.wording.cues:
            for phrase in cue.phrases:
                self._add(phrase, Meaning(CUE, cue.side, cue.modality))
        for group in taxonomy.wording.groups:
            for phrase in () if group.id in UNSCANNED else group.phrases:
                self._add(phrase, Meaning(group.id, "group", phrase))
        for table, channel in ((_UNITS, UNIT), (_WORK, WORK)):
            for value, words in table.items():
                for word in words:
                    self._add(word, Meaning(channel, channel, value))

    def scan_name(self, text: str) -> tuple[Page, Tokens]:
        """A title, an employer's name or a place as a page with its tokens; remembered, since they come again and again."""
        return self._names(text[:300])

    def _scan_name(self, text: str) -> tuple[Page, Tokens]:
        page = Page(text)
        return page, _scan(page.text, page.lower, self._name_table)

    def scan(self, page: Page) -> Tokens:
        """Every meaning in the page, in order, overlaps within a channel settled."""
        return _scan(page.text, page.lower, self._text_table)


def _scan(text: str, lower: str, table: _Table) -> Tokens:
    """The meanings of the table in a text and its small letters, which must have the same length; only whole words count."""
    found: dict[str, list[Token]] = {}
    begins, ends, meanings, new = table.begins, table.ends, table.meanings, tuple.__new__
    padded = f"{lower}  "
    for index, start, end in table.machine.find_matches_as_indexes(lower, overlapping=True)[:MOST_FINDS]:
        glued = plural = False
        if (start and begins[index] and lower[start - 1].isalnum()) or (ends[index] and padded[end].isalnum()):
            glued, plural = _joined_on(padded, start, end, begins=begins[index], ends=ends[index])
            if not glued and not plural:
                continue
        for channel, kind, value, letters in meanings[index]:
            if (glued and channel != UNIT) or (plural and letters is None):
                continue
            if letters is not None and not _in_case(text, start, end, letters):
                continue
            token = new(Token, (start, end, kind, value, letters is not None, plural))
            if channel in found:
                found[channel].append(token)
            else:
                found[channel] = [token]
    return Tokens({channel: _settled(tokens) if len(tokens) > 1 else tokens for channel, tokens in found.items()})


def _joined_on(padded: str, start: int, end: int, *, begins: bool, ends: bool) -> tuple[bool, bool]:
    """What a find that is no whole word is joined to: a number before it, a plural s behind it; neither when it is part of a word."""
    before, behind = padded[start - 1 : start] if begins and start else "", padded[end] if ends else ""
    glued, plural = before.isdigit(), behind == "s" and not padded[end + 1].isalnum()
    if (before.isalnum() and not glued) or (behind.isalnum() and not plural):
        return False, False
    return glued, plural


def _in_case(text: str, start: int, end: int, letters: str) -> bool:
    """Whether the letters stand in the text as they are written in the taxonomy, or all in capitals."""
    stretch = text[start:end]
    if stretch != letters and stretch != letters.upper():
        return False
    return not (
        start
        and text[start - 1] == "-"
        and start > 1
        and text[start - 2].isalpha()
        and text[start - 4 : start].lower() == "non-"
    )


def _place(one: tuple[int, str, Token]) -> int:
    return one[0]


def _order(token: Token) -> tuple[int, int]:
    return token.start, -token.end


def _settled(tokens: list[Token]) -> list[Token]:
    """Leftmost longest; equal stretches all stay, since ambiguous letters have more than one meaning."""
    last_end = -1
    for token in tokens:
        if token.start < last_end:
            break
        last_end = token.end
    else:
        return tokens
    tokens.sort(key=_order)
    kept: list[Token] = []
    last_start, last_end = -1, -1
    for token in tokens:
        if token.start >= last_end or (token.start == last_start and token.end == last_end):
            kept.append(token)
            last_start, last_end = token.start, token.end
    return kept
