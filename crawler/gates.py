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


class Gates:
    """The gates of all vendor hosts on this machine."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds a small file for each host: locked during a request, with the moment when the last one ended."""
        self._folder = folder

    @asynccontextmanager
    async def through(self, netloc: str, gap: float) -> AsyncIterator[None]:
        """Wait for the host's turn and for `gap` seconds since its last request; hold the turn inside the `with`."""
        name = hashlib.sha256(vendor_host(netloc).encode()).hexdigest()[:24]
        with (self._folder / f"{name}.gate").open("a+b", buffering=0) as gate:
            while True:
                try:
                    fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(_POLL)
            try:
                await asyncio.sleep(max(0.0, min(gap, _last(gate.fileno()) + gap - time.monotonic())))
                yield
            finally:
                os.ftruncate(gate.fileno(), 0)
                os.pwrite(gate.fileno(), repr(time.monotonic()).encode(), 0)
                fcntl.flock(gate, fcntl.LOCK_UN)


def _last(fileno: int) -> float:
    """When the last request ended, on this machine's monotonic clock; long ago if unknown."""
    try:
        return float(os.pread(fileno, 40, 0))
    except ValueError:
        return float("-inf")
