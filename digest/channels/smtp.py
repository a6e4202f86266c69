"""The `smtp` channel: submission with TLS and authentication, or a Postfix of one's own on this machine.

One connection is kept and used again. Answers are read by class: 4xx may be tried again, 5xx to a recipient is for good, and a
connection that breaks after the final dot leaves the message in doubt, which is said and never guessed.
"""

import smtplib
import ssl
from collections.abc import Mapping

from model.errors import ConfigError, DeliveryError, Fault
from model.service import Mail, Smtp


class Submission:
    """One submission server, connected when first needed."""

    def __init__(self, server: Smtp, sender: str, password: str | None) -> None:
        """Keep where to submit and as whom."""
        self.server = server
        self.sender = sender
        self._password = password
        self._connection: smtplib.SMTP | None = None

    def send(self, message_id: str, recipient: str, mime: bytes) -> str:  # noqa: ARG002
        """Submit one message; returns the server's answer (with its queue id, mostly)."""
        connection = self._open()
        self._step(connection, "MAIL FROM", lambda: connection.mail(self.sender))
        self._step(connection, "RCPT TO", lambda: connection.rcpt(recipient))
        try:
            code, answer = connection.data(mime)
        except smtplib.SMTPDataError as error:
            self._reset(connection)
            raise DeliveryError(
                _says("DATA", error.smtp_code, error.smtp_error), permanent=error.smtp_code >= 500
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            says = f"the connection broke while the message was handed over: {error}"
            raise DeliveryError(says, permanent=False, in_doubt=True) from error
        if code != 250:
            raise DeliveryError(_says("DATA", code, answer), permanent=code >= 500)
        return answer.decode(errors="replace")[:200]

    def accepted(self, message_id: str) -> None:  # noqa: ARG002
        """A submission server does not tell afterwards."""
        return

    def close(self) -> None:
        """Say goodbye, if a connection is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _step(self, connection: smtplib.SMTP, what: str, step: object) -> None:
        try:
            code, answer = step()  # type: ignore[operator]
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise DeliveryError(f"the connection broke at {what}: {error}", permanent=False) from error
        if code not in (250, 251):
            self._reset(connection)
            raise DeliveryError(_says(what, code, answer), permanent=code >= 500)

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _open(self) -> smtplib.SMTP:
        if self._connection is not None:
            try:
                if self._connection.noop()[0] == 250:
                    return self._connection
            except (OSError, smtplib.SMTPException):
                pass
            self.close()
        try:
            self._connection = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(f"{self.server.host}:{self.server.port}: {error}", permanent=False) from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server, timeout = self.server, self.server.timeout_seconds
        if server.security == "tls":
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.username and self._password:
            connection.login(server.username, self._password)
        connection.ehlo_or_helo_if_needed()
        return connection


def _says(what: str, code: int, answer: bytes | str) -> str:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{what} was answered {code} {words}"[:300]


def open_channel(mail: Mail, environ: Mapping[str, str]) -> Submission:
    """The server that `mail.smtp` names; its password is in the environment. Raises ConfigError when something is missing."""
    if mail.smtp is None:
        raise ConfigError(Fault("service.yaml: mail.smtp", "missing", "channel smtp needs host, port and security"))
    password = environ.get(mail.smtp.password_env)
    if mail.smtp.username and not password:
        says = f"the environment variable {mail.smtp.password_env} is not set"
        raise ConfigError(Fault("service.yaml: mail.smtp.username", says, "set it, or leave username out"))
    return Submission(mail.smtp, mail.sender, password)
