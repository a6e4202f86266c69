"""Queued mails -> delivered, each exactly once as far as the channel can tell.

The claim is committed before the channel is asked and the answer after it. What was claimed and never answered (a crash between)
is looked up in the channel's own record; where there is none it stays "in doubt" and is reported, never sent again by guess.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from digest.channels import Channel, Unreachable
from digest.judging import judge
from digest.returns import ReturnKind, enhanced
from model.digest import Envelope
from model.errors import DeliveryError, StoreError
from model.service import Patience, PerDomain
from store import deliveries
from store.database import Database
from store.deliveries import Delivery

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
Note = Callable[[Any], object]
"""What came of a mail, to be written with the connection that it is given."""
MINUTE = 60.0
REST = timedelta(hours=1)
PATIENT = 3  # so many "later, because of you" are a refusal; the first ones may be greylisting
ABOUT: dict[str, ReturnKind] = {"mailbox": "hard", "room": "soft", "us": "policy"}


@dataclass(frozen=True, slots=True)
class Sent:
    """What one sending round did. `refused_us`: a receiver refused us as senders, so the round ended there.

    `elsewhere`: 1 when it did nothing, because another process is sending.
    """

    sent: int = 0
    put_back: int = 0
    failed: int = 0
    in_doubt: int = 0
    reconciled: int = 0
    withdrawn: int = 0
    expired: int = 0
    refused_us: int = 0
    elsewhere: int = 0


class Pace:
    """How much each receiving domain gets: so many at once and so many a minute. Safe for threads."""

    def __init__(self, limits: PerDomain, seconds: Callable[[], float] = time.monotonic) -> None:
        """Nothing has gone out yet."""
        self._limits, self._seconds = limits, seconds
        self._lock = threading.Lock()
        self._under_way: dict[str, int] = {}
        self._lately: dict[str, deque[float]] = {}

    def recall(self, ages: Iterable[tuple[str, float]]) -> None:
        """What went out before this round, by whomever: each mail's domain, and how many seconds ago it was begun."""
        with self._lock:
            now = self._seconds()
            self._lately = {}
            for domain, age in sorted(ages, key=lambda one: -one[1]):
                self._lately.setdefault(domain, deque()).append(now - age)

    def full(self) -> list[str]:
        """The domains that get nothing at this moment."""
        with self._lock:
            now = self._seconds()
            for times in self._lately.values():
                while times and times[0] <= now - MINUTE:
                    times.popleft()
            busy = {domain for domain, count in self._under_way.items() if count >= self._limits.at_once}
            return sorted(
                busy | {domain for domain, times in self._lately.items() if len(times) >= self._limits.a_minute}
            )

    def begin(self, domain: str) -> None:
        """One mail to that domain is on its way."""
        with self._lock:
            self._under_way[domain] = self._under_way.get(domain, 0) + 1
            self._lately.setdefault(domain, deque()).append(self._seconds())

    def end(self, domain: str) -> None:
        """It has been answered."""
        with self._lock:
            self._under_way[domain] -= 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a domain gets, and how long a full mailbox is borne with."""

    pace: Pace | None = None
    patience: Patience = field(default_factory=Patience)


class _Round:
    """One round of sending, shared by its threads."""

    def __init__(
        self, database: Database, clock: Clock, stop: Callable[[], bool], limits: Limits, kinds: Sequence[str]
    ) -> None:
        self.database, self.clock, self._stop, self._kinds = database, clock, stop, kinds
        self.pace, self._patience = limits.pace, limits.patience
        self._lock, self._claiming = threading.Lock(), threading.Lock()
        self._counts = dict.fromkeys(Sent.__dataclass_fields__, 0)
        self._over = False

    def tally(self, outcome: str, by: int = 1) -> None:
        """Note what came of some mails."""
        with self._lock:
            self._counts[outcome] += by

    def end(self) -> None:
        """No more mails in this round: what is under way is finished."""
        self._over = True

    def result(self) -> Sent:
        """What the round did."""
        return Sent(**self._counts)

    def next(self, note: Note | None = None) -> Delivery | None:
        """The next mail, claimed; None at the end. One thread asks at a time, so that the domains' limits hold.

        `note`: what came of the mail before, written in the same transaction as the claim.
        """
        with self._claiming:
            if self._over or self._stop():
                self._noted(note)
                return None
            try:
                with self.database.write() as connection:
                    if note is not None:
                        note(connection)
                    full = self.pace.full() if self.pace else []
                    delivery = deliveries.claim(connection, now=self.clock(), not_to=full, kinds=self._kinds)
            except StoreError:  # a mail that was delivered must not stay in doubt because the next could not be claimed
                self._noted(note)
                raise
            if delivery is not None and self.pace:
                self.pace.begin(delivery.domain)
            return delivery

    def _noted(self, note: Note | None) -> None:
        """Write what came of a mail in a transaction of its own."""
        if note is not None:
            with self.database.write() as connection:
                note(connection)

    def run(self, channel: Channel) -> None:
        """Send until nothing is left."""
        note: Note | None = None
        while (delivery := self.next(note)) is not None:
            try:
                note = self._send(channel, delivery)
            finally:
                if self.pace:
                    self.pace.end(delivery.domain)

    def _send(self, channel: Channel, delivery: Delivery) -> Note | None:
        """Hand it over. What is left to do for a mail that the channel took is to note it; everything else is settled here."""
        try:
            answer = channel.send(Envelope(delivery.message_id, delivery.sender, delivery.recipient, delivery.mime))
        except DeliveryError as error:
            self.tally(self._not_sent(delivery, error))
            return None
        self.tally("sent")
        return partial(
            deliveries.note_sent, number=delivery.number, says=answer, now=self.clock(), attempt=delivery.attempts
        )

    def _not_sent(self, delivery: Delivery, error: DeliveryError) -> str:
        if error.in_doubt:
            log.warning("mail in doubt", extra={"delivery": delivery.number})
            return "in_doubt"
        now = self.clock()
        with self.database.write() as connection:
            if not deliveries.still_ours(connection, delivery):
                return "in_doubt"
            if error.about == "us" or isinstance(error, Unreachable):  # the next mail would fare no better
                self.end()
            if error.about == "us":
                if error.permanent or delivery.attempts >= PATIENT:
                    self._judge(connection, delivery, error, now)
                told = {"domain": delivery.domain, "status": enhanced(str(error))}
                log.error("a receiver refuses us as senders: the round ends", extra=told)
                deliveries.put_back(connection, delivery, says=str(error), now=now, at_least=REST)
                return "refused_us"
            if not error.permanent:
                deliveries.put_back(connection, delivery, says=str(error), now=now)
                return "put_back"
            deliveries.fail(connection, delivery.number, says=str(error))
            self._judge(connection, delivery, error, now)
        return "failed"

    def _judge(self, connection: Any, delivery: Delivery, error: DeliveryError, now: datetime) -> None:
        """What a refusal for good means for the address; nothing when it is about neither the mailbox nor us."""
        if error.about:
            judge(connection, delivery, ABOUT[error.about], enhanced(str(error)), patience=self._patience, now=now)


def send_waiting(
    database: Database,
    channel: Channel,
    clock: Clock,
    *,
    grace: timedelta,
    stop: Callable[[], bool] = lambda: False,
    limits: Limits | None = None,
    others: tuple[Channel, ...] = (),
    kinds: Sequence[str] = (),
) -> Sent:
    """Send everything that waits, after settling what an earlier round left in doubt for longer than `grace`.

    `others`: more channels of the same kind, each used by a thread of its own. `kinds`: only mails of these kinds.
    """
    if limits is not None and limits.pace is not None and not kinds:
        now = clock()
        with database.read() as connection:
            begun = deliveries.begun_since(connection, now - timedelta(seconds=MINUTE))
        limits.pace.recall((domain, (now - at).total_seconds()) for domain, at in begun)
    round_ = _Round(database, clock, stop, limits or Limits(), kinds)
    for outcome in [] if kinds else _reconcile(database, channel, clock, grace):
        round_.tally(outcome)
    with database.write() as connection:
        for state, number in deliveries.clear_out(connection, now=clock()).items():
            round_.tally(state, number)
    if not others:
        round_.run(channel)
    else:
        with ThreadPoolExecutor(1 + len(others), thread_name_prefix="send") as pool:
            for done in [pool.submit(round_.run, one) for one in (channel, *others)]:
                done.result()
    return round_.result()


def _reconcile(database: Database, channel: Channel, clock: Clock, grace: timedelta) -> list[str]:
    with database.read() as connection:
        doubtful = deliveries.in_doubt(connection, older_than=clock() - grace)
    settled = []
    for delivery in doubtful:
        accepted = channel.accepted(delivery.message_id)
        if accepted is None:
            settled.append("in_doubt")
            continue
        with database.write() as connection:
            if accepted:
                says, attempt = "found in the channel's record", delivery.attempts
                if not deliveries.note_sent(connection, delivery.number, says=says, now=clock(), attempt=attempt):
                    continue
            elif deliveries.still_ours(connection, delivery):
                deliveries.requeue(connection, delivery.number, now=clock())
            else:
                continue
        settled.append("reconciled")
    return settled
