"""The engine with nothing to set up: threads of this process. Crawls are children, so that a few threads are enough."""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from model.work import Piece
from scheduler.bench import Bench

log = logging.getLogger(__name__)
LANES = {"crawl": "crawl", "read": "read"}


class InProcess:
    """Lanes of threads: crawls, readings, and all that is mail, so that none waits for another."""

    name = "in_process"

    def __init__(self, bench: Bench, *, crawls_at_once: int) -> None:
        """The bench's `stop` ends what is at hand."""
        self._bench = bench
        self._lock = threading.Lock()
        self._live: dict[str, Piece] = {}
        self._running: set[str] = set()
        self._held: list[Piece] = []
        self._lanes = {
            "crawl": ThreadPoolExecutor(crawls_at_once, thread_name_prefix="crawl"),
            "read": ThreadPoolExecutor(1, thread_name_prefix="read"),
            "mail": ThreadPoolExecutor(1, thread_name_prefix="mail"),
        }

    def live(self) -> set[str]:
        """What waits or runs here."""
        with self._lock:
            return set(self._live)

    def take(self, pieces: Sequence[Piece]) -> None:
        """Put each that is not here already into its lane; one whose lock is held waits for it outside the lane."""
        with self._lock:
            for piece in sorted(pieces, key=lambda piece: -piece.priority):
                if piece.key not in self._live and not self._bench.stop():
                    self._live[piece.key] = piece
                    self._start_or_hold(piece)

    def follow(self, _connection: Any, pieces: Sequence[Piece]) -> None:
        """What became due by a piece that ended."""
        self.take(pieces)

    def _start_or_hold(self, piece: Piece) -> None:
        if piece.lock in self._running:
            self._held.append(piece)
            return
        if piece.lock:
            self._running.add(piece.lock)
        self._lanes[LANES.get(piece.kind, "mail")].submit(self._do, piece)

    def _do(self, piece: Piece) -> None:
        try:
            if not self._bench.stop():
                self._bench.do(piece)
        except BaseException:
            log.exception("a piece of work broke", extra={"piece": piece.key})
            raise
        finally:
            with self._lock:
                self._live.pop(piece.key, None)
                self._running.discard(piece.lock or "")
                self._start_next(piece.lock)

    def _start_next(self, lock: str | None) -> None:
        for waiting in self._held:
            if waiting.lock == lock:
                self._held.remove(waiting)
                if self._bench.stop():
                    self._live.pop(waiting.key, None)
                else:
                    self._start_or_hold(waiting)
                return

    def mend(self) -> int:
        """Nothing: what this process held ends with it, and is due again at the next start."""
        return 0

    def close(self) -> None:
        """Wait for what is at hand."""
        for lane in self._lanes.values():
            lane.shutdown(wait=True, cancel_futures=True)
