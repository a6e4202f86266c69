"""The `smtp` channel: submission with TLS and authentication, or a Postfix of one's own on this machine.

One connection is kept and used again. Answers are read by class (returns.py), and a connection that breaks after the final dot leaves
the message in doubt, which is looked up in the Postfix log where `postfix_log` names one, and never guessed.
"""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

from digest.channels import Unreachable
from digest.postfix_log import PostfixLog
from digest.returns import enhanced, meaning
from model.digest import Envelope
from model.errors import ConfigError, DeliveryError, Fault
from model.service import Mail, Smtp

ABOUT = {"hard": "mailbox", "soft": "room", "policy": "us"}


class Submission:
    """One submission server, connected when first needed."""

    def __init__(self, server: Smtp, password: str | None, record: PostfixLog | None = None) -> None:
        """Keep where to submit and as whom; `record`: the server's own log, which knows what it took."""
        self.server = server
        self._password = password
        self._record = record
        self._connection: smtplib.SMTP | None = None

    def send(self, envelope: Envelope) -> str:
        """Submit one message; returns the server's answer (with its queue id, mostly)."""
        connection = self._begin(envelope)
        notify = ["NOTIFY=FAILURE,DELAY"] if connection.has_extn("dsn") else []
        self._step(connection, "RCPT TO", lambda: connection.rcpt(envelope.recipient, notify))
        try:
            code, answer = _data(connection, envelope.mime)
        except smtplib.SMTPDataError as error:
            self._reset(connection)
            raise _refused("DATA", error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            says = f"the connection broke while the message was handed over: {error}"
            raise DeliveryError(says, permanent=False, in_doubt=True) from error
        if code == 421:
            self.close()
        if code != 250:
            raise _refused("DATA", code, answer)
        return answer.decode(errors="replace")[:200]

    def _begin(self, envelope: Envelope) -> smtplib.SMTP:
        """A connection on which the message has begun. One that was kept and turns out to be closed is opened anew, once."""
        kept = self._connection is not None
        try:
            return self._mail_from(envelope)
        except DeliveryError:
            if not kept or self._connection is not None:
                raise
        return self._mail_from(envelope)

    def _mail_from(self, envelope: Envelope) -> smtplib.SMTP:
        connection = self._open()
        options = ["RET=HDRS"] if connection.has_extn("dsn") else []
        self._step(connection, "MAIL FROM", lambda: connection.mail(envelope.sender, options))
        return connection

    def accepted(self, message_id: str) -> bool | None:
        """What the server's own log tells; a submission server elsewhere does not tell afterwards."""
        return self._record.accepted(message_id) if self._record else None

    def close(self) -> None:
        """Say goodbye, if a connection is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _step(self, connection: smtplib.SMTP, what: str, step: Callable[[], tuple[int, bytes]]) -> None:
        try:
            code, answer = step()
        except ValueError as error:  # UnicodeError among them: an address that this protocol cannot carry
            self._reset(connection)
            raise DeliveryError(f"{what}: not an address that can be sent", permanent=True) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise DeliveryError(f"the connection broke at {what}: {error}", permanent=False) from error
        if code not in (250, 251):
            if code == 421:
                self.close()
            else:
                self._reset(connection)
            raise _refused(what, code, answer)

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _open(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        try:
            self._connection = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"{self.server.host}:{self.server.port}: {error}") from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server, timeout = self.server, self.server.timeout_seconds
        if server.security == "tls":
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
        try:
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.username and self._password:
                connection.login(server.username, self._password)
            connection.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException):
            connection.close()
            raise
        return connection


def _data(connection: smtplib.SMTP, mime: bytes) -> tuple[int, bytes]:
    """As `smtplib.SMTP.data`, for bytes whose lines end with CRLF, as ours do: it goes through them a line at a time.

    Raises SMTPDataError when the server will not have a message at all.
    """
    code, answer = connection.docmd("data")
    if code != 354:
        raise smtplib.SMTPDataError(code, answer)
    quoted = (b"." + mime if mime.startswith(b".") else mime).replace(b"\r\n.", b"\r\n..")
    connection.send(quoted + (b".\r\n" if quoted.endswith(b"\r\n") else b"\r\n.\r\n"))
    return connection.getreply()


def _refused(what: str, code: int, answer: bytes | str) -> DeliveryError:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    means = meaning(code, enhanced(words), words, about_recipient=what == "RCPT TO")
    says = f"{what} was answered {code} {words}"[:300]
    return DeliveryError(says, permanent=code >= 500, about=ABOUT.get(means, ""))  # type: ignore[arg-type]


def open_channel(mail: Mail, environ: Mapping[str, str]) -> Submission:
    """The server that `mail.smtp` names; its password is in the environment. Raises ConfigError when something is missing."""
    if mail.smtp is None:
        raise ConfigError(Fault("service.yaml: mail.smtp", "missing", "channel smtp needs host, port and security"))
    password = environ.get(mail.smtp.password_env)
    if mail.smtp.username and not password:
        says = f"the environment variable {mail.smtp.password_env} is not set"
        raise ConfigError(Fault("service.yaml: mail.smtp.username", says, "set it, or leave username out"))
    record = PostfixLog(Path(mail.postfix_log)) if mail.postfix_log else None
    return Submission(mail.smtp, password, record)
