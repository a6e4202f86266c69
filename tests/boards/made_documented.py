"""Boards of our own making: boards with a documented interface."""

import html
from collections.abc import Sequence
from typing import Any

from tests.boards.openings import Opening
from tests.boards.server import Answer, Asked
from tests.boards.shapes import EMPLOYER, board, only, part


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

    def row(one: Opening) -> dict[str, Any]:
        return {
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
