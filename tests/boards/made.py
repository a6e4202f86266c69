"""Boards of our own making: the openings of `openings.py` in each format's shape, under its real paths, with its documented quirks."""

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.boards.openings import Opening
from tests.boards.server import Answer, Asked, Handler

EMPLOYER = "Juniper County Care"
GUID = "7d1c2f3a-1111-4222-8333-0123456789ab"


@dataclass(frozen=True)
class Made:
    """A board: the source's fields, and what the server answers. `environment`: keys that the format wants."""

    fields: Mapping[str, Any]
    handler: Handler
    environment: Mapping[str, str]
    listing: Callable[[Asked], bool]


BOARDS: dict[str, Callable[[Sequence[Opening]], Made]] = {}


def board(
    url: str, listing: str, environment: Mapping[str, str] | None = None, **fields: Any
) -> Callable[[Callable[[Sequence[Opening], Asked], Any]], None]:
    """Enter a board under its function's name. `listing`: a regular expression for the requests that ask for the list."""

    def enter(answer: Callable[[Sequence[Opening], Asked], Any]) -> None:
        kind = answer.__name__.rstrip("_")
        BOARDS[kind] = lambda openings: Made(
            fields={"kind": kind, "url": url, "employer": EMPLOYER, **fields},
            handler=lambda asked: None if asked.path == "/robots.txt" else answer(openings, asked),
            environment=environment or {},
            listing=lambda asked: bool(re.search(listing, asked.target)),
        )

    return enter


def only(openings: Sequence[Opening], text: str) -> Opening | None:
    """The opening whose number or UUID stands in a path."""
    return next((one for one in openings if str(one.number) in text or one.uuid in text), None)


def part(openings: Sequence[Opening], start: int, size: int) -> list[Opening]:
    """One page."""
    return list(openings[max(start, 0) : max(start, 0) + size])


def markup(one: Opening, **more: Any) -> dict[str, Any]:
    """An opening as schema.org JobPosting."""
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": one.title,
        "description": one.body,
        "datePosted": one.posted.isoformat(),
        "employmentType": one.kind.upper().replace(" ", "_"),
        "hiringOrganization": {"@type": "Organization", "name": EMPLOYER},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": one.city,
                "addressRegion": one.state,
                "postalCode": one.postal_code,
                "addressCountry": "US",
            },
        },
        **more,
    }


def page_of(one: Opening, **more: Any) -> str:
    """A posting's page with JSON-LD."""
    return f'<html><head><script type="application/ld+json">{json.dumps(markup(one, **more))}</script></head><body><h1>{one.title}</h1></body></html>'


@board("https://www.junipercare.example/sitemap_index.xml", r"sitemap")
def json_ld(openings: Sequence[Opening], asked: Asked) -> Any:
    """An index of two sitemaps, with a blog in one and tracked addresses in the other."""
    if asked.path == "/sitemap_index.xml":
        inner = "".join(
            f"<sitemap><loc>https://www.junipercare.example/sitemap-{number}.xml</loc></sitemap>" for number in (1, 2)
        )
        return f"<sitemapindex>{inner}</sitemapindex>"
    if asked.path.startswith("/sitemap-"):
        half = openings[::2] if "1" in asked.path else openings[1::2]
        urls = "".join(
            f"<url><loc>https://www.junipercare.example/jobs/{one.number}/opening?utm_source=map</loc></url>"
            for one in half
        )
        return f"<urlset>{urls}<url><loc>https://www.junipercare.example/blog/{asked.path[9]}</loc></url></urlset>"
    one = only(openings, asked.path)
    return page_of(one, identifier={"@type": "PropertyValue", "value": f"JC-{one.number}"}) if one else None


@board("https://www.junipercare.example/feed.rss", r"feed")
def rss(openings: Sequence[Opening], asked: Asked) -> Any:
    """RSS with the place in the title's brackets."""
    items = "".join(
        f"<item><title>{html.escape(one.title)} ({one.city}, {one.state}, US, {one.postal_code})</title>"
        f"<link>https://www.junipercare.example/jobs/{one.number}?utm_source=rss</link><guid>JC-{one.number}</guid>"
        f"<pubDate>{one.posted:%a, %d %b %Y} 7:00:00 GMT</pubDate><description>{html.escape(one.body)}</description></item>"
        for one in openings
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Jobs</title>{items}</channel></rss>'


@board("https://www.junipercare.example/jobs.xml", r"jobs\.xml")
def job_xml(openings: Sequence[Opening], asked: Asked) -> Any:
    """The Indeed-style feed, CDATA all over, padded addresses."""
    jobs = "".join(
        f"<job><title><![CDATA[{one.title}]]></title><date><![CDATA[{one.posted:%a, %d %b %Y} 00:00:00 GMT]]></date>"
        f"<referencenumber><![CDATA[JC-{one.number}]]></referencenumber><url>\n<![CDATA[https://www.junipercare.example/{one.number}]]>\n</url>"
        f"<company><![CDATA[{EMPLOYER}]]></company><city><![CDATA[{one.city}]]></city><state><![CDATA[{one.state}]]></state>"
        f"<country><![CDATA[US]]></country><postalcode><![CDATA[{one.postal_code}]]></postalcode>"
        f"<description><![CDATA[{one.body}]]></description><salary><![CDATA[${one.low} - ${one.high} per hour]]></salary>"
        f"<jobtype><![CDATA[{one.kind}]]></jobtype></job>"
        for one in openings
    )
    return f"<?xml version='1.0' encoding='utf-8'?><source><publisher>Us</publisher>{jobs}</source>"


@board("https://boards.greenhouse.io/juniper", r"/jobs\?")
def greenhouse(openings: Sequence[Opening], asked: Asked) -> Any:
    """Escaped content, pay in cents."""
    if asked.path != "/v1/boards/juniper/jobs":
        return None
    jobs = [
        {
            "id": one.number,
            "internal_job_id": 9,
            "title": one.title,
            "absolute_url": f"https://boards.greenhouse.io/juniper/jobs/{one.number}",
            "location": {"name": one.place},
            "company_name": EMPLOYER,
            "first_published": f"{one.posted}T23:30:00-05:00",
            "updated_at": "2026-10-10T00:00:00Z",
            "content": html.escape(one.body),
            "metadata": [{"id": 1, "name": "Employment Type", "value": one.kind, "value_type": "single_select"}],
            "pay_input_ranges": [
                {
                    "min_cents": int(one.low * 100),
                    "max_cents": int(one.high * 100),
                    "currency_type": "USD",
                    "title": "Hourly rate",
                }
            ],
        }
        for one in openings
    ]
    return {"jobs": jobs, "meta": {"total": len(jobs)}}


@board("https://jobs.lever.co/juniper", r"/v0/postings/")
def lever(openings: Sequence[Opening], asked: Asked) -> Any:
    """A bare array, no total; a description in parts."""
    if asked.path != "/v0/postings/juniper":
        return None
    return [
        {
            "id": one.uuid,
            "text": one.title,
            "hostedUrl": f"https://jobs.lever.co/juniper/{one.uuid}",
            "categories": {"location": one.place, "commitment": one.kind, "team": "Revenue cycle"},
            "country": "US",
            "workplaceType": "onsite",
            "createdAt": (one.posted.toordinal() - 719163) * 86_400_000 + 60_000,
            "description": one.body,
            "lists": [{"text": "You bring", "content": "<li>Patience</li>"}],
            "additional": "<p>We train.</p>",
            "salaryRange": {"min": one.low, "max": one.high, "currency": "USD", "interval": "per-hour-wage"},
        }
        for one in part(openings, int(asked.query["skip"]), int(asked.query["limit"]))
    ]


@board("https://jobs.ashbyhq.com/Juniper%20Care", r"job-board")
def ashby(openings: Sequence[Opening], asked: Asked) -> Any:
    """A name with a space, and one posting that is not listed."""
    if asked.path != "/posting-api/job-board/Juniper%20Care":
        return None
    jobs = [
        {
            "id": one.uuid,
            "title": one.title,
            "location": one.place,
            "address": {
                "postalAddress": {
                    "addressLocality": one.city,
                    "addressRegion": one.state_name,
                    "addressCountry": "United States",
                }
            },
            "employmentType": one.kind.replace(" ", ""),
            "workplaceType": "OnSite",
            "isListed": True,
            "isRemote": False,
            "publishedAt": f"{one.posted}T12:00:00.000+00:00",
            "descriptionHtml": one.body,
            "jobUrl": f"https://jobs.ashbyhq.com/Juniper%20Care/{one.uuid}",
            "compensation": {
                "summaryComponents": [
                    {
                        "compensationType": "Salary",
                        "interval": "1 HOUR",
                        "currencyCode": "USD",
                        "minValue": one.low,
                        "maxValue": one.high,
                    }
                ]
            },
        }
        for one in openings
    ]
    return {"apiVersion": "1", "jobs": [*jobs, {"id": "hidden", "title": "Hidden", "isListed": False}]}


@board("https://careers.smartrecruiters.com/JuniperCare", r"/postings\?")
def smartrecruiters(openings: Sequence[Opening], asked: Asked) -> Any:
    """Pages of 20 whatever is asked for; an unknown company has no postings and answers 200."""
    if "/JuniperCare/" not in asked.path:
        return {"offset": 0, "limit": 20, "totalFound": 0, "content": []}
    row = lambda one: {  # noqa: E731
        "id": str(one.number),
        "name": one.title,
        "company": {"identifier": "JuniperCare", "name": EMPLOYER},
        "releasedDate": f"{one.posted}T08:00:00.000Z",
        "location": {
            "city": one.city,
            "region": one.state,
            "country": "us",
            "remote": False,
            "fullLocation": f"{one.place}, United States",
        },
        "typeOfEmployment": {"id": "x", "label": one.kind},
    }
    if asked.path.endswith("/postings"):
        offset = int(asked.query["offset"])
        return {
            "offset": offset,
            "limit": 20,
            "totalFound": len(openings),
            "content": [row(one) for one in part(openings, offset, 20)],
        }
    one = only(openings, asked.path)
    if one is None:
        return None
    sections = {
        "jobDescription": {"title": "The work", "text": one.body},
        "qualifications": {"title": "You", "text": "<p>Kind.</p>"},
    }
    return {
        **row(one),
        "jobAd": {"sections": sections},
        "postingUrl": f"https://jobs.smartrecruiters.com/JuniperCare/{one.number}",
    }


@board("https://apply.workable.com/juniper/", r"widget")
def workable(openings: Sequence[Opening], asked: Asked) -> Any:
    """The first posting stands there twice, once for each place."""
    if asked.path != "/api/v1/widget/accounts/juniper":
        return None
    jobs = [
        {
            "title": one.title,
            "shortcode": f"S{one.number}",
            "telecommuting": False,
            "employment_type": one.kind,
            "published_on": one.posted.isoformat(),
            "country": "United States",
            "city": one.city,
            "state": one.state_name,
            "locations": [
                {
                    "country": "United States",
                    "countryCode": "US",
                    "city": one.city,
                    "region": one.state_name,
                    "hidden": False,
                }
            ],
            "url": f"https://apply.workable.com/j/S{one.number}",
            "description": one.body,
        }
        for one in openings
    ]
    twice = (
        [
            {
                **jobs[0],
                "city": "Second Town",
                "locations": [{"country": "United States", "city": "Second Town", "region": "Ohio"}],
            }
        ]
        if jobs
        else []
    )
    return {"name": EMPLOYER, "jobs": jobs + twice}


@board("https://juniper.recruitee.com", r"offers")
def recruitee(openings: Sequence[Opening], asked: Asked) -> Any:
    """Requirements apart from the description; one offer that is closed."""
    offers = [
        {
            "id": one.number,
            "status": "published",
            "title": one.title,
            "description": one.body,
            "requirements": "<p>Kindness.</p>",
            "careers_url": f"https://juniper.recruitee.com/o/{one.number}",
            "company_name": EMPLOYER,
            "employment_type_code": "fulltime_permanent",
            "locations": [
                {
                    "city": one.city,
                    "state": one.state_name,
                    "country": "United States",
                    "country_code": "US",
                    "postal_code": one.postal_code,
                }
            ],
            "on_site": True,
            "remote": False,
            "hybrid": False,
            "published_at": f"{one.posted} 03:04:05 UTC",
            "salary": {"min": str(one.low), "max": str(one.high), "period": "hour", "currency": "USD"},
        }
        for one in openings
    ]
    return (
        {"offers": [*offers, {"id": 1, "status": "closed", "title": "Closed"}]} if asked.path == "/api/offers" else None
    )


@board("https://juniper.wd5.myworkdayjobs.com/en-US/Care", r"/jobs$")
def workday(openings: Sequence[Opening], asked: Asked) -> Any:
    """Four keys or 422; at most 20 or 400; later pages say total 0; one posting is gone with S22."""
    if not asked.path.startswith("/wday/cxs/juniper/Care/"):
        return None
    if asked.path.endswith("/jobs"):
        question = asked.json
        if set(question) != {"appliedFacets", "limit", "offset", "searchText"}:
            return Answer(status=422)
        if question["limit"] > 20:
            return Answer(status=400)
        rows = [
            {
                "title": one.title,
                "externalPath": f"/job/{one.city.replace(' ', '-')}/Opening_JR{one.number}",
                "locationsText": one.place,
                "postedOn": "Posted 30+ Days Ago",
                "bulletFields": [f"JR{one.number}"],
            }
            for one in part(openings, question["offset"], 20)
        ]
        return {"total": 0 if question["offset"] else len(openings), "jobPostings": rows, "facets": []}
    one = only(openings, asked.path)
    if one is None or one.number == 1002:
        return Answer(json.dumps({"errorCode": "S22", "httpStatus": 403}).encode(), 403)
    info = {
        "id": one.uuid,
        "title": one.title,
        "jobDescription": one.body,
        "location": one.place,
        "startDate": one.posted.isoformat(),
        "timeType": one.kind,
        "jobReqId": f"JR{one.number}",
        "externalUrl": f"https://juniper.wd5.myworkdayjobs.com/Care{asked.path.removeprefix('/wday/cxs/juniper/Care')}",
        "jobRequisitionLocation": {"country": {"alpha2Code": "US"}},
    }
    return {"jobPostingInfo": info, "hiringOrganization": {"name": f"0100 {EMPLOYER}"}}


@board("https://careers-juniper.icims.com/jobs/intro", r"/jobs/search")
def icims(openings: Sequence[Opening], asked: Asked) -> Any:
    """Pages counted from 0, 20 cards each; without the inner frame one gets the wrapper; markup with dates made up on the spot."""
    if "in_iframe" not in asked.query:
        return "<html><body><iframe src='?in_iframe=1'></iframe></body></html>"
    if asked.path == "/jobs/search":
        index = int(asked.query["pr"])
        cards = "".join(
            f'<li class="iCIMS_JobCardItem"><div><span class="sr-only">Job Locations</span><span>US-{one.state}-{one.city}</span>'
            f'<span title="{one.posted.month}/{one.posted.day}/{one.posted.year} 10:23 AM">some days ago</span></div>'
            f'<a class="iCIMS_Anchor" href="https://careers-juniper.icims.com/jobs/{one.number}/opening/job?in_iframe=1"><h3>{one.title}</h3></a></li>'
            for one in part(openings, index * 20, 20)
        )
        pages = max(1, -(-len(openings) // 20))
        return f'<html><body><ul class="iCIMS_JobsTable">{cards}</ul><div>Search Results Page {index + 1} of {pages}</div></body></html>'
    one = only(openings, asked.path)
    return page_of(one, datePosted="2026-11-21T08:17:42.806Z", validThrough="2031-11-21T08:17:42.806Z") if one else None


@board(
    "https://juniper.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_3", r"recruitingCEJobRequisitions\?"
)
def oracle(openings: Sequence[Opening], asked: Asked) -> Any:
    """Short pages in the middle (19 of 20); most fields null."""
    finder = asked.query["finder"]
    if "siteNumber=CX_3" not in finder:
        return {"items": []}
    if asked.path.endswith("/recruitingCEJobRequisitions"):
        offset = int(re.search(r"offset=(\d+)", finder)[1])  # type: ignore[index]
        rows = [
            {
                "Id": str(one.number),
                "Title": one.title,
                "PostedDate": one.posted.isoformat(),
                "PrimaryLocation": f"{one.place}, United States",
                "PrimaryLocationCountry": "US",
                "WorkplaceTypeCode": "ORA_ON_SITE",
                "secondaryLocations": [],
                "JobFamily": None,
            }
            for one in part(openings, offset, 19)
        ]
        return {"items": [{"TotalJobsCount": len(openings), "requisitionList": rows}], "hasMore": False}
    one = only(openings, finder)
    detail = one and {
        "Id": str(one.number),
        "Title": one.title,
        "ExternalDescriptionStr": one.body,
        "ExternalQualificationsStr": "<p>Kind.</p>",
        "ExternalPostedStartDate": f"{one.posted}T15:48:06+00:00",
        "JobSchedule": one.kind,
        "requisitionFlexFields": [{"Prompt": "Salary range", "Value": f"${one.low} - ${one.high} per hour"}],
    }
    return {"items": [detail] if detail else []}


@board(f"https://recruiting2.ultipro.com/JUN1000/JobBoard/{GUID}/", r"LoadSearchResults")
def ukg(openings: Sequence[Opening], asked: Asked) -> Any:
    """Pages of 20 whatever is asked for; texts inside a script."""
    if not asked.path.startswith(f"/JUN1000/JobBoard/{GUID}/"):
        return None
    if asked.path.endswith("/LoadSearchResults"):
        rows = [
            {
                "Id": one.uuid,
                "Title": one.title,
                "FullTime": one.kind == "Full Time",
                "JobLocationType": 1,
                "PostedDate": f"{one.posted}T00:00:00Z",
                "Locations": [
                    {
                        "Address": {
                            "City": one.city,
                            "PostalCode": one.postal_code,
                            "State": {"Code": one.state},
                            "Country": {"Code": "USA"},
                        }
                    }
                ],
            }
            for one in part(openings, asked.json["opportunitySearch"]["Skip"], 20)
        ]
        return {"totalCount": len(openings), "opportunities": rows}
    one = only(openings, asked.target)
    detail = json.dumps({"Id": one.uuid, "Title": one.title, "Description": one.body}) if one else ""
    script = f"var opportunity = new US.Opportunity.CandidateOpportunityDetail({detail});"
    return f"<html><script>{script}</script></html>" if one else None


@board(
    "https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html?cid=c1&ccId=1_2",
    r"job-requisitions\?",
)
def adp(openings: Sequence[Opening], asked: Asked) -> Any:
    """Counts from one; 20 a page; the employer's name is nowhere."""
    if asked.query["cid"] != "c1":
        return {"jobRequisitions": [], "meta": {"totalNumber": 0}}
    row = lambda one: {  # noqa: E731
        "itemID": f"{one.number}_1",
        "requisitionTitle": one.title,
        "postDate": f"{one.posted}T14:37:00.000-05:00",
        "workLevelCode": {"shortName": one.kind},
        "requisitionLocations": [
            {
                "address": {
                    "cityName": one.city,
                    "countrySubdivisionLevel1": {"codeValue": one.state},
                    "postalCode": one.postal_code,
                },
                "nameCode": {"shortName": f" {one.place}, US"},
            }
        ],
        "payGradeRange": {
            "minimumRate": {"amountValue": one.low, "currencyCode": "USD"},
            "maximumRate": {"amountValue": one.high},
        },
        "customFieldGroup": {
            "codeFields": [{"shortName": "Hourly", "nameCode": {"codeValue": "SalaryType"}}],
            "stringFields": [{"stringValue": f"{one.number}", "nameCode": {"codeValue": "ExternalJobID"}}],
        },
    }
    if asked.path.endswith("/job-requisitions"):
        rows = [row(one) for one in part(openings, int(asked.query["$skip"]) - 1, 20)]
        return {"jobRequisitions": rows, "meta": {"startSequence": 1, "totalNumber": len(openings)}}
    one = only(openings, asked.path)
    return {**row(one), "requisitionDescription": f'<link href="x.css">{one.body}'} if one else None


@board(f"https://recruiting.paylocity.com/recruiting/jobs/All/{GUID}/Juniper", r"/All/")
def paylocity(openings: Sequence[Opening], asked: Asked) -> Any:
    """The board's data in its page; the markup's date is five hours late and must not win."""
    if "/All/" in asked.path:
        if GUID not in asked.path:
            return None
        jobs = [
            {
                "JobId": one.number,
                "JobTitle": one.title,
                "LocationName": "Main site",
                "PublishedDate": f"{one.posted}T20:42:33-05:00",
                "IsInternal": False,
                "IsRemote": False,
                "IndeedRemoteType": 2,
                "JobLocation": {"City": one.city, "State": one.state, "Zip": one.postal_code, "Country": "USA"},
            }
            for one in openings
        ]
        return f"<html><script>window.pageData = {json.dumps({'ModuleTitle': EMPLOYER, 'Jobs': jobs})};</script></html>"
    one = only(openings, asked.path)
    sections = (
        ""
        if one is None
        else (
            f'<div class="job-listing-header">Job Type</div><div>{one.kind}</div>'
            f'<div class="job-listing-header">Description</div><div>{one.body}</div>'
            '<div class="job-listing-header">Requirements</div><div><p>Kindness.</p></div>'
        )
    )
    return f"<html><body>{sections}</body></html>" if one else None


@board("https://jobs.apploi.com/profile/juniper", r"/search/jobs")
def apploi(openings: Sequence[Opening], asked: Asked) -> Any:
    """A profile with teams, then a search over everybody's postings that ends with an empty page."""
    if asked.path.startswith("/v1/company_profiles/"):
        return (
            {"data": {"id": 1, "name": EMPLOYER, "teams_to_show": "11,12"}} if asked.path.endswith("/juniper") else None
        )
    if asked.query.get("teams") != "11,12":
        return {"data": []}
    rows = [
        {
            "id": str(one.number),
            "name": one.title,
            "city": one.city,
            "state": one.state_name,
            "address": f"1 Main Street {one.city}, {one.state_name}, {one.postal_code} USA",
            "brand_name": EMPLOYER,
            "description": one.body,
            "job_type": one.kind,
            "published": True,
            "published_date": one.posted.isoformat(),
        }
        for one in part(openings, (int(asked.query["page"]) - 1) * 20, 20)
    ]
    return {"data": rows}


@board("https://careers.hireology.com/juniper", r"/careers/juniper\?")
def hireology(openings: Sequence[Opening], asked: Asked) -> Any:
    """Pages of 20 whatever is asked for, with a count."""
    if asked.path != "/v2/public/careers/juniper":
        return None
    page = int(asked.query["page"])
    rows = [
        {
            "id": one.number,
            "name": one.title,
            "job_description": one.body,
            "created_at": f"{one.posted}T18:32:10.808Z",
            "status": "Open",
            "employment_status": one.kind,
            "remote": False,
            "locations": [{"city": one.city, "state": one.state, "zip_code": one.postal_code}],
            "organization": {"id": 1, "name": EMPLOYER},
            "career_site_url": f"https://careers.hireology.com/juniper/{one.number}/description",
        }
        for one in part(openings, (page - 1) * 20, 20)
    ]
    return {"data": rows, "count": len(openings), "page": page, "page_size": 20}


@board("https://juniper.applytojob.com/apply", r"/apply/jobs$")
def jazzhr(openings: Sequence[Opening], asked: Asked) -> Any:
    """Each posting twice on one page."""
    if asked.path == "/apply/jobs":
        rows = "".join(
            f'<tr><td><a class="job_title_link" href="/apply/jobs/details/K{one.number}?&">{one.title}</a></td><td>{one.place}</td></tr>'
            for one in openings
        )
        again = "".join(
            f'<div class="jobs_row"><a class="job_title_link" href="/apply/jobs/details/K{one.number}?&">x</a></div>'
            for one in openings
        )
        named = json.dumps({"@type": "Organization", "name": EMPLOYER})
        return f'<html><script type="application/ld+json">{named}</script><table id="jobs_table">{rows}</table>{again}</html>'
    one = only(openings, asked.path)
    return page_of(one) if one else None


@board("https://juniper.applicantpro.com/jobs/", r"getParams")
def applicantpro(openings: Sequence[Opening], asked: Asked) -> Any:
    """The board's number in its page, then the list."""
    if asked.path == "/jobs/":
        return f"<html><title>Job Listings - {EMPLOYER} Jobs</title><script>const app = {{ data: {{ domainId : 777 }} }};</script></html>"
    if asked.path == "/core/jobs/777":
        jobs = [
            {
                "id": one.number,
                "title": one.title,
                "city": one.city,
                "abbreviation": one.state,
                "iso3": "USA",
                "jobLocation": f"{one.place}, USA, {one.postal_code}",
                "workplaceType": "Onsite",
                "employmentType": one.kind,
                "payTypeFrame": "per hour",
                "minSalary": f"{one.low}",
                "maxSalary": f"{one.high}",
                "startDateRef": f"{one.posted:%b %d, %Y}",
                "jobUrl": f"https://juniper.applicantpro.com/jobs/{one.number}",
            }
            for one in openings
        ]
        return {"success": True, "data": {"jobs": jobs, "jobCount": len(jobs)}}
    one = only(openings, asked.path)
    return {"success": True, "data": {"id": one.number, "advertisingDescriptionHtml": one.body}} if one else None


@board("https://juniper.bamboohr.com/careers", r"/careers/list")
def bamboohr(openings: Sequence[Opening], asked: Asked) -> Any:
    """The place in one of two objects."""
    if asked.path == "/careers/list":
        rows = [
            {
                "id": str(one.number),
                "jobOpeningName": one.title,
                "employmentStatusLabel": one.kind,
                "location": {"city": None, "state": None},
                "atsLocation": {"country": "United States", "state": one.state_name, "city": one.city},
                "locationType": "0",
            }
            for one in openings
        ]
        return {"meta": {"totalCount": len(rows)}, "result": rows}
    one = only(openings, asked.path)
    detail = one and {
        "jobOpeningName": one.title,
        "description": one.body,
        "datePosted": one.posted.isoformat(),
        "compensation": f"${one.low} - ${one.high} per hour",
    }
    return {"result": {"jobOpening": detail}} if one else None


@board("https://juniper.breezy.hr/", r"/json$")
def breezy(openings: Sequence[Opening], asked: Asked) -> Any:
    """A bare array; texts on pages."""
    if asked.path == "/json":
        return [
            {
                "id": f"b{one.number}",
                "name": one.title,
                "url": f"https://juniper.breezy.hr/p/b{one.number}-opening",
                "published_date": f"{one.posted}T10:00:00.000Z",
                "type": {"id": "x", "name": one.kind},
                "location": {"name": one.place, "is_remote": False},
                "salary": f"${one.low} - ${one.high} / hr",
                "company": {"name": EMPLOYER},
            }
            for one in openings
        ]
    one = only(openings, asked.path)
    return f'<html><div class="description">{one.body}</div></html>' if one else None


@board(
    "https://www.usajobs.gov/Search/Results?k=medical+records&l=Illinois",
    r"/api/Search",
    {"USAJOBS_KEY": "k", "USAJOBS_EMAIL": "me@example.org"},
)
def usajobs(openings: Sequence[Opening], asked: Asked) -> Any:
    """Numbers as text, flags as text, pages of 20 whatever is asked for."""
    if asked.headers.get("authorization-key") != "k":
        return Answer(status=401)
    items = [
        {
            "MatchedObjectId": str(one.number),
            "MatchedObjectDescriptor": {
                "PositionID": "SAME-26-1",
                "PositionTitle": one.title,
                "PositionURI": f"https://www.usajobs.gov:443/job/{one.number}",
                "OrganizationName": EMPLOYER,
                "PositionLocation": [
                    {
                        "CityName": f"{one.city}, {one.state_name}",
                        "CountrySubDivisionCode": one.state_name,
                        "CountryCode": "United States",
                    }
                ],
                "PositionSchedule": [{"Name": one.kind, "Code": "1"}],
                "PositionRemuneration": [
                    {"MinimumRange": str(one.low), "MaximumRange": str(one.high), "RateIntervalCode": "PH"}
                ],
                "PublicationStartDate": one.posted.isoformat(),
                "QualificationSummary": "A year of anything.",
                "UserArea": {"Details": {"JobSummary": one.body, "RemoteIndicator": "False"}},
            },
        }
        for one in part(openings, (int(asked.query["Page"]) - 1) * 20, 20)
    ]
    pages = str(-(-len(openings) // 20))
    return {
        "SearchResult": {
            "SearchResultCountAll": len(openings),
            "SearchResultItems": items,
            "UserArea": {"NumberOfPages": pages},
        }
    }


@board("https://www.governmentjobs.com/careers/junipercounty", r"JobsFeed")
def neogov(openings: Sequence[Opening], asked: Asked) -> Any:
    """A feed with fields and dates of its own."""
    if asked.query.get("agency") != "junipercounty":
        return '<?xml version="1.0"?><rss version="2.0"><channel><title>None</title></channel></rss>'
    items = "".join(
        f"<item><title>{one.title}</title><link>https://www.governmentjobs.com/careers/junipercounty/jobs/{one.number}</link>"
        f"<description>{html.escape(one.body)}</description><joblisting:jobId>{one.number}</joblisting:jobId>"
        f"<joblisting:advertiseFromDateUTC>{one.posted:%a, %d %b %Y} 05:00:00:0</joblisting:advertiseFromDateUTC>"
        f"<joblisting:minimumSalary>{one.low}</joblisting:minimumSalary><joblisting:maximumSalary>{one.high}</joblisting:maximumSalary>"
        f"<joblisting:salaryInterval>Hour</joblisting:salaryInterval><joblisting:location>{one.city}, {one.state_name}</joblisting:location></item>"
        for one in openings
    )
    space = 'xmlns:joblisting="http://www.neogov.com/namespaces/JobListing"'
    return f'<?xml version="1.0"?><rss version="2.0" {space}><channel><title>Jobs</title>{items}</channel></rss>'


@board("https://jobs.junipercare.example/", r"tile-search|sitemap")
def successfactors(openings: Sequence[Opening], asked: Asked) -> Any:
    """No sitemap; 25 tiles a page, each three times; microdata with Java's dates and an empty second description."""
    if asked.path == "/tile-search-results/":
        tiles = "".join(
            f'<li class="job-tile" data-url="/job/{one.city.replace(" ", "-")}-Opening/{one.number}00/">'
            + f'<a class="jobTitle-link" href="/job/{one.city.replace(" ", "-")}-Opening/{one.number}00/">{one.title}</a>'
            * 3
            + "</li>"
            for one in part(openings, int(asked.query["startrow"]), 25)
        )
        return f'<div id="tile-search-results"><ul>{tiles}</ul></div>'
    one = only(openings, asked.path)
    if one is None or not asked.path.startswith("/job/"):
        return None
    return (
        '<html><body><div itemscope itemtype="http://schema.org/JobPosting"><span itemprop="description"> </span>'
        f'<h1 itemprop="title name">{one.title}</h1><meta itemprop="datePosted" content="{one.posted:%a %b %d} 07:00:00 UTC {one.posted.year}">'
        f'<meta itemprop="hiringOrganization" content="{EMPLOYER}"><span itemprop="jobLocation" itemscope itemtype="http://schema.org/Place">'
        f'<span itemprop="address" itemscope itemtype="http://schema.org/PostalAddress"><meta itemprop="addressLocality" content="{one.city}">'
        f'<meta itemprop="addressRegion" content="{one.state}"><meta itemprop="addressCountry" content="US"></span></span>'
        f'<span itemprop="description">{one.body}</span></div></body></html>'
    )


@board("https://juniper.teamtailor.com", r"jobs\.json")
def teamtailor(openings: Sequence[Opening], asked: Asked) -> Any:
    """A feed of 20 a page with the address of the next."""
    if asked.path != "/jobs.json":
        return None
    page = int(asked.query.get("page", "1"))
    items = [
        {
            "id": one.uuid,
            "title": one.title,
            "url": f"https://juniper.teamtailor.com/jobs/{one.number}-opening",
            "_jobposting": markup(one, identifier={"@type": "PropertyValue", "value": one.number}),
        }
        for one in part(openings, (page - 1) * 20, 20)
    ]
    feed: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    if page * 20 < len(openings):
        feed["next_url"] = f"https://juniper.teamtailor.com/jobs.json?page={page + 1}"
    return feed


@board("https://juniper.jobs.personio.de", r"/xml")
def personio(openings: Sequence[Opening], asked: Asked) -> Any:
    """The first position stands there twice."""
    if asked.path != "/xml":
        return None
    rows = [
        f"<position><id>{one.number}</id><subcompany>{EMPLOYER}</subcompany><office>{one.place}</office><name>{one.title}</name>"
        f"<schedule>{one.kind.lower().replace(' ', '-')}</schedule><createdAt>{one.posted}T10:00:00+00:00</createdAt><jobDescriptions>"
        f"<jobDescription><name>The work</name><value><![CDATA[{one.body}]]></value></jobDescription></jobDescriptions></position>"
        for one in openings
    ]
    return f"<?xml version='1.0' encoding='UTF-8'?><workzag-jobs>{''.join(rows[:1] + rows)}</workzag-jobs>"


@board("https://ats.rippling.com/juniper/jobs", r"/board/juniper/jobs$")
def rippling(openings: Sequence[Opening], asked: Asked) -> Any:
    """A row for each place of a posting."""
    if not asked.path.startswith("/platform/api/ats/v1/board/juniper/jobs"):
        return None
    if asked.path.endswith("/jobs"):
        rows = [
            {
                "uuid": one.uuid,
                "name": one.title,
                "url": f"https://ats.rippling.com/juniper/jobs/{one.uuid}",
                "workLocation": {"label": one.place},
            }
            for one in openings
        ]
        return rows + [{**row, "workLocation": {"label": "Remote (Ohio, US)"}} for row in rows[:1]]
    one = only(openings, asked.path)
    detail = one and {
        "name": one.title,
        "companyName": EMPLOYER,
        "description": {"role": one.body},
        "employmentType": {"label": one.kind},
        "createdOn": one.posted.isoformat(),
    }
    return detail or None


@board("https://juniper.pinpointhq.com", r"postings\.json")
def pinpoint(openings: Sequence[Opening], asked: Asked) -> Any:
    """A description in parts."""
    rows = [
        {
            "id": str(one.number),
            "title": one.title,
            "path": f"/en/postings/{one.number}",
            "description": one.body,
            "key_responsibilities_header": "The work",
            "key_responsibilities": "<p>Help.</p>",
            "workplace_type": "onsite",
            "employment_type": one.kind,
            "compensation_minimum": one.low,
            "compensation_maximum": one.high,
            "compensation_currency": "USD",
            "compensation_frequency": "hour",
            "compensation_visible": True,
            "location": {"id": "1", "name": one.place},
        }
        for one in openings
    ]
    return {"data": rows} if asked.path == "/postings.json" else None


@board(
    "https://www.junipercare.example/openings",
    r"/openings",
    postings="li.opening a",
    next="a.next",
    empty="p.nothing",
    fields={
        "title": "h1",
        "description": "div.text",
        "location": ".place",
        "pay": ".pay",
        "date_posted": ".since",
        "employment_type": ".kind",
    },
)
def html_(openings: Sequence[Opening], asked: Asked) -> Any:
    """A site of no known kind, 20 openings a page."""
    if asked.path == "/openings":
        page = int(asked.query.get("page", "1"))
        rows = "".join(
            f'<li class="opening"><a href="/opening/{one.number}">{one.title}</a></li>'
            for one in part(openings, (page - 1) * 20, 20)
        )
        following = f'<a class="next" href="?page={page + 1}">Next</a>' if page * 20 < len(openings) else ""
        return f"<html><ul>{rows}</ul>{following}{'' if openings else '<p class=nothing>Nothing open.</p>'}</html>"
    one = only(openings, asked.path)
    return one and (
        f'<html><h1>{one.title}</h1><span class="place">{one.place}</span><span class="pay">${one.low} - ${one.high} per hour</span>'
        f'<span class="since">{one.posted:%B %d, %Y}</span><span class="kind">{one.kind}</span><div class="text">{one.body}</div></html>'
    )


@board(
    "https://www.adzuna.com/search?q=medical+coder&w=Illinois",
    r"/search/\d+",
    {"ADZUNA_APP_ID": "a", "ADZUNA_APP_KEY": "b"},
)
def adzuna(openings: Sequence[Opening], asked: Asked) -> Any:
    """50 a page; every pay is Adzuna's own guess."""
    page = int(asked.path.rsplit("/", 1)[-1])
    rows = [
        {
            "id": str(one.number),
            "title": one.title,
            "company": {"display_name": EMPLOYER},
            "location": {"display_name": one.place, "area": ["US", one.state_name, one.city]},
            "description": "A snippet",
            "created": f"{one.posted}T10:00:00Z",
            "redirect_url": f"https://www.adzuna.com/land/ad/{one.number}",
            "salary_min": 40000.0,
            "salary_is_predicted": "1",
            "contract_time": one.kind.lower().replace(" ", "_"),
        }
        for one in part(openings, (page - 1) * 50, 50)
    ]
    return {"count": len(openings), "results": rows}


@board(
    "https://www.careeronestop.org/Search?keyword=medical+coder&location=Illinois",
    r"jobsearch",
    {"CAREERONESTOP_USER": "u", "CAREERONESTOP_TOKEN": "t"},
)
def careeronestop(openings: Sequence[Opening], asked: Asked) -> Any:
    """A page of 20 whatever is asked for; the date's name is misspelt."""
    if asked.headers.get("authorization") != "Bearer t":
        return Answer(status=401)
    rows = [
        {
            "JvId": f"V{one.number}",
            "JobTitle": one.title,
            "Company": EMPLOYER,
            "AccquisitionDate": f"{one.posted:%Y-%m-%d} 12:00 AM",
            "URL": f"https://x.example/{one.number}",
            "Location": one.place,
        }
        for one in part(openings, int(asked.path.split("/")[-3]), 20)
    ]
    return {"JobCount": len(openings), "Jobs": rows}
