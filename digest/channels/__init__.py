"""How mail leaves: one file a channel, found by its presence.

A channel takes frozen bytes and says what the other side answered, or raises DeliveryError. `accepted` tells, where it can be known,
whether a message that is in doubt was taken: that is what keeps a crash from losing or doubling it.
"""

import importlib
from collections.abc import Mapping
from typing import Protocol

from model.digest import Envelope
from model.errors import DeliveryError
from model.service import Mail


class Unreachable(DeliveryError):
    """What mail is handed to is not there, or does not let us in: the next mail would fare no better."""

    def __init__(self, says: str) -> None:
        """It may be there later."""
        super().__init__(says, permanent=False)


class Channel(Protocol):
    """One way for mail to leave."""

    def send(self, envelope: Envelope) -> str:
        """Hand one message over and return what the other side answered. Raises DeliveryError."""

    def accepted(self, message_id: str) -> bool | None:
        """Whether a message was taken earlier; None when this channel cannot know."""

    def close(self) -> None:
        """Give back what is held open."""


def open_channel(mail: Mail, environ: Mapping[str, str]) -> Channel:
    """The channel that `mail.channel` names (a module of this folder). Secrets come from `environ`. Raises ConfigError."""
    channel: Channel = importlib.import_module(f"digest.channels.{mail.channel}").open_channel(mail, environ)
    return channel
