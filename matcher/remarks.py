"""Remarks: plain facts beside the requirements: gates, shifts, why a text is thin, why it looks like no job.

In: a page and its tokens. Out: values of the reading, each with the stretch that shows it.
"""

from typing import Final

from matcher.page import Page
from matcher.scanning import Token, Tokens

GATES: Final = ("background-check", "drug-screen", "vaccination", "lifting", "minimum-age", "driving")
SHIFTS: Final = ("day", "evening", "night", "weekend")
THIN_WORDS: Final = 25
FEW_WORDS: Final = 120
STRONG_ENOUGH: Final = 2


def gates(tokens: Tokens) -> list[tuple[str, Token]]:
    """Plain conditions that are no credential, each with its first mention."""
    found = ((gate.replace("-", "_"), next(iter(tokens.all(f"gate-{gate}")), None)) for gate in GATES)
    return [(gate, token) for gate, token in found if token]


def shifts(tokens: Tokens) -> tuple[str, ...]:
    """The shifts that the page names."""
    return tuple(shift for shift in SHIFTS if tokens.all(f"shift-{shift}"))


def suspicions(tokens: Tokens) -> list[Token]:
    """The phrases for which a posting looks like an advertisement or a fraud; fewer than two different ones are none."""
    found: dict[str, Token] = {}
    for token in tokens.all("suspicious-strong"):
        found.setdefault(token.value, token)
    return list(found.values()) if len(found) >= STRONG_ENOUGH else []


def thinness(page: Page, tokens: Tokens) -> tuple[str, str] | None:
    """Why the text cannot show requirements (an id and words for people), or None."""
    words = len(page.text.split(None, FEW_WORDS))
    if tokens.all("thin") and words < FEW_WORDS:
        return "no_page", "the text is an error page, not a posting"
    if words == 0:
        return "empty", "the posting has no text"
    if words < THIN_WORDS:
        return "teaser", f"the text has only {words} words"
    if page.text.rstrip().endswith(("...", "…")):
        return "cut", "the text breaks off"
    return None
