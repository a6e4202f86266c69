"""What spam filters say of our mail: rspamd with the names that a good operator publishes, and SpamAssassin's own rules."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from cli import clock
from digest.desk import Addressee, Desk
from digest.dkim import Signer
from digest.notes import note
from digest.rendering import render
from matcher.taxonomy import Taxonomy
from model.digest import Message
from tests import rspamd
from tests.samples import seeker
from tests.test_digest import made, opening
from tests.test_mail import GOOD, MAIL, published

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
MOST = 0.5
KINDS = ("one", "twenty", "spanish", "watching", "confirm", "login")
PASSES = {"R_DKIM_ALLOW", "R_SPF_ALLOW", "DMARC_POLICY_ALLOW"}


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    """The key that signs."""
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def mails(key: RSAPrivateKey, taxonomy: Taxonomy) -> dict[str, Message]:
    """One mail of each kind, signed, of this hour: filters look at the date."""
    desk, now = Desk(MAIL, b"secret", Signer("example.org", "s1", key)), clock.now()
    to = {language: Addressee("ann", "ann@example.com", "w:1", language) for language in ("en", "es")}
    spanish = seeker(digest={"language": "es"})
    few = [opening(1), opening(2, "close")]
    many = [opening(number) for number in range(19)] + [opening(90, "close")]
    digests = {"one": ("en", made(*few)), "twenty": ("en", made(*many)), "spanish": ("es", made(*few, profile=spanish))}
    found = {name: render(one, to[said], desk, taxonomy, now=now)[1] for name, (said, one) in digests.items()}
    for kind in ("watching", "confirm", "login"):
        found[kind] = note_of(kind, to["en"], desk, now)
    return found


def note_of(kind: Any, to: Addressee, desk: Desk, now: datetime) -> Message:
    """A short mail with a link and, where it has one, its code."""
    return note(kind, to, desk, now=now, url="https://pages.example.org/x/1", code="123456", openings=7)


@pytest.fixture(scope="module")
def filter_port(key: RSAPrivateKey) -> Iterator[int]:
    """An rspamd that knows our names as an operator should publish them, with a DMARC policy that means it."""
    signing = {("s1._domainkey.example.org", "TXT"): [published(key).decode()]}
    strict = {("_dmarc.example.org", "TXT"): ["v=DMARC1; p=reject; rua=mailto:d@example.org"]}
    with rspamd.running({**GOOD, **signing, **strict}) as port:
        yield port


def asked(port: int, message: Message, mime: bytes | None = None, **more: str) -> rspamd.Opinion:
    """What rspamd says of a mail, or of other bytes in its envelope."""
    raw = message.mime if mime is None else mime
    return rspamd.opinion(port, raw, sender=message.sender, recipient=message.recipient, **more)


def without(mime: bytes, *names: bytes) -> bytes:
    """The mail without these headers."""
    head, body = mime.split(b"\r\n\r\n", 1)
    kept = [line for line in head.replace(b"\r\n ", b"\0").split(b"\r\n") if line.split(b":")[0] not in names]
    assert len(kept) == len(head.replace(b"\r\n ", b"\0").split(b"\r\n")) - len(names)
    return b"\r\n".join(kept).replace(b"\0", b"\r\n ") + b"\r\n\r\n" + body


@pytest.mark.parametrize("kind", KINDS)
def test_rspamd_lets_our_mail_pass(filter_port: int, mails: dict[str, Message], kind: str) -> None:
    says = asked(filter_port, mails[kind])
    print(kind, says.score, {name: score for name, score in says.symbols.items() if score > 0})  # noqa: T201

    assert says.symbols.keys() >= PASSES
    assert says.score <= MOST, says.symbols


@pytest.mark.parametrize("kind", KINDS)
def test_spamassassin_lets_our_mail_pass(mails: dict[str, Message], kind: str) -> None:
    assert rspamd.spamassassin(mails[kind].mime) <= MOST


def test_a_way_out_that_was_altered_is_seen(filter_port: int, mails: dict[str, Message]) -> None:
    mime = mails["one"].mime
    tampered = mime.replace(b"List-Unsubscribe: <https://pages", b"List-Unsubscribe: <https://pagez", 1)
    assert tampered != mime
    says = asked(filter_port, mails["one"], tampered)

    assert "R_DKIM_REJECT" in says.symbols
    assert "R_DKIM_ALLOW" not in says.symbols


def test_a_mail_from_another_machine_without_our_signature_is_refused(
    filter_port: int, mails: dict[str, Message]
) -> None:
    bare = without(mails["one"].mime, b"DKIM-Signature")
    says = asked(filter_port, mails["one"], bare, ip="198.51.100.9")

    assert not PASSES & says.symbols.keys()
    assert says.symbols.keys() >= {"R_SPF_FAIL", "DMARC_POLICY_REJECT"}
    assert says.score > MOST


def test_a_mail_without_date_and_id_is_disliked_by_both(filter_port: int, mails: dict[str, Message]) -> None:
    """The control: filters that like everything prove nothing."""
    bare = without(mails["one"].mime, b"Date", b"Message-ID")

    assert asked(filter_port, mails["one"], bare).score >= 2
    assert rspamd.spamassassin(bare) >= 2


def test_the_words_that_once_cost_a_point_would_still_cost_it(mails: dict[str, Message]) -> None:
    """SpamAssassin takes "stop these mails" for a spammer's way out (END_FUTURE_EMAILS) where it cannot see a signature."""
    mime = mails["one"].mime
    assert b"Stop this mail" in mime

    assert rspamd.spamassassin(mime.replace(b"Stop this mail", b"Stop these mails")) > MOST
