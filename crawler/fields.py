"""Fields that every format reads the same way: dates, kinds of employment, workplace, and text that was escaped on its way."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType

from dateutil import parser as dateparser

from model.posting import Workplace

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_EAST = re.compile(r"(\d{4})\s*[年/.]\s*(\d{1,2})\s*[月/.]\s*(\d{1,2})")
_US = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?!\d)")
_EPOCH = re.compile(r"/?(?:Date\()?(\d{10}|\d{13})(?:[+-]\d{4})?\)?/?")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_NO_CLOCK = re.compile(r"\b\d{1,2}:\d{1,2}(?::\d{1,2})?(?:[.:]\d+)?\b(?:\s*[AaPp]\.?[Mm]\.?)?")
_ZONE = re.compile(r"(?:\b(?:UTC|GMT)|(?<=\s))[+-]\d{2}:?\d{2}\b|\b(?:UTC|GMT|[ECMP][SD]T|Z)\b|\([^)]*\)")

_EMPLOYMENT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("PER_DIEM", re.compile(r"per[\s_-]?diem|\bprn\b|\bcasual\b|as[\s_-]needed|on[\s_-]call|\bpool\b", re.IGNORECASE)),
    ("FULL_TIME", re.compile(r"full[\s_-]?time|\bft\b|\bfulltime", re.IGNORECASE)),
    ("PART_TIME", re.compile(r"part[\s_-]?time|\bpt\b|\bparttime", re.IGNORECASE)),
    ("CONTRACTOR", re.compile(r"contract(?!\w*ual)|freelance|\b1099\b|self[\s_-]?employed", re.IGNORECASE)),
    (
        "TEMPORARY",
        re.compile(r"\btemp\b|temporary|temporaire|seasonal|fixed[\s_-]?term|\blocum|\btravel\b", re.IGNORECASE),
    ),
    ("INTERN", re.compile(r"\bintern(?:ship)?s?\b|\btrainee|apprentice|\bextern", re.IGNORECASE)),
    ("VOLUNTEER", re.compile(r"volunteer", re.IGNORECASE)),
    ("OTHER", re.compile(r"^\s*other\s*$", re.IGNORECASE)),
)
_WORKPLACES: Mapping[str, Workplace] = MappingProxyType(
    {
        "onsite": "onsite",
        "inoffice": "onsite",
        "inperson": "onsite",
        "office": "onsite",
        "hybrid": "hybrid",
        "partiallyremote": "hybrid",
        "flexible": "hybrid",
        "remote": "remote",
        "fullyremote": "remote",
        "telecommute": "remote",
        "remotejob": "remote",
        "workfromhome": "remote",
        "virtual": "remote",
        "telework": "remote",
    }
)
_ESCAPED_TAG = re.compile(
    r"&(?:amp;)?lt;/?\s*(?:p|br|div|span|ul|ol|li|b|strong|i|em|u|h[1-6]|a|table|tr|td|tbody|section|font|hr|sup|pre|article|main|header|footer|blockquote|dl|dt|dd|img|small|label|code)\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|b|strong|i|em|u|h[1-6]|a|table|tr|td|section|font|hr)\b[^<>]*>", re.IGNORECASE
)
_ESCAPED_BREAK = re.compile(r"&amp;(?:#x0*[ad]|#0*1[03]);", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")


def day(value: object, *, day_first: bool = False) -> date | None:
    """The calendar day that a value names, in the zone that it is written in (UTC for epochs); None if it names none.

    Understands ISO with or without a time, epoch seconds and milliseconds, RFC 822 and its bent relatives, Java's `toString`,
    "Jun 22, 2026", "22-Jun-2026", "5/6/2026 10:23 AM" (month first unless `day_first`) and "2026年7月1日". Relative words
    ("Posted 3 days ago") name no day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip()
    if epoch := _EPOCH.fullmatch(text.removesuffix(".0")):
        seconds = int(epoch[1]) / (1000 if len(epoch[1]) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC).date()
    return _written_day(text[:120], day_first)


def _written_day(text: str, day_first: bool) -> date | None:
    """The day in a date that was written for people or machines; None if there is none."""
    if found := _ISO.match(text) or _EAST.search(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _US.match(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        year += 2000 if year < 100 else 0
        month_is_second = day_first or first > 12
        return _date(year, second, first) if month_is_second else _date(year, first, second)
    if not _YEAR.search(text):
        return None
    try:
        # Clock and zone go first: "05:00:00:0" and unknown zone names would make the parser refuse a day that is plain.
        return dateparser.parse(
            _ZONE.sub(" ", _NO_CLOCK.sub(" ", text)), default=datetime(1, 1, 1, tzinfo=UTC), fuzzy=False
        ).date()
    except (ValueError, OverflowError):
        return None


def _date(year: int, month: int, day_of_month: int) -> date | None:
    """The date, or None where the calendar has none or the year cannot be meant."""
    try:
        return date(year, month, day_of_month) if 1990 <= year <= 2100 else None
    except ValueError:
        return None


def employment_types(*words: object) -> tuple[str, ...]:
    """The schema.org words (FULL_TIME, PER_DIEM …) that a board's own words mean, in schema.org's order of mention; () if none."""
    found: list[str] = []
    for word in words:
        text = str(word or "").rsplit("/", 1)[-1] if str(word or "").startswith("http") else str(word or "")
        hits = [
            (match.start(), name) for name, pattern in _EMPLOYMENT if (match := pattern.search(text.replace("_", " ")))
        ]
        found.extend(name for _, name in sorted(hits) if name not in found)
    return tuple(found)


def workplace(*words: object) -> Workplace | None:
    """The workplace that a board's own word names; None for other words. The first word that names one decides."""
    for word in words:
        key = re.sub(r"[^a-z]", "", str(word or "").lower())
        if key in _WORKPLACES:
            return _WORKPLACES[key]
    return None


def workplace_in(text: str | None) -> Workplace | None:
    """The workplace that a place's own text names ("Remote - US", "Springfield, IL (Hybrid)"); None if it names none."""
    if not text:
        return None
    if re.search(r"\bhybrid\b", text, re.IGNORECASE):
        return "hybrid"
    if re.search(r"\bremote\b|\bwork from home\b|\bvirtual\b|\btelecommute\b", text, re.IGNORECASE):
        return "remote"
    return None


def unescaped(text: str | None) -> str:
    """A description that may have been escaped on its way: unescaped until no escaped tag is left, at most twice."""
    result = _CONTROL.sub("", text or "")
    for _ in range(2):
        if not _ESCAPED_TAG.search(result) or _TAG.search(result):
            break
        result = unescaped_once(result)
    return _ESCAPED_BREAK.sub("\n", result).strip()


def unescaped_once(text: str) -> str:
    """As html.unescape, five times as fast on escaped documents: the commonest three go first, by plain replacement."""
    return html.unescape(text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"'))


def one_line(text: str | None) -> str | None:
    """A title or a name: entities resolved, white space folded; None if nothing is left."""
    folded = _SPACE.sub(" ", html.unescape(_CONTROL.sub(" ", text or ""))).strip()
    return folded or None


def paragraphs(*parts: tuple[str | None, str | None]) -> str:
    """A description that a board keeps in parts: (heading, text) pairs, empty ones left out."""
    blocks = []
    for heading, text in parts:
        body = unescaped(text)
        if body:
            blocks.append(f"<h3>{html.escape(heading, quote=False)}</h3>\n{body}" if heading else body)
    return "\n".join(blocks)
