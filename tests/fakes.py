"""Hand-made stand-ins with verbs: a channel that does what its script says, a clock that is moved by hand."""

from datetime import datetime, timedelta

from model.digest import Envelope
from model.errors import DeliveryError
from tests.samples import NOON


class ByHand:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Move it on."""
        self.at += timedelta(**by)


class ScriptedChannel:
    """A channel that keeps what it took, after doing what its script says for each message in turn."""

    def __init__(self, *script: Exception | None, knows: bool = True) -> None:
        self.script = list(script)
        self.taken: list[str] = []
        self.knows = knows

    def send(self, envelope: Envelope) -> str:
        step = self.script.pop(0) if self.script else None
        if isinstance(step, DeliveryError) and not step.in_doubt:
            raise step
        self.taken.append(envelope.message_id)
        if step is not None:
            raise step
        return "250 ok"

    def accepted(self, message_id: str) -> bool | None:
        return message_id in self.taken if self.knows else None

    def close(self) -> None:
        """Nothing to give back."""
