"""A piece of work: what the clock finds due and a worker does, in any order and safe to do twice."""

from dataclasses import dataclass
from typing import Final

NEVER_SET_ASIDE: Final = ("send", "alarm", "retain")
"""One piece for everybody: were it set aside, all mail would wait for a person's hand."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: its `kind` (crawl, read, digest, send, alarm, retain) and `what` of it (a source's name, a chunk's number).

    `lock`: never two pieces with the same lock at once, on any machine. `priority`: the higher goes first.
    """

    kind: str
    what: str = ""
    lock: str | None = None
    priority: int = 0

    @property
    def key(self) -> str:
        """What tells this piece from all others; a piece that waits is not queued again."""
        return f"{self.kind}:{self.what}"
