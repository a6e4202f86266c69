"""What every page works with: the service, its mail, its words and its templates. One for the whole program, handed to each request."""

import ipaddress
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from itsdangerous import BadSignature, TimestampSigner
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest.words import LANGUAGES, Words, words_in
from model.errors import FirstrungError
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store import entries
from store.deliveries import AWAITED

TEMPLATES = Path(__file__).parent / "templates"
FORM_LASTS = 12 * 3600
NAMES = {"en": "English", "es": "Español"}


@dataclass(slots=True)
class FrontDesk:
    """The service behind the pages. The mailroom is used by one request at a time."""

    house: House
    room: Mailroom
    lock: threading.Lock = field(default_factory=threading.Lock)
    sending: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        """This moment, aware and in UTC."""
        return self.house.clock()

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over https."""
        return (self.room.mail.public_url or "").startswith("https://")

    def words(self, request: Request, language: str | None = None) -> Words:
        """The language: as asked for in the address, as the person chose, else as the browser says."""
        asked = request.query_params.get("lang") or language
        if asked is None:
            accepted = request.headers.get("accept-language", "")[:200].lower()
            asked = next((part.strip()[:2] for part in accepted.split(",") if part.strip()[:2] in LANGUAGES), "en")
        return words_in(asked if asked in LANGUAGES else "en")

    def form_token(self, subject: str) -> str:
        """What a form carries to show that it came from our page; good for twelve hours."""
        return TimestampSigner(self.room.secret, salt="firstrung.form").sign(subject).decode()

    def from_our_form(self, token: str, subject: str) -> bool:
        """Whether a form's token was made for that subject."""
        try:
            signer = TimestampSigner(self.room.secret, salt="firstrung.form")
            return signer.unsign(token, max_age=FORM_LASTS).decode() == subject
        except (BadSignature, UnicodeDecodeError):
            return False

    def limited(self, name: str, most: int, window: timedelta) -> bool:
        """Count one more of `name`; True when that is too many in the window."""
        with self.house.database.write() as connection:
            return entries.count(connection, entries.mark_of(name), now=self.now(), window=window) > most

    def too_many_mails(self) -> bool:
        """Count one more mail that somebody asks for; True when the whole service has sent enough of them this hour."""
        most = self.house.configuration.service.web.mails_an_hour
        return self.limited("mails", most, timedelta(hours=1))

    def send_waiting(self) -> None:
        """Send the way in that was just queued, and nothing else: digests are the clock's. What fails waits for its next round.

        One at a time: whoever comes while another sends leaves it to that one, or to the clock, so that a slow server holds up nobody.
        """
        if not self.sending.acquire(blocking=False):
            return
        try:
            self.room.send(kinds=AWAITED)
        except FirstrungError:
            return
        finally:
            self.sending.release()

    def page(self, request: Request, name: str, words: Words, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of `templates/` in the reader's language."""
        mail = self.room.mail
        other = next((one for one in LANGUAGES if one != words.language), None)
        shown = {
            "say": words.say,
            "number_of": words.count,
            "day": words.day,
            "language": words.language,
            "service": mail.sender_name,
            "postal_address": mail.postal_address or "",
            "contact": mail.reply_to or mail.unsubscribe_mail or "",
            "other_language": other if request.method == "GET" else None,
            "other_name": NAMES.get(other or "", other),
            "path": "/" + request.url.path.lstrip("/"),
            **values,
        }
        return HTMLResponse(_environment().get_template(name).render(shown), status_code=status)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def desk_of(request: Request) -> FrontDesk:
    """The front desk of the running program."""
    desk: FrontDesk = request.app.state.desk
    return desk


def network_of(request: Request) -> str:
    """The caller's network, not the caller: /24 of IPv4, /64 of IPv6."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))
