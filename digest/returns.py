"""What a refusal or a returned mail means: whose fault it is decides what happens to the address.

`hard`: the mailbox is not there: no more mail to it. `soft`: full or resting: counted, a day at a time. `policy`: the receiver does not
like us (authentication, reputation, content): our fault, so nobody's address suffers and the whole stream rests. `later`: try again.
Enhanced status codes are those of RFC 3463; delivery reports RFC 3464, complaints RFC 5965.
"""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage, Message
from typing import Literal

Kind = Literal["hard", "soft", "policy", "later"]
ReturnKind = Literal["hard", "soft", "policy", "later", "complaint"]
_HARD = re.compile(r"5\.1\.(1|2|3|6|10)$")
_POLICY = re.compile(r"[45]\.(7\.\d+|3\.4|6\.\d+|5\.\d+|1\.(7|8))$")
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_NOBODY = re.compile(
    r"(?:user|mailbox|recipient|address|account)\b.{0,40}"
    r"\b(?:unknown|not found|does ?n[o']t exist|not exist|invalid|unavailable|disabled)"
    r"|(?:no such|unknown|invalid) (?:user|mailbox|recipient|address|account|person)",
    re.IGNORECASE,
)
_US = re.compile(
    r"\bspam|black ?list|block ?list|deny ?list|reputation|unsolicited|dmarc|dkim|\bspf\b"
    r"|(?:host|server|sender|client|connection|\bip)\b.{0,60}\b(?:block|reject|bann)ed|\b(?:block|bann)ed (?:by|for|due|using|because)",
    re.IGNORECASE,
)
LARGEST = 2_000_000


def enhanced(answer: str) -> str:
    """The enhanced status code in a server's answer; "" where there is none."""
    found = _ENHANCED.search(answer)
    return found[1] if found else ""


def meaning(code: int, status: str, words: str = "", *, about_recipient: bool) -> Kind:
    """What an SMTP answer means. `about_recipient`: it was given to RCPT TO.

    A bare 550 there is about the mailbox only where `words` say so: "relay not permitted" is a 550 too, and no address is at fault.
    Where they speak of spam, block lists or our proofs, it is about us, whatever the code.
    """
    if status and _POLICY.match(status):
        return "policy"
    if code < 500:
        return "later"
    if _US.search(words):
        return "policy"
    if code == 552 and not status:
        return "soft"
    if status:
        return "hard" if _HARD.match(status) else "soft" if status.startswith("5.2.") else "policy"
    return "hard" if about_recipient and code in (550, 551, 553) and _NOBODY.search(words) else "policy"


@dataclass(frozen=True, slots=True)
class Return:
    """What one message in the bounce mailbox says. `token`: from the address that it was returned to; "" when it names none."""

    kind: ReturnKind
    token: str
    status: str = ""


def read_return(raw: bytes, bounce_address: str) -> Return | None:
    """A delivery report or a complaint; None for everything else (out-of-office, ordinary mail, what cannot be read).

    Of a very large message the beginning is read: a report stands before the mail that it encloses.
    """
    try:
        message = email.message_from_bytes(raw[:LARGEST], policy=email.policy.default)
        return _report(message, bounce_address)
    except (
        ValueError,
        LookupError,
        AttributeError,
        IndexError,
        TypeError,
        KeyError,
        RecursionError,
    ):  # hostile or broken mail is not ours to mend
        return None


def _report(message: EmailMessage, bounce_address: str) -> Return | None:
    token = _token(message, bounce_address)
    kind = message.get_content_type()
    if kind == "multipart/report":
        report = str(message.get_param("report-type") or "").lower()
        if report == "feedback-report":
            return Return("complaint", token) if token else None
        if report == "delivery-status":
            return _delivery_status(message, token)
    return None


def _delivery_status(message: EmailMessage, token: str) -> Return | None:
    """RFC 3464: the first recipient's action and status. A delay is no return."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action, status = str(block.get("Action", "")).strip().lower(), enhanced(str(block.get("Status", "")))
            words = str(block.get("Diagnostic-Code", ""))
            if not status or status.endswith(
                ".0.0"
            ):  # the reporting server does not know; the refusing one may have said it
                status = enhanced(words) or status
            if action == "failed" and status:
                return Return(_of_status(status, words), token, status)
            if action == "delayed":
                return Return("later", token, status)
    return None


def _of_status(status: str, words: str) -> Kind:
    if _POLICY.match(status) or _US.search(words):
        return "policy"
    return "hard" if _HARD.match(status) else "soft"


def _token(message: EmailMessage, bounce_address: str) -> str:
    """The token of user+token@domain, from where the mail was sent back to; else from a complaint's or report's enclosed headers."""
    user, _, domain = bounce_address.partition("@")
    pattern = re.compile(rf"{re.escape(user)}\+([a-z2-7]{{16,40}})@{re.escape(domain)}", re.IGNORECASE)
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        for value in message.get_all(name, []):
            if found := pattern.search(str(value)):
                return found[1].lower()
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/feedback-report"):
            payload = part.get_payload()
            text = (
                payload
                if isinstance(payload, str)
                else "\n".join(str(one) for one in payload)
                if isinstance(payload, list)
                else ""
            )
            if found := pattern.search(text):
                return found[1].lower()
    return ""
