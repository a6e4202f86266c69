"""schema.org JobPosting in microdata or RDFa, as the same objects that JSON-LD gives."""

import re
from typing import Any

from lxml.etree import _Element, tostring

from crawler.page import Page

_VALUE_FROM = {"meta": "content", "time": "datetime", "link": "href", "a": "href", "img": "src", "data": "value"}
_LONG = frozenset(
    {"description", "responsibilities", "qualifications", "skills", "experienceRequirements", "educationRequirements"}
)


def postings(page: Page) -> list[dict[str, Any]]:
    """The JobPosting objects in a page's microdata and RDFa."""
    if b"JobPosting" not in page.body:
        return []
    root = page.tree.root
    scopes = root.xpath(
        "//*[@itemtype][contains(@itemtype, 'JobPosting')] | //*[@typeof][contains(@typeof, 'JobPosting')]"
    )
    return [_object(scope, "itemprop" if scope.get("itemtype") else "property") for scope in scopes]


def _object(scope: _Element, attribute: str) -> dict[str, Any]:
    """One scope as an object; of repeated texts the longest counts, of other repeated values all."""
    kind = scope.get("itemtype") or scope.get("typeof") or ""
    found: dict[str, Any] = {"@type": kind.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]}
    for node in _properties(scope, attribute):
        inner = node.get("itemscope") is not None or node.get("typeof") is not None
        value = _object(node, attribute) if inner else None
        for name in (node.get(attribute) or "").split():
            _put(found, re.split(r"[/:#]", name)[-1], value if inner and value else _value(node, name))
    return found


def _properties(scope: _Element, attribute: str) -> list[_Element]:
    """The nodes with properties of this scope, not those of scopes inside it."""
    found: list[_Element] = []
    queue = list(scope)
    while queue:
        node = queue.pop(0)
        if not isinstance(node.tag, str):  # a comment
            continue  # type: ignore[unreachable]
        if node.get(attribute):
            found.append(node)
        if node.get("itemscope") is None and node.get("typeof") is None:
            queue = list(node) + queue
    return found


def _value(node: _Element, name: str) -> str:
    """A node's value: its attribute where the element has one, markup for long texts, text else."""
    given = node.get("content")
    if given is None and (attribute := _VALUE_FROM.get(node.tag)) and (node.tag != "a" or name in ("url", "sameAs")):
        given = node.get(attribute)
    if given is not None:
        return given.strip()
    if name in _LONG:
        return inner_markup(node)
    return " ".join("".join(str(text) for text in node.itertext()).split())


def inner_markup(node: _Element) -> str:
    """The markup inside a node."""
    parts = [node.text or "", *(tostring(child, encoding="unicode", method="html") for child in node)]
    return "".join(parts).strip()


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    """Keep a property: the longest of repeated long texts, a list of other repeated values, no empty ones."""
    if value in ("", None):
        return
    if name not in found:
        found[name] = value
    elif name in _LONG:
        found[name] = max(found[name], value, key=_length)
    elif value != found[name]:
        every = found[name] if isinstance(found[name], list) else [found[name]]
        found[name] = every if value in every else [*every, value]


def _length(value: Any) -> int:
    """How much text a value holds."""
    return len(re.sub(r"<[^<>]*>|\s+", " ", value).strip()) if isinstance(value, str) else 0
