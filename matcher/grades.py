"""Grades of one job in one posting ("Coder I: one year", "Coder II: three years"): what the higher ones ask is not asked of all.

In: a page's lines and the title. Out: `Grades`, which tells of a line or heading whether it speaks of another grade than the one that
counts: the one that the title names, else the lowest that is listed. A ladder that only pays more (its lowest grade is not the first,
and its lines speak of a ladder) bars nobody.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from typing import Final

from matcher.page import Page

NUMBERS: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "one": 1, "two": 2, "three": 3}
LEAST: Final = 2
LONGEST_KEY: Final = 80
HINTS: Final = (" ii", "level 2", "level two", "grade ", "gs-", "gs ")
"""A page with two grades holds one of these; the last three more often as the end of another word ("settings ")."""
_HINT: Final = re.compile(r" ii|level 2|level two|\b(?:grade |gs[- ])")
_NUMBER = r"(?P<number>i{1,3}|iv|v|one|two|three|0?[1-9]|1[0-5])"
_KEY: Final = re.compile(
    rf"^[\W_]*(?:for |as an? |at )?(?P<of>(?:[a-z][\w/&.'-]*(?: [-–] |[ -])){{0,5}}?)(?P<word>(?:level|grade|gs)[ -]?)?{_NUMBER}"
    r"\b(?=\s*(?:\([^()\n]{0,40}\))?\s*(?:[:–—-]|$| (?:requirements|qualifications|requires)\b))"
)
_IN_TITLE: Final = re.compile(r"\b(?:i{1,3}|iv|v)\b|(?:(?<=level )|(?<=grade ))[1-5]\b|(?<= )[1-5]$")


class Grades:
    """The grades that one posting lists."""

    def __init__(self, counts: dict[str, int | None]) -> None:
        """`counts`: of each job, which grade counts (None: none of those listed)."""
        self._counts = counts

    def other(self, text: str) -> bool | None:
        """Whether a line, in small letters, begins with another grade than the one that counts; None: it begins with no grade."""
        key = _key_of(text)
        return self._counts[key[0]] != key[1] if key is not None and key[0] in self._counts else None


def is_bare(text: str) -> bool:
    """Whether a line that begins with a grade says nothing else: what it asks stands in the lines below."""
    found = _KEY.match(text[:LONGEST_KEY])
    return found is not None and not re.sub(r"\([^()]*\)|[\W_]", "", text[found.end() :])


def grades_of(page: Page, title: str, numbered: Collection[str]) -> Grades | None:
    """The grades that a page lists, or None when it lists none.

    `title` in small letters; `numbered`: words whose numbers are no grades.
    """
    if not any(hint in page.lower for hint in HINTS) or not _HINT.search(page.lower):
        return None
    listed: dict[str, dict[int, str]] = defaultdict(dict)
    for line in page.lines:
        text = page.lower[line.start : line.end]
        if (key := _key_of(text)) and key[0].rpartition(" ")[2] not in numbered:
            listed[key[0]].setdefault(key[1], text)
    counts = {job: _counting(lines, title) for job, lines in listed.items() if len(lines) >= LEAST}
    return Grades(counts) if counts else None


def _key_of(text: str) -> tuple[str, int] | None:
    """The job and the grade that a line begins with; a figure is a grade only behind "level" or the like."""
    found = _KEY.match(text[:LONGEST_KEY])
    if found is None:
        return None
    job, number = found["of"].strip(" -"), found["number"]
    if (number.isdigit() and not found["word"]) or not (job or found["word"]):
        return None
    return job, NUMBERS.get(number) or int(number)


def _counting(lines: dict[int, str], title: str) -> int | None:
    """Which of the listed grades counts."""
    named = {NUMBERS.get(one) or int(one) for one in _IN_TITLE.findall(title)} & lines.keys()
    if named:
        return min(named)
    lowest = min(lines)
    return None if lowest > 1 and any("ladder" in text for text in lines.values()) else lowest
