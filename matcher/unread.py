"""Unread lines: what stands under headings that ask, and gave the reader nothing.

In: a page with its tokens and statements. Out: the lines, so that the next wording is added from what postings really say.
"""

from typing import Final

from matcher.page import Page
from matcher.remarks import GATES
from matcher.scanning import CUE, LEAF, UNIT, WORK, Tokens
from matcher.sections import Placed

KNOWN: Final = (
    LEAF, UNIT, WORK, CUE, "no-experience", "new-graduates", "entry-level", "will-train", "graduate-of", "remote", "hybrid", "onsite",
    *(f"gate-{gate}" for gate in GATES),
)  # fmt: skip
FEWEST_WORDS: Final = 2
LONGEST: Final = 240


def unread_lines(page: Page, tokens: Tokens, placed: list[Placed]) -> tuple[str, ...]:
    """The lines under requirements or preferences in which nothing known stands, each once, in order."""
    found: list[str] = []
    for one in placed:
        if one.heading or not one.section.asks or one.section.topic == "skills":
            continue
        text = page.seen[one.body : one.line.end].strip()
        if len(text.split()) < FEWEST_WORDS or any(tokens.has(channel, one.body, one.line.end) for channel in KNOWN):
            continue
        found.append(" ".join(text.split())[:LONGEST])
    return tuple(dict.fromkeys(found))
