"""The feeds: RSS as county personnel offices export it, Atom, JSON Feed, and the XML feed that job exchanges take."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from demo.records import Employer, Posting, whole
from demo.vendors import moment, number

_PERIODS = {"hour": "Hour", "week": "Week", "month": "Month", "year": "Year"}


def link(employer: Employer, posting: Posting) -> str:
    """Where a person reads the posting."""
    return f"{employer.site}/jobs/{posting.id}"


def rss(employer: Employer, postings: Sequence[Posting], today: date) -> bytes:
    """RSS 2.0 with the `joblisting` fields of county personnel systems, their odd dates included."""
    items = "".join(_rss_item(employer, posting, today) for posting in postings)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:joblisting="http://www.neogov.com/namespaces/JobListing" '
        'xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{escape(employer.name)}</title>\n<link>{employer.site}</link>\n"
        f"<description>Current openings</description>\n{items}</channel>\n</rss>\n"
    ).encode()


def _rss_item(employer: Employer, posting: Posting, today: date) -> str:
    posted, closes = moment(posting.posted(today), 7).astimezone(UTC), posting.closes(today)
    fields = {
        "jobId": str(number(posting.id)),
        "advertiseFromDateUTC": f"{posted:%a, %d %b %Y} 05:00:00:0",
        "department": posting.department,
        "location": f"{posting.city}, Illinois",
    }
    if closes:
        fields["advertiseToDateTimeUTC"] = f"{closes:%a, %d %b %Y} 04:59:00:0"
    if posting.pay:
        fields |= {
            "minimumSalary": f"{posting.pay.low:g}",
            "maximumSalary": f"{posting.pay.high:g}",
            "salaryCurrency": "USD",
            "salaryInterval": _PERIODS[posting.pay.period],
        }
    extra = "".join(f"<joblisting:{name}>{escape(value)}</joblisting:{name}>\n" for name, value in fields.items())
    address = link(employer, posting)
    return (
        f'<item>\n<guid isPermaLink="true">{address}</guid>\n<link>{address}</link>\n'
        f"<title>{escape(posting.title)}</title>\n"
        f"<description>{escape(whole(posting.body))}</description>\n"
        f"<pubDate>{posted:%a, %d %b %Y} {posted.hour}:{posted:%M:%S} GMT</pubDate>\n{extra}</item>\n"
    )


def atom(employer: Employer, postings: Sequence[Posting], today: date) -> bytes:
    """An Atom feed; employer and place stand in the fields that Google Base once asked for."""
    entries = "".join(_atom_entry(employer, posting, today) for posting in postings)
    newest = max((posting.posted(today) for posting in postings), default=today)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">\n'
        f"<title>Careers at {escape(employer.name)}</title>\n<id>{employer.site}</id>\n"
        f'<link href="{employer.site}"/>\n<author><name>{escape(employer.name)}</name></author>\n'
        f"<updated>{moment(newest).isoformat()}</updated>\n{entries}</feed>\n"
    ).encode()


def _atom_entry(employer: Employer, posting: Posting, today: date) -> str:
    posted = moment(posting.posted(today))
    address = link(employer, posting)
    return (
        f"<entry>\n<title>{escape(posting.title)}</title>\n<id>{address}</id>\n"
        f'<link rel="alternate" type="text/html" href="{address}?utm_source=atom"/>\n'
        f"<published>{posted.isoformat()}</published>\n<updated>{(posted + timedelta(hours=5)).isoformat()}</updated>\n"
        f"<g:location>{posting.city}, IL, US, {posting.zip}</g:location>\n<g:employer>{escape(employer.name)}</g:employer>\n"
        f'<category scheme="department" term="{escape(posting.department)}"/>\n'
        f'<content type="html">{escape(whole(posting.body))}</content>\n</entry>\n'
    )


def json_feed(employer: Employer, postings: Sequence[Posting], today: date) -> bytes:
    """A JSON Feed whose items carry a `_jobposting` object beside the text."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": employer.name,
        "home_page_url": employer.site,
        "feed_url": f"{employer.site}.json",
        "items": [_feed_item(employer, posting, today) for posting in postings],
    }
    return json.dumps(feed, indent=1).encode()


def _feed_item(employer: Employer, posting: Posting, today: date) -> dict[str, Any]:
    posted = moment(posting.posted(today)).isoformat()
    address = {"@type": "PostalAddress", "streetAddress": employer.street, "addressLocality": posting.city}
    address |= {"addressRegion": "IL", "postalCode": posting.zip, "addressCountry": "US"}
    details: dict[str, Any] = {
        "@context": "http://schema.org/",
        "@type": "JobPosting",
        "title": posting.title,
        "hiringOrganization": {"@type": "Organization", "name": employer.name},
        "identifier": {"@type": "PropertyValue", "name": employer.name, "value": number(posting.id)},
        "datePosted": posted,
        "employmentType": posting.type,
        "jobLocation": [{"@type": "Place", "address": address}],
    }
    return {
        "id": posting.id,
        "title": posting.title,
        "url": link(employer, posting),
        "date_published": posted,
        "content_html": whole(posting.body),
        "_jobposting": details,
    }


def job_xml(
    employers: dict[str, Employer],
    postings: Sequence[Posting],
    today: date,
    *,
    publisher: str = "Sandhill Jobs Exchange",
) -> bytes:
    """The Indeed-style feed of several employers, nearly all of it CDATA."""
    built = format_datetime(datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=11), usegmt=True)
    jobs = "".join(_xml_job(employers[posting.employer], posting, today) for posting in postings)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<source>\n<publisher>{escape(publisher)}</publisher>\n'
        "<publisherurl>https://jobs.sandhillexchange.example</publisherurl>\n"
        f"<lastBuildDate>{built}</lastBuildDate>\n{jobs}</source>\n"
    ).encode()


def _xml_job(employer: Employer, posting: Posting, today: date) -> str:
    posted = moment(posting.posted(today))
    fields = {
        "title": posting.title,
        "date": posted.date().isoformat() if posting.days_ago % 2 else format_datetime(posted),
        "referencenumber": posting.id,
        "requisitionid": str(number(posting.id)),
        "url": f"\n{link(employer, posting)}?source=feed\n",
        "company": employer.name,
        "sourcename": employer.name,
        "city": posting.city,
        "state": "IL",
        "country": "US",
        "postalcode": posting.zip,
        "streetaddress": employer.street,
        "description": f"\n{whole(posting.body)}\n",
        "salary": _xml_pay(posting),
        "jobtype": posting.type.replace("_", "").lower(),
        "category": posting.department,
        "remotetype": {"remote": "Fully remote", "hybrid": "Hybrid remote"}.get(posting.workplace, ""),
    }
    rows = "".join(f"<{name}><![CDATA[{value}]]></{name}>\n" for name, value in fields.items() if value)
    return f"<job>\n{rows}</job>\n"


def _xml_pay(posting: Posting) -> str:
    if not posting.pay:
        return ""
    low, high = (f"${amount:,.2f}" for amount in (posting.pay.low, posting.pay.high))
    amount = low if low == high else f"{low} - {high}"
    return f"{amount} per {posting.pay.period}"
