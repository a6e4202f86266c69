"""Pay from a payload's own pay fields, structured or text. Pay inside a description is the matcher's to read."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from model.posting import Pay, PayPeriod, usual_period

_PERIODS: tuple[tuple[PayPeriod, re.Pattern[str]], ...] = (
    ("hour", re.compile(r"\bhours?\b|hourly|/\s*hr?\b|\bhr\b|\bph\b|\bhora\b", re.IGNORECASE)),
    ("day", re.compile(r"\bdays?\b|daily|\bpd\b|per diem", re.IGNORECASE)),
    ("week", re.compile(r"\bweeks?\b|weekly|/\s*wk\b|\bpw\b", re.IGNORECASE)),
    ("month", re.compile(r"\bmonths?\b|monthly|/\s*mo\b|\bpm\b", re.IGNORECASE)),
    ("year", re.compile(r"\byears?\b|yearly|annual|annum|/\s*yr?\b|\byr\b|\bpa\b", re.IGNORECASE)),
)
_CURRENCIES: Mapping[str, str] = MappingProxyType({"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"})
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*([kK])?"
_PER = r"(?:\s*(?:/|per|an?)\s?(?:hour|hr|year|yr|annum|month)\.?)?"  # "$18.75/hour - $20.75/hour"
_AMOUNTS = re.compile(rf"([$€£¥₹])?\s*{_NUMBER}(?:{_PER}\s*(?:-|–|—|to|To|TO|through|and)\s*([$€£¥₹])?\s*{_NUMBER})?")
WIDEST = 7
_DOTTED = re.compile(r"(?<![\d.,])\d{2,3}\.\d{3}(?![\d.,])")  # thousands as Spanish writes them: 30.000
_UP_TO = re.compile(
    r"(?:up to|upto|max(?:imum)?\.?(?: of)?|no more than|not to exceed|under|below)\s*:?\s*$", re.IGNORECASE
)
_BEFORE_SUM = re.compile(r"[$€£¥₹\d]")
_CODE = re.compile(r"\b(USD|CAD|EUR|GBP|AUD|NZD|INR|JPY|CHF|SEK)\b")


def amount(value: object) -> float | None:
    """A sum of money, also written "$1,234.50" or "45k"; None for nothing, for words, and for 0, which means unknown."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if value > 0 else None
    found = re.search(_NUMBER, str(value))
    if not found:
        return None
    number = float(found[1].replace(",", "")) * (1000 if found[2] else 1)
    return number if number > 0 else None


def pay_period(word: object) -> PayPeriod | None:
    """The period that a board's word names (HOUR, "per-year-salary", "PA", "annually"); None for others."""
    text = re.sub(r"[_-]+", " ", str(word or ""))
    named = ((found.start(), period) for period, pattern in _PERIODS if (found := pattern.search(text)))
    return min(named, default=(0, None), key=lambda one: one[0])[
        1
    ]  # the first that is named: "a month for 15 hours of work"


def pay(least: object, most: object = None, period: object = None, currency: object = None) -> Pay | None:
    """Pay from structured fields, swapped bounds put right. None if no sum is given, and for an upper bound alone: "up to 25 an hour"
    does not say what one is paid at least, and `Pay.min` does."""
    low, high = amount(least), amount(most)
    if low is None or (
        isinstance(least, str) and high is None and _UP_TO.search(_BEFORE_SUM.split(least, maxsplit=1)[0])
    ):
        return None
    if high is not None and high < low:
        low, high = high, low
    code = str(currency or "").strip().upper()
    code = code if re.fullmatch("[A-Z]{3}", code) else _CURRENCIES.get(code, "USD")
    named = _plausible(pay_period(period), low, high)
    return Pay(
        min=low,
        max=None if high == low else high,
        period=named or (usual_period(low) if code == "USD" else None),
        currency=code,
    )


def _plausible(period: PayPeriod | None, low: float, high: float | None) -> PayPeriod | None:
    """The period, put right where the sums cannot be meant so: 25 a year is an hourly wage, 52,000 an hour a yearly one."""
    top = high or low
    if period == "year" and top < 300:
        return "hour"
    if (period == "hour" and low > 3000) or (period == "week" and low > 15_000):
        return "year"
    return period


def pay_in(text: object) -> Pay | None:
    """Pay from a field that holds it as text ("$17.50 - $21.00 per hour", "70000.00 To 95000.00 (CAD) Annually"), or None."""
    words = str(text or "").strip()
    if not words or len(words) > 500:
        return None
    words = _DOTTED.sub(lambda found: found[0].replace(".", ""), words)
    for found in _AMOUNTS.finditer(words):
        low, high = amount(f"{found[2]}{found[3] or ''}"), amount(f"{found[5] or ''}{found[6] or ''}")
        if high is None and _UP_TO.search(words[: found.start()]):
            continue
        if found[6] and not found[3] and low and low < 1000:
            low *= 1000
        if low and high and not low / WIDEST <= high <= low * WIDEST:
            high = None  # a slip of the pen: "$110,000 - $150,00"
        marked = found[1] or found[4] or found[3] or found[6] or pay_period(words) or _CODE.search(words)
        if (
            low
            and (marked or low >= 1000)
            and not re.match(r"\s*(?:%|hours?\s+(?:per|a|/)|hrs?\b)", words[found.end() :])
        ):
            code = _CODE.search(words)
            sign = found[1] or found[4] or "$"
            return pay(
                low,
                high,
                words[found.end() :] if pay_period(words[found.end() :]) else words,
                code[1] if code else _CURRENCIES[sign],
            )
    return None
