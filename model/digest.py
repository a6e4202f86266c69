"""What a person is sent: a digest made of openings, and the message that carries it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from model.posting import Posting
from model.reading import Reading
from model.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A posting with its reading and the verdict for one person: what ranking and the digest work on."""

    number: int
    """The posting's row number in the store (0 when it comes from a file)."""
    posting: Posting
    reading: Reading
    verdict: Verdict
    first_seen: datetime | None = None
    twins: tuple[int, ...] = ()
    """The numbers of other postings of the same opening, on other boards."""
    also: tuple[str, ...] = ()
    """Where those stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the digest: a title, a line that explains it, and its openings in order."""

    title: str
    says: str
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One person's digest for one local date. `left_for_later` counts openings kept for the next one."""

    name: str | None
    local_date: date
    next_date: date
    sections: tuple[Section, ...]
    left_for_later: int = 0
    set_aside: tuple[tuple[str, int], ...] = ()
    sources_read: int = 0
    sources_failed: tuple[str, ...] = ()
    postings_compared: int = 0

    @property
    def openings(self) -> tuple[Opening, ...]:
        """Every opening, in the order of the sections."""
        return tuple(opening for section in self.sections for opening in section.openings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A rendered digest: `mime` is the whole mail as it will be sent, frozen before the first try."""

    message_id: str
    recipient: str = field(repr=False)
    subject: str
    html: str = field(repr=False)
    text: str = field(repr=False)
    mime: bytes = field(repr=False)
