"""Pay as stated: dollars for an hour, day, week, month or year, from a source's pay field or from the text.

In: text. Out: `model.posting.Pay`, or None. Bonuses, differentials, allowances, tuition and amounts that nobody is paid are refused.
"""

import re
from dataclasses import dataclass
from itertools import islice

from model.posting import Pay, PayPeriod, usual_period

_NUMBER = r"\d{1,3}(?:,\s?\d{3})+(?:\.\d{1,2})?|\d{2,3}\.\d{3}(?!\d)|\d{1,7}(?:\.\d{1,2})?"
_PERIOD = (
    r"(?:(?:\s|\*|\)|\+|usd|us)*(?:per|/|an?|p/|p\.|each|-)?\s{{0,2}}"
    r"(?P<period{n}>hourly|hours?|hrs?|hr|h|daily|days?|weekly|weeks?|wk|monthly|months?|mo|annually|annual|annum|yearly|years?|yr|salary)\b)?"
)
_AMOUNT = re.compile(
    rf"(?P<usd>usd\s?)?\$?\s?(?<![\d.,])(?P<low>{_NUMBER})\s?(?P<lowk>k\b)?"
    + _PERIOD.format(n=1)
    + r"(?:[\s.]*(?P<join>to -|- max(?:imum)?|-|to|and|through|up to|max(?:imum)?(?: \w+){0,2}:?|/(?=\s?\$)|\u2013|(?=\$))"
    + r"[\s:]*(?:usd\s?)?(?P<dollar>\$)?\s?"
    + rf"(?P<high>{_NUMBER})\s?(?P<highk>k\b)?"
    + _PERIOD.format(n=2)
    + r")?",
    re.IGNORECASE,
)
_PERIODS: dict[str, PayPeriod] = {
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour", "hourly": "hour",
    "day": "day", "days": "day", "daily": "day",
    "week": "week", "weeks": "week", "weekly": "week", "wk": "week", "month": "month", "months": "month", "monthly": "month",
    "mo": "month",
    "annually": "year", "annual": "year", "annum": "year", "yearly": "year", "year": "year", "years": "year", "yr": "year",
    "salary": "year",
}  # fmt: skip
_BOUNDS: dict[PayPeriod, tuple[float, float]] = {
    "hour": (7, 400), "day": (50, 4000), "week": (200, 12_000), "month": (800, 60_000), "year": (12_000, 900_000),
}  # fmt: skip
_REFUSED_WORDS = (
    "bonus", "differential", "tuition", "reimburs", "allowance", "stipend", "referral", "retention", "scholarship", "loan", "401",
    "insurance", "coverage", "award", "discount", "additional", "extra", "incentive", "fund", "budget", "revenue", "billion",
    "million", "cost", "value", "savings", "grant", "match", "top performers", "commission", "weekend pay", "shift diff",
    "charge pay", "preceptor", "certification pay", "deposit", "save", "debt", "wellness", "free healthcare", "premium",
    "more than $", "deductible", "property damage", "net worth", "assistance", "plus $", "housing", "earned here", "sales", "gift",
    "credit", "donat", "copay", "co-pay",
)  # fmt: skip
_REFUSED_FORMS = re.compile(r"sign[- ]?on|fee\b|up to \$?\d+,?\d* in|add(?:s|ed)? \$|\+\s?\$")
_SENTENCE_END = re.compile(r"[.;!?](?=\s|$)")
_AFTER_END = re.compile(r"[\n.,;+(!:|*•]|\bplus\b|\band\b|\bwith\b|\bDOE\b")
_NAMED = re.compile(
    r"\bpay|salary|salaries|wage|\brates?\b|compensation|\bearn|hourly|starting|\brange|\bhr\b|\bhour|annual|per year|\bbase\b|stipend",
    re.IGNORECASE,
)
_PERIOD_WORD = re.compile(
    r"\b(hourly|per hour|/\s?hr|an hour|annual(?:ly)?|per year|yearly|a year|weekly|per week|a week|monthly|per month)\b",
    re.IGNORECASE,
)
_KEYED = re.compile(
    r"\b(?:pay|salary|wage|hourly|compensation) (?:range|rate|scale)\s?:\s?(?:(?:is|from|minimum|min\.?)\s)?",
    re.IGNORECASE,
)
KEYS = tuple(f"{word}{space}:" for word in ("range", "rate", "scale") for space in ("", " ", "\t", "\n"))
"""A text with such a key holds one of these."""
_MIDPOINT = re.compile(rf"\s?(?:-|–|to)\s?\$?\s?(?P<top>{_NUMBER})")
TRAVEL = 900, 6_000  # dollars a week that travelling nurses are offered, often with no word on the period
LEAST = 12  # dollars: below it an "up to … an hour" is a differential
MOST_HOURLY = 150
WINDOW = 90
WIDEST = 7
MOST = 60
CLEAR_REACH = 22


@dataclass(frozen=True, slots=True)
class FoundPay:
    """Pay and the stretch of the text that says it."""

    pay: Pay
    start: int
    end: int
    score: int


def pay_from_text(text: str | None, *, field: bool = True) -> Pay | None:
    """The pay that a text states. `field`: the text is a pay field, so that a bare figure is pay too."""
    if not text:
        return None
    found = find_pay(text[:4000] if field else text, field=field)
    return found.pay if found else None


def find_pay(text: str, *, field: bool = False, name: bool = False) -> FoundPay | None:
    """The best statement of pay in the text with its place: the clearest, of equals the first. `name`: the text is a job's title."""
    best: FoundPay | None = None
    tried = 0
    position = 0
    while tried < MOST:
        anchor = text.find("$", position)
        if anchor < 0:
            break
        found = _AMOUNT.match(text, anchor)
        position = max(anchor + 1, (found.end() if found["join"] != "" else found.start("join")) if found else 0)
        tried += 1
        if (
            found
            and (candidate := _candidate(text, found, field=field, name=name))
            and (best is None or candidate.score > best.score)
        ):
            best = candidate
    if best is None and (field or (name and "per week" in text.lower())):
        return _without_dollar(text)
    return best or _keyed(text)


def _keyed(text: str) -> FoundPay | None:
    """Plain figures behind a key that says what they are: "Pay range: 34.50 - 53.55", "Salary range: minimum 36.38/hour"."""
    lower = text.lower()
    if not any(key in lower for key in KEYS):
        return None
    for key in islice(_KEYED.finditer(text), MOST):
        found = _AMOUNT.match(text, key.end())
        if found and found["high"]:
            stated = found["period1"] or found["period2"]
            low, high = _value(found["low"], None), _value(found["high"], None)
            if (stated or (low and high and _to_the_cent(found, low, high))) and (
                candidate := _candidate(text, found, field=False)
            ):
                return candidate
    return None


def _side_by_side(text: str, found: re.Match[str], low: float | None, high: float | None) -> bool:
    """Whether two figures with nothing between them are a range: in one line, and not far apart ("$21.00 $27.50 / hr")."""
    between = text[found.end("low") : found.start("high")]
    return "\n" not in between and low is not None and high is not None and low < high <= 2 * low


def _without_dollar(text: str) -> FoundPay | None:
    """A pay field that gives plain figures: "17.00 - 18.00 per hour", "45K"."""
    for found in _AMOUNT.finditer(text):
        bare = (found["low"].count(",") == 1 or len(found["low"]) >= 5) and not text.replace(found[0], "").strip(" .")
        if found["high"] or found["period1"] or found["lowk"] or bare:
            candidate = _candidate(text, found, field=True)
            if candidate:
                return candidate
    return None


def _candidate(text: str, found: re.Match[str], *, field: bool, name: bool = False) -> FoundPay | None:
    """The match as pay, or None when it is something else."""
    start, end = found.start(), found.start() + len(found[0].rstrip())
    before, after = text[max(0, start - WINDOW) : start], text[end : end + 40]
    line_before = before.rsplit("\n", 1)[-1]
    near = _SENTENCE_END.split(line_before)[-1]
    clear = bool(found["period2"] and found["high"])
    if not field and (
        _refused(near[-CLEAR_REACH:] if clear else near[-60:])
        or _refused(_AFTER_END.split(after, maxsplit=1)[0][:28])
        or near.rstrip().endswith("+")
    ):
        return None
    if field and (near.rstrip().endswith("+") or ("$" in near and _refused(near.rsplit("$", 1)[-1]))):
        return None
    low, high, end = _range(text, found, hourly="hour" in f"{near}{_line_above(text, start)}".lower())
    period = _period(found, text, start, end, low)
    if period is None or low is None:
        return None
    if period == "year" and LEAST <= low <= MOST_HOURLY and "." in found["low"]:
        period = "hour"  # "$37.50 /Yr.": nobody is paid that for a year
    if high is not None and (high < low or high > low * WIDEST):
        high = None
    floor, ceiling = _BOUNDS[period]
    if not floor <= low <= ceiling:
        return None
    at_most = near.rstrip().lower().endswith("up to") and high is None and not field
    if at_most and not (found["period1"] and (name or low >= LEAST)):
        return None
    stated = bool(
        found["period1"] or (found["high"] and found["period2"]) or (high is not None and _PERIOD_WORD.search(near))
    )
    named = bool(_NAMED.search(near) or _NAMED.search(after[:24]) or _NAMED.search(_line_above(text, start)))
    if not field and not (
        stated or named or (high is not None and (found["dollar"] or _to_the_cent(found, low, high)))
    ):
        return None
    score = 4 * stated + 3 * (high is not None) + 2 * named + (1 if period in ("hour", "year") else 0)
    if at_most and not name:
        score = 0  # what one may earn at most tells less than any other figure
    return FoundPay(Pay(min=low, max=high if high != low else None, period=period), start, end, score)


def _to_the_cent(found: re.Match[str], low: float, high: float) -> bool:
    """Whether a bare range is written as hourly pay is: "$32.00-48.00"."""
    cents = found["low"][-3:-2] == "." and found["high"][-3:-2] == "."
    return cents and LEAST <= low < high <= 2 * low <= 2 * MOST_HOURLY


def _range(text: str, found: re.Match[str], *, hourly: bool) -> tuple[float | None, float | None, int]:
    """The lower and the upper figure, and where the statement ends: two amounts that belong to different things are one each."""
    low, high, end = (
        _value(found["low"], found["lowk"] or (found["highk"] if found["high"] else None), hourly=hourly),
        None,
        found.end(),
    )
    if found["high"] and (found["join"] not in ("and", "through") or found["dollar"]):
        high = _value(found["high"], found["highk"], hourly=hourly)
        middle = "midpoint" in text[max(0, found.start() - WINDOW) : found.start()].lower()
        if middle and (top := _MIDPOINT.match(text, found.end())):
            high, end = _value(top["top"], None, hourly=hourly), top.end()
    elif found["high"]:
        end = found.start("join")
    if found["join"] == "" and not _side_by_side(text, found, low, high):
        high, end = None, found.start("join")
    return low, high, end


def _refused(text: str) -> bool:
    """Whether the words beside an amount say that it is no pay."""
    lower = text.lower()
    return any(word in lower for word in _REFUSED_WORDS) or bool(_REFUSED_FORMS.search(lower))


def _line_above(text: str, start: int) -> str:
    """The line before the one at the place, when it is short enough to be its heading."""
    line_start = text.rfind("\n", 0, start)
    if line_start <= 0:
        return ""
    above = text[text.rfind("\n", 0, line_start) + 1 : line_start]
    return above if len(above) < 50 else ""


def _value(number: str, thousand: str | None, *, hourly: bool = False) -> float | None:
    """The figure; three digits behind a point are thousands ("$45.000"), but not in talk of an hour ("$56.580")."""
    plain = number.replace(",", "").replace(" ", "")
    value = float(plain.replace(".", "") if len(plain.partition(".")[2]) == 3 and not hourly else plain)
    return value * 1000 if thousand and value < 1000 else value


def _period(found: re.Match[str], text: str, start: int, end: int, low: float | None) -> PayPeriod | None:
    """The period that is named with the figure, else near it, else the one whose usual figures it is."""
    for name in ("period2", "period1"):
        word = found[name]
        if word:
            return _PERIODS[word.lower()]
    if low is None:
        return None
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    around = text[max(line_start, start - 70) : min(line_end if line_end >= 0 else len(text), end + 40)]
    word = _PERIOD_WORD.search(around)
    if word:
        key = word[1].lower().replace("per ", "").replace("an ", "").replace("a ", "").strip("/ ")
        named = _PERIODS.get(key)
        if named and _BOUNDS[named][0] <= low <= _BOUNDS[named][1]:
            return named
    above = _PERIOD_WORD.search(_line_above(text, start))
    if above and above[1].lower() == "weekly" and _BOUNDS["week"][0] <= low <= _BOUNDS["week"][1]:
        return "week"
    if TRAVEL[0] <= low <= TRAVEL[1] and "travel" in text.lower() and "pay" in around.lower():
        return "week"
    return usual_period(low)
