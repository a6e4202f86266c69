"""Parts -> the bytes of one mail: headers, plain text first and HTML last, 7-bit, the same each time.

Assembled by hand: the standard library's quoted-printable is pure Python and eight times as slow. Its parser is the judge in the tests.
"""

import binascii
import hashlib
import re
from collections.abc import Sequence
from email.header import Header
from email.utils import formataddr

_UNSAFE = re.compile(r"[\x00-\x1f\x7f]+")
LONGEST_LINE = 76
LONGEST_PLAIN = 990  # RFC 5322 allows 998


def header(name: str, value: str) -> bytes:
    """One header field, folded; what is not ASCII is an encoded word, and no value can begin another field."""
    safe = _UNSAFE.sub(" ", value)
    if safe.isascii() and len(name) + len(safe) < LONGEST_LINE:
        return f"{name}: {safe}\r\n".encode()
    if safe.isascii() and (" " not in safe or name.startswith(("List-", "Message-", "Content-"))):
        return f"{name}: {_folded(safe, len(name) + 2)}\r\n".encode()
    encoded = Header(safe, charset=None if safe.isascii() else "utf-8", header_name=name, maxlinelen=LONGEST_LINE)
    return f"{name}: {encoded.encode(linesep=chr(13) + chr(10))}\r\n".encode()


def _folded(value: str, used: int) -> str:
    """ASCII broken at spaces and commas where it grows long; what has none stays in one piece."""
    line, lines = "", []
    for word in value.replace(", ", ",\x00").replace(" ", "\x00").split("\x00"):
        if line and used + len(line) + len(word) > LONGEST_LINE:
            lines.append(line)
            line, used = "", 1
        line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def person(name: str, address: str) -> str:
    """A name and its address for a header."""
    return formataddr((_UNSAFE.sub(" ", name), address), charset="utf-8")


def _part(kind: str, text: str) -> bytes:
    """One part with its header: as it stands where it is ASCII in lines that every server passes on, else quoted-printable.

    HTML is always ASCII: what is not is written as a character reference.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    data = lines.encode("ascii", "xmlcharrefreplace") if kind == "html" else lines.encode("utf-8", "replace")
    plain = data.isascii() and _passes(data)
    encoding = "7bit" if plain else "quoted-printable"
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + (data if plain else binascii.b2a_qp(data, istext=True, quotetabs=False))


def _passes(data: bytes) -> bool:
    """Whether no server or mailbox on the way would alter a line."""
    altered = b"\0" in data or data.startswith(b"From ") or b"\r\nFrom " in data
    return not altered and max(map(len, data.split(b"\r\n"))) <= LONGEST_PLAIN


def mime(headers: Sequence[tuple[str, str]], *, text: str, html: str, seed: str) -> bytes:
    """The whole mail; `seed` makes the boundary, so that the same mail has the same bytes. Without `html` the text stands alone."""
    head = b"".join(header(name, value) for name, value in headers) + b"MIME-Version: 1.0\r\n"
    if not html:
        return head + _part("plain", text)
    boundary = b"=_" + hashlib.sha256(seed.encode()).hexdigest()[:32].encode()
    parts = (_part("plain", text), _part("html", html))
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    kind = b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n'
    return head + kind + body + b"--" + boundary + b"--\r\n"
