"""Returned mail, fetched from a mailbox by IMAP. A message is marked as seen after it was dealt with: nothing is lost between."""

import imaplib
import ssl
from collections.abc import Callable, Mapping

from model.errors import ConfigError, DeliveryError, Fault
from model.service import Imap

MOST = 2000


def each_unseen(box: Imap, environ: Mapping[str, str], take: Callable[[bytes], None]) -> int:
    """Hand every unseen message to `take`, oldest first; how many there were. Raises ConfigError without a password, DeliveryError."""
    password = environ.get(box.password_env)
    if not password:
        says = f"the environment variable {box.password_env} is not set"
        raise ConfigError(Fault("service.yaml: mail.bounces.imap", says, "set it to the mailbox's password"))
    try:
        connection = _connect(box)
        try:
            connection.login(box.username, password)
            connection.select(_quoted(box.folder))
            _, found = connection.search(None, "UNSEEN")
            numbers = found[0].split()[:MOST] if found and found[0] else []
            for number in numbers:
                _, parts = connection.fetch(number.decode(), "(BODY.PEEK[])")
                for part in parts:
                    if isinstance(part, tuple):
                        take(part[1])
                connection.store(number.decode(), "+FLAGS", "\\Seen")
            return len(numbers)
        finally:
            connection.logout()
    except (OSError, imaplib.IMAP4.error, ssl.SSLError) as error:
        raise DeliveryError(f"{box.host}:{box.port}: {error}", permanent=False) from error


def _connect(box: Imap) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if box.security == "tls":
        return imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=60)
    connection = imaplib.IMAP4(box.host, box.port, timeout=60)
    if box.security == "starttls":
        connection.starttls(ssl_context=context)
    return connection


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
