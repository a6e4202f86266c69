"""What a crawl's child process tells its parent: one JSON object a line. Both directions stand here, side by side."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from model.crawl import Crawled, CrawlReport, Failure, Progress, Visit
from model.posting import Pay, Place, Posting


def postings_line(crawled: Iterable[Crawled]) -> str:
    """The line that carries these postings."""
    return _line({"event": "postings", "postings": [_crawled_out(one) for one in crawled]})


def visits_line(visits: Iterable[Visit]) -> str:
    """The line that says what pages said about themselves."""
    return _line({"event": "visits", "visits": [visit_out(one) for one in visits]})


def visit_out(visit: Visit) -> list[Any]:
    """A visit as plain values."""
    return [visit.url, visit.kind, visit.etag, visit.last_modified, visit.listed_as, list(visit.ids), visit.told]


def visit_of(fields: list[Any]) -> Visit:
    """A visit as a line, or the child's order, carries it."""
    url, kind, etag, last_modified, listed_as, ids, told = fields
    validators = {"etag": etag, "last_modified": last_modified}
    return Visit(url=url, kind=kind, **validators, listed_as=listed_as, ids=tuple(ids), told=told)


def progress_line(at: Progress, advertised: int | None) -> str:
    """The line that says where the crawl stands."""
    return _line({"event": "progress", **asdict(at), "advertised": advertised})


def progress_of(fields: dict[str, Any]) -> Progress:
    """Where the crawl stands, as a progress line carries it."""
    return Progress(**{name: fields[name] for name in Progress.__dataclass_fields__})


def report_line(report: CrawlReport) -> str:
    """The last line."""
    return _line({"event": "report", "report": asdict(report)})


def crawled_of(fields: dict[str, Any]) -> Crawled:
    """A posting as a postings line carries it."""
    return Crawled(
        posting=_posting_in(fields["posting"]),
        payload=fields["payload"].encode("utf-8", "surrogatepass"),
        payload_kind=fields["payload_kind"],
        employer_named=fields["employer_named"],
        mark=fields["mark"],
    )


def report_of(fields: dict[str, Any]) -> CrawlReport:
    """The report as the last line carries it."""
    failure = Failure(**fields["failure"]) if fields["failure"] else None
    return CrawlReport(
        **{
            **fields,
            "failure": failure,
            "gone": tuple(fields["gone"]),
            "unchanged": tuple(fields["unchanged"]),
            "warnings": tuple(fields["warnings"]),
        }
    )


def _line(event: dict[str, Any]) -> str:
    """One event as a line (ASCII, so that no line separator of Unicode can split it)."""
    return json.dumps(event, separators=(",", ":")) + "\n"


def _crawled_out(crawled: Crawled) -> dict[str, Any]:
    """A posting with its payload as plain values."""
    return {
        "posting": _posting_out(crawled.posting),
        "payload": crawled.payload.decode("utf-8", "surrogatepass"),
        "payload_kind": crawled.payload_kind,
        "employer_named": crawled.employer_named,
        "mark": crawled.mark,
    }


def _posting_out(posting: Posting) -> dict[str, Any]:
    """A posting as plain values."""
    return {
        "source": posting.source,
        "id": posting.id,
        "title": posting.title,
        "description": posting.description,
        "url": posting.url,
        "employer": posting.employer,
        "locations": [
            [place.text, place.city, place.region, place.postal_code, place.country] for place in posting.locations
        ],
        "workplace": posting.workplace,
        "employment_type": list(posting.employment_type),
        "date_posted": _day_out(posting.date_posted),
        "valid_through": _day_out(posting.valid_through),
        "pay": asdict(posting.pay) if posting.pay else None,
        "pay_text": posting.pay_text,
    }


def _posting_in(fields: dict[str, Any]) -> Posting:
    """A posting from plain values."""
    return Posting(
        **{
            **fields,
            "locations": tuple(
                Place(text=text, city=city, region=region, postal_code=postal_code, country=country)
                for text, city, region, postal_code, country in fields["locations"]
            ),
            "employment_type": tuple(fields["employment_type"]),
            "date_posted": _day_in(fields["date_posted"]),
            "valid_through": _day_in(fields["valid_through"]),
            "pay": Pay(**fields["pay"]) if fields["pay"] else None,
        }
    )


def _day_out(day: date | None) -> str | None:
    """A day as ISO text."""
    return day.isoformat() if day else None


def _day_in(text: str | None) -> date | None:
    """A day from ISO text."""
    return date.fromisoformat(text) if text else None
