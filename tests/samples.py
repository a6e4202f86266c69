"""Small values that many tests need: a posting as crawled, a report, a profile."""

from datetime import UTC, date, datetime
from typing import Any

from model.crawl import Crawled, CrawlReport
from model.posting import Pay, Place, Posting
from model.profile import Profile

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEEKER: dict[str, Any] = {
    "name": "Seeker",
    "email": "seeker@example.org",
    "credentials": [
        {"id": "aapc-cpc-a", "since": "2026-06"},
        {"id": "ahima-cca", "state": "booked", "on": "2027-02-10"},
    ],
    "training": [{"kind": "coding-certificate", "completed": "2026-05", "hours": 80}],
    "experience": [
        {"area": "front-desk", "months": 14},
        {"area": "medical-coding", "months": 3, "kind": "externship"},
    ],
    "education": "associate",
    "place": {"zip": "62521", "radius_miles": 30},
}


def posting(key: str = "a1", **changes: Any) -> Posting:
    """A posting with every field filled."""
    fields: dict[str, Any] = {
        "source": "mercy",
        "id": key,
        "title": "Medical records clerk",
        "description": "<p>High school diploma. No experience needed: we train you.</p>",
        "url": f"https://jobs.example.org/{key}",
        "employer": "Mercy Assisted Living",
        "locations": (Place(text="Decatur, IL 62521", city="Decatur", region="IL", postal_code="62521", country="US"),),
        "employment_type": ("FULL_TIME",),
        "date_posted": date(2026, 11, 16),
        "pay": Pay(min=17.5, max=19.0, period="hour"),
    }
    return Posting(**{**fields, **changes})


def crawled(key: str = "a1", **changes: Any) -> Crawled:
    """A posting as a crawl brings it."""
    return Crawled(posting=posting(key, **changes), payload=f'{{"id":"{key}"}}'.encode(), employer_named="Mercy")


def report(source: str = "mercy", **changes: Any) -> CrawlReport:
    """The report of a crawl that saw a whole board."""
    return CrawlReport(**{"source": source, "complete": True, "seen": 2, "requests": 3, "seconds": 0.5, **changes})


def seeker(**changes: Any) -> Profile:
    """The sample person of the handbook; a key given as None is left out."""
    fields = {key: value for key, value in {**SEEKER, **changes}.items() if value is not None}
    return Profile.model_validate(fields)
