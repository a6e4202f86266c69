"""Several machines that send: one round at a time, and a domain's limits hold over all of them."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.sending import Sent
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store.database import Database
from store.leases import lease
from tests.conftest import ROOT
from tests.fakes import ByHand
from tests.faultserver import Faults, serving, until
from tests.services import opened, wait_for, write_service
from tests.test_sending import states
from tests.test_sending_faults import queue_to

pytestmark = [pytest.mark.long, pytest.mark.timeout(120)]


def address(database: Database) -> str:
    """The database's whole address."""
    return database.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """A receiving server that takes its time."""
    (tmp_path / "mail.log").touch()
    return Faults(tmp_path / "mail.log", linger=0.03)


@pytest.fixture
def machines(database: Database, tmp_path: Path, faults: Faults) -> Iterator[list[House]]:
    """The same service on two machines, each with four connections; one domain gets two at once and ten a minute."""
    with serving(faults) as port:
        mail = (
            "{sender: d@example.org, postal_address: 1 Main St, unsubscribe_mail: stop@example.org, channel: smtp, "
            f"smtp: {{host: 127.0.0.1, port: {port}, security: none, timeout_seconds: 5}}, connections: 4, "
            f"postfix_log: '{faults.log}', per_domain: {{at_once: 2, a_minute: 10}}}}"
        )
        write_service(tmp_path, address(database), [], people=0, mail=mail)
        clock = ByHand()
        houses = [opened(tmp_path, clock) for _ in range(2)]
        yield houses
        for house in houses:
            house.database.close()


def test_two_machines_that_send_at_once_do_not_give_a_domain_twice_its_share(
    machines: list[House], faults: Faults
) -> None:
    queue_to(machines[0].database, lambda number: f"d{number % 2}.example", 20)
    start = threading.Barrier(2)
    outcomes: list[Sent] = []

    def send(house: House) -> None:
        room = Mailroom(house)
        start.wait()
        outcomes.extend(room.send() for _ in range(40))

    threads = [threading.Thread(target=send, args=(house,)) for house in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: not +faults.under_way)

    assert states(machines[0].database) == {"sent": 20}
    assert max(faults.copies().values()) == 1
    assert max(faults.most.values()) <= 2
    assert sum(one.sent for one in outcomes) == 20


def test_what_one_machine_sent_counts_for_the_next(machines: list[House], faults: Faults) -> None:
    queue_to(machines[0].database, lambda _: "big.example", 25)
    clock = machines[0].clock
    assert isinstance(clock, ByHand)
    counts = []
    for turn in range(6):
        for _ in range(5):  # a round ends for a thread that finds its domain full
            Mailroom(machines[turn % 2]).send()
        counts.append(len(faults.taken))
        clock.move(seconds=25)

    assert counts == [10, 10, 10, 20, 20, 20]


HOLDER = """
import sys, time
from store.database import connect
from store.leases import lease
held = lease(connect(sys.argv[1]), "sending")
assert held.hold()
print("held", flush=True)
time.sleep(60)
"""


def test_who_sends_is_not_who_leads_and_a_sender_that_is_killed_holds_nobody_up(
    machines: list[House], database: Database
) -> None:
    queue_to(database, lambda _: "big.example", 1)
    leads = lease(database)
    assert leads.hold()
    line = [sys.executable, "-c", HOLDER, address(database)]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"

    assert Mailroom(machines[0]).send() == Sent(elsewhere=1)
    assert Mailroom(machines[0]).send(kinds=("login",)) == Sent()
    process.kill()
    process.wait()
    process.stdout.close()
    wait_for(lambda: Mailroom(machines[0]).send() == Sent(sent=1), 10, every=0.05)
    leads.release()
