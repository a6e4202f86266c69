"""Care settings: what kind of place the work is at, and whether it counts as underserved and why.

In: employer, title and page. Out: care settings, most telling first, and the reasons. The employer's own name and the title tell most;
what the text says of "our community" or "we are a …" tells more than places that duties, benefits or asked-for experience mention.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import islice
from typing import Final

from matcher.page import Page
from matcher.scanning import Lexicon, Tokens
from matcher.sections import Placed, section_kind
from matcher.taxonomy import Taxonomy
from model.reading import Basis

EMPLOYER: Final = 6.0
TITLE: Final = 5.0
ENOUGH: Final = 2.2
SAID: Final = 1.4
"""Enough for what only says more of a kind that it is always part of."""
HARDLY: Final = 0.2
"""A special kind with less than this share of a general one's evidence does not replace it."""
SHARE: Final = 0.35
MOST: Final = 3
RESIDENTS: Final = 2
CARED_FOR: Final = ("resident", "guests")
HOSPITAL: Final = "hospital"
MOST_NAMES: Final = 20
NURSING: Final = "nursing_facility"
NAMED: Final = 1.8
PLEDGE: Final = 300
_NAMING: Final = (
    ("setting-cue", 1.0, ("employer", "title")), ("setting-title", 1.0, ("title",)), ("setting-weak", 0.8, ("employer",)),
    ("setting-employer", 1.0, ("employer",)),
)  # fmt: skip
_SECTION_WEIGHT: Final = {
    "start": 1.5, "about": 1.5, "other": 1.0, "duty": 0.5, "required": 0.15, "preferred": 0.1, "benefit": 0.2, "legal": 0.1,
    "conditional": 0.0,
}  # fmt: skip
_OWN = re.compile(
    r"(?:we are|we're|our|is an?|are an?|is the|join|at the|at our|this|within our|here at|serving|operates|in our|as an?|a leading"
    r"|leader in)\b"
)
_HOSPITAL = re.compile(
    r"\b(?:[A-Z][\w'’.&-]* ){1,4}Hospitals?\b(?! (?:[Ss]ystem|Association|Compare|Quality|[Ii]nsurance|[Ii]ndemnity))"
)
_ELSEWHERE = re.compile(
    r"(?:experience|worked|background|preferably|setting|knowledge|insurance|skills|benefits|to and from"
    r"|discharge|referr)\b"
)


@dataclass(frozen=True, slots=True)
class FoundSetting:
    """A setting, how much speaks for it, and the stretch that shows it (`field` says of which text)."""

    id: str
    score: float
    start: int
    end: int
    field: str


@dataclass(frozen=True, slots=True)
class FoundBasis:
    """A reason to count as underserved and the stretch that shows it."""

    basis: Basis
    start: int
    end: int
    field: str


class SettingReader:
    """Scores the settings of a posting."""

    def __init__(self, taxonomy: Taxonomy, lexicon: Lexicon) -> None:
        """Keep the taxonomy and the machine that scans employer and title."""
        self._taxonomy = taxonomy
        self._lexicon = lexicon
        self._beside = frozenset(entry.id for entry in taxonomy.care_settings.care_settings if entry.beside)

    def read(self, employer: str, title: str, page: Page, tokens: Tokens, placed: list[Placed]) -> list[FoundSetting]:
        """The settings with enough evidence, most telling first."""
        scores: dict[str, float] = defaultdict(float)
        shown: dict[str, tuple[float, int, int, str]] = {}
        for text, weight, field in ((employer, EMPLOYER, "employer"), (title, TITLE, "title")):
            self._score_name(text, weight, field, scores, shown)
        self._score_body(page, tokens, placed, scores, shown)
        _score_hospitals(page, placed, scores, shown)
        self._refuse(tokens, scores)
        chosen = self._chosen(scores, shown)
        kinds = [one for one in chosen if one.id not in self._beside]
        return chosen if kinds else self._of_residents(title, page) + chosen

    def _of_residents(self, title: str, page: Page) -> list[FoundSetting]:
        """A nurse's or aide's job whose text names no place but cares for residents again and again: a nursing facility."""
        _, tokens = self._lexicon.scan_name(title)
        if not tokens.all("hands-on-title"):
            return []
        word = next((one for one in CARED_FOR if page.lower.count(one) >= RESIDENTS), None)
        if word is None:
            return []
        start = page.lower.find(word)
        return [FoundSetting(NURSING, ENOUGH, start, start + len(word), "description")]

    def _score_name(
        self,
        text: str,
        weight: float,
        field: str,
        scores: dict[str, float],
        shown: dict[str, tuple[float, int, int, str]],
    ) -> None:
        """Cues in the employer's name or the title; known employers count where the name begins with theirs."""
        if not text:
            return
        page, tokens = self._lexicon.scan_name(text)
        seen: set[str] = set()
        for channel, share, where in _NAMING:
            for token in tokens.all(channel):
                if field not in where or (token.start > 0 and channel == "setting-employer"):
                    continue
                if token.value not in seen:
                    seen.add(token.value)
                    _add(scores, shown, token.value, weight * share, (token.start, token.end, field))
        for entry in self._taxonomy.care_settings.care_settings if field == "employer" and not seen else ():
            if entry.employer_endings and page.lower.rstrip(" .").endswith(
                tuple(f" {ending}" for ending in entry.employer_endings)
            ):
                _add(scores, shown, entry.id, weight * 0.45, (0, len(page.text), field))

    def _score_body(
        self,
        page: Page,
        tokens: Tokens,
        placed: list[Placed],
        scores: dict[str, float],
        shown: dict[str, tuple[float, int, int, str]],
    ) -> None:
        """Cues in the text, weighed by section and by the words before them; repeats of one cue count less and less."""
        times: dict[str, int] = defaultdict(int)
        number = 0
        for token in tokens.all("setting-cue"):
            while number + 1 < len(placed) and placed[number + 1].line.start <= token.start:
                number += 1
            weight = _SECTION_WEIGHT[placed[number].section.kind] if placed else 1.0
            if _stands_before(_ELSEWHERE, 50, page.lower, token.start):
                weight *= 0.3
            elif _stands_before(_OWN, 60, page.lower, token.start):
                weight *= 1.8
            times[token.value] += 1
            weight /= 1 + 0.35 * (times[token.value] - 1)
            _add(scores, shown, token.value, weight, (token.start, token.end, "description"))

    def _refuse(self, tokens: Tokens, scores: dict[str, float]) -> None:
        """Words that speak against a setting take its share away."""
        for token in tokens.all("setting-anti"):
            scores[token.value] -= 1.5

    def _chosen(self, scores: dict[str, float], shown: dict[str, tuple[float, int, int, str]]) -> list[FoundSetting]:
        """The best and those close behind; a general kind gives way to a special one."""
        ranked = sorted(
            ((score, one) for one, score in scores.items() if score >= self._enough(one)),
            key=lambda pair: (-pair[0], pair[1]),
        )
        replaced = {other for score, one in ranked for other in self._gives_way(one, score, scores)}
        ranked = [pair for pair in ranked if pair[1] not in replaced]
        kinds = [pair for pair in ranked if pair[1] not in self._beside]
        best = kinds[0][0] if kinds else 0.0
        chosen = [pair for pair in kinds if pair[0] >= best * SHARE][:MOST]
        chosen += [pair for pair in ranked if pair[1] in self._beside]
        chosen += self._parts_of(chosen, scores)
        chosen += self._around(chosen, shown.keys() - replaced)
        ids = {one for _, one in chosen}
        parents = {entry.parent for one in ids if (entry := self._taxonomy.care_setting(one)) and entry.parent}
        ordered = sorted(chosen, key=lambda pair: (pair[1] in parents, -pair[0]))
        return [FoundSetting(one, score, *shown[one][1:]) for score, one in ordered]

    def _enough(self, setting: str) -> float:
        """How much must speak for a setting; less where it only says more of a kind that it is always part of."""
        entry = self._taxonomy.care_setting(setting)
        return SAID if entry and entry.within else ENOUGH

    def _gives_way(self, setting: str, score: float, scores: dict[str, float]) -> list[str]:
        """The general kinds that a special one replaces: all but those that far more speaks for."""
        entry = self._taxonomy.care_setting(setting)
        return [other for other in entry.replaces if score >= scores.get(other, 0) * HARDLY] if entry else []

    def _parts_of(self, chosen: list[tuple[float, str]], scores: dict[str, float]) -> list[tuple[float, str]]:
        """Special kinds of what has been chosen (memory care in assisted living) that the posting names as well."""
        ids = {one for _, one in chosen}
        entries = self._taxonomy.care_settings.care_settings
        return [
            (scores[one.id], one.id)
            for one in entries
            if one.parent in ids and one.id not in ids and scores.get(one.id, 0) >= NAMED
        ]

    def _around(self, chosen: list[tuple[float, str]], named: Set[str]) -> list[tuple[float, str]]:
        """The general kinds, where they are named, that a chosen special kind is always part of (a clinic within a health center)."""
        ids = {one for _, one in chosen}
        entries = [entry for one in ids if (entry := self._taxonomy.care_setting(one)) is not None]
        parents = {entry.parent for entry in entries if entry.within and entry.parent}
        return [(ENOUGH, parent) for parent in sorted((parents - ids) & named)]

    def underserved(
        self, settings: list[FoundSetting], page: Page, tokens: Tokens, placed: list[Placed]
    ) -> list[FoundBasis]:
        """Why the opening counts as underserved: by its settings, or because the posting says so itself."""
        found: list[FoundBasis] = []
        for setting in settings:
            entry = self._taxonomy.care_setting(setting.id)
            if entry and entry.underserved and entry.basis:
                found.append(FoundBasis(entry.basis, setting.start, setting.end, setting.field))
        said: tuple[tuple[str, Basis], ...] = (("underserved-words", "safety_net"), ("rural-words", "rural"))
        for channel, basis in said:
            token = next(
                (one for one in tokens.all(channel) if _is_said(one.start, placed) and not _is_pledge(one.start, page)),
                None,
            )
            if token:
                found.append(FoundBasis(basis, token.start, token.end, "description"))
        return found


def _score_hospitals(
    page: Page, placed: list[Placed], scores: dict[str, float], shown: dict[str, tuple[float, int, int, str]]
) -> None:
    """Hospitals by name ("Cedar County Hospital"), each once; a name among benefits or in a legal note says little."""
    if " Hospital" not in page.text:
        return
    names: set[str] = set()
    for found in islice(_hospitals(page), MOST_NAMES):
        if found[0] not in names:
            names.add(found[0])
            weight = NAMED * _SECTION_WEIGHT[section_kind(placed, found.start())] / len(names)
            _add(scores, shown, HOSPITAL, weight, (*found.span(), "description"))


def _hospitals(page: Page) -> Iterator[re.Match[str]]:
    """The names of hospitals; only lines that hold the word are looked through."""
    for line in page.lines:
        if page.text.find(" Hospital", line.start, line.end) >= 0:
            yield from _HOSPITAL.finditer(page.text, line.start, line.end)


def _stands_before(words: re.Pattern[str], reach: int, lower: str, position: int) -> bool:
    """Whether one of the words ends at most `reach` letters before the position, in the same sentence."""
    begin = max(0, position - 70)
    begin = max(begin, lower.rfind(".", begin, position) + 1, lower.rfind(";", begin, position) + 1)
    return any(found.end() >= position - reach for found in words.finditer(lower, begin, position))


def _is_said(position: int, placed: list[Placed]) -> bool:
    """Whether the words stand where a posting speaks of itself, not of what an applicant has done."""
    return section_kind(placed, position) not in ("required", "preferred", "legal")


def _is_pledge(position: int, page: Page) -> bool:
    """Whether the words stand in an employer's pledge of diversity, which says nothing of the place."""
    start = max(page.line_at(position)[0], position - PLEDGE)
    return "inclusive" in page.lower[max(start, page.lower.rfind(". ", start, position)) : position]


def _add(
    scores: dict[str, float],
    shown: dict[str, tuple[float, int, int, str]],
    one: str,
    weight: float,
    place: tuple[int, int, str],
) -> None:
    scores[one] += weight
    if one not in shown or weight > shown[one][0]:
        shown[one] = (weight, *place)
