"""Stop, pause and refusal between composing and sending: whatever the order, what is committed before the claim wins."""

import contextlib
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, false, update

from digest.sending import send_waiting
from model.digest import Message
from store import deliveries, people
from store.database import Database
from store.deliveries import Terms
from store.rows import DeliveryRow, PersonRow
from store.upserts import upsert
from tests.conftest import fresh_postgres
from tests.fakes import ByHand, ScriptedChannel
from tests.samples import NOON, seeker

TIMES = 1_000
DEEDS = ("stop", "pause", "refuse the address", "nothing")


def join(database: Database, numbers: range) -> None:
    """People who get digests."""
    with database.write() as connection:
        for number in numbers:
            profile = seeker(email=f"p{number}@example.com")
            people.join(connection, key=f"p{number}", handle=f"h{number}", profile=profile, consent={}, now=NOON)
            connection.execute(update(PersonRow).where(PersonRow.key == f"p{number}").values(state="active"))


def queue_one(database: Database, number: int) -> None:
    """One digest to that person."""
    with database.write() as connection:
        queue_with(connection, number)


def queue_with(connection: Connection, number: int) -> None:
    """The same, in a transaction that goes on."""
    to, key = f"p{number}@example.com", f"<m{number}@example.org>"
    message = Message(message_id=key, recipient=to, subject="s", html="", text="", mime=key.encode())
    terms = Terms(address_mark=f"mark{number}")
    deliveries.queue(
        connection, person=f"p{number}", issue="d:1", message=message, shown=[number], now=NOON, terms=terms
    )


def do(database: Database, deed: str, number: int) -> None:
    """The person, or the receiver of their mail, says no."""
    with database.write() as connection:
        if deed == "stop":
            people.stop(connection, f"p{number}", address_mark=f"mark{number}", why="asked", now=NOON)
        elif deed == "pause":
            people.pause(connection, f"p{number}", NOON + timedelta(days=7))
        elif deed == "refuse the address":
            people.stop(connection, "somebody else", address_mark=f"mark{number}", why="complained", now=NOON)


def storm(database: Database, seed: int) -> tuple[dict[int, str], set[int], set[int]]:
    """A thousand people's digests, sent in rounds of random length while people stop; who did what, who was mailed, and who was
    mailed although they had said no before their mail was claimed."""
    chance = random.Random(seed)
    join(database, range(TIMES))
    deeds = {number: chance.choice(DEEDS) for number in range(TIMES)}
    todo = [("queue", number) for number in range(TIMES)]
    chance.shuffle(todo)
    for number in range(TIMES):  # the deed comes at random after the queueing, or before it
        todo.insert(chance.randrange(len(todo) + 1), ("deed", number))
    channel, against, said_no = ScriptedChannel(), set(), set[int]()
    for what, number in todo:
        if what == "queue":
            queue_one(database, number)
        else:
            do(database, deeds[number], number)
            said_no |= {number} if deeds[number] != "nothing" else set()
        if chance.random() < 0.2:
            before, left = len(channel.taken), [chance.randrange(1, 8)]
            send_waiting(database, channel, ByHand(), grace=timedelta(seconds=60), stop=partial(counted, left))
            against |= said_no & {int(key[2:].split("@")[0]) for key in channel.taken[before:]}
    send_waiting(database, channel, ByHand(), grace=timedelta(seconds=60))
    assert max(Counter(channel.taken).values()) == 1
    return deeds, {int(key[2:].split("@")[0]) for key in channel.taken}, against


@pytest.mark.parametrize("first", ["digest", "deletion"])
def test_a_deletion_at_the_moment_of_queueing_leaves_nothing(database: Database, first: str) -> None:
    """Two transactions at once, as a batch and the page of a person who leaves: whoever comes second waits for the other."""
    join(database, range(1))
    at_work = threading.Event()

    def linger(deed: str) -> None:
        if deed == first:
            at_work.set()
            time.sleep(0.3)

    def digest() -> None:
        with contextlib.suppress(LookupError), database.write() as connection:
            queue_with(connection, 0)
            if not people.note_outcome(connection, "p0", "queued", now=NOON):
                raise LookupError
            linger("digest")

    def deletion() -> None:
        with database.write() as connection:
            people.forget(connection, "p0", address_mark="mark0", now=NOON)
            linger("deletion")

    deeds = {"digest": digest, "deletion": deletion}
    with ThreadPoolExecutor(2) as pool:
        begun = pool.submit(deeds.pop(first))
        assert at_work.wait(10)
        second = pool.submit(next(iter(deeds.values())))
        begun.result(20)
        second.result(20)

    with database.read() as connection:
        assert people.each(connection) == []
        assert deliveries.each(connection) == []


def counted(left: list[int]) -> bool:
    """True when so many were claimed in this round."""
    left[0] -= 1
    return left[0] < 0


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_no_before_the_claim_wins_in_a_thousand_orders(database: Database) -> None:
    deeds, mailed, against = storm(database, 7)

    assert against == set()
    assert {number for number, deed in deeds.items() if deed == "nothing"} <= mailed
    assert (
        50 < len(mailed & {number for number, deed in deeds.items() if deed != "nothing"}) < 700
    )  # those came too late
    with database.read() as connection:
        states = deliveries.states(connection)
    assert states == {"sent": len(mailed), "withdrawn": TIMES - len(mailed)}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_claim_that_looks_only_when_queueing_would_send(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the look in the claim, the same storm mails people who had said no."""
    monkeypatch.setattr(deliveries, "_unwanted", lambda now: false())
    monkeypatch.setattr(
        deliveries, "_claiming", deliveries._claiming.__wrapped__
    )  # the statement that is kept holds the look

    assert len(storm(database, 7)[2]) > 50


MANY = 10_000


@pytest.mark.long
@pytest.mark.timeout(600)
def test_four_at_once_claim_each_mail_once(postgres_server: str) -> None:
    """Four workers of their own, with no lock between them, over ten thousand mails: each is claimed once, in the order of waiting."""
    database = fresh_postgres(postgres_server, "claims")
    rows = [
        {
            "person": f"p{number}", "issue": "d:1", "message_id": f"<m{number}@example.org>", "recipient": f"p{number}@example.com",
            "subject": "s", "mime": b"x", "state": "queued", "created_at": NOON, "not_before": NOON, "kind": "digest", "domain": "example.com",
            "address_mark": f"mark{number}", "sender": "", "bounce_token": None, "expires_at": None,
        }
        for number in range(MANY)
    ]  # fmt: skip
    with database.write() as connection:
        connection.execute(upsert(connection, DeliveryRow), rows)

    def work(_worker: int) -> list[int]:
        claimed: list[int] = []
        while True:
            with database.write() as connection:
                delivery = deliveries.claim(connection, now=NOON)
            if delivery is None:
                return claimed
            claimed.append(delivery.number)

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(work, range(4)))
    with database.read() as connection:
        attempts = {one.attempts for one in deliveries.each(connection, limit=MANY)}
    database.close()
    print([len(share) for share in shares])  # noqa: T201

    assert Counter(number for share in shares for number in share).most_common(1)[0][1] == 1
    assert sum(map(len, shares)) == MANY
    assert attempts == {1}
    assert all(share == sorted(share) for share in shares)
    assert min(map(len, shares)) > 0
