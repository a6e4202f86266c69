"""What JobPosting markup in the wild must be forgiven: the fifteen tolerances of docs/formats.md, each with our own examples."""

import json
from typing import Any

import pytest

from crawler import jobposting, jsonld, microdata
from crawler.formats.json_ld import postings_on
from crawler.page import Page
from crawler.records import Record
from model.posting import Posting


def page(body: str) -> Page:
    """A page with this body."""
    return Page(url="https://elm.example/jobs/7", body=f"<html><body>{body}</body></html>".encode())


def block(text: str, kind: str = "application/ld+json") -> str:
    """A script with JSON-LD."""
    return f'<script type="{kind}">{text}</script>'


def titles(body: str) -> list[str | None]:
    """The titles of the postings in a page's JSON-LD."""
    return [found.get("title") for found in jsonld.postings(page(body).text)]


def posting(**fields: Any) -> Posting:
    """A JobPosting with these fields, read."""
    found = jsonld.spelled({"@type": "JobPosting", "title": "Biller", **fields})
    return jobposting.parse(Record(found), "elm", "https://elm.example/jobs/7", "7")


GOOD = '{"@type": "JobPosting", "title": "Biller"}'


@pytest.mark.parametrize(
    "body",
    [
        block("null") + block(" ") + block("{broken") + block(GOOD),  # 1: one broken block hides no other
        block(GOOD, "application/ld+json; charset=utf-8"),
        "<script type='APPLICATION/LD+JSON'>" + GOOD + "</script>",
        block(
            f'{{"@context": "https://schema.org", "@graph": [{{"@type": "WebPage"}}, {{"@graph": [{GOOD}]}}]}}'
        ),  # 2: containers
        block(
            f'{{"@type": "WebPage", "mainEntity": {{"@type": "ItemList", "itemListElement": [{{"item": {GOOD}}}]}}}}'
        ),
        block(f"[{GOOD}]"),
        block('{"@type": ["Thing", "http://schema.org/JobPosting"], "title": "Biller"}'),  # 3: types
        block('{"@type": "schema:JobPosting", "Title": "Biller"}'),
        block('{"@type": "JobPosting", "title": "Biller", "description": "one\n\ttwo\x0bthree"}'),  # 4: broken JSON
        block('{"@type": "JobPosting", "title": "Biller",}'),
        block('{"@type": "JobPosting", "title": "Biller", "datePosted": "2026-08-15"\n "url": "/x"}'),
        block('{"@type": "JobPosting", "title": "Biller", "description": "\\$19 an hour"}'),
        block('{"@type": "JobPosting", // a comment\n "title": "Biller" /* another, "https://x" */}'),
        block("//<![CDATA[\n" + GOOD + "\n//]]>"),
        block("<!-- a comment -->\n" + GOOD),
        block("<!--\n" + GOOD + "\n-->"),
        block(GOOD.replace('"', "&quot;")),
        block('{"@type": "JobPosting", "title": "Biller", "description": "the "best" team"}'),
        block("\ufeff" + GOOD),
    ],
)
def test_a_posting_is_found_in_whatever_holds_it(body: str) -> None:
    assert titles(body) == ["Biller"]


def test_many_postings_on_a_page_are_many() -> None:
    assert titles(block(f"[{GOOD}, {GOOD.replace('Biller', 'Coder')}]")) == ["Biller", "Coder"]


def test_what_is_no_posting_is_none() -> None:
    assert titles(block('{"@type": "Organization", "name": "Elm"}') + block("[" * 5000)) == []


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("<p>Code &amp; bill.</p>", "<p>Code &amp; bill.</p>"),
        ("&lt;p&gt;Code &amp;amp; bill.&lt;/p&gt;", "<p>Code &amp; bill.</p>"),
        ("&amp;lt;p&amp;gt;Code.&amp;lt;/p&amp;gt;", "<p>Code.</p>"),
        ("<p>One.</p>&amp;#xa;<p>Two.</p>", "<p>One.</p>\n<p>Two.</p>"),
        (["Code.", "Bill."], "Code.\nBill."),
        ("Code. Skills UNAVAILABLE", "Code."),
        ("Literal &amp;#60; stays", "Literal &amp;#60; stays"),
        (None, ""),
    ],
)
def test_descriptions(given: object, read: str) -> None:
    assert posting(description=given).description == read


def test_parts_of_a_description_are_joined() -> None:
    told = posting(
        description="Code.", qualifications="CPC-A", educationRequirements={"credentialCategory": "high school"}
    )
    assert "CPC-A" in told.description
    assert "high school" in told.description


def test_titles() -> None:
    assert posting(title="R&amp;D  Clerk").title == "R&D Clerk"
    assert posting(title=None, name="Clerk").title == "Clerk"
    record = Record({"@type": "JobPosting", "title": None, "hiringOrganization": {"name": "Elm Care"}})
    assert jobposting.parse(record, "elm", "", "7", "Pharmacy Clerk - Elm Care").title == "Pharmacy Clerk"
    assert jobposting.parse(record, "elm", "", "7", "Explore our careers").title == ""


@pytest.mark.parametrize("given", [{"name": "Elm Care"}, [{"name": "Elm Care"}], "Elm Care", {"Name": "Elm Care"}])
def test_employers(given: object) -> None:
    assert posting(hiringOrganization=given).employer == "Elm Care"


def test_a_confidential_employer_is_unsaid() -> None:
    assert posting(hiringOrganization="confidential").employer is None


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({"address": {"addressLocality": "Decatur", "addressRegion": "Illinois", "addressCountry": {"@type": "Country", "name": "US"}}}, [("Decatur", "IL", "US")]),
        ({"address": {"addressLocality": "Decatur, Illinois", "addressCountry": "USA"}}, [("Decatur", "IL", "US")]),
        ({"address": {"addressLocality": "UNAVAILABLE", "addressRegion": "N/A", "addressCountry": "United States"}}, [(None, None, "US")]),
        ({"address": "Decatur, IL 62521"}, [("Decatur", "IL", "US")]),
        ("Decatur, IL", [("Decatur", "IL", "US")]),
        ({"name": "Elm Care", "address": {"addressLocality": "Decatur", "addressRegion": "IL"}}, [("Decatur", "IL", "US")]),
        ([{"name": "Decatur, IL"}, {"name": "Peoria, IL"}, {"name": " Decatur, IL\t"}], [("Decatur", "IL", "US"), ("Peoria", "IL", "US")]),
        ({}, []),
        (None, []),
    ],
)  # fmt: skip
def test_places(given: object, places: list[tuple[str | None, ...]]) -> None:
    told = posting(jobLocation=given, hiringOrganization={"name": "Elm Care"})
    assert [(place.city, place.region, place.country) for place in told.locations] == places


def test_remote_work() -> None:
    told = posting(
        jobLocationType=["TELECOMMUTE"], applicantLocationRequirements=[{"@type": "State", "name": "Illinois"}]
    )
    assert told.workplace == "remote"
    assert told.locations[0].region == "IL"
    both = posting(jobLocationType="TELECOMMUTE", jobLocation="Decatur, IL")
    assert (both.workplace, both.locations[0].city) == ("remote", "Decatur")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("FULL_TIME", ("FULL_TIME",)),
        (["FULL_TIME", "PART_TIME"], ("FULL_TIME", "PART_TIME")),
        ("full-time, per diem", ("FULL_TIME", "PER_DIEM")),
        ("https://schema.org/PART_TIME", ("PART_TIME",)),
        ("OTHER", ("OTHER",)),
        ("Regular", ()),
    ],
)
def test_kinds_of_employment(given: object, read: tuple[str, ...]) -> None:
    assert posting(employmentType=given).employment_type == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (52000, (52000, None, "year")),
        (5200, (5200, None, None)),
        ("$22.00 - $40.00", (22, 40, "hour")),
        ("$18.75/hour- $20.75/ hour", (18.75, 20.75, "hour")),
        ("$1,200-$1,500/month for up to 15 hours of work", (1200, 1500, "month")),
        ("$110,000 - $150,00", (110_000, None, "year")),
        ("30.000 to 54.000 USD al año", (30_000, 54_000, "year")),
        ("€2,100 - €2,600", (2100, 2600, None)),
        ("€52.000", (52_000, None, None)),
        ({"currency": "USD", "unitText": "HOUR", "value": 25}, (25, None, "hour")),
        ({"value": {"minValue": "1,600", "maxValue": "2,400", "unitText": "MONTH"}}, (1600, 2400, "month")),
        ({"unitText": "MONTH", "value": {"minValue": 0, "maxValue": 2400}}, None),  # "up to" is no floor
        ("Up to $25.00 per hour", None),
        ("up to $30, from $21.50 an hour", (21.5, None, "hour")),
        ({"value": {"minValue": 30, "maxValue": 20, "unitText": "hourly"}}, (20, 30, "hour")),
        ({"value": {"value": 18.5, "unitText": "YEAR"}}, (18.5, None, "hour")),
        ({"value": {"value": 0, "unitText": "YEAR"}}, None),
        ("DOE", None),
    ],
)
def test_pay(given: object, read: tuple[float, float | None, str | None] | None) -> None:
    pay = posting(baseSalary=given).pay
    assert (pay and (pay.min, pay.max, pay.period)) == read


def test_an_upper_bound_alone_stays_in_words() -> None:
    assert (
        posting(baseSalary={"currency": "USD", "value": {"maxValue": 25, "unitText": "HOUR"}}).pay_text
        == "up to 25 USD HOUR"
    )


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2026-06-24", "2026-06-24"),
        ("2026-06-24T23:30:00-05:00", "2026-06-24"),
        (1782345600000, "2026-06-25"),
        ("Wed Jun 24 07:00:00 UTC 2026", "2026-06-24"),
        ("Jun 24, 2026", "2026-06-24"),
        ("6/24/2026", "2026-06-24"),
        ("24-Jun-2026", "2026-06-24"),
        ("Posted 3 days ago", None),
        ("soon", None),
    ],
)
def test_dates(given: object, day: str | None) -> None:
    told = posting(datePosted=given).date_posted
    assert (told and told.isoformat()) == day


@pytest.mark.parametrize("given", [{"@type": "PropertyValue", "value": "R7"}, "R7", [{"value": "R7"}]])
def test_identifiers(given: object) -> None:
    assert jobposting.identifier({"identifier": given}) == "R7"


def test_addresses() -> None:
    assert posting(url="/jobs/7?x=1").url == "https://elm.example/jobs/7?x=1"
    assert posting().url == "https://elm.example/jobs/7"


def test_microdata() -> None:
    body = (
        '<div itemscope itemtype="http://schema.org/JobPosting"><p itemprop="description">x</p><h1 itemprop="title name">Biller</h1>'
        '<meta itemprop="datePosted" content="Wed Jun 24 07:00:00 UTC 2026"><span itemprop="hiringOrganization">Elm Care</span>'
        '<div itemprop="jobLocation" itemscope itemtype="http://schema.org/Place"><div itemprop="address" itemscope>'
        '<span itemprop="addressLocality">Decatur</span><span itemprop="addressRegion">IL</span></div></div>'
        '<div itemprop="description"><p>Bill <b>much</b>.</p></div></div>'
    )
    found = microdata.postings(page(body))
    told = jobposting.parse(Record(found[0]), "elm", "https://elm.example/jobs/7", "7")
    assert (told.title, told.employer, told.description) == ("Biller", "Elm Care", "<p>Bill <b>much</b>.</p>")
    assert (told.locations[0].city, told.locations[0].region) == ("Decatur", "IL")
    assert json.dumps(found[0])


def test_rdfa() -> None:
    body = '<div typeof="schema:JobPosting"><h1 property="schema:title">Biller</h1><div property="description"><p>Bill.</p></div></div>'
    found = microdata.postings(page(body))
    assert (found[0]["title"], found[0]["description"]) == ("Biller", "<p>Bill.</p>")


def test_meta_tags() -> None:
    tags = {
        "job-title": "Biller",
        "job-description": "&lt;p&gt;Bill.&lt;/p&gt;",
        "job-city": "Decatur",
        "job-region": "Illinois",
        "job-country": "United States",
        "job-workingmode": "Hybrid",
        "job-posteddate": "2026-05-28T04:51:22Z",
        "job-id": "R7",
        "job-secondarylocations": "Peoria,Illinois; Springfield,Illinois",
    }
    found = postings_on(page("".join(f'<meta name="{name}" content="{text}">' for name, text in tags.items())))
    told = jobposting.parse(Record(found[0]), "elm", "https://elm.example/jobs/7", "7")
    assert (told.title, told.description, told.workplace) == ("Biller", "<p>Bill.</p>", "hybrid")
    assert [place.city for place in told.locations] == ["Decatur", "Peoria", "Springfield"]
    assert postings_on(page('<meta name="job-title" content="Biller">')) == []
    placed = postings_on(page(block(GOOD) + '<meta name="gtm_tbcn_location" content="Decatur~Illinois~United States">'))
    assert jobposting.parse(Record(placed[0]), "elm", "", "7").locations[0].region == "IL"
