"""Returned mail -> what happens to the address: one message at a time, from the mailbox or from a pipe."""

import logging

from digest.judging import judge
from digest.mailbox import each_unseen
from digest.returns import Return, read_return
from model.errors import ConfigError, Fault, FirstrungError
from model.service import Bounces
from scheduler.mailing import Mailroom
from store import deliveries

log = logging.getLogger(__name__)


def rules_of(room: Mailroom) -> Bounces:
    """The rules for returned mail. Raises ConfigError when there are none."""
    if room.mail.bounces is None:
        raise ConfigError(Fault("service.yaml: mail.bounces", "missing", "name the address that returned mail goes to"))
    return room.mail.bounces


def take(room: Mailroom, raw: bytes) -> str:
    """Deal with one message; what it was: "ignored", "unknown", "later", "policy", "soft", "stopped"."""
    rules = rules_of(room)
    found = read_return(raw, rules.address)
    if found is None:
        return "ignored"
    return _deal(room, rules, found)


def _deal(room: Mailroom, rules: Bounces, found: Return) -> str:
    now = room.house.clock()
    with room.house.database.write() as connection:
        delivery = deliveries.of_bounce(connection, found.token) if found.token else None
        if delivery is None:
            return "unknown"
        judged = judge(connection, delivery, found.kind, found.status, patience=rules, now=now)
    if judged == "policy":
        log.error("a receiver refuses us as senders", extra={"status": found.status, "domain": delivery.domain})
    if judged == "stopped":
        log.info("an address gets no more mail", extra={"kind": found.kind})
    return judged


def read_mailbox(room: Mailroom) -> dict[str, int]:
    """Everything unseen in the configured mailbox; counts by what it was. Raises ConfigError, DeliveryError, StoreError.

    One that breaks our own reading is flagged there for a person, and does not keep the others from being read.
    """
    rules = rules_of(room)
    if rules.imap is None:
        raise ConfigError(
            Fault("service.yaml: mail.bounces.imap", "missing", "name the mailbox, or pipe messages to `--file -`")
        )
    counts: dict[str, int] = {}

    def one(raw: bytes) -> bool:
        try:
            outcome = take(room, raw)
        except FirstrungError:
            raise
        except Exception as error:
            log.exception("a returned mail could not be dealt with", extra={"error": type(error).__name__})
            outcome = "broken"
        counts[outcome] = counts.get(outcome, 0) + 1
        return outcome != "broken"

    each_unseen(rules.imap, room.house.environ, one)
    return counts
