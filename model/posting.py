"""What an employer published: a posting as its source gave it, in one shape for all formats.

Field names follow schema.org JobPosting where it has one. None and () mean "the source does not say".
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Workplace = Literal["onsite", "hybrid", "remote"]
PayPeriod = Literal["hour", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the work is. `region` is the two-letter code in the US; `country` is ISO 3166 alpha-2 where known."""

    text: str
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Pay as stated: dollars (or `currency`) for one `period`; `max` is None when one figure is given."""

    min: float
    max: float | None = None
    period: PayPeriod | None = None
    currency: str = "USD"


def usual_period(dollars: float) -> PayPeriod | None:
    """The period for which such a sum is paid where nothing names one: 18 is an hour's wage, 52,000 a year's; None in between."""
    if 7 <= dollars <= 200:
        return "hour"
    return "year" if 15_000 <= dollars <= 600_000 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One posting. Identity is (`source`, `id`), never the URL.

    `description` is the source's HTML or text, unescaped once. `pay` and `pay_text` come from the payload's own pay fields only.
    """

    source: str
    id: str
    title: str
    description: str
    url: str = ""
    employer: str | None = None
    locations: tuple[Place, ...] = ()
    workplace: Workplace | None = None
    employment_type: tuple[str, ...] = ()
    date_posted: date | None = None
    valid_through: date | None = None
    pay: Pay | None = None
    pay_text: str | None = None
