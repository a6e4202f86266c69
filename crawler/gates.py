"""One request at a time and the declared gap for each vendor host, also across processes: a lock file a host."""

import asyncio
import fcntl
import hashlib
import ipaddress
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_TWO_PART_SUFFIXES = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "k12"})
_POLL = 0.02


def vendor_host(netloc: str) -> str:
    """What is throttled together: the vendor's domain for names (all tenants are one vendor), host and port for addresses."""
    host = netloc.rsplit("@", 1)[-1].lower()
    bare = host.rsplit(":", 1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        labels = bare.split(".")
        if len(labels) < 2:
            return host
        wide = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _TWO_PART_SUFFIXES
        return ".".join(labels[-3 if wide else -2 :])
    return host


def gates_folder() -> Path:
    """Where the lock files are: a folder of this user's own."""
    folder = Path(tempfile.gettempdir()) / f"firstrung-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


class TurnNotCome(Exception):
    """Others hold the host, or its gap is not over, until the deadline."""


class Gates:
    """The gates of all vendor hosts on this machine."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds a small file for each host: locked during a request, with the moment when the last one ended."""
        self._folder = folder

    @asynccontextmanager
    async def through(self, netloc: str, gap: float, deadline: float = float("inf")) -> AsyncIterator[None]:
        """Wait for the host's turn and for `gap` seconds since its last request; hold the turn inside the `with`.

        Raises TurnNotCome when both cannot be had before `deadline`, a moment of the monotonic clock; nothing was asked then.
        """
        name = hashlib.sha256(vendor_host(netloc).encode()).hexdigest()[:24]
        gate = os.open(self._folder / f"{name}.gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() + _POLL >= deadline:
                        raise TurnNotCome from None
                    await asyncio.sleep(_POLL)
            wait = max(0.0, min(gap, _last(gate) + gap - time.monotonic()))
            if time.monotonic() + wait > deadline:
                raise TurnNotCome
            await asyncio.sleep(wait)
            try:
                yield
            finally:
                os.pwrite(gate, f"{time.monotonic():024.6f}".encode(), 0)  # always as long: nothing to cut off
        finally:
            os.close(gate)  # and with it the lock


def _last(fileno: int) -> float:
    """When the last request ended, on this machine's monotonic clock; long ago if unknown."""
    try:
        return float(os.pread(fileno, 40, 0))
    except ValueError:
        return float("-inf")
