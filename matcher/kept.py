"""What was made of an object, kept for as long as the object is likely to come again.

Readings are compared with thousands of people. Their equality goes through every quote, so that what is made of them is kept by which
object it is, and the object with it, so that no other can take its place in memory.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

Source = TypeVar("Source")
Made = TypeVar("Made")
MOST = 4096


class Kept(Generic[Source, Made]):
    """Calls `make` once for each object; forgets everything when there are too many. The objects must not change."""

    __slots__ = ("_kept", "_make", "_most")

    def __init__(self, make: Callable[[Source], Made], most: int = MOST) -> None:
        """Nothing is made yet."""
        self._make, self._most = make, most
        self._kept: dict[int, tuple[Source, Made]] = {}

    def __call__(self, source: Source) -> Made:
        """What `make` says of the object, now or before."""
        kept = self._kept.get(id(source))
        if kept is not None:
            return kept[1]
        if len(self._kept) >= self._most:
            self._kept.clear()
        made = self._make(source)
        self._kept[id(source)] = (source, made)
        return made
