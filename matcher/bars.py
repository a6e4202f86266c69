"""Bars: what is asked only of those who work in one way ("remote candidates need three years, on-site one").

In: a clause's small letters. Out: the way of working that it speaks of, or None when it speaks of everybody.
"""

import re
from typing import Final

from model.posting import Workplace

_WAY = r"(?P<way{n}>remote(?:ly)?|from home|hybrid|on[- ]?site|in[- ]office|in the office|in[- ]person)"
_PEOPLE = (
    r"candidates?|applicants?|coders?|billers?|employees?|staff|team members?|colleagues|associates|positions?|roles?"
    r"|work|workers?|option"
)
_KEY = re.compile(rf"^[\W_]*(?:for |to work |if )?{_WAY.format(n=1)}\s*(?:[:,-]|(?:{_PEOPLE})\b)")
_INSIDE = re.compile(
    rf"\b(?:to work|if working|when working)(?: fully)? {_WAY.format(n=1)}\b"
    rf"|\bfor (?:a |an |the )?(?:fully )?{_WAY.format(n=2)} (?:{_PEOPLE})\b"
)
_WAYS: Final[tuple[tuple[str, Workplace], ...]] = (
    ("remote", "remote"),
    ("from home", "remote"),
    ("hybrid", "hybrid"),
)


def bar_of(lower: str) -> Workplace | None:
    """The way of working that a clause is about."""
    if not any(word in lower for word in ("remote", "home", "hybrid", "site", "office", "person")):
        return None
    found = _KEY.match(lower) or _INSIDE.search(lower)
    if found is None:
        return None
    word = next(value for value in found.groups() if value)
    return next((way for start, way in _WAYS if word.startswith(start)), "onsite")


def is_key(lower: str) -> bool:
    """Whether a clause begins with the way of working ("Remote: 3 years")."""
    return bool(_KEY.match(lower))
