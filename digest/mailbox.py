"""Returned mail, fetched from a mailbox by IMAP. A message is marked as seen after it was dealt with: nothing is lost between.

Messages stay where they are. Those that could not be dealt with are flagged besides, for a person to look at. A connection that
breaks loses nothing: what was not marked is fetched again next time, and dealing with a message twice has the effect of once.
"""

import contextlib
import imaplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from digest.returns import LARGEST
from model.errors import ConfigError, DeliveryError, Fault
from model.service import Imap

MOST = 2000
TIMEOUT = 60


def each_unseen(box: Imap, environ: Mapping[str, str], take: Callable[[bytes], bool]) -> int:
    """Hand each unseen message to `take`, oldest first, 2000 at most; how many there were. `take` false: it is flagged.

    Of a very large message the beginning is fetched: a report stands before the mail that it encloses. Raises ConfigError without a
    password, DeliveryError when the mailbox is away or will not do it; what `take` raises ends it, with that message unseen.
    """
    password = environ.get(box.password_env)
    if not password:
        says = f"the environment variable {box.password_env} is not set"
        raise ConfigError(Fault("service.yaml: mail.bounces.imap", says, "set it to the mailbox's password"))
    with _opened(box, password) as connection:
        return sum(_one(connection, uid, take) for uid in _unseen(connection, box))


def _unseen(connection: imaplib.IMAP4, box: Imap) -> list[str]:
    """By UID: numbers by position would move when another program throws messages away meanwhile."""
    answer, says = connection.select(_quoted(box.folder))
    if answer != "OK":
        raise DeliveryError(f"{box.host}:{box.port}: {box.folder}: {_text(says)}", permanent=False)
    _, found = connection.uid("SEARCH", "UNSEEN")
    return [uid.decode() for uid in (found[0] or b"").split()[:MOST]]


def _one(connection: imaplib.IMAP4, uid: str, take: Callable[[bytes], bool]) -> int:
    _, parts = connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
    raws = [part[1] for part in parts if isinstance(part, tuple)]
    if not raws:  # thrown away by another program since the search
        return 0
    flags = "(\\Seen)" if take(raws[0]) else "(\\Seen \\Flagged)"
    answer, says = connection.uid("STORE", uid, "+FLAGS.SILENT", flags)
    if answer != "OK":
        raise DeliveryError(f"a message cannot be marked as seen: {_text(says)}", permanent=False)
    return 1


@contextmanager
def _opened(box: Imap, password: str) -> Iterator[imaplib.IMAP4]:
    try:
        connection = _connect(box)
        try:
            connection.login(box.username, password)
            yield connection
        finally:
            _leave(connection)
    except (OSError, imaplib.IMAP4.error) as error:  # TLS failures are OSErrors
        raise DeliveryError(f"{box.host}:{box.port}: {_text(error.args)}", permanent=False) from error


def _connect(box: Imap) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if box.security == "tls":
        return imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=TIMEOUT)
    connection = imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT)
    if box.security == "starttls":
        try:
            connection.starttls(ssl_context=context)
        except (OSError, imaplib.IMAP4.error):
            _leave(connection)
            raise
    return connection


def _leave(connection: imaplib.IMAP4) -> None:
    """Say goodbye and close the socket, on a connection that may be what broke."""
    for step in (connection.logout, connection.shutdown):
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            step()


def _text(parts: object) -> str:
    """What the other side said, which comes as bytes, texts, or several of them."""
    several = parts if isinstance(parts, list | tuple) else (parts,)
    return " ".join(one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in several)[:300]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
