"""What a Postfix on this machine says of itself in its log: whether it took a message.

`cleanup` logs the Message-ID before the message is safe, `qmgr` logs "queue active" after: both for one queue id mean that it was
taken.
The log and the one that was rotated away last are read, line by line.
"""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

_CLEANUP = re.compile(r"postfix\S*/cleanup\[\d+\]: ([0-9A-Za-z]+): message-id=(<[^>\s]+>)")
_ACTIVE = re.compile(r"postfix\S*/qmgr\[\d+\]: ([0-9A-Za-z]+): from=<.*\(queue active\)")


class PostfixLog:
    """A mail log, read anew at each question about a moment later than the last reading."""

    def __init__(self, path: Path) -> None:
        """Keep where it is."""
        self.path = path
        self._size = -1
        self._taken: frozenset[str] = frozenset()

    def accepted(self, message_id: str) -> bool | None:
        """Whether Postfix took the message; None when the log cannot be read or holds nothing of it (logged elsewhere)."""
        try:
            size = self.path.stat().st_size
            if size != self._size:
                self._taken, self._size = _taken(self._lines()), size
        except OSError:
            return None
        return message_id in self._taken if self._taken else None

    def _lines(self) -> Iterator[str]:
        rotated = next((path for name in (".1", ".1.gz") if (path := Path(f"{self.path}{name}")).exists()), None)
        if rotated is not None:
            opener = gzip.open if rotated.suffix == ".gz" else open
            with opener(rotated, "rt", encoding="utf-8", errors="replace") as file:
                yield from file
        with self.path.open(encoding="utf-8", errors="replace") as file:
            yield from file


def _taken(lines: Iterator[str]) -> frozenset[str]:
    named: dict[str, str] = {}
    taken = set()
    for line in lines:
        if found := _CLEANUP.search(line):
            named[found[1]] = found[2]
        elif (found := _ACTIVE.search(line)) and found[1] in named:
            taken.add(named[found[1]])
    return frozenset(taken)
