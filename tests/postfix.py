"""A Postfix of the tests' own: its queue and log in a scratch folder, mail kept in Maildirs, nothing sent anywhere."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import lacking

MAIN = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
mail_owner = postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = mx.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
maillog_file = {log}
maillog_file_prefixes = /var, /tmp
virtual_mailbox_domains = example.com
virtual_mailbox_base = {boxes}
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
mynetworks = 127.0.0.0/8
smtpd_client_connection_rate_limit = 0
alias_maps =
alias_database =
biff = no
"""
MASTER = """
{port} inet n - n - 60 smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@contextmanager
def running() -> Iterator[tuple[int, Path, Path]]:
    """A Postfix on a port of this machine; gives the port, its log, and the folder with the Maildirs. Ends it afterwards.

    It works in a folder of its own: pytest shuts its own folders against other users, and Postfix delivers as one.
    """
    if shutil.which("postfix") is None or os.geteuid() != 0:
        lacking("postfix is not installed, or this is not root: real submission is not tried")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    owner = pwd.getpwnam("postfix")
    folder = Path(tempfile.mkdtemp(prefix="firstrung-mx-", dir="/tmp"))
    folder.chmod(0o755)
    places = {name: folder / name for name in ("conf", "queue", "data", "boxes")}
    for path in places.values():
        path.mkdir(parents=True)
    log = folder / "mail.log"
    os.chown(places["data"], owner.pw_uid, owner.pw_gid)
    os.chown(places["boxes"], owner.pw_uid, owner.pw_gid)
    values = {"queue": places["queue"], "data": places["data"], "log": log, "boxes": places["boxes"]}
    (places["conf"] / "main.cf").write_text(MAIN.format(**values, uid=owner.pw_uid, gid=owner.pw_gid))
    (places["conf"] / "master.cf").write_text(MASTER.format(port=f"127.0.0.1:{port}"))
    command = ["postfix", "-c", str(places["conf"])]
    subprocess.run([*command, "start"], check=True, capture_output=True)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, log, places["boxes"]
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def delivered(boxes: Path) -> list[str]:
    """The Message-ID of every mail in the Maildirs."""
    found = []
    for path in boxes.rglob("new/*"):
        for line in path.read_bytes().split(b"\n"):
            if line.lower().startswith(b"message-id:"):
                found.append(line.split(b":", 1)[1].strip().decode())
                break
    return found


def settled(boxes: Path, log: Path, seconds: float = 60) -> list[str]:
    """The same, once Postfix has no more to deliver."""
    end = time.monotonic() + seconds
    before = -1
    while time.monotonic() < end:
        now = len(delivered(boxes))
        queued = list((boxes.parent / "queue").glob("active/*")) + list((boxes.parent / "queue").glob("incoming/*"))
        if now == before and not queued:
            break
        before = now
        time.sleep(0.5)
    assert log.exists()
    return delivered(boxes)
