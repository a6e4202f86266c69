"""DKIM signatures (RFC 6376, rsa-sha256) by OpenSSL through `cryptography`: relaxed/relaxed, over-signed, no length tag.

Over-signed: each header is listed once more than it stands in the mail, so that nobody can add a second List-Unsubscribe to a signed
mail. A signature in pure Python costs eight times as much (decision 0008).
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type", "list-id", "list-unsubscribe",
    "list-unsubscribe-post", "auto-submitted",
)  # fmt: skip
_BLANKS = re.compile(rb"[ \t]{2,}|\t")  # a single blank stays as it is
_FOLD = re.compile(rb"\r\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs mails for one domain with one key."""

    domain: str
    selector: str
    key: RSAPrivateKey

    def sign(self, mime: bytes, *, now: datetime) -> bytes:
        """The mail with its DKIM-Signature in front. The same mail, key and moment give the same bytes."""
        head, _, body = mime.partition(b"\r\n\r\n")
        fields = _fields(head)
        names = [name for name in SIGNED for _ in range(1 + sum(field[0] == name for field in fields))]
        body_hash = base64.b64encode(hashlib.sha256(_body(body)).digest()).decode()
        value = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}; t={int(now.timestamp())};\r\n"
            f" h={_wrapped(names)};\r\n bh={body_hash};\r\n b="
        )
        unsigned = _relaxed("DKIM-Signature", value.encode())
        signed = self.key.sign(b"".join(_picked(fields, names)) + unsigned.removesuffix(b"\r\n"), PKCS1v15(), SHA256())
        signature = base64.b64encode(signed).decode()
        folded = "\r\n ".join(signature[start : start + 72] for start in range(0, len(signature), 72))
        return f"DKIM-Signature: {value}{folded}\r\n".encode() + mime


def load_key(pem: bytes) -> RSAPrivateKey:
    """The private key of a PEM text. Raises ValueError saying what is wrong with it."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("not a private key in PEM without a password") from error
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key: many receivers read no other kind yet")
    if key.key_size < 2048:
        raise ValueError(f"an RSA key of {key.key_size} bits: receivers want 2048 or more")
    return key


def _fields(head: bytes) -> list[tuple[str, bytes]]:
    """The header's fields in order: name in small letters, and the relaxed form."""
    found = []
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        found.append(
            (name.decode("ascii", "replace").strip().lower(), _relaxed(name.decode("ascii", "replace"), value))
        )
    return found


def _relaxed(name: str, value: bytes) -> bytes:
    """One field in relaxed form (RFC 6376, 3.4.2)."""
    return name.strip().lower().encode() + b":" + _BLANKS.sub(b" ", _FOLD.sub(b"", value)).strip() + b"\r\n"


def _picked(fields: list[tuple[str, bytes]], names: list[str]) -> list[bytes]:
    """The fields that `names` lists, from the bottom up; a name beyond the last occurrence stands for nothing."""
    left: dict[str, list[bytes]] = {}
    for name, relaxed in fields:
        left.setdefault(name, []).append(relaxed)
    return [left[name].pop() for name in names if left.get(name)]


def _body(body: bytes) -> bytes:
    """The body in relaxed form (RFC 6376, 3.4.4)."""
    single = body.replace(b"\t", b" ")
    while b"  " in single:
        single = single.replace(b"  ", b" ")
    single = single.replace(b" \r\n", b"\r\n").rstrip(b" ")
    while single.endswith(b"\r\n"):
        single = single[:-2]
    return single + b"\r\n" if single else b""


def _wrapped(names: list[str]) -> str:
    lines, line = [], ""
    for name in names:
        if len(line) + len(name) > 66:
            lines.append(line)
            line = ""
        line += f"{name}:"
    return "\r\n  ".join([*lines, line])[:-1]
