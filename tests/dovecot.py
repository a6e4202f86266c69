"""A Dovecot of the tests' own: one mailbox in a scratch folder, plain and TLS ports of this machine, nothing left behind."""

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import lacking

USER, PASSWORD = "bounces", "a-word-for-tests"
CONF = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
instance_name = firstrung-tests
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain
mail_location = maildir:{folder}/box
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/box
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
"""


@dataclass(slots=True)
class Box:
    """The running server's ports, its certificate and its one mailbox."""

    folder: Path
    plain: int
    tls: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def certificate(self) -> Path:
        """What a client must trust."""
        return self.folder / "cert.pem"

    def deliver(self, raw: bytes, name: str = "") -> str:
        """Put a message into the Maildir as a mail server does: whole, under a name of its own. Returns the name."""
        name = name or f"{1_700_000_000 + next(self._numbers)}.m.example"
        beside = self.folder / "box" / "tmp" / name
        beside.write_bytes(raw)
        shutil.chown(beside, "mail", "mail")
        beside.rename(self.folder / "box" / "new" / name)
        return name

    def forget(self) -> None:
        """Every message is as if nobody had looked at it."""
        for path in (self.folder / "box" / "cur").iterdir():
            path.rename(path.with_name(path.name.split(":")[0] + ":2,"))

    def flags(self) -> dict[str, str]:
        """Every message by name, with its letters: S seen, F flagged; "" for one that nobody has looked at."""
        paths = [path for part in ("new", "cur") for path in (self.folder / "box" / part).iterdir()]
        return {path.name.split(":")[0].split(",")[0]: path.name.partition(":2,")[2] for path in paths}


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running() -> Iterator[Box]:
    """A Dovecot in the foreground, ended and removed afterwards. Its folder is open to the user who owns the mail."""
    if shutil.which("dovecot") is None or os.geteuid() != 0:
        lacking("dovecot-imapd is not installed, or this is not root: no real mailbox is read")
    folder = Path(tempfile.mkdtemp(prefix="firstrung-imap-", dir="/tmp"))
    folder.chmod(0o755)
    owner = pwd.getpwnam("mail")
    for part in ("tmp", "new", "cur"):
        (folder / "box" / part).mkdir(parents=True)
    for path in (folder / "box", *(folder / "box").iterdir()):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    certificate += [
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        f"{folder}/key.pem",
        "-out",
        f"{folder}/cert.pem",
    ]
    subprocess.run(certificate, check=True, capture_output=True)
    box = Box(folder, free_port(), free_port())
    values = {"uid": owner.pw_uid, "gid": owner.pw_gid, "plain": box.plain, "tls": box.tls, "password": PASSWORD}
    (folder / "dovecot.conf").write_text(CONF.format(folder=folder, **values))
    process = subprocess.Popen(["dovecot", "-F", "-c", str(folder / "dovecot.conf")])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", box.plain)) == 0:
                    break
            assert process.poll() is None, (folder / "dovecot.log").read_text()
            time.sleep(0.05)
        yield box
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
