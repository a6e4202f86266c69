"""schema.org JobPosting in JSON-LD: found in pages, mended where it is broken, and read as a posting.

The fifteen tolerances are documented in docs/formats.md. Nothing here evaluates anything.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_OPENING = re.compile(r"<script\b[^>]*\btype\s*=\s*[\"']?\s*application/ld\+json\b[^>]*>", re.IGNORECASE)
_CLOSING = re.compile(r"</script\s*>", re.IGNORECASE)
_WRAPPERS = (
    re.compile(r"^\s*(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|(?://|/\*)?\s*\]\]>\s*(?:\*/)?\s*$"),
    re.compile(r"^\s*<!--.*?-->\s*(?=[\[{])|^\s*<!--|-->\s*$", re.DOTALL),
    re.compile(r"\A\s*//[^\n]*\n"),
)
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])|\\u(?![0-9a-fA-F]{4})')
_RAW_CONTROL = re.compile(r"[\x00-\x1f]")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MISSING_COMMA = re.compile(r'(["}\]\d]|true|false|null)(\s*\n\s*)(?="[^"\n]{1,60}"\s*:)')
_LOOSE_QUOTE = re.compile(r'(?<![\\{\[,:\s])"(?!\s*[,:}\]]|\s*$)|(?<=[^\s:,\[{\\] )"(?=\w)')
_DEEPEST = 12
_NAMES = (
    "title",
    "name",
    "description",
    "dateposted",
    "validthrough",
    "hiringorganization",
    "joblocation",
    "employmenttype",
)
_WORDS = (
    "title name description datePosted validThrough hiringOrganization jobLocation jobLocationType employmentType "
    "baseSalary estimatedSalary identifier url address addressLocality addressRegion addressCountry postalCode "
    "streetAddress value minValue maxValue unitText currency applicantLocationRequirements directApply industry "
    "occupationalCategory qualifications responsibilities skills educationRequirements experienceRequirements workHours "
    "jobBenefits salaryCurrency sameAs logo mainEntity itemListElement item geo latitude longitude "
)
_CANONICAL = {word.lower(): word for word in _WORDS.split()}


def scripts(text: str) -> list[str]:
    """The bodies of the page's JSON-LD scripts, in their order."""
    found: list[str] = []
    lower, at = text.replace("İ", "I").lower(), 0  # the one letter that grows when it is lowered
    while (marked := lower.find("ld+json", at)) >= 0:
        opening = _OPENING.search(text, max(at, lower.rfind("<script", at, marked)))
        closing = _CLOSING.search(text, opening.end()) if opening else None
        if not opening or not closing:
            break
        found.append(text[opening.end() : closing.start()])
        at = closing.end()
    return found


def loads(block: str) -> Any:
    """A JSON-LD block as a value, mended step by step where it is broken; None if nothing helps."""
    text = block.strip().lstrip("\ufeff").strip()
    for mend in (_as_is, _unwrapped, _escaped_controls, _repaired, _unescaped, _quoted):
        text = mend(text)
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _as_is(text: str) -> str:
    """The block unchanged."""
    return text


def _unwrapped(text: str) -> str:
    """Without CDATA and comment wrappers."""
    for wrapper in _WRAPPERS:
        text = wrapper.sub("", text.strip())
    return text.strip().rstrip(";")


def _escaped_controls(text: str) -> str:
    """Raw control characters inside strings escaped, escapes that JSON does not know made plain."""
    return _STRING.sub(lambda found: _RAW_CONTROL.sub(_escape, _BAD_ESCAPE.sub(_plain_escape, found[0])), text)


def _escape(found: re.Match[str]) -> str:
    """One control character as JSON writes it."""
    return json.dumps(found[0])[1:-1]


def _plain_escape(found: re.Match[str]) -> str:
    """What stands behind a backslash that JSON does not know: the character itself."""
    return "" if found[0] == "\\" else "\\\\u"


def _repaired(text: str) -> str:
    """Without comments and trailing commas, with commas where a line break stands for one."""
    bare = _STRING_OR_COMMENT.sub(lambda found: found[0] if found[0].startswith('"') else "", text)
    return _outside_strings(_MISSING_COMMA.sub(r"\1,\2", bare), _TRAILING_COMMA, r"\1")


def _outside_strings(text: str, pattern: re.Pattern[str], replacement: str) -> str:
    """`pattern` replaced, strings left as they are."""
    kept: list[str] = []

    def put_away(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f'"\x00{len(kept) - 1}\x00"'

    bare = _STRING.sub(put_away, text)
    for _ in range(3):
        bare = pattern.sub(replacement, bare)
    return re.sub('"\x00(\\d+)\x00"', lambda found: kept[int(found[1])], bare)


def _unescaped(text: str) -> str:
    """A block that was entity-encoded as a whole."""
    return html.unescape(text) if re.match(r"\s*[\[{]\s*&quot;", text) else text


def _quoted(text: str) -> str:
    """Quotes inside a string's text escaped, judged by what stands around them."""
    return _escaped_controls(_LOOSE_QUOTE.sub(r"\"", text))


def postings(text: str) -> list[dict[str, Any]]:
    """The JobPosting objects of a page's JSON-LD, in their order; a broken block hides no other."""
    return [found for block in scripts(text) for found in find(loads(block))]


def find(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The JobPosting objects in a value: in lists, @graph, mainEntity and ItemList elements; their keys in schema.org's spelling."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value[:5000]:
            yield from find(part, depth + 1)
    elif isinstance(value, Mapping):
        if is_posting(value):
            yield spelled(value)
            return
        for name, part in value.items():
            if name in (
                "@graph",
                "mainEntity",
                "itemListElement",
                "item",
                "mainEntityOfPage",
                "hasPart",
                "about",
                "subjectOf",
            ):
                yield from find(part, depth + 1)


def listed_addresses(text: str) -> list[str]:
    """The addresses that a page's JSON-LD ItemList names without holding the postings themselves."""
    found: list[str] = []
    for block in scripts(text):
        _addresses(loads(block), found, 0)
    return found


def _addresses(value: Any, found: list[str], depth: int) -> None:
    """Collect the addresses of list elements."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            _addresses(part, found, depth + 1)
    elif isinstance(value, Mapping):
        for element in value.get("itemListElement") or () if isinstance(value.get("itemListElement"), list) else ():
            item = element.get("item", element) if isinstance(element, Mapping) else element
            url = item.get("url", item.get("@id")) if isinstance(item, Mapping) else item
            if isinstance(url, str) and not is_posting(item) and "BreadcrumbList" not in str(value.get("@type")):
                found.append(url)
        for name in ("@graph", "mainEntity"):
            _addresses(value.get(name), found, depth + 1)


def is_posting(value: object) -> bool:
    """Whether an object's type is JobPosting: a word, a list, an address, a prefixed name."""
    kind = value.get("@type", value.get("type")) if isinstance(value, Mapping) else None
    kinds = kind if isinstance(kind, list) else [kind]
    return any(re.split(r"[/:#]", str(one))[-1].casefold() == "jobposting" for one in kinds)


def spelled(value: Any, depth: int = 0) -> Any:
    """The value with its keys in schema.org's spelling ("Title" -> "title")."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {_CANONICAL.get(str(name).lower(), str(name)): spelled(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list):
        return [spelled(part, depth + 1) for part in value]
    return value
