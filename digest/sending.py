"""Queued digests -> delivered, each exactly once as far as the channel can tell.

The claim is committed before the channel is asked and the answer after it. What was claimed and never answered (a crash between)
is looked up in the channel's own record; where there is none it stays "in doubt" and is reported, never sent again by guess.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.channels import Channel
from model.errors import DeliveryError
from store import deliveries
from store.database import Database
from store.deliveries import Delivery

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sent:
    """What one sending round did."""

    sent: int = 0
    put_back: int = 0
    failed: int = 0
    in_doubt: int = 0
    reconciled: int = 0


def send_waiting(
    database: Database, channel: Channel, clock: Clock, *, stop: Callable[[], bool] = lambda: False, grace: timedelta
) -> Sent:
    """Send everything that waits, after settling what an earlier round left in doubt for longer than `grace`."""
    counts = dict.fromkeys(Sent.__dataclass_fields__, 0)
    for key in _reconcile(database, channel, clock, grace):
        counts[key] += 1
    while not stop():
        with database.write() as connection:
            delivery = deliveries.claim(connection, now=clock())
        if delivery is None:
            break
        counts[_send(database, channel, clock, delivery)] += 1
    return Sent(**counts)


def _send(database: Database, channel: Channel, clock: Clock, delivery: Delivery) -> str:
    try:
        answer = channel.send(delivery.message_id, delivery.recipient, delivery.mime)
    except DeliveryError as error:
        return _not_sent(database, clock, delivery, error)
    with database.write() as connection:
        deliveries.note_sent(connection, delivery.number, says=answer, now=clock())
    return "sent"


def _not_sent(database: Database, clock: Clock, delivery: Delivery, error: DeliveryError) -> str:
    if error.in_doubt:
        log.warning("digest in doubt", extra={"delivery": delivery.number})
        return "in_doubt"
    with database.write() as connection:
        if error.permanent:
            deliveries.fail(connection, delivery.number, says=str(error))
            return "failed"
        deliveries.put_back(connection, delivery, says=str(error), now=clock())
    return "put_back"


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
                deliveries.note_sent(connection, delivery.number, says="found in the channel's record", now=clock())
            else:
                deliveries.requeue(connection, delivery.number, now=clock())
        settled.append("reconciled")
    return settled
