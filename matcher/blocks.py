"""Markup or plain text as blocks: the lines that a person sees, in order, with what the markup says about each.

In: a description as crawled. Out: a list of `Block`. There are two ways to the same list: `blocks_with_lxml` is quick and does the
daily work, `blocks_with_soup` (beautifulsoup4 on the same parser) is the reference; a test compares them on real descriptions.
"""

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import NavigableString
from lxml import etree

BREAKING = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "title",
        "tr",
        "ul",
        "option",
        "select",
    ]
)
SKIPPED = frozenset({"script", "style", "noscript", "template", "head"})
BOLD = frozenset({"b", "strong", "u", "h1", "h2", "h3", "h4", "h5", "h6", "th"})
CELLS = frozenset({"td", "th"})
_SKIPS, _BREAKS, _BOLDS = 1, 2, 4
_MARKS: Final = {
    tag: (tag in SKIPPED) * _SKIPS | (tag in BREAKING) * _BREAKS | (tag in BOLD) * _BOLDS
    for tag in SKIPPED | BREAKING | BOLD
}
"""What a tag does to the text in and around it."""
_MARKS.update(dict.fromkeys(CELLS - BOLD, 8))
_TAG = re.compile(
    r"</?(?:p|div|br|ul|ol|li|h[1-6]|span|b|strong|em|i|u|table|tr|td|th|section|article|a|font|hr|body|html)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(r"</?(?:p|div|br|ul|ol|li|h[1-6]|table|tr)\b[^<>]{0,2000}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# White space that folding changes, in texts of plain letters and in all others; a text with none of it is folded already.
_UNFOLDED: Final = ("  ", " \n", "\n ", "\t", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f")
_WIDE_SPACES: Final = tuple("\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|div|br|ul|ol|li|h[1-6]|span|strong|b|em|table)\b", re.IGNORECASE)


class Block(NamedTuple):
    """One line as a person sees it; cells of a table row are parted by tabs. `heading`: the markup shows all of it as a heading."""

    text: str
    heading: bool = False
    item: bool = False


@dataclass(slots=True)
class _Gathering:
    """The block that is being put together while the tree is walked."""

    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bold: bool = False
    plain: bool = False
    item: bool = False

    def add(self, text: str | None, *, bold: bool) -> None:
        """More text of the block, bold or not."""
        if not text:
            return
        self.parts.append(text)
        if not text.isspace():
            self.bold, self.plain = self.bold or bold, self.plain or not bold

    def end(self) -> None:
        """The block is complete."""
        if not self.parts:
            self.item = False
            return
        text = folded("".join(self.parts))
        if text:
            self.blocks.append(Block(text, self.bold and not self.plain, self.item))
        self.parts, self.bold, self.plain, self.item = [], False, False, False


def folded(text: str) -> str:
    """The text with runs of white space folded to one space; tabs, which part cells, stay."""
    if "\t" not in text:
        return " ".join(text.split())
    return "\t".join(cell for cell in (" ".join(part.split()) for part in text.split("\t")) if cell)


def is_markup(text: str) -> bool:
    """Whether the text holds tags (or, without any, character references) that a reader should not see."""
    return bool(("<" in text and _TAG.search(text)) or ("&" in text and _ENTITY.search(text)))


def is_escaped_markup(text: str) -> bool:
    """Whether the text is markup that was escaped once more than it should be."""
    return "&lt;" in text and bool(_ESCAPED_TAG.search(text)) and not _TAG.search(text)


def has_block_tags(text: str) -> bool:
    """Whether the markup itself breaks lines; where it does not, line ends do."""
    return bool(_BLOCK_TAG.search(text))


def blocks(text: str, *, fast: bool = True) -> list[Block]:
    """The description's blocks, whatever it is written in."""
    if not is_markup(text):
        return [Block(line) for line in plain_lines(text)]
    return markup_blocks(text, fast=fast)


def markup_blocks(text: str, *, fast: bool = True) -> list[Block]:
    """The blocks of a text that is known to be markup."""
    markup = text if has_block_tags(text) else text.replace("\n", "<br>")
    return blocks_with_lxml(markup) if fast else blocks_with_soup(markup)


def plain_lines(text: str) -> list[str]:
    """Plain text's lines; tabs inside are white space like any other."""
    if _is_folded(text):
        return [line for line in text.strip(" ").split("\n") if line]
    return [line for raw in text.splitlines() if (line := " ".join(raw.split()))]


def _is_folded(text: str) -> bool:
    """Whether folding would change nothing but the ends of the text; looking for each odd space is quicker than folding."""
    for odd in _UNFOLDED:
        if odd in text:
            return False
    if not text.isascii():
        for odd in _WIDE_SPACES:
            if odd in text:
                return False
    return True


def blocks_with_lxml(markup: str) -> list[Block]:
    """The fast path: one walk over lxml's tree."""
    root = _parsed(markup)
    if root is None:
        return []
    gathering, skipping, bold = _Gathering(), 0, 0
    add, marks = gathering.add, _MARKS
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        mark = marks.get(element.tag, 0)
        if event == "start":
            if mark:
                skipping, bold = skipping + (mark & _SKIPS), bold + bool(mark & _BOLDS)
                if not skipping:
                    _open(gathering, element.tag)
            if not skipping and (text := element.text):
                add(text, bold=bold > 0)
            continue
        if mark and event == "end":
            if not skipping and mark & _BREAKS:
                gathering.end()
            skipping, bold = skipping - (mark & _SKIPS), bold - bool(mark & _BOLDS)
        if not skipping and (text := element.tail):
            add(text, bold=bold > 0)
    gathering.end()
    return gathering.blocks


def _parsed(markup: str) -> "etree._Element | None":
    """lxml's tree of the markup, or None when there is nothing in it."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True, remove_pis=False)
    cleaned = markup.replace("\x00", "")
    try:
        return etree.fromstring(cleaned.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


def blocks_with_soup(markup: str) -> list[Block]:
    """The reference: the same walk over beautifulsoup4's tree."""
    soup = BeautifulSoup(markup.replace("\x00", ""), "lxml")
    gathering = _Gathering()
    stack: list[tuple[Tag | NavigableString, bool, bool]] = [(child, False, False) for child in reversed(soup.contents)]  # type: ignore[misc]
    while stack:
        node, closing, bold = stack.pop()
        if isinstance(node, NavigableString):
            if type(node) is NavigableString or not isinstance(node, Comment):
                gathering.add(_plain(node), bold=bold)
        elif closing:
            _close(gathering, node.name)
        elif node.name not in SKIPPED:
            _open(gathering, node.name)
            inside = bold or node.name in BOLD
            stack.append((node, True, bold))
            stack.extend((child, False, inside) for child in reversed(node.contents))  # type: ignore[misc]
    gathering.end()
    return gathering.blocks


def _plain(node: NavigableString) -> str | None:
    """The string of a text node; declarations, instructions and doctypes are nothing."""
    return str(node) if type(node).__name__ in ("NavigableString", "CData") else None


def _open(gathering: _Gathering, tag: str) -> None:
    if tag in BREAKING:
        gathering.end()
        gathering.item = tag == "li"
    elif tag in CELLS:
        gathering.parts.append("\t")


def _close(gathering: _Gathering, tag: str) -> None:
    if tag in BREAKING:
        gathering.end()
