"""Areas: which field of work the posting's own words for experience mean.

In: an area as written ("physician billing"). Out: the id of the experience area whose longest synonym stands in it, or None; also None
when the words name several areas as alternatives ("coding or billing"), since either will do and one id would say less than the words.
"""

import re
from functools import lru_cache

from matcher.taxonomy import Taxonomy

_WORDS = re.compile(r"[a-z0-9/&+-]+")


class AreaFinder:
    """Finds area ids; remembers the wordings that it has seen."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Index the synonyms, the longest first."""
        pairs = [(f" {_plain(word)} ", area.id) for area in taxonomy.areas.areas for word in area.synonyms]
        self._synonyms = sorted(pairs, key=lambda pair: (-len(pair[0]), pair[1]))
        self.find = lru_cache(maxsize=8192)(self._find)

    def _find(self, text: str) -> str | None:
        """The area whose longest synonym stands in the text; of equals the one that stands first in the alphabet."""
        plain = f" {_plain(text)} "
        if " or " in plain and len({self._longest(f" {part} ") for part in plain.split(" or ")} - {None}) > 1:
            return None
        return self._longest(plain)

    def _longest(self, plain: str) -> str | None:
        """The area of the longest synonym in plain words."""
        return next((area for synonym, area in self._synonyms if synonym in plain), None)


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()[:300]))
