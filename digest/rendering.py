"""Digest -> message: three templates (subject, text, HTML), one frozen mail.

The style sheet is written into the HTML template once, when it is loaded; blocks of the template are spelled as HTML comments so
that the inliner leaves them where they are. The text part is written for people, from the same cards.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import BaseLoader, Environment, StrictUndefined, Template, select_autoescape

from digest.cards import Card, card
from matcher.taxonomy import Taxonomy
from model.digest import Digest, Message
from model.errors import ConfigError, Fault
from model.service import Mail

LARGEST_HTML = 80_000  # Gmail clips at about 102 KB and hides the way out with it
LARGEST_ENCODED = 95_000
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A section as the templates see it."""

    title: str
    says: str
    cards: tuple[Card, ...]


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
    if faults:
        raise ConfigError(*faults)


def render(
    digest: Digest,
    *,
    recipient: str,
    person: str,
    issue: str,
    mail: Mail,
    taxonomy: Taxonomy,
    secret: bytes,
    now: datetime,
) -> tuple[Digest, Message]:
    """The whole mail, and the digest as it fits: openings are left for later until mail programs do not clip it.

    The same arguments give the same bytes.
    """
    message_id = _message_id(person, issue, mail, secret)
    while True:
        subject, text, html = _parts(digest, mail, taxonomy)
        mime = _mime(subject, text, html, recipient=recipient, message_id=message_id, mail=mail, now=now)
        fits = len(html.encode()) <= LARGEST_HTML and len(mime) - len(text.encode()) <= LARGEST_ENCODED
        if fits or len(digest.openings) <= 1:
            break
        digest = trimmed(digest, len(digest.openings) * 3 // 4)
    message = Message(message_id=message_id, recipient=recipient, subject=subject, html=html, text=text, mime=mime)
    return digest, message


def trimmed(digest: Digest, keep: int) -> Digest:
    """The digest with its first `keep` openings; the others are left for the next one."""
    sections, room = [], keep
    for section in digest.sections:
        if room > 0:
            sections.append(replace(section, openings=section.openings[:room]))
        room -= len(section.openings)
    return replace(
        digest, sections=tuple(sections), left_for_later=digest.left_for_later + max(0, len(digest.openings) - keep)
    )


def _parts(digest: Digest, mail: Mail, taxonomy: Taxonomy) -> tuple[str, str, str]:
    """Subject, text and HTML from the three templates."""
    shown = [
        Shown(
            title=section.title,
            says=section.says,
            cards=tuple(card(opening, taxonomy, today=digest.local_date) for opening in section.openings),
        )
        for section in digest.sections
    ]
    values: dict[str, Any] = {
        "digest": digest,
        "sections": shown,
        "mail": mail,
        "count": len(digest.openings),
        "overlooked": any("overlooked" in opening.verdict.flags.basis[:1] for opening in digest.openings),
        "next_mail": f"{digest.next_date:%A, %d %B %Y}".replace(" 0", " "),
        "sep": " · ",
        "comma": ", ",
    }
    subject = " ".join(template("digest.subject.txt").render(values).split())
    text = template("digest.txt").render(values).strip() + "\n"
    return subject, text, template("digest.html").render(values)


def _message_id(person: str, issue: str, mail: Mail, secret: bytes) -> str:
    """Stable for a person and issue, and telling nobody who that is."""
    digest = hmac.new(secret, f"{person}|{issue}".encode(), hashlib.sha256).digest()
    return f"<{base64.b32encode(digest[:20]).decode().lower()}@{_domain(mail)}>"


def _domain(mail: Mail) -> str:
    return mail.sender.rsplit("@", 1)[1].lower()


def _mime(subject: str, text: str, html: str, *, recipient: str, message_id: str, mail: Mail, now: datetime) -> bytes:
    message = EmailMessage(policy=SMTP.clone(max_line_length=78))
    user, domain = mail.sender.rsplit("@", 1)
    message["From"] = Address(mail.sender_name, user, domain)
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["List-Id"] = f"{mail.sender_name} <{mail.list_id or 'digest.' + _domain(mail)}>"
    if mail.unsubscribe_mail:
        message["List-Unsubscribe"] = f"<mailto:{mail.unsubscribe_mail}?subject=stop>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary("=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32])
    return message.as_bytes()


@cache
def template(name: str) -> Template:
    """A template, loaded once. HTML is escaped and spells its blocks as comments; a mail has its style written in."""
    source, is_html = (TEMPLATES / name).read_text(encoding="utf-8"), name.endswith(".html")
    if name == "digest.html":
        source = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(source)
    environment = Environment(
        loader=BaseLoader(),
        autoescape=select_autoescape(default=is_html, default_for_string=is_html),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string="<!--%" if is_html else "{%",
        block_end_string="%-->" if is_html else "%}",
    )
    return environment.from_string(source)
