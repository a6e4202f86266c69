"""Pay from a source's pay field and from text: what is pay, for how long, and what is none."""

import pytest

from matcher.pay import find_pay, pay_from_text
from model.posting import Pay

FIELDS = [
    ("$17.00 - $18.00 per hour", Pay(min=17, max=18, period="hour")),
    ("$61,386 - $89,427 per year", Pay(min=61386, max=89427, period="year")),
    ("$18.75/ hour- $20.75/hour", Pay(min=18.75, max=20.75, period="hour")),
    ("$20+", Pay(min=20, period="hour")),
    ("45K - 52K", Pay(min=45000, max=52000, period="year")),
    ("$45K-$52K", Pay(min=45000, max=52000, period="year")),
    ("Starting at $71,834.12 / year", Pay(min=71834.12, period="year")),
    ("$3,112 - $3,971 monthly", Pay(min=3112, max=3971, period="month")),
    ("USD 21.50 hourly", Pay(min=21.5, period="hour")),
    ("$1,980 per week", Pay(min=1980, period="week")),
    ("$18.55-$21.50/ hour ( +$1.00 for a second language)", Pay(min=18.55, max=21.5, period="hour")),
    ("64500", Pay(min=64500, period="year")),
    ("$34/$39 hour depending on experience", Pay(min=34, max=39, period="hour")),
    (" $81,220.50   $93,400.75 / year", Pay(min=81220.5, max=93400.75, period="year")),
    ("28.40+/hr", Pay(min=28.4, period="hour")),
    ("$47.10 to $58.90 with an additional $6.00 per hour on Sundays", Pay(min=47.1, max=58.9, period="hour")),
    ("competitive", None),
    ("", None),
    (None, None),
    ("$3 per hour", None),
    ("$900,000 per hour", None),
]


@pytest.mark.parametrize(("text", "expected"), FIELDS)
def test_pay_fields(text: str | None, expected: Pay | None) -> None:
    assert pay_from_text(text) == expected


TEXTS = [
    ("The range for this role is $22.85 to $29.60 per hour.", Pay(min=22.85, max=29.6, period="hour")),
    ("Pay: $19 an hour plus $2.50 for nights.", Pay(min=19, period="hour")),
    (
        "Salary\n$62,000-$74,000 annually. Health savings account of $1,200 a year.",
        Pay(min=62000, max=74000, period="year"),
    ),
    ("Great pay: $20.00 $26.50 / hr for all shifts", Pay(min=20, max=26.5, period="hour")),
    ("Weekly Pay\n$1612.0\nShift", Pay(min=1612, period="week")),
    ("Travel nurse. Pay Rate: $2740.00 - $2955.00", Pay(min=2740, max=2955, period="week")),
    ("Minimum annual salary: $58,200\nMaximum annual salary: $81,640.50", Pay(min=58200, max=81640.5, period="year")),
    ("Up to $41 an hour!", Pay(min=41, period="hour")),
    ("Earn up to $36 an hour. Hourly pay: $24 to $36", Pay(min=24, max=36, period="hour")),
    ("Hourly rate: $24 - $38\nNon-bonus positions: see below.", Pay(min=24, max=38, period="hour")),
    ("This position has a hiring range of USD $36.50 - USD $41.50 /Yr.", Pay(min=36.5, max=41.5, period="hour")),
    (
        "Hourly Pay Range (Minimum - Midpoint - Maximum):\n$46.580 - $60.170 - $73.760",
        Pay(min=46.58, max=73.76, period="hour"),
    ),
    ("$45.000 - $55.000 a year", Pay(min=45000, max=55000, period="year")),
    ("Salary Range: Minimum 31.40/hour - Maximum 52.30/hour.", Pay(min=31.4, max=52.3, period="hour")),
    ("Pay Range:33.50 - 51.25", Pay(min=33.5, max=51.25, period="hour")),
    ("Pay range: 401-500 beds", None),
    ("A $5,000 sign-on bonus after 90 days.", None),
    ("Tuition help of up to $4,500 each calendar year.", None),
    ("We posted $3.7 billion in care last year.", None),
    ("Evening differential of $3.00 per hour.", None),
    ("Collects copays of $20 at the desk.", None),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_pay_in_running_text(text: str, expected: Pay | None) -> None:
    found = find_pay(text)

    assert (found.pay if found else None) == expected
    if found:
        assert "$" not in text or text[found.start : found.end].strip().startswith("$")
