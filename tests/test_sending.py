"""Sending: each digest once, whatever the channel answers and wherever the program is killed."""

import email
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from digest.channels import open_channel
from digest.channels.eml import Folder
from digest.sending import Sent, send_waiting
from model.digest import Envelope, Message
from model.errors import ConfigError, DeliveryError, StoreError
from model.service import Mail
from store import deliveries
from store.database import Database, open_database
from tests.conftest import ROOT
from tests.fakes import ByHand, ScriptedChannel
from tests.samples import NOON

GRACE = timedelta(seconds=60)


def queue(database: Database, count: int = 1) -> None:
    """Queue `count` digests for as many people."""
    with database.write() as connection:
        for number in range(count):
            body = f"From: a@example.org\r\nMessage-ID: <m{number}@example.org>\r\n\r\nhello\r\n".encode()
            message = Message(
                message_id=f"<m{number}@example.org>",
                recipient=f"p{number}@example.org",
                subject="s",
                html="",
                text="",
                mime=body,
            )
            deliveries.queue(connection, person=f"p{number}", issue="d:1", message=message, shown=[], now=NOON)


def states(database: Database) -> dict[str, int]:
    """How many deliveries stand in each state."""
    with database.read() as connection:
        return deliveries.states(connection)


def test_everything_that_waits_is_sent_once(database: Database) -> None:
    queue(database, 3)
    channel = ScriptedChannel()

    first = send_waiting(database, channel, ByHand(), grace=GRACE)
    second = send_waiting(database, channel, ByHand(), grace=GRACE)

    assert (first, second) == (Sent(sent=3), Sent())
    assert channel.taken == ["<m0@example.org>", "<m1@example.org>", "<m2@example.org>"]


def test_a_no_for_now_is_tried_again_with_the_same_bytes(database: Database) -> None:
    queue(database)
    clock, channel = ByHand(), ScriptedChannel(DeliveryError("451 later", permanent=False))

    assert send_waiting(database, channel, clock, grace=GRACE) == Sent(put_back=1)
    assert send_waiting(database, channel, clock, grace=GRACE) == Sent()
    clock.move(minutes=6)
    assert send_waiting(database, channel, clock, grace=GRACE) == Sent(sent=1)


def test_a_no_for_good_is_not_tried_again(database: Database) -> None:
    queue(database)
    clock, channel = ByHand(), ScriptedChannel(DeliveryError("550 no such user", permanent=True))

    assert send_waiting(database, channel, clock, grace=GRACE) == Sent(failed=1)
    clock.move(days=3)
    assert send_waiting(database, channel, clock, grace=GRACE) == Sent()


def test_what_is_in_doubt_is_looked_up_and_not_sent_again(database: Database) -> None:
    queue(database)
    clock = ByHand()
    channel = ScriptedChannel(DeliveryError("the connection broke", permanent=False, in_doubt=True))

    assert send_waiting(database, channel, clock, grace=GRACE) == Sent(in_doubt=1)
    clock.move(minutes=2)
    assert send_waiting(database, channel, clock, grace=GRACE) == Sent(reconciled=1)
    assert (len(channel.taken), states(database)) == (1, {"sent": 1})


def test_what_was_claimed_and_never_handed_over_is_sent_after_a_look(database: Database) -> None:
    queue(database)
    clock, channel = ByHand(), ScriptedChannel()
    with database.write() as connection:
        deliveries.claim(connection, now=clock())

    assert send_waiting(database, channel, clock, grace=GRACE) == Sent()
    clock.move(minutes=2)
    assert send_waiting(database, channel, clock, grace=GRACE) == Sent(sent=1, reconciled=1)


def test_what_was_delivered_is_noted_though_the_next_cannot_be_claimed(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    queue(database, 2)
    refusing = (
        "BEFORE UPDATE ON delivery WHEN new.number = 2 AND new.state = 'sending' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with database.write() as connection:
        connection.exec_driver_sql(f"CREATE TRIGGER refuse {refusing}")
    channel = ScriptedChannel(knows=False)

    with pytest.raises(StoreError):
        send_waiting(database, channel, ByHand(), grace=GRACE)
    assert (len(channel.taken), states(database)) == (1, {"sent": 1, "queued": 1})
    database.close()


def test_where_no_record_can_be_asked_it_stays_in_doubt_and_is_told(database: Database) -> None:
    queue(database)
    clock, channel = ByHand(), ScriptedChannel(knows=False)
    with database.write() as connection:
        deliveries.claim(connection, now=clock())
    clock.move(hours=5)

    assert send_waiting(database, channel, clock, grace=GRACE) == Sent(in_doubt=1)
    assert (channel.taken, states(database)) == ([], {"sending": 1})


class Mailbox:
    """A real SMTP server's handler that keeps what it took and refuses whom it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.refusals: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.rcpt_tos[0], envelope.content))
        return "250 queued as 7"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, Mail]]:
    """A real SMTP server on this machine, and mail rules that submit to it."""
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    smtp = {"host": "127.0.0.1", "port": port, "security": "none", "timeout_seconds": 5}
    yield box, Mail.model_validate({"sender": "digest@example.org", "channel": "smtp", "smtp": smtp})
    server.stop()


@pytest.mark.parametrize("body", [b"a\r\n.\r\nb\r\n", b".\r\n", b"..x\r\n.y\r\n", b"a\r\n..\r\n", b"no end"])
def test_lines_that_begin_with_a_dot_arrive_as_they_are(mailbox: tuple[Mailbox, Mail], body: bytes) -> None:
    box, mail = mailbox
    channel = open_channel(mail, {})
    mime = b"Message-ID: <m@example.org>\r\n\r\n" + body
    channel.send(Envelope("<m@example.org>", "d@example.org", "p@example.org", mime))
    channel.send(Envelope("<n@example.org>", "d@example.org", "p@example.org", b".first\r\n"))
    channel.close()

    whole = mime if mime.endswith(b"\r\n") else mime + b"\r\n"
    assert [content for _, content in box.taken] == [whole, b".first\r\n"]


def test_real_smtp_takes_each_message_once(database: Database, mailbox: tuple[Mailbox, Mail]) -> None:
    box, mail = mailbox
    queue(database, 20)
    box.refusals = {"p3@example.org": "550 5.1.1 no such user", "p4@example.org": "451 4.2.0 later"}
    channel = open_channel(mail, {})

    sent = send_waiting(database, channel, ByHand(), grace=GRACE)
    channel.close()

    assert sent == Sent(sent=18, failed=1, put_back=1)
    assert Counter(to for to, _ in box.taken).most_common(1)[0][1] == 1
    assert email.message_from_bytes(box.taken[0][1])["Message-ID"] == "<m0@example.org>"


def test_a_server_that_is_not_there_is_tried_later(database: Database) -> None:
    queue(database)
    smtp = {"host": "127.0.0.1", "port": 9, "security": "none", "timeout_seconds": 1}
    mail = Mail.model_validate({"sender": "digest@example.org", "channel": "smtp", "smtp": smtp})

    assert send_waiting(database, open_channel(mail, {}), ByHand(), grace=GRACE) == Sent(put_back=1)


def test_a_password_that_is_not_in_the_environment_is_a_fault() -> None:
    smtp = {"host": "127.0.0.1", "username": "digest"}
    mail = Mail.model_validate({"sender": "digest@example.org", "channel": "smtp", "smtp": smtp})

    with pytest.raises(ConfigError, match="FIRSTRUNG_SMTP_PASSWORD is not set"):
        open_channel(mail, {})


def test_a_mail_in_the_folder_is_whole_or_not_there(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")

    assert not folder.accepted("<a/../b@example.org>")
    folder.send(Envelope("<a/../b@example.org>", "d@example.org", "x@example.org", b"bytes"))

    assert folder.accepted("<a/../b@example.org>")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a_.._b.eml"]


SENDER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from digest.channels.eml import Folder
from digest.sending import send_waiting
from store.database import open_database
clock = lambda: datetime.now(UTC)
send_waiting(open_database(sys.argv[1]), Folder(Path(sys.argv[2])), clock, grace=timedelta(0))
"""


@pytest.mark.long
@pytest.mark.timeout(300)
def test_killed_again_and_again_every_digest_is_there_once(tmp_path: Path) -> None:
    """kill -9 of the sender at 40 moments over 400 digests; what stands in the folder is counted."""
    url, out = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "out"
    database = open_database(url)
    queue(database, 400)
    kills = 0
    while states(database).get("queued", 0) and kills < 40:
        process = subprocess.Popen([sys.executable, "-c", SENDER, url, str(out)], cwd=ROOT)
        time.sleep(0.55 + 0.01 * kills)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    subprocess.run([sys.executable, "-c", SENDER, url, str(out)], cwd=ROOT, check=True)

    assert kills >= 3
    assert states(database) == {"sent": 400}
    assert len(list(out.glob("*.eml"))) == 400
    database.close()
