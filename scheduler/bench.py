"""Where a piece of work is done: it is counted before it is begun, and its end, what it tells and what follows are one commit."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from matcher.reading import reader_of
from model.errors import DeliveryError, FirstrungError, StoreError, WorkLost
from model.work import NEVER_SET_ASIDE, Piece
from scheduler import alarms, due, rereading, retaining, returning, steps
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store import runs, tallies, work

log = logging.getLogger(__name__)
Counts = dict[tuple[str, str], float]
Follow = Callable[[Any, Sequence[Piece]], None]
CHILD_DIED = "the crawl's process"  # how a crawl says that its child was killed; all other failures are the source's
CRAWL_PATIENCE = (
    3  # a crawl is a child with limits of its own: a death beside it is hardly its doing, and counts a third
)


class Bench:
    """Does pieces of work, on any thread. `stop()` true: what is at hand ends early and stays due."""

    def __init__(
        self, house: House, *, stop: Callable[[], bool] = lambda: False, follow: Follow = lambda *_: None
    ) -> None:
        """`follow(connection, pieces)` queues what became due, within the transaction that ends the piece."""
        self.house, self.stop = house, stop
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.follow = follow
        self._uncounted: list[str] = []  # keys whose start was not their fault, which could not be written yet
        self._rooms = (Mailroom(house), Mailroom(house))  # one composes while the other sends
        self._composing, self._sending = threading.Lock(), threading.Lock()
        self._kinds: Mapping[str, Callable[[Piece], Counts]] = {
            "crawl": self._crawl,
            "read": self._read,
            "digest": self._digest,
            "send": self._send,
            "alarm": self._alarm,
            "retain": self._retain,
        }

    def do(self, piece: Piece) -> str:
        """Do one piece: "done", "resting" (it is set aside or waits), or "failed". Whatever it raises is noted and told here."""
        begun = False
        try:
            begun = self._begins(piece)
            if not begun:
                return "resting"
            began = time.monotonic()
            counts = self._kinds[piece.kind](piece)
            counts |= {("work", f"{piece.kind} done"): 1, ("work_seconds", piece.kind): time.monotonic() - began}
            following = [] if self.stop() else due.after(self.house, piece)
            with self.house.database.write() as connection:
                work.end(connection, piece.key)
                tallies.add(connection, counts)
                self.follow(connection, following)
        except Exception as error:  # noqa: BLE001  (one piece's bug must be seen and must not stop the others)
            self._failed(piece, error, begun=begun)
            return "failed"
        return "done"

    def _begins(self, piece: Piece) -> bool:
        """Count the start; first of all uncount those for which a full disk had no room."""
        owed, self._uncounted = self._uncounted, []
        try:
            with self.house.database.write() as connection:
                for key in owed:
                    work.uncount(connection, key, worker=self.name)
                allowed = self._starts(piece)
                return work.begin(connection, piece, worker=self.name, starts=allowed, now=self.house.clock())
        except StoreError:
            self._uncounted += owed
            raise

    def _starts(self, piece: Piece) -> int | None:
        if piece.kind in NEVER_SET_ASIDE:
            return None
        return self.house.configuration.service.work.starts * (CRAWL_PATIENCE if piece.kind == "crawl" else 1)

    def _failed(self, piece: Piece, error: Exception, *, begun: bool) -> None:
        """Note it. A database that is away or full cannot take the note: this process remembers that the start is not to count."""
        known = isinstance(error, FirstrungError)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        log.error("work failed", extra={"piece": piece.key, "reason": reason}, exc_info=None if known else error)
        starts, counts = self._starts(piece), not isinstance(error, StoreError)
        try:
            with self.house.database.write() as connection:
                now = self.house.clock()
                if work.fail(connection, piece.key, reason=reason[:500], starts=starts, counts=counts, now=now):
                    log.error("work set aside", extra={"piece": piece.key})
                tallies.add(connection, {("work", f"{piece.kind} failed"): 1})
        except StoreError as trouble:
            log.warning("a note could not be written", extra={"reason": str(trouble)})
            self._uncounted += [piece.key] * (begun and not counts)

    def _crawl(self, piece: Piece) -> Counts:
        source = self.house.configuration.source(piece.what)
        with self.house.database.read() as connection:
            if not runs.due(connection, [source.name], now=self.house.clock()):
                return {}
        run = steps.crawl(self.house, source, stop=self.stop)
        if run.failure is not None and run.failure.kind == "incomplete" and run.failure.says.startswith(CHILD_DIED):
            with self.house.database.write() as connection:
                work.ask_again(connection, source.name, now=self.house.clock())
            raise WorkLost(run.failure.says)
        changes: Counts = {("postings", name): getattr(run, name) for name in ("new", "changed", "closed")}
        outcome = run.failure.kind if run.failure else "right"
        return changes | {("crawls", outcome): 1, ("crawl_seconds", ""): run.seconds}

    def _read(self, piece: Piece) -> Counts:
        reader, began = reader_of(self.house.configuration.taxonomy), time.monotonic()
        count = rereading.read_chunk(self.house, reader, int(piece.what), stop=self.stop)
        return {("readings", ""): count, ("reading_seconds", ""): time.monotonic() - began}

    def _digest(self, piece: Piece) -> Counts:
        with self._composing:  # a mailroom is not for two threads at once
            room = self._rooms[0]
            counts = room.queue_due(
                due.due_in(room, piece.what), stop=self.stop, begun=partial(self._progressed, piece)
            )
        return {("digests", outcome): count for outcome, count in counts.items()}

    def _progressed(self, piece: Piece) -> None:
        """Somebody's digest was made: a death from now on is hardly the doing of those who come before the next one."""
        with self.house.database.write() as connection:
            work.progressed(connection, piece.key)

    def _send(self, piece: Piece) -> Counts:  # noqa: ARG002
        with self._sending:
            sent = self._rooms[1].send(stop=self.stop)
        return {("sending", name): getattr(sent, name) for name in type(sent).__dataclass_fields__}

    def _alarm(self, piece: Piece) -> Counts:  # noqa: ARG002
        return {("alarms", "told"): alarms.tell(self.house)}

    def _retain(self, piece: Piece) -> Counts:  # noqa: ARG002
        """What is done once a day: throw away by policy, and read the mail that came back."""
        counts: Counts = {("retained", name): count for name, count in retaining.apply(self.house).items()}
        mail = self.house.configuration.service.mail
        if mail is not None and mail.bounces is not None and mail.bounces.imap is not None:
            try:
                read = returning.read_mailbox(self._rooms[1])
                counts |= {("returned", name): count for name, count in read.items()}
            except (
                DeliveryError
            ) as error:  # the mailbox is away: tomorrow is soon enough, and the rest of the day's work is done
                log.warning("returned mail was not read", extra={"reason": str(error)})
        return counts
