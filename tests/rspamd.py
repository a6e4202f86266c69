"""An rspamd of the tests' own: configuration and data in a scratch folder, offline, its name server a table on this machine."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dnslib.server import DNSLogger, DNSServer

from tests.conftest import lacking
from tests.test_mail import Zone

SHIPPED = Path("/etc/rspamd")
OFF = (
    "rbl", "surbl", "fuzzy_check", "asn", "neural", "antivirus", "dcc", "clickhouse", "elastic", "greylist", "ratelimit", "history_redis",
    "reputation", "url_redirector", "whitelist", "metadata_exporter", "mx_check", "p0f", "external_services", "bayes_expiry", "phishing",
)  # fmt: skip
OPTIONS = """
filters = "chartable,dkim,regexp";
dns {{ nameserver = ["127.0.0.1:{port}"]; timeout = 2s; retransmits = 2; }}
control_socket = "{folder}/control.sock mode=0600";
local_addrs = "127.0.0.0/8";
"""  # without "dkim" among the filters nothing looks at the signature, and nothing says so
IDLE = dict.fromkeys(("worker-controller", "worker-proxy", "worker-fuzzy"), "count = -1;\nenabled = false;\n")
STARTS_WITHIN = 90.0


@dataclass(frozen=True, slots=True)
class Opinion:
    """What rspamd says of a mail: its score, and each rule that spoke with what it added."""

    score: float
    symbols: Mapping[str, float]


@contextmanager
def running(records: dict[tuple[str, str], list[str]]) -> Iterator[int]:
    """An rspamd that knows these names only; gives the port that takes mails. Ends it afterwards."""
    if shutil.which("rspamd") is None or not SHIPPED.is_dir():
        lacking("rspamd is not installed: no spam filter is asked")
    server = DNSServer(Zone(records), address="127.0.0.1", port=0, logger=DNSLogger(logf=lambda _line: None))
    server.start_thread()
    with tempfile.TemporaryDirectory(prefix="firstrung-rspamd-") as name:
        folder = Path(name)
        port = _configure(folder, server.server.server_address[1])
        places = {"CONFDIR": "conf", "LOCAL_CONFDIR": "conf", "RUNDIR": "data", "DBDIR": "data", "LOGDIR": "data"}
        command = ["rspamd", "-f", "-i", "-c", str(folder / "conf" / "rspamd.conf")]
        command += [f"--var={key}={folder / place}" for key, place in places.items()]
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder)
        try:
            _wait(process, port, folder)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            server.stop()
            server.thread.join()
            server.server.server_close()


def _configure(folder: Path, dns: int) -> int:
    """The shipped configuration beside our own few lines; the port that was free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    shutil.copytree(SHIPPED, folder / "conf", dirs_exist_ok=True)
    (folder / "data").mkdir()
    local = folder / "conf" / "override.d"
    local.mkdir(exist_ok=True)
    (local / "options.inc").write_text(OPTIONS.format(port=dns, folder=folder))
    (local / "worker-normal.inc").write_text(f'bind_socket = "127.0.0.1:{port}";\ncount = 1;\n')
    for name, text in IDLE.items():
        (local / f"{name}.inc").write_text(text)
    for name in OFF:
        (local / f"{name}.conf").write_text("enabled = false;\n")
    return port


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if _ask(port, "GET", "/ping", b"", {}).startswith(b"pong"):
                return
        except OSError:
            time.sleep(0.2)
    said = (folder / "out").read_text(errors="replace") + "".join(
        path.read_text(errors="replace") for path in (folder / "data").glob("*.log")
    )
    raise AssertionError(f"rspamd did not start: {said[-3000:]}")


def _ask(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().read()
    finally:
        connection.close()


def opinion(port: int, mail: bytes, *, sender: str, recipient: str, ip: str = "192.0.2.7") -> Opinion:
    """What it says of a mail that came from our server (or from another address)."""
    envelope = {"IP": ip, "Helo": "mx.example.org", "Hostname": "mx.example.org"}
    answer = _ask(port, "POST", "/checkv2", mail, {**envelope, "From": sender, "Rcpt": recipient})
    found = json.loads(answer)
    return Opinion(found["score"], {name: one["score"] for name, one in found["symbols"].items()})


def spamassassin(mail: bytes) -> float:
    """The score that SpamAssassin gives from its own rules alone."""
    if shutil.which("spamassassin") is None:
        lacking("spamassassin is not installed: its rules are not asked")
    with tempfile.TemporaryDirectory(prefix="firstrung-sa-") as home:
        command = ["spamassassin", "-L", "-t", "--siteconfigpath=/etc/spamassassin", "-p", f"{home}/prefs"]
        Path(home, "prefs").write_text("use_bayes 0\n")
        environ = {**os.environ, "HOME": home}
        done = subprocess.run(command, input=mail, capture_output=True, check=True, env=environ, cwd=home)
    line = next(line for line in done.stdout.split(b"\n") if line.startswith(b"X-Spam-Status:"))
    return float(line.split(b"score=")[1].split()[0])
