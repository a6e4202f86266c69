"""Amounts of time as postings write them: "2-3 years", "two (2) years", "one and a half years", "18 months", "0-12 months".

In: small letters and the place of a unit word. Out: an `Amount`, or None when no number belongs to the unit. The unit is the anchor
and one number grammar is read backwards from it in a short window, so that the work stays linear on any text.
"""

import re
from dataclasses import dataclass
from typing import Literal

Unit = Literal["year", "month", "week", "day", "hour"]
UNITS: dict[str, Unit] = {"year": "year", "month": "month", "week": "week", "day": "day", "hour": "hour"}
WINDOW = 72
MOST_YEARS = 40

_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20,
    "twenty-four": 24, "twenty four": 24, "thirty": 30, "thirty-six": 36, "thirty six": 36, "sixty": 60, "ninety": 90, "half a": 0.5,
    "one-half": 0.5, "half": 0.5, "zero": 0, "couple": 2, "a couple of": 2, "couple of": 2,
}  # fmt: skip
_NUMBER = (
    r"(?:\d{1,4}(?:\.\d{1,2})?|" + "|".join(sorted((re.escape(word) for word in _WORDS), key=len, reverse=True)) + ")"
)
_PAREN = rf"(?: ?\( ?(?:{_NUMBER})(?: ?(?:-|to) ?{_NUMBER})? ?\+? ?\))"
_TAIL = (
    r"(?: ?\+| more| further| plus| or more| or greater| and above| or above| full| calendar| complete| consecutive| additional"
    r"| total)"
)
_AMOUNT = re.compile(
    rf"(?P<limit>up to|no more than|not more than|maximum of|(?<!not )(?<!no )(?:less than|fewer than)|under|more than|over|between)? ?"
    rf"(?<![\w.$,#])(?:\((?P<paren>{_NUMBER}) ?\+?\) ?)?(?P<low>{_NUMBER})(?P<half> and (?:a|one)[ -]half| 1/2)?"
    rf"(?P<note>{_PAREN})?{_TAIL}{{0,2}}"
    rf"(?: ?(?P<join>-|to|or|and|/) ?(?P<high>{_NUMBER})(?P<note2>{_PAREN})?{_TAIL}{{0,2}})?"
    r"[ -]{0,3}$"
)
# The word right before a unit, when there is one, ends a number or what may follow a number; else no number stands there.
LONGEST_WORD = 18
_LAST_WORD = re.compile(r"([a-z]+)[ -]{0,3}$")
_LAST_WORDS = frozenset(word.replace("-", " ").split()[-1] for word in _WORDS) | frozenset(
    re.findall(r"([a-z]+)[|)]", _TAIL)
)
_NOTE = re.compile(rf"({_NUMBER})(?: ?(?:-|to) ?({_NUMBER}))?")
_AFTER = re.compile(rf"\s?:?\s?({_NUMBER})\s?\+?(?:\s?(?:-|to)\s?({_NUMBER}))?")
_LIMITS = ("up to", "no more than", "not more than", "maximum of", "less than", "under", "fewer than")
_MONTHS: dict[str, float] = {"year": 12, "month": 1, "week": 12 / 52, "day": 12 / 365}


@dataclass(frozen=True, slots=True)
class Amount:
    """A stretch of time in months (None for hours); `high` only for a range, `ceiling` when more than it is not wanted."""

    start: int
    end: int
    low: int | None
    high: int | None
    unit: Unit
    ceiling: bool = False
    hours: int | None = None
    article: bool = False


def amount_before(lower: str, unit_start: int, unit_end: int, unit: Unit, floor: int = 0) -> Amount | None:
    """The amount whose unit stands at the place, or None; nothing before `floor` is looked at."""
    if (word := _LAST_WORD.search(lower, max(floor, unit_start - LONGEST_WORD), unit_start)) and word[
        1
    ] not in _LAST_WORDS:
        return None
    begin = max(floor, unit_start - WINDOW)
    found = _AMOUNT.search(lower, begin, unit_start)
    if found is None:
        return None
    low, high = _pair(found)
    if low is None:
        return None
    start = found.start("paren") - 1 if found["paren"] else found.start("low")
    if found["limit"] and found["limit"] not in ("more than", "over"):
        start = found.start()
    limit = found["limit"] or ("less than" if lower[max(floor, start - 2) : start].strip() == "<" else "")
    return _amount((start, unit_end), (low, high), unit, limit, article=found["low"] in ("a", "an"))


def _pair(found: re.Match[str]) -> tuple[float | None, float | None]:
    """Lower and upper number; where word and figure disagree the smaller counts."""
    low = _value(found["low"])
    if found["paren"]:
        low = min(low, _value(found["paren"]))
    if found["half"]:
        low += 0.5
    high = _value(found["high"]) if found["high"] else None
    if found["join"] == "and" and found["limit"] != "between":
        return (high, None) if high is not None else (low, None)
    if high is not None and "+" in found[0][found.end("high") - found.start() :]:
        high = None
    for note in (found["note"], found["note2"]):
        inside = _NOTE.search(note) if note else None
        if inside and inside[2]:
            low, high = min(low, _value(inside[1])), _value(inside[2])
        elif inside and high is None and not found["half"]:
            low = min(low, _value(inside[1]))
    if found["join"] == "/" and high is not None and high < low:
        return None, None
    return low, high


def _amount(
    place: tuple[int, int], numbers: tuple[float, float | None], unit: Unit, limit: str, *, article: bool
) -> Amount | None:
    """The numbers as whole months, or None when nobody could mean them."""
    low, high = numbers
    if unit == "hour":
        return Amount(*place, None, None, unit, hours=int(low), article=article)
    factor = _MONTHS[unit]
    if high is not None and high < low:
        low, high = high, low
    if low * factor > MOST_YEARS * 12:
        return None
    months, upper = _months(low, factor), None if high is None else _months(high, factor)
    if limit in _LIMITS:
        return Amount(*place, 0, months if upper is None else upper, unit, ceiling=limit != "up to", article=article)
    return Amount(*place, months, upper if upper != months else None, unit, article=article)


def _months(number: float, factor: float) -> int:
    """Months to the nearest whole one, at least one for anything above zero."""
    return max(1, round(number * factor)) if number else 0


def _value(word: str) -> float:
    word = word.strip()
    return _WORDS[word] if word in _WORDS else float(word)


def number_after(lower: str, position: int, end: int) -> tuple[int, int | None, int] | None:
    """Years given after their name ("years of experience: 3-5"): low and high in months, and where the number ends."""
    found = _AFTER.match(lower, position, min(end, position + 24))
    if found is None:
        return None
    low, high = _value(found[1]), _value(found[2]) if found[2] else None
    if low > MOST_YEARS:
        return None
    return _months(low, 12), None if high is None else _months(high, 12), found.end()
