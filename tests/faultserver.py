"""An SMTP server that misbehaves on request, and keeps what it took, with a log as Postfix writes it."""

import asyncio
import email
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from model.service import Mail

STALL = 1.6  # seconds; the client waits one


@dataclass
class Faults:
    """What the server does wrong. Each step's list is used up from the front, one for each time it comes there; None: all is well."""

    log: Path
    greeting: list[str | None] = field(default_factory=list)
    mail: list[str | None] = field(default_factory=list)
    rcpt: list[str | None] = field(default_factory=list)
    data: list[str | None] = field(default_factory=list)
    """An answer, "cut" (nothing is kept), "keep and cut", "stall" (nothing is kept), or "keep and stall"."""
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    linger: float = 0.0
    under_way: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def copies(self) -> Counter[str]:
        """How often each mail was taken, by its Message-ID."""
        return Counter(email.message_from_bytes(raw)["Message-ID"] for _, raw in self.taken)

    def keep(self, to: str, raw: bytes) -> None:
        """Take a mail, and say so in the log."""
        self.taken.append((to, raw))
        number, key = len(self.taken), email.message_from_bytes(raw)["Message-ID"]
        with self.log.open("a") as log:
            log.write(f"Nov 21 12:00:01 mx postfix/cleanup[1]: {number:05X}: message-id={key}\n")
            log.write(
                f"Nov 21 12:00:01 mx postfix/qmgr[2]: {number:05X}: from=<d@example.org>, size=9, nrcpt=1 (queue active)\n"
            )

    async def act(self, server: Any, fault: str | None) -> str:
        """Do what the fault says; the answer to give."""
        if fault is None:
            return "250 OK"
        if "cut" in fault:
            server.transport.abort()
            return "250 OK"
        if "stall" in fault:
            await asyncio.sleep(STALL)
            return "250 OK"
        return fault

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = await self.act(server, next_of(self.mail))
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        domain = address.rsplit("@", 1)[1]
        with self.lock:
            self.under_way[domain] += 1
            self.most[domain] = max(self.most[domain], self.under_way[domain])
        answer = await self.act(server, next_of(self.rcpt))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        else:
            self.under_way[domain] -= 1
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.linger:
            await asyncio.sleep(self.linger)
        fault = next_of(self.data)
        with self.lock:
            self.under_way[envelope.rcpt_tos[0].rsplit("@", 1)[1]] -= 1
        if fault is None or fault.startswith("keep"):
            self.keep(envelope.rcpt_tos[0], envelope.content)
        return await self.act(server, fault)


def next_of(faults: list[str | None]) -> str | None:
    """The next one; None when they are used up."""
    return faults.pop(0) if faults else None


class _Server(SMTP):
    """Greets as it is told to, and counts who comes."""

    async def push(self, status: Any) -> None:
        text = status if isinstance(status, str) else status.decode()
        if text.startswith("220 "):
            self.event_handler.connections += 1
            fault = next_of(self.event_handler.greeting)
            if fault == "cut":
                assert isinstance(self.transport, asyncio.WriteTransport)
                self.transport.abort()
                return
            text = fault or text
        await super().push(text)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(faults: Faults, port: int | None = None) -> Iterator[int]:
    """The server on a port of this machine; ended afterwards."""
    if port is None:
        port = free_port()
    server = _Controller(faults, hostname="127.0.0.1", port=port)
    greeting, faults.greeting = faults.greeting, []
    server.start()  # which looks once whether it is greeted
    faults.greeting, faults.connections = greeting, 0
    try:
        yield port
    finally:
        server.stop()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def rules(port: int, log: Path | None, **more: Any) -> Mail:
    """Mail rules that submit there, with one second of patience."""
    smtp = {"host": "127.0.0.1", "port": port, "security": "none", "timeout_seconds": 1}
    log_file = str(log) if log else None
    return Mail.model_validate(
        {"sender": "d@example.org", "channel": "smtp", "smtp": smtp, "postfix_log": log_file, **more}
    )


def until(what: Any, seconds: float = 10) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    assert what()
