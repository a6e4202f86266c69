"""What a refusal means for the address that it is about: one judgement for what the channel answers and for what comes back later.

Nobody's address suffers for a refusal of us: that is noted by domain, and the operator is told (scheduler/alarms.py).
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from digest.returns import ReturnKind
from model.service import Patience
from store import alarms, people
from store.deliveries import Delivery

Judged = Literal["stopped", "soft", "policy", "later", "ignored"]


def judge(
    connection: Any, delivery: Delivery, kind: ReturnKind, status: str, *, patience: Patience, now: datetime
) -> Judged:
    """Note what was said of a mail and do what it means: "stopped" when the address gets no more.

    A full mailbox counts for the day of the mail, so that one refusal counts once, however often and whenever it is told.
    """
    if kind == "policy":
        alarms.note_refusal(connection, delivery.domain, status, now=now)
    if kind in ("later", "policy"):
        return kind
    if kind == "soft":
        day = delivery.created_at.date().isoformat()
        people.note_bounce(connection, delivery.person, status, day=day, now=now)
        since = now - timedelta(days=patience.within_days)
        if people.bounced_days(connection, delivery.person, since=since) < patience.days:
            return "soft"
    if not delivery.address_mark:
        return "ignored"
    why = "complained" if kind == "complaint" else "bounced"
    people.stop(connection, delivery.person, address_mark=delivery.address_mark, why=why, now=now)
    return "stopped"
