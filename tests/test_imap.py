"""Returned mail in a real mailbox: Dovecot holds it, the program reads it, each message is dealt with once whatever breaks."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digest.mailbox import each_unseen
from digest.returns import LARGEST
from model.errors import ConfigError, DeliveryError, StoreError
from model.service import Imap
from model.work import Piece
from scheduler import configuration, returning
from scheduler.bench import Bench
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store import deliveries, people
from store.database import open_database
from tests import dovecot
from tests.conftest import ROOT
from tests.dovecot import PASSWORD, USER, Box
from tests.fakes import ByHand
from tests.services import environment
from tests.test_mail import COMPLAINT, VACATION, report
from tests.webhouse import SERVICE, add_openings, tomorrow

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]
FOLK = ("ann", "ben", "cat", "dan", "eva")
ENVIRON = {"FIRSTRUNG_SECRET": "a key for tests", "FIRSTRUNG_IMAP_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def server() -> Iterator[Box]:
    """A Dovecot for this module."""
    with dovecot.running() as box:
        yield box


@pytest.fixture
def box(server: Box) -> Box:
    """The mailbox, empty. What another test left is taken out of the Maildir, as a person's program would."""
    for part in ("new", "cur"):
        for path in (server.folder / "box" / part).iterdir():
            path.unlink()
    return server


def write(folder: Path, port: int, security: str = "none") -> None:
    """A service of five people in files, whose returned mail lies on that port."""
    for name in ("sources", "profiles"):
        (folder / name).mkdir(exist_ok=True)
    imap = f"imap: {{host: 127.0.0.1, port: {port}, security: {security}, username: {USER}}}"
    rules = SERVICE.format(folder=folder / "out").replace("org}", f"org, {imap}}}")
    (folder / "service.yaml").write_text(f"database: 'sqlite:///{folder / 'store.db'}'\n{rules}")
    for name in FOLK:
        text = (
            f"email: {name}@example.org\ncredentials: []\nexperience: []\neducation: hs\ndigest: {{cadence: daily}}\n"
        )
        (folder / "profiles" / f"{name}.yaml").write_text(text)


@pytest.fixture
def house(tmp_path: Path, box: Box) -> Iterator[House]:
    """Five people who each got a digest."""
    write(tmp_path, box.plain)
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    house = House(configuration.load(tmp_path), database, ByHand(), ENVIRON)
    add_openings(house, range(2))
    assert tomorrow(house) == {"queued": 5}
    yield house
    database.close()


def tokens(house: House) -> dict[str, str]:
    """Whose mail came back is told by these."""
    with house.database.read() as connection:
        return {one.person: one.sender.split("+")[1].split("@")[0] for one in deliveries.each(connection)}


def standing(house: House) -> dict[str, tuple[str | None, int]]:
    """For each person, why their address gets nothing, and on how many days mail came back."""
    room, found = Mailroom(house), {}
    with house.database.read() as connection:
        for name in FOLK:
            mark = people.address_mark(room.secret, f"{name}@example.org")
            days = people.bounced_days(connection, name, since=house.clock().replace(year=2000))
            found[name] = (people.suppressed(connection, mark), days)
    return found


def deliver_all(box: Box, house: House, but: tuple[str, ...] = ()) -> dict[str, str]:
    """Everything that may come back (`but` for some), broken things among it; the messages' names by what they are."""
    token = tokens(house)
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000))
    raws = {
        "vacation": VACATION.replace(b"a" * 32, token["eva"].encode()),
        "nested": f"To: bounces+{token['eva']}@example.org\r\n".encode() + nested,
        "hard": report("5.1.1", token=token["ann"]),
        "nothing": b"\xff\xfe\x00",
        "soft": report("5.2.2", token=token["ben"]),
        "complaint": COMPLAINT % token["cat"].encode(),
        "policy": report("5.7.1", token=token["eva"]),
        "huge": report("5.1.1", token=token["dan"]) + b"Content-Type: text/plain\r\n\r\n" + b"x" * (LARGEST + 99),
        "forged": report("5.1.1", token="b" * 32),
        "hard again": report("5.1.1", token=token["ann"]),
    }
    return {name: box.deliver(raw) for name, raw in raws.items() if name not in but}


OUTCOMES = {"ignored": 3, "stopped": 4, "soft": 1, "policy": 1, "unknown": 1}
AFTER = {"ann": ("bounced", 0), "ben": (None, 1), "cat": ("complained", 0), "dan": ("bounced", 0), "eva": (None, 0)}


def run(folder: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """The command, as an operator runs it."""
    line = [sys.executable, "-m", "firstrung", "--config", str(folder), "--now", "2026-11-22T13:00:00", *words]
    environ = {**environment(), **ENVIRON, **more}
    return subprocess.run(line, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def test_the_command_deals_with_each_message_once_and_leaves_it_seen(tmp_path: Path, house: House, box: Box) -> None:
    names = deliver_all(box, house)
    first, second = run(tmp_path, "digest", "bounces", "--json"), run(tmp_path, "digest", "bounces", "--json")

    assert (first.returncode, json.loads(first.stdout)) == (0, OUTCOMES), first.stderr
    assert (second.returncode, json.loads(second.stdout)) == (0, {}), second.stderr
    assert standing(house) == AFTER
    assert box.flags() == dict.fromkeys(names.values(), "S")


def test_the_daily_piece_reads_it_and_ends_well_when_the_mailbox_is_away(
    tmp_path: Path, house: House, box: Box
) -> None:
    deliver_all(box, house)
    assert Bench(house).do(Piece("retain")) == "done"
    assert standing(house) == AFTER

    write(tmp_path, dovecot.free_port())
    away = House(configuration.load(tmp_path), house.database, house.clock, ENVIRON)
    assert Bench(away).do(Piece("retain")) == "done"


def test_one_that_breaks_our_reading_is_flagged_and_the_rest_is_read(
    house: House, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, real = deliver_all(box, house), returning.take

    def take(room: Mailroom, raw: bytes) -> str:
        if b"Status: 5.2.2" in raw:
            raise ZeroDivisionError
        return real(room, raw)

    monkeypatch.setattr(returning, "take", take)
    counts = returning.read_mailbox(Mailroom(house))

    assert counts == {name: count for name, count in OUTCOMES.items() if name != "soft"} | {"broken": 1}
    assert {name for name, letters in box.flags().items() if letters == "FS"} == {names["soft"]}
    assert standing(house) == {**AFTER, "ben": (None, 0)}


def test_a_database_that_is_away_leaves_the_message_for_the_next_time(
    house: House, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, real = deliver_all(box, house), returning.take
    before: list[int] = []

    def take(room: Mailroom, raw: bytes) -> str:
        before.append(1)
        if len(before) == 4:
            raise StoreError("away")
        return real(room, raw)

    monkeypatch.setattr(returning, "take", take)
    with pytest.raises(StoreError):
        returning.read_mailbox(Mailroom(house))
    assert sorted(box.flags().values()) == [""] * (len(names) - 3) + ["S"] * 3
    assert sum(returning.read_mailbox(Mailroom(house)).values()) == len(names) - 3
    assert standing(house) == AFTER


class Line:
    """What stands between the program and its mailbox, and cuts the connection after so many bytes in one direction."""

    def __init__(self, port: int, *, after: int, upwards: bool) -> None:
        self._to, self._after, self._upwards = port, after, upwards
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.cut = False
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        client, _ = self._server.accept()
        with client, socket.create_connection(("127.0.0.1", self._to)) as mailbox:
            ways = [(client, mailbox, self._upwards), (mailbox, client, not self._upwards)]
            threads = [threading.Thread(target=self._carry, args=way, daemon=True) for way in ways]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self._server.close()

    def _carry(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        left = self._after if counted else None
        try:
            while chunk := source.recv(4096 if left is None else min(4096, left) or 1):
                if left == 0:
                    self.cut = True
                    break
                target.sendall(chunk)
                left = None if left is None else left - len(chunk)
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def cut_line(box: Box, **when: Any) -> Iterator[tuple[Line, Imap]]:
    """Such a line, and the mailbox behind it."""
    line = Line(box.plain, **when)
    yield line, Imap(host="127.0.0.1", port=line.port, security="none", username=USER)


@pytest.mark.parametrize(("upwards", "moments"), [(True, range(0, 500, 13)), (False, range(0, 2600, 37))])
def test_a_connection_lost_at_any_moment_loses_nothing_and_doubles_nothing(
    house: House, box: Box, upwards: bool, moments: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut after ever more bytes in one direction, then read to the end: each time every message was taken, with the effect of once."""
    names = deliver_all(box, house, but=("huge", "nested"))
    real, taken, cuts = returning.take, list[bytes](), 0

    def take(room: Mailroom, raw: bytes) -> str:
        taken.append(raw)
        return real(room, raw)

    monkeypatch.setattr(returning, "take", take)
    for after in moments:
        taken.clear()
        box.forget()
        with cut_line(box, after=after, upwards=upwards) as (line, imap):
            with suppress(DeliveryError):
                returning.read_mailbox(_on(house, imap))
            cuts += line.cut
        assert len(taken) < len(names)
        returning.read_mailbox(Mailroom(house))
        assert len(set(taken)) == len(names) - 1, after  # two of them are the same
        assert len(taken) <= len(names) + 1
        assert set(box.flags().values()) == {"S"}
    assert cuts == len(moments)
    assert standing(house) == {**AFTER, "dan": (None, 0)}


def _on(house: House, imap: Imap) -> Mailroom:
    """The mailroom of the same service, its mailbox elsewhere."""
    service = house.configuration.service
    assert service.mail is not None
    assert service.mail.bounces is not None
    bounces = service.mail.bounces.model_copy(update={"imap": imap})
    mail = service.mail.model_copy(update={"bounces": bounces})
    changed = replace(house.configuration, service=service.model_copy(update={"mail": mail}))
    return Mailroom(replace(house, configuration=changed))


def test_tls_is_used_and_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, house: House, box: Box
) -> None:
    for port, security in ((box.tls, "tls"), (box.plain, "starttls")):
        box.deliver(report("5.1.1", token=tokens(house)["ann"]))
        write(tmp_path, port, security)
        refused = run(tmp_path, "digest", "bounces", "--json")
        assert (refused.returncode, "CERTIFICATE_VERIFY_FAILED" in refused.stderr) == (3, True), refused.stderr
        trusted = run(tmp_path, "digest", "bounces", "--json", SSL_CERT_FILE=str(box.certificate))
        assert (trusted.returncode, json.loads(trusted.stdout)) == (0, {"stopped": 1}), trusted.stderr


def test_what_is_wrong_with_the_mailbox_is_said(box: Box) -> None:
    imap = Imap(host="127.0.0.1", port=box.plain, security="none", username=USER)

    def refuse(raw: bytes) -> bool:
        raise AssertionError(raw)

    with pytest.raises(DeliveryError, match="Authentication failed"):
        each_unseen(imap, {"FIRSTRUNG_IMAP_PASSWORD": "wrong"}, refuse)
    with pytest.raises(ConfigError, match="FIRSTRUNG_IMAP_PASSWORD is not set"):
        each_unseen(imap, {}, refuse)
    with pytest.raises(DeliveryError, match=r"Returned: Mailbox doesn't exist"):
        each_unseen(imap.model_copy(update={"folder": "Returned"}), ENVIRON, refuse)
    assert each_unseen(imap, ENVIRON, refuse) == 0
