"""Small employers' own pages: a careers page, a page an opening with schema.org JobPosting in it, and their sitemaps.

The pages differ as real ones do (`shape`, `place` and `salary` of a posting say how), and a browser shows the same text.
"""

import html
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from demo.records import Employer, Posting, whole
from demo.vendors import moment

GONE = "<h1>This position is no longer available</h1><p>It has been filled or withdrawn. Please see the others.</p>"


def page(title: str, body: str, head: str = "") -> bytes:
    """A whole HTML page around `body`."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n{head}</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    ).encode()


def listing(employer: Employer, postings: Sequence[Posting]) -> bytes:
    """The careers page: relative links to the openings, and the links that every such page has beside them."""
    rows = "".join(
        f'<li><a href="jobs/{posting.id}">{html.escape(posting.title)}</a> <span>{posting.city}, IL</span></li>\n'
        for posting in postings
    )
    links = '<a href="about">About us</a> | <a href="benefits">Benefits</a> | <a href="/private/roster">Staff area</a>'
    return page(
        f"Careers at {employer.name}",
        f"<h1>Careers at {html.escape(employer.name)}</h1>\n<ul>\n{rows}</ul>\n<p>{links}</p>",
    )


def about(employer: Employer) -> bytes:
    """A page that is no posting, with structured data that is none either."""
    data = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "name": employer.name,
        "telephone": "217-555-0100",
    }
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>\n'
    return page(f"About {employer.name}", f"<h1>About us</h1><p>{html.escape(employer.about)}</p>", script)


def benefits(employer: Employer) -> bytes:
    """Another page that is no posting."""
    return page(f"Benefits at {employer.name}", f"<h1>Why work here</h1><p>{html.escape(employer.benefits)}</p>")


def posting_page(employer: Employer, posting: Posting, today: date) -> bytes:
    """One opening: the text for people, and the same as JobPosting for machines, in the posting's own `shape`."""
    place = f"{html.escape(employer.name)}, {posting.city}, IL {posting.zip}"
    text = f"<h1>{html.escape(posting.title)}</h1>\n<p>{place}</p>\n"
    script = (
        f'<script type="application/ld+json">\n{_SHAPES[posting.shape](_job(employer, posting, today))}\n</script>\n'
    )
    return page(
        f"{posting.title} - {employer.name}", f"{text}<div class='description'>\n{whole(posting.body)}\n</div>", script
    )


def plain_page(employer: Employer, posting: Posting) -> bytes:
    """One opening for people only: where the feeds' links lead."""
    place = f"{html.escape(employer.name)}, {posting.city}, IL {posting.zip}"
    return page(
        posting.title, f"<h1>{html.escape(posting.title)}</h1>\n<p>{place}</p>\n<div>{whole(posting.body)}</div>"
    )


def _job(employer: Employer, posting: Posting, today: date) -> dict[str, Any]:
    job: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": posting.title,
        "identifier": {"@type": "PropertyValue", "name": employer.name, "value": posting.id},
        "datePosted": posting.posted(today).isoformat(),
        "employmentType": posting.type,
        "hiringOrganization": {"@type": "Organization", "name": employer.name, "sameAs": employer.site},
        "jobLocation": _PLACES[posting.place](employer, posting),
    }
    closes = posting.closes(today)
    if closes:
        job["validThrough"] = moment(closes, 23).isoformat()
    if posting.workplace == "remote":
        job["jobLocationType"] = "TELECOMMUTE"
        job["applicantLocationRequirements"] = {"@type": "State", "name": "Illinois"}
    if posting.pay:
        job["baseSalary"] = _SALARIES[posting.salary](posting)
    job["description"] = whole(posting.body)
    return job


def _address(employer: Employer, posting: Posting) -> dict[str, Any]:
    found = {"@type": "PostalAddress", "streetAddress": employer.street, "addressLocality": posting.city}
    return found | {"addressRegion": "IL", "postalCode": posting.zip, "addressCountry": "US"}


def _place_object(employer: Employer, posting: Posting) -> Any:
    return {"@type": "Place", "address": _address(employer, posting)}


def _place_list(employer: Employer, posting: Posting) -> Any:
    return [{"@type": "Place", "name": employer.name, "address": _address(employer, posting)}]


def _place_text(employer: Employer, posting: Posting) -> Any:
    return {"@type": "Place", "address": f"{employer.street}, {posting.city}, IL {posting.zip}"}


def _place_country(employer: Employer, posting: Posting) -> Any:
    country = {"@type": "Country", "name": "USA"}
    return {
        "@type": "Place",
        "address": _address(employer, posting) | {"addressRegion": "Illinois", "addressCountry": country},
    }


_PLACES: dict[str, Callable[[Employer, Posting], Any]] = {
    "object": _place_object,
    "list": _place_list,
    "text": _place_text,
    "country": _place_country,
}


def _salary_range(posting: Posting) -> Any:
    assert posting.pay
    amount = {"@type": "QuantitativeValue", "minValue": posting.pay.low, "maxValue": posting.pay.high}
    return {"@type": "MonetaryAmount", "currency": "USD", "value": amount | {"unitText": posting.pay.period.upper()}}


def _salary_strings(posting: Posting) -> Any:
    assert posting.pay
    amount = {
        "@type": "QuantitativeValue",
        "minValue": f"{posting.pay.low:,.2f}",
        "maxValue": f"{posting.pay.high:,.2f}",
    }
    return {"@type": "MonetaryAmount", "currency": "USD", "unitText": posting.pay.period.title(), "value": amount}


def _salary_value(posting: Posting) -> Any:
    assert posting.pay
    return {
        "@type": "MonetaryAmount",
        "currency": "USD",
        "value": posting.pay.low,
        "unitText": posting.pay.period.upper(),
    }


def _salary_text(posting: Posting) -> Any:
    assert posting.pay
    return f"${posting.pay.low:,.2f} - ${posting.pay.high:,.2f} per {posting.pay.period}"


_SALARIES: dict[str, Callable[[Posting], Any]] = {
    "range": _salary_range,
    "strings": _salary_strings,
    "value": _salary_value,
    "text": _salary_text,
}


def _script(data: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(data, indent=1).replace("</", "<\\/")


def _graph(job: dict[str, Any]) -> str:
    job = {key: value for key, value in job.items() if key != "@context"}
    trail = {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Careers"}]}
    return _script({"@context": "https://schema.org", "@graph": [job["hiringOrganization"], trail, job]})


def _array(job: dict[str, Any]) -> str:
    return _script(
        [{"@context": "https://schema.org", "@type": "WebSite", "name": "Careers"}, job | {"@type": ["JobPosting"]}]
    )


def _escaped(job: dict[str, Any]) -> str:
    return _script(job | {"description": html.escape(job["description"])})


def _double(job: dict[str, Any]) -> str:
    return _script(job | {"description": html.escape(html.escape(job["description"]))})


def _newline(job: dict[str, Any]) -> str:
    return _script(job).replace("\\n", "\n")


def _comma(job: dict[str, Any]) -> str:
    return _script(job)[:-1].rstrip() + ",\n}"


def _comment(job: dict[str, Any]) -> str:
    return f"//<![CDATA[\n{_script(job)}\n//]]>"


_SHAPES: dict[str, Callable[[dict[str, Any]], str]] = {
    "plain": _script,
    "graph": _graph,
    "array": _array,
    "escaped": _escaped,
    "double": _double,
    "newline": _newline,
    "comma": _comma,
    "comment": _comment,
}


def sitemap_index(addresses: Iterable[str], today: date) -> bytes:
    """A sitemap of sitemaps."""
    rows = "".join(f"<sitemap><loc>{address}</loc><lastmod>{today}</lastmod></sitemap>\n" for address in addresses)
    return _sitemap_file("sitemapindex", rows)


def sitemap(employer: Employer, postings: Iterable[Posting], today: date) -> bytes:
    """One employer's pages: openings, pages that are none, and openings long gone that nobody took out."""
    rows = [f"<url><loc>{employer.site}/{name}</loc></url>\n" for name in ("", "about", "benefits")]
    rows += [
        f"<url><loc>{employer.site}/jobs/{posting.id}</loc><lastmod>{posting.posted(today)} 06:30:00</lastmod></url>\n"
        for posting in postings
    ]
    rows += [f"<url><loc>{employer.site}/jobs/{name}</loc></url>\n" for name in employer.gone]
    return _sitemap_file("urlset", "".join(rows))


def _sitemap_file(root: str, rows: str) -> bytes:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{space}">\n{rows}</{root}>\n'.encode()
