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


def _printable(text: str) -> bytes:
    """Quoted-printable with CRLF, whatever line ends `text` has."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True, quotetabs=False)


def mime(headers: Sequence[tuple[str, str]], *, text: str, html: str, seed: str) -> bytes:
    """The whole mail; `seed` makes the boundary, so that the same mail has the same bytes. Without `html` the text stands alone."""
    head = b"".join(header(name, value) for name, value in headers) + b"MIME-Version: 1.0\r\n"
    plain = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    if not html:
        return head + plain + _printable(text)
    boundary = b"=_" + hashlib.sha256(seed.encode()).hexdigest()[:32].encode()
    parts = (plain + _printable(text), plain.replace(b"text/plain", b"text/html") + _printable(html))
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    kind = b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n'
    return head + kind + body + b"--" + boundary + b"--\r\n"
