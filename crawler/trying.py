"""`firstrung source try`: crawl a source without storing anything, and tell in one object how well that goes."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from crawler.process import crawl
from model.crawl import Crawled, CrawlReport, Progress
from model.posting import Place, Posting
from model.source import CrawlRules, Source

COVERED = (
    *("title", "employer", "locations", "city", "region", "url", "date_posted", "valid_through"),
    *("pay", "workplace", "employment_type", "description"),
)
"""The fields whose coverage is shown; `city` and `region` count a posting when one of its places names one."""


def try_source(
    source: Source,
    rules: CrawlRules,
    *,
    sample: int = 20,
    everything: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> dict[str, Any]:
    """Crawl `source` (at most `sample` postings unless `everything`), prove the attribution, and give what section 10 promises."""
    kept: list[Crawled] = []
    report = crawl(
        source, rules, sink=kept.extend, sample=None if everything else sample, prove=True, on_progress=on_progress
    )
    return told(report, kept)


def told(report: CrawlReport, crawled: Sequence[Crawled]) -> dict[str, Any]:
    """A report and its postings as one object of plain values, to the letter of architecture.md, section 10."""
    postings = [one.posting for one in crawled]
    failure = report.failure
    return {
        "source": report.source,
        "complete": report.complete,
        "advertised": report.advertised,
        "seen": report.seen,
        "requests": report.requests,
        "seconds": report.seconds,
        "failure": {"class": failure.kind, "says": failure.says, "mend": failure.mend} if failure else None,
        "coverage": coverage(postings),
        "unknown_fields": dict(report.unknown_fields),
        "warnings": list(report.warnings),
        "postings": [posting_told(posting) for posting in postings],
    }


def coverage(postings: Sequence[Posting]) -> dict[str, float]:
    """For each field the share of the postings that have it, from 0 to 1; {} without postings."""
    return {
        field: round(sum(_has(posting, field) for posting in postings) / len(postings), 3)
        for field in COVERED
        if postings
    }


def _has(posting: Posting, field: str) -> bool:
    """Whether a posting says something in a field."""
    if field in ("city", "region"):
        return any(getattr(place, field) for place in posting.locations)
    return bool(getattr(posting, field))


def posting_told(posting: Posting) -> dict[str, Any]:
    """A posting as plain values."""
    return {
        "id": posting.id,
        "url": posting.url,
        "title": posting.title,
        "employer": posting.employer,
        "locations": [_place_told(place) for place in posting.locations],
        "workplace": posting.workplace,
        "employment_type": list(posting.employment_type),
        "date_posted": _day_told(posting.date_posted),
        "valid_through": _day_told(posting.valid_through),
        "pay": {
            "min": posting.pay.min,
            "max": posting.pay.max,
            "period": posting.pay.period,
            "currency": posting.pay.currency,
        }
        if posting.pay
        else None,
        "description": posting.description,
    }


def _place_told(place: Place) -> dict[str, str | None]:
    """A place as plain values."""
    return {
        "text": place.text,
        "city": place.city,
        "region": place.region,
        "postal_code": place.postal_code,
        "country": place.country,
    }


def _day_told(day: date | None) -> str | None:
    """A day as ISO text."""
    return day.isoformat() if day else None
