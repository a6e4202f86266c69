"""Gzip inside an answer (`.xml.gz`), which may also come already unpacked, and may be a bomb."""

import zlib

from crawler.page import Page
from crawler.wishes import MEGABYTE
from model.errors import PageNotUnderstood, SourceError

LARGEST = 64 * MEGABYTE
_GZIP = b"\x1f\x8b"


def unpacked(page: Page) -> bytes:
    """The body, gunzipped if it is gzip. Raises SourceError (too_large) for a bomb, PageNotUnderstood for a broken one."""
    if not page.body.startswith(_GZIP):
        return page.body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(page.body, LARGEST)
    except zlib.error as error:
        raise PageNotUnderstood(f"broken gzip: {error}", url=page.url) from error
    if unpacker.unconsumed_tail:
        raise SourceError(
            f"the answer is too large: more than {LARGEST} bytes when unpacked", url=page.url, failure="too_large"
        )
    return body
