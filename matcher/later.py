"""Licences earned later: what a posting says of a nurse's licence without naming it ("sit for the NCLEX within 90 days of hire").

In: a page and what its statements ask for. Out: the same statements with the licence as something that may be earned after hire, beside
the licence that is held. What sentences say of a licence by its name is settled in `modality.py`; this is for those that only say
"licensure", "the NCLEX" or "graduate nurse".
"""

import re
from typing import Final

from matcher.amounts import UNITS, amount_before
from matcher.leaves import Leaf
from matcher.page import Page

RULE: Final = "licence-later"
LICENSES: Final = frozenset({"rn", "lpn"})
GRADUATES: Final = {
    "graduate nurse": "rn",
    "graduate practical nurse": "lpn",
    "new grad rn": "rn",
    "nurse residency": "rn",
}
TITLES: Final = (
    (re.compile(r"\bregistered nurse\b|\brn\b"), "rn"),
    (re.compile(r"\b(?:practical|vocational) nurse\b|\bl[pv]n\b"), "lpn"),
)
# Each begins with a plain word, so that most texts are passed over quickly; what must stand before some of them is looked for there.
_LATER: Final = (
    re.compile(r"temporary appointment"),
    re.compile(r"obtain(?: (?:a|an|the|their|his/her|your|nursing|permanent|full|state))* licens(?:e|ure)\b"),
    re.compile(r"nclex(?:-?(?P<kind>rn|pn))?(?: (?:licensure )?exam(?:ination)?)?\b"),
    re.compile(r"eligible for (?:[\w-]+ ){0,3}licensure"),
)
_BEFORE: Final = (
    re.compile(r"\b(?P<days>\d{2,3})[- ]day $"),
    re.compile(r"(?<![a-z])$"),
    re.compile(
        r"\b(?:pass|passing|passed|sit for|sitting for|take|taking|complete|completing)(?: (?:the|their|your))? $"
    ),
    re.compile(r"\b(?:graduate nurse|gn|new graduate|new grad)\b[^.;\n]{0,40}$"),
)
_FRAME: Final = re.compile(r"within[^.;\n]{1,40}?\b(?P<unit>days?|weeks?|months?|years?)\b")
_NOT_ALL: Final = re.compile(
    r"\b(?:helps?|assists?|if|should you|compact|relocat|reside|residen(?:cy|t) (?:of|in|status)|multi-?state)\b"
)
REACH: Final = 90
FARTHEST: Final = 70


def later_licences(page: Page, leaves: list[Leaf], title: str) -> list[Leaf]:
    """The licences that may be earned later, each once, for a page whose sentences ask for `leaves`; `title` in small letters."""
    lower = page.lower
    found: list[Leaf] = []
    for mention, before in _mentions(lower):
        value = _value(mention, before[0], leaves, f"{title}\n{lower[: mention.start()]}")
        told = any(leaf.value == value and leaf.modality == "obtain" for leaf in (*leaves, *found))
        if told or value is None or _NOT_ALL.search(_sentence(lower, mention)):
            continue
        eligible = mention[0].startswith("eligible")
        months = _months(mention, before, lower)
        if eligible or months:
            leaf = Leaf("credential", before.start(), mention.end(), value, "obtain", months, rule=RULE, confidence=0.8)
            leaf.eligible, leaf.direct = eligible, True
            found.append(leaf)
    return found


def _mentions(lower: str) -> list[tuple[re.Match[str], re.Match[str]]]:
    """Each way of saying it with what stands before it, in order of place."""
    found = [
        (mention, before)
        for later, ahead in zip(_LATER, _BEFORE, strict=True)
        for mention in later.finditer(lower)
        if (before := ahead.search(lower, max(0, mention.start() - FARTHEST), mention.start()))
    ]
    return sorted(found, key=lambda pair: pair[0].start())


def _value(mention: re.Match[str], ahead: str, leaves: list[Leaf], before: str) -> str | None:
    """Which licence is meant: the one whose exam it is, else the last that was named, else the one of the graduates it speaks of."""
    if kind := mention.groupdict().get("kind"):
        return "rn" if kind == "rn" else "lpn"
    named = [leaf for leaf in leaves if leaf.value in LICENSES]
    if named:
        return next((leaf.value for leaf in reversed(named) if leaf.start < mention.start()), named[0].value)
    told = next((value for words, value in GRADUATES.items() if words in before or words in ahead), None)
    return told or next((value for words, value in TITLES if words.search(before.partition("\n")[0])), None)


def _sentence(lower: str, mention: re.Match[str]) -> str:
    """The words of the mention's line that stand near it."""
    start = max(lower.rfind("\n", 0, mention.start()) + 1, mention.start() - REACH)
    end = lower.find("\n", mention.end())
    return lower[start : min(end if end >= 0 else len(lower), mention.end() + REACH)]


def _months(mention: re.Match[str], before: re.Match[str], lower: str) -> int | None:
    """The months within which it must be earned, or None when the text sets no time."""
    if days := before.groupdict().get("days"):
        return max(1, round(int(days) / 365 * 12))
    frame = _FRAME.search(lower, mention.end(), mention.end() + REACH)
    if frame is None or "." in lower[mention.end() : frame.start()] or "\n" in lower[mention.end() : frame.start()]:
        return None
    unit = UNITS[frame["unit"].rstrip("s")]
    amount = amount_before(lower, frame.start("unit"), frame.end("unit"), unit, frame.start())
    return amount.low if amount else None
