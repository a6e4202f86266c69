"""Entry level: whether someone with credentials and training, but no paid experience, meets everything, and the posting says so.

In: title, the months and what the page says outright. Out: yes, no or unclear, with the stretch that shows it.
"""

from dataclasses import dataclass

from matcher.requirements import Months
from matcher.scanning import Lexicon, Tokens
from matcher.sections import Placed, section_kind
from matcher.statements import Statements
from model.reading import EntryLevel

_SILENT = ("legal",)


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """The answer, and the stretch of the text or title that shows it (None where the months do)."""

    level: EntryLevel
    place: tuple[int, int, str] | None = None
    contradiction: str | None = None


class EntryReader:
    """Settles whether an opening is entry level."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Keep the machine that scans titles."""
        self._lexicon = lexicon

    def read(
        self, title: str, tokens: Tokens, statements: Statements, months: Months, *, preferred: bool
    ) -> FoundEntry:
        """The guide's order: senior titles and months that are needed say no; ways without experience say yes."""
        _, title_tokens = self._lexicon.scan_name(title)
        said = _said(title_tokens, "title", []) or _said(tokens, "description", statements.placed)
        if place := _senior(title_tokens):
            return FoundEntry("no", place)
        if months.least:
            against = "entry level in words, experience in figures" if said and said[2] == "title" else None
            return FoundEntry("no", None, against)
        if months.least == 0:
            return FoundEntry("yes", said)
        if months.unnumbered:
            return FoundEntry("no")
        if said or preferred:
            return FoundEntry("yes", said)
        return FoundEntry("unclear")


def _senior(tokens: Tokens) -> tuple[int, int, str] | None:
    """The word of a title that makes it senior, outside phrases that only look so."""
    for token in tokens.all("senior-title"):
        masks = tokens.all("not-senior-title")
        if not any(mask.start < token.end and token.start < mask.end for mask in masks):
            return token.start, token.end, "title"
    return None


def _said(tokens: Tokens, field: str, placed: list[Placed]) -> tuple[int, int, str] | None:
    """Words that open the door, where the posting speaks of this job."""
    for channel in ("entry-level", "new-graduates", "will-train"):
        if channel == "new-graduates" and tokens.all("not-new-graduates"):
            continue
        for token in tokens.all(channel):
            kind = section_kind(placed, token.start)
            if kind not in _SILENT and not (channel == "will-train" and kind in ("duty", "benefit")):
                return token.start, token.end, field
    return None
