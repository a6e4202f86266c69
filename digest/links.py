"""Links that act for one person: each is signed for one purpose, tells nothing of the person, and opens a page (a GET never acts).

A token is `handle.signature`, or `handle.posting.signature` for what is said of one opening. A token for one purpose is worth nothing
for another. Those that stop mail never expire: the law wants them to work for as long as the mail may lie in a mailbox.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from itsdangerous import BadSignature, Signer

Purpose = Literal["stop", "settings", "said", "confirm"]


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads links under `base` (no slash at its end; "" where the service has no pages)."""

    base: str
    secret: bytes

    def token(self, purpose: Purpose, handle: str, number: int | None = None) -> str:
        """The token for one purpose."""
        payload = handle if number is None else f"{handle}.{number}"
        return _signer(self.secret, purpose).sign(payload).decode()

    def read(self, purpose: Purpose, token: str) -> tuple[str, int | None] | None:
        """The handle (and posting) of a token made for that purpose; None for any other text."""
        if len(token) > 200 or not token.isascii():
            return None
        try:
            payload = _signer(self.secret, purpose).unsign(token).decode()
        except (BadSignature, UnicodeDecodeError):
            return None
        handle, _, number = payload.partition(".")
        if (purpose == "said") != number.isdigit():
            return None
        return handle, int(number) if number else None

    def url(self, purpose: Purpose, handle: str, number: int | None = None) -> str:
        """The page of a token; "" where the service has no pages."""
        return f"{self.base}/{purpose}/{self.token(purpose, handle, number)}" if self.base else ""


@lru_cache(maxsize=64)
def _signer(secret: bytes, purpose: str) -> Signer:
    """The purpose's own key, derived once: a digest holds dozens of links."""
    derived = Signer(secret, salt=f"firstrung.{purpose}", key_derivation="hmac", digest_method=_sha256).derive_key()
    return Signer(derived, sep=".", key_derivation="none", digest_method=_sha256)


def _sha256(data: bytes = b"") -> Any:
    """The hash that the signer builds on (SHA-1 is its own default)."""
    return hashlib.sha256(data)
