"""A server that breaks at every step: each mail ends in the state that docs/mail.md names, and is taken once at most."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.channels import open_channel
from digest.sending import Limits, Pace, Sent, send_waiting
from model.digest import Message
from model.service import PerDomain
from store import deliveries, people
from store.database import Database, open_database
from store.deliveries import BACK_OFF
from tests.fakes import ByHand
from tests.faultserver import Faults, free_port, rules, serving, until
from tests.test_sending import GRACE, queue, states

SENT = {"sent": 3}


def one_round(database: Database, port: int, log: Path | None, clock: ByHand) -> Sent:
    """One round of sending over one connection."""
    channel = open_channel(rules(port, log), {})
    try:
        return send_waiting(database, channel, clock, grace=GRACE)
    finally:
        channel.close()


def rounds(database: Database, faults: Faults, *moves: float, record: bool = True) -> list[Sent]:
    """One round of sending now, and one after each of these minutes, to the server with its faults."""
    clock, outcomes = ByHand(), []
    faults.log.touch()
    with serving(faults) as port:
        for minutes in (0.0, *moves):
            clock.move(minutes=minutes)
            outcomes.append(one_round(database, port, faults.log if record else None, clock))
    return outcomes


pytestmark = [pytest.mark.long, pytest.mark.timeout(120)]
FAULTS: dict[str, tuple[dict[str, list[str | None]], Sent, Sent]] = {
    # name: what the server does wrong, what the first round says, what the next one says six minutes later
    "cut at the greeting": ({"greeting": ["cut"]}, Sent(put_back=1), Sent(sent=3)),
    "bad greeting": ({"greeting": ["554 not you"]}, Sent(put_back=1), Sent(sent=3)),
    "nonsense as a greeting": ({"greeting": ["hello there"]}, Sent(put_back=1), Sent(sent=3)),
    "421 at the first mail": ({"mail": ["421 4.3.2 closing"]}, Sent(put_back=1, sent=2), Sent(sent=1)),
    "421 in the middle": ({"mail": [None, "421 4.3.2 closing"]}, Sent(sent=3), Sent()),
    "cut in the middle": ({"mail": [None, "cut"]}, Sent(sent=3), Sent()),
    "421 twice in the middle": ({"mail": [None, *["421 4.3.2 closing"] * 2]}, Sent(sent=2, put_back=1), Sent(sent=1)),
    "421 at the recipient": ({"rcpt": [None, "421 4.3.2 closing"]}, Sent(sent=2, put_back=1), Sent(sent=1)),
    "421 after the dot": ({"data": [None, "421 4.3.2 closing"]}, Sent(sent=2, put_back=1), Sent(sent=1)),
    "cut at the recipient": ({"rcpt": ["cut"]}, Sent(sent=2, put_back=1), Sent(sent=1)),
    "cut before 250": ({"data": ["cut"]}, Sent(sent=2, in_doubt=1), Sent(sent=1, reconciled=1)),
    "cut after the dot": ({"data": ["keep and cut"]}, Sent(sent=2, in_doubt=1), Sent(reconciled=1)),
    "a stall at the mail": ({"mail": ["stall"]}, Sent(sent=2, put_back=1), Sent(sent=1)),
    "a stall at the dot": ({"data": ["stall"]}, Sent(sent=2, in_doubt=1), Sent(sent=1, reconciled=1)),
    "a stall after the dot": ({"data": ["keep and stall"]}, Sent(sent=2, in_doubt=1), Sent(reconciled=1)),
    "451 after the dot": ({"data": ["451 4.3.0 later"]}, Sent(sent=2, put_back=1), Sent(sent=1)),
    "a policy refusal": ({"data": ["550 5.7.1 not wanted"]}, Sent(refused_us=1), Sent(sent=2)),
}  # fmt: skip


def failing(folder: Path, steps: dict[str, Any]) -> Faults:
    """A server that fails at these steps."""
    return Faults(folder / "mail.log", **steps)


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_breaks_the_mail_is_taken_once(tmp_path: Path, database: Database, name: str) -> None:
    """Three mails; after the second round (an hour later where a receiver refused us) all are sent, each taken once."""
    wrong, first, then = FAULTS[name]
    faults = failing(tmp_path, {step: list(what) for step, what in wrong.items()})
    queue(database, 3)
    moves = (6.0, 70.0) if first.refused_us else (6.0,)

    assert rounds(database, faults, *moves)[:2] == [first, then]
    assert states(database) == SENT
    assert faults.copies() == {f"<m{number}@example.org>": 1 for number in range(3)}


@pytest.mark.parametrize(("fault", "taken"), [("cut", 0), ("keep and cut", 1), ("stall", 0), ("keep and stall", 1)])
def test_without_a_record_what_is_in_doubt_stays_so(tmp_path: Path, database: Database, fault: str, taken: int) -> None:
    faults = Faults(tmp_path / "mail.log", data=[fault])
    queue(database)

    assert rounds(database, faults, 6, 600, record=False) == [Sent(in_doubt=1)] * 3
    assert (states(database), len(faults.taken)) == ({"sending": 1}, taken)


def test_a_record_that_lies_doubles_the_mail(tmp_path: Path, database: Database) -> None:
    """The control: where the log does not tell what was taken, the same fault does send twice. The counting sees it."""
    faults = Faults(tmp_path / "mail.log", data=["keep and cut"])
    (tmp_path / "other.log").write_text(
        "Nov 21 12:00:01 mx postfix/cleanup[11]: 4AB12: message-id=<other@example.org>\n"
        "Nov 21 12:00:01 mx postfix/qmgr[12]: 4AB12: from=<d@example.org>, size=99, nrcpt=1 (queue active)\n"
    )
    queue(database)
    clock = ByHand()
    with serving(faults) as port:
        for minutes in (0, 6):
            clock.move(minutes=minutes)
            one_round(database, port, tmp_path / "other.log", clock)

    assert faults.copies() == {"<m0@example.org>": 2}


def test_three_times_later_then_taken_with_the_same_bytes(tmp_path: Path, database: Database) -> None:
    faults = Faults(tmp_path / "mail.log", rcpt=["451 4.2.0 later"] * 3)
    queue(database)
    waits = [wait.total_seconds() / 60 + wait.total_seconds() / 600 for wait in BACK_OFF[:3]]
    outcomes = rounds(database, faults, waits[0] - 2, 2, waits[1], waits[2])

    assert outcomes == [Sent(put_back=1), Sent(), Sent(put_back=1), Sent(put_back=1), Sent(sent=1)]
    (sent,) = read_all(database)
    assert (sent.attempts, sent.state, faults.taken[0][1]) == (4, "sent", sent.mime)


def read_all(database: Database) -> list[deliveries.Delivery]:
    """Every mail in the store."""
    with database.read() as connection:
        return deliveries.each(connection)


@pytest.mark.parametrize("place", ["rcpt", "data"])
def test_a_full_mailbox_is_counted_and_its_person_stays(tmp_path: Path, database: Database, place: Any) -> None:
    faults = failing(tmp_path, {place: ["552 5.2.2 mailbox full"]})
    queue(database, 2)

    assert rounds(database, faults, 6, 600) == [Sent(failed=1, sent=1), Sent(), Sent()]
    assert states(database) == {"failed": 1, "sent": 1}
    with database.read() as connection:
        assert people.bounced_days(connection, "p0", since=ByHand().at - timedelta(days=1)) == 1
        assert people.bounced_days(connection, "p1", since=ByHand().at - timedelta(days=1)) == 0


def test_a_server_that_is_gone_is_not_hammered_and_all_is_delivered_when_it_is_back(
    tmp_path: Path, database: Database
) -> None:
    """Ten minutes without a server at a tick each half minute, 300 mails: twenty attempts, none of them an hour away; then all at once."""
    queue(database, 300)
    clock, port = ByHand(), free_port()
    faults = Faults(tmp_path / "mail.log")
    faults.log.touch()
    tried = 0
    for _ in range(20):
        tried += one_round(database, port, faults.log, clock).put_back
        clock.move(seconds=30)
    with serving(faults, port):
        for _ in range(12):
            one_round(database, port, faults.log, clock)
            clock.move(seconds=30)

    assert tried == 20
    assert states(database) == {"sent": 300}
    assert max(faults.copies().values()) == 1
    order = [int(to.split("@")[0][1:]) for to, _ in faults.taken]
    assert order[:200] == list(range(order[0], order[0] + 200))


def queue_to(database: Database, domains: Callable[[int], str], count: int) -> None:
    """Queue mails to people of several domains."""
    with database.write() as connection:
        for number in range(count):
            key = f"<m{number}@example.org>"
            body = f"From: a@example.org\r\nMessage-ID: {key}\r\n\r\nhello\r\n".encode()
            to = f"p{number}@{domains(number)}"
            message = Message(message_id=key, recipient=to, subject="s", html="", text="", mime=body)
            deliveries.queue(connection, person=f"p{number}", issue="d:1", message=message, shown=[], now=ByHand().at)


@pytest.mark.parametrize("capped", [True, False])
def test_one_domain_never_has_more_than_its_share_while_others_flow(tmp_path: Path, capped: bool) -> None:
    """Six connections, two at once to a domain, as the server sees it. Without the limit (the control) it sees more."""
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    queue_to(database, lambda number: "big.example" if number < 30 else f"small{number % 6}.example", 60)
    faults = Faults(tmp_path / "mail.log", linger=0.02)
    faults.log.touch()
    with serving(faults) as port:
        channels = [open_channel(rules(port, faults.log), {}) for _ in range(6)]
        pace = Pace(PerDomain(at_once=2)) if capped else None
        clock, sent = ByHand(), 0
        for _ in range(60):  # a round ends for a thread that finds its domain full: the next tick goes on
            sent += send_waiting(
                database, channels[0], clock, grace=GRACE, limits=Limits(pace), others=tuple(channels[1:])
            ).sent
            if sent == 60:
                break
        for channel in channels:
            channel.close()
    database.close()
    until(lambda: not +faults.under_way)

    assert sent == 60
    assert max(faults.copies().values()) == 1
    assert (faults.most["big.example"] <= 2) is capped
    before_the_last_big = [
        to for to, _ in faults.taken[: max(n for n, one in enumerate(faults.taken) if "@big" in one[0])]
    ]
    if capped:
        assert sum("@small" in to for to in before_the_last_big) >= 10
