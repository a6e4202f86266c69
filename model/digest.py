"""What a person is sent: a digest made of openings, and the message that carries it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from model.posting import Pay, Posting
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


SectionKind = Literal["qualifies", "close", "first_doors"]
ChangeKind = Literal["closed", "open_again", "posted_again", "pay", "asks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the digest and its openings in order. What it is called is said by the templates."""

    kind: SectionKind
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed on an opening that the person was sent. `was` and `now`: pay, where that is what changed."""

    kind: ChangeKind
    number: int
    title: str
    employer: str
    url: str
    was: Pay | None = None
    now: Pay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over all that was compared: what the person gets, what is near, and what wishes set aside.

    `reachable`: of what is near, what can be mended soon, as far as was looked.
    """

    compared: int = 0
    qualifying: int = 0
    near: int = 0
    reachable: int = 0
    set_aside: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """People to ask: a kind of place, what it does for one, its address on the web, and the day on which that was looked at."""

    name: str
    says: str
    url: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One person's digest for one local date. `left_for_later` counts openings kept for the next one."""

    name: str | None
    local_date: date
    next_date: date
    language: str = "en"
    sections: tuple[Section, ...] = ()
    changes: tuple[Change, ...] = ()
    contacts: tuple[Contact, ...] = ()
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
    """A rendered mail: `mime` is the whole of it as it will be sent, frozen before the first try.

    `sender`: the envelope's; `bounce_token`: the part of it that tells whose mail came back (None: returns are not read).
    """

    message_id: str
    recipient: str = field(repr=False)
    subject: str
    html: str = field(repr=False)
    text: str = field(repr=False)
    mime: bytes = field(repr=False)
    sender: str = field(default="", repr=False)
    bounce_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a channel is handed: the frozen bytes, from whom (the envelope's sender, where returns go) and to whom."""

    message_id: str
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    mime: bytes = field(repr=False)
