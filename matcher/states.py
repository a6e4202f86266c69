"""States by name and letters: which ones a licence is asked for.

In: a page's text and a place in it. Out: postal codes, in the order in which they are named.
"""

import re
from typing import Final

NAMES: Final = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO", "connecticut": "CT",
    "delaware": "DE", "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA",
    "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI",
    "minnesota": "MN", "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH",
    "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH",
    "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD",
    "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA", "washington": "WA", "west virginia": "WV",
    "wisconsin": "WI", "wyoming": "WY", "district of columbia": "DC",
}  # fmt: skip
CODES: Final = tuple(NAMES.values())
_NAMED: Final = re.compile(rf"\b(?:{'|'.join(sorted(NAMES, key=len, reverse=True))})\b")
_LETTERS: Final = re.compile(rf"\b(?:{'|'.join(CODES)})\b(?=,| or | and |/|\s+(?:state|licen|compact)|[.;)]|$)")
_FIRST_WORDS: Final = frozenset(name.split()[0] for name in NAMES)
_WORDS: Final = re.compile(r"[a-z]+")
_TWO_CAPITALS: Final = re.compile(r"[A-Z]{2}")
_AHEAD, _BEHIND = 40, 60


def licensing_states(text: str, lower: str, start: int, end: int, limits: tuple[int, int]) -> tuple[str, ...]:
    """The states that are named right before or behind a licence, inside the limits of its sentence."""
    first, last = max(limits[0], start - _AHEAD), min(limits[1], end + _BEHIND)
    found: list[tuple[int, str]] = []
    if not _FIRST_WORDS.isdisjoint(_WORDS.findall(lower, first, last)):
        found += [(one.start(), NAMES[one[0]]) for one in _NAMED.finditer(lower, first, last)]
    if _TWO_CAPITALS.search(text, end, last):
        found += [(one.start(), one[0]) for one in _LETTERS.finditer(text, end, last)]
    return tuple(dict.fromkeys(code for _, code in sorted(found)))
