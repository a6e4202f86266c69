"""Opening -> card: the words and figures that a person reads about one opening, in their language, the same for HTML and text."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from digest.words import Words, words_in
from matcher.taxonomy import Taxonomy
from model.digest import Opening
from model.posting import Pay, Posting

LONGEST_TITLE = 140
LONGEST_QUOTE = 280
KEPT = 20_000  # the same openings are shown to many people
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
ENGLISH = words_in("en")
PERIODS = {"hour": "an hour", "day": "a day", "week": "a week", "month": "a month", "year": "a year"}
HOURS = {
    "FULL_TIME": "full time", "PART_TIME": "part time", "PER_DIEM": "per diem", "CONTRACTOR": "contract", "TEMPORARY": "temporary",
    "INTERN": "internship", "VOLUNTEER": "volunteer",
}  # fmt: skip
BASIS = {
    "designated": "federally designated setting",
    "rural": "rural setting",
    "safety_net": "safety-net setting",
    "overlooked": "overlooked setting",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one requirement is met or missed, and the posting's own words for it."""

    says: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is shown of one opening. Every text is one clean line; `url` is http(s) or empty."""

    title: str
    employer: str
    url: str
    mark: str
    facts: tuple[str, ...]
    lines: tuple[Line, ...]
    step: str
    posted: str
    number: int = 0
    said_url: str = ""
    also: tuple[str, ...] = ()


@lru_cache(maxsize=KEPT)
def clean(text: str, longest: int = LONGEST_QUOTE) -> str:
    """Scraped text as one line without control or direction characters, cut at a word."""
    flat = " ".join((text if text.isprintable() else _CONTROL.sub(" ", text)).split())
    if len(flat) <= longest:
        return flat
    return flat[:longest].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


@lru_cache(maxsize=KEPT)
def web_link(url: str) -> str:
    """The address if it is a plain http(s) one, else nothing."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return re.sub(r"[\s\"'<>\\^`{|}]", "", url.strip())[:2000] if usable else ""


def card(opening: Opening, taxonomy: Taxonomy, *, today: date, words: Words = ENGLISH, said_url: str = "") -> Card:
    """What a person is shown of this opening on `today`. `said_url`: the page on which they can say what they think of it."""
    posting, verdict = opening.posting, opening.verdict
    lines = [
        Line(says=clean(words.again(reason.says)), quote="" if reason.quote == posting.title else clean(reason.quote))
        for reason in verdict.reasons
        if reason.about != "setting"
    ]
    gap = verdict.gaps[0] if verdict.gaps else None
    return Card(
        title=clean(posting.title, LONGEST_TITLE) or words.say("(no title)"),
        employer=clean(posting.employer or words.say("employer not named"), LONGEST_TITLE),
        url=web_link(posting.url),
        mark=_mark(opening, words),
        facts=tuple(fact for fact in _facts(opening, taxonomy, words) if fact),
        lines=tuple(lines[:4]),
        step=clean(words.again(gap.fix), 400) if gap else "",
        posted=_posted(posting.date_posted, today, words),
        number=opening.number,
        said_url=said_url,
        also=tuple(link for link in map(web_link, opening.also) if link),
    )


def _mark(opening: Opening, words: Words) -> str:
    flags = opening.verdict.flags
    basis = words.say(BASIS[flags.basis[0]]) if flags.underserved else ""
    if flags.entry_level and basis:
        return f"{words.say('Entry level')} · {basis}"
    return words.say("Entry level") if flags.entry_level else basis[:1].upper() + basis[1:]


def _facts(opening: Opening, taxonomy: Taxonomy, words: Words) -> tuple[str, ...]:
    posting, reading = opening.posting, opening.reading
    setting = taxonomy.care_setting(reading.care_settings[0].id) if reading.care_settings else None
    how = {"remote": "remote", "hybrid": "part remote"}.get(reading.workplace or posting.workplace or "", "")
    return (
        clean(words.say(setting.label), 60) if setting else "",
        place(posting, opening.verdict.distance_miles, words),
        words.say(how) if how else "",
        pay_words(reading.pay or posting.pay, words),
        ", ".join(words.say(HOURS[kind]) for kind in posting.employment_type[:2] if kind in HOURS),
    )


def place(posting: Posting, distance: float | None, words: Words = ENGLISH) -> str:
    """Where it is, with the distance where it is known."""
    if not posting.locations:
        return ""
    first = posting.locations[0]
    name = clean(f"{first.city}, {first.region}" if first.city and first.region else first.text, 80)
    if len(posting.locations) > 1:
        name = words.say("{place} and {number} more", place=name, number=len(posting.locations) - 1)
    if distance is not None and distance >= 1:
        name += ", " + words.count(round(distance), "{number} mile", "{number} miles")
    return name


def pay_words(pay: Pay | None, words: Words = ENGLISH) -> str:
    """Pay as stated: "$17.00 to $21.50 an hour"."""
    if pay is None:
        return ""
    sign = "$" if pay.currency == "USD" else f"{pay.currency} "
    figure = "{:,.2f}" if pay.period == "hour" or pay.min < 1000 else "{:,.0f}"
    low = sign + figure.format(pay.min)
    period = f" {words.say(PERIODS[pay.period])}" if pay.period else ""
    if pay.max is None or pay.max == pay.min:
        return low + period
    return words.say("{low} to {high}", low=low, high=f"{sign}{figure.format(pay.max)}") + period


def pay_short(pay: Pay | None) -> str:
    """Pay for a narrow column: "$17.00-21.50/h", "$45,000/year"."""
    words = pay_words(pay)
    for long, short in ((" an hour", "/h"), (" a ", "/"), (" to $", "-")):
        words = words.replace(long, short)
    return words


def _posted(posted: date | None, today: date, words: Words) -> str:
    if posted is None:
        return ""
    days = (today - posted).days
    if days <= 0:
        return words.say("Posted today")
    if days <= 45:
        return words.count(days, "Posted yesterday", "Posted {number} days ago")
    return words.say("Posted {day}", day=posted)
