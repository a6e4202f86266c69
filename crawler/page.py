"""What a board answered: a page with its real address, its status and its body, decoded in the ways that boards get wrong."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from parsel import Selector
from w3lib.encoding import html_to_unicode

from crawler.records import Record
from model.errors import PageNotUnderstood

_HTML = re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype html|html|head|body|title)\b", re.IGNORECASE | re.DOTALL)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def closes(body: bytes, root: str) -> bool:
    """Whether an XML document's last tag closes its root."""
    name = rb"(?:[\w.-]+:)?" + re.escape(root.encode())
    end = rb"(?:</\s*" + name + rb"\s*>|<" + name + rb"[^>]*/>)\s*(?:<!--.*?-->\s*)*$"
    return bool(re.search(end, body[-2000:], re.IGNORECASE | re.DOTALL))


@dataclass(frozen=True)
class Page:
    """One answer. `url` is the board's own address, whatever host stood in for it; `status` is 200 unless another was asked for."""

    url: str
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """The body as text, by its BOM, header, declaration or the best guess."""
        return html_to_unicode(self.headers.get("content-type"), self.body, default_encoding="utf8")[1]

    @property
    def looks_like_html(self) -> bool:
        """Whether the body begins as an HTML page does, whatever its header says."""
        return bool(_HTML.match(self.body[:4000]))

    @property
    def is_cut_short(self) -> bool:
        """Whether an HTML page breaks off: what was opened first is never closed."""
        shown = self.text.lower()
        if "<html" in shown:
            return "</html" not in shown and "</body" not in shown
        first = re.match(r"\s*<([a-z0-9]+)", shown)
        return first is not None and shown.count(f"<{first[1]}") > shown.count(f"</{first[1]}")

    def json(self) -> Any:
        """The body as JSON. Raises PageNotUnderstood for anything else, saying what it is."""
        if not self.body.strip():
            raise PageNotUnderstood("an empty answer where JSON was expected", url=self.url)
        if self.looks_like_html:
            raise PageNotUnderstood("an HTML page where JSON was expected", url=self.url)
        try:
            return json.loads(self._json_text(), strict=False)
        except RecursionError as error:
            raise PageNotUnderstood("JSON nested too deeply", url=self.url) from error
        except ValueError as error:
            raise PageNotUnderstood(f"not JSON, or cut short: {error}", url=self.url) from error

    def record(self) -> Record:
        """The body as one JSON object. Raises PageNotUnderstood for anything else."""
        value = self.json()
        if not isinstance(value, dict):
            raise PageNotUnderstood(f"a JSON {type(value).__name__} where an object was expected", url=self.url)
        return Record(value)

    @cached_property
    def tree(self) -> Selector:
        """The body as an HTML tree."""
        return Selector(text=self.text or "<html/>", type="html")

    def _json_text(self) -> str | bytes:
        """The body for the JSON parser: UTF-8 unless a BOM or the header says otherwise and UTF-8 does not fit."""
        if self.body.startswith(_BOMS):
            return self.text.lstrip("\ufeff")
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError:
            return self.text
