"""Misspellings: names of credentials that are written with a letter or two wrong ("Certifed Profesional Coder").

In: small letters and the place of a name's first word. Out: the id of the one name that is at most two edits away. Only names of three
words and more are compared, never letters: CPC, COC and CIC are one edit apart.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from matcher.taxonomy import Taxonomy

FEWEST_WORDS = 3
SHORTEST = 18
MOST_EDITS = 2
LONGEST = 64
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")


class NameGuesser:
    """Finds near misses of the catalogue's long names."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Index the names by their number of words."""
        self._names: dict[int, dict[str, str]] = {}
        for entry in taxonomy.credentials.credentials:
            for name in entry.spellings:
                size = len(_WORD.findall(name))
                if size >= FEWEST_WORDS and len(name) >= SHORTEST and name.replace(" ", "").replace("-", "").isalpha():
                    self._names.setdefault(size, {})[name] = entry.id
        self._guess = lru_cache(maxsize=4096)(self._nearest)

    def guess(self, lower: str, start: int, end: int) -> tuple[str, int] | None:
        """The id of the name that begins at the place and where it ends, or None."""
        words = list(_WORD.finditer(lower, start, min(end, start + LONGEST)))
        for size in sorted(self._names, reverse=True):
            if len(words) >= size and (found := self._guess(lower[start : words[size - 1].end()], size)):
                return found, words[size - 1].end()
        return None

    def _nearest(self, text: str, size: int) -> str | None:
        names: Sequence[str] = list(self._names[size])
        best = process.extractOne(text, names, scorer=OSA.distance, score_cutoff=MOST_EDITS)
        if best is None or not _close(text, best[0]):
            return None
        return self._names[size][best[0]]


def _close(text: str, name: str) -> bool:
    """At most one edit in each word, so that no word has become another."""
    pairs = list(zip(text.split(), name.split(), strict=False))
    return len(text.split()) == len(name.split()) and all(OSA.distance(one, other) <= 1 for one, other in pairs)
