"""From whom and to whom: the headers, the envelope, the way out and the signature of every mail that this program sends.

In: subject, text and HTML. Out: one frozen `Message`. The same arguments give the same bytes.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from digest.dkim import Signer
from digest.links import Links
from digest.mime import mime, person
from model.digest import Message
from model.errors import ConfigError, Fault
from model.service import Mail
from store.people import handle_of


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a mail is for and which one it is: `issue` and `person` make its Message-ID."""

    person: str
    recipient: str = field(repr=False)
    issue: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Desk:
    """What every mail of a service shares: the rules, the key that makes links and ids, and the signature."""

    mail: Mail
    secret: bytes = field(repr=False)
    signer: Signer | None = None

    @property
    def links(self) -> Links:
        """Links to this service's pages."""
        return Links((self.mail.public_url or "").rstrip("/"), self.secret)

    @property
    def domain(self) -> str:
        """The domain that mail comes from."""
        return self.mail.sender.rsplit("@", 1)[1].lower()

    def handle(self, to: Addressee) -> str:
        """What links know this person by."""
        return handle_of(self.secret, to.person)

    def seal(self, parts: tuple[str, str, str], to: Addressee, *, now: datetime, listed: bool = True) -> Message:
        """Subject, text and HTML as one frozen mail. `listed`: with the list headers of a digest."""
        subject, text, html = parts
        mail, message_id = self.mail, self._message_id(to)
        headers = [("From", person(mail.sender_name, mail.sender)), ("To", to.recipient), ("Subject", subject)]
        headers += [("Date", format_datetime(now)), ("Message-ID", message_id)]
        if mail.reply_to:
            headers.append(("Reply-To", mail.reply_to))
        if listed:
            headers += self._list_headers(to)
        headers.append(("Auto-Submitted", "auto-generated"))
        frozen = mime(headers, text=text, html=html, seed=message_id)
        token = self._mac(f"bounce|{message_id}") if mail.bounces else None
        return Message(
            message_id=message_id,
            recipient=to.recipient,
            subject=subject,
            html=html,
            text=text,
            mime=self.signer.sign(frozen, now=now) if self.signer else frozen,
            sender=self._envelope_sender(token),
            bounce_token=token,
        )

    def _list_headers(self, to: Addressee) -> list[tuple[str, str]]:
        """RFC 2919, 2369 and 8058: one click where there is a page to take it, and mail for those who have none."""
        url = self.links.url("stop", self.handle(to))
        one_click = url.startswith("https://")
        ways = [f"<{url}>"] if one_click else []
        if self.mail.unsubscribe_mail:
            ways.append(f"<mailto:{self.mail.unsubscribe_mail}?subject=stop>")
        headers = [("List-Id", person(self.mail.sender_name, self.mail.list_id or f"digest.{self.domain}"))]
        if ways:
            headers.append(("List-Unsubscribe", ", ".join(ways)))
        if one_click:
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        return headers

    def _envelope_sender(self, token: str | None) -> str:
        if self.mail.bounces is None or token is None:
            return self.mail.sender
        user, domain = self.mail.bounces.address.rsplit("@", 1)
        return f"{user}+{token}@{domain}"

    def _mac(self, text: str) -> str:
        return base64.b32encode(hmac.new(self.secret, text.encode(), hashlib.sha256).digest()[:20]).decode().lower()

    def _message_id(self, to: Addressee) -> str:
        """Stable for a person and issue, and telling nobody who that is."""
        return f"<{self._mac(f'{to.person}|{to.issue}')}@{self.domain}>"


def check_mail(mail: Mail) -> None:
    """Refuse to send without a postal address or a working way out. Raises ConfigError with every fault."""
    faults = []
    if not mail.postal_address:
        says = "missing: the law wants a postal address in every mail"
        faults.append(Fault("service.yaml: mail.postal_address", says, "write the address that mail reaches you at"))
    if not (mail.public_url or mail.unsubscribe_mail):
        says = "missing: there is no way to stop the mail"
        faults.append(
            Fault("service.yaml: mail.unsubscribe_mail", says, "name an address that you read, or public_url")
        )
    if mail.public_url and mail.public_url.startswith("http://") and not mail.unsubscribe_mail:
        says = "mail programs take one click only over https, so this page alone is no working way out"
        faults.append(Fault("service.yaml: mail.public_url", says, "serve it over https, or name unsubscribe_mail too"))
    if faults:
        raise ConfigError(*faults)
