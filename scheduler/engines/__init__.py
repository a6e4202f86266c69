"""Who does what is due: this process (`in_process`) or workers on any number of machines (`procrastinate`). One seam."""

from collections.abc import Sequence
from typing import Protocol

from model.work import Piece


class Engine(Protocol):
    """Takes pieces of work and sees to it that each is done. State lives on rows: what an engine forgets is found due again."""

    name: str

    def live(self) -> set[str]:
        """The keys of the pieces that wait or are being done. To be asked before what is due is looked up."""

    def take(self, pieces: Sequence[Piece]) -> None:
        """See to it that these are done."""

    def mend(self) -> int:
        """Put back what a dead worker held; how many pieces that were."""

    def close(self) -> None:
        """Let what is at hand finish, and take nothing more."""
