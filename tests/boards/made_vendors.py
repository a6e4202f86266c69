"""Boards of our own making: boards read through their own page's interface."""

import json
import re
from collections.abc import Sequence
from typing import Any

from tests.boards.openings import Opening
from tests.boards.server import Answer, Asked
from tests.boards.shapes import EMPLOYER, GUID, board, only, part


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
        rows: list[dict[str, Any]] = [
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


@board(
    "https://juniper.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_3", r"recruitingCEJobRequisitions\?"
)
def oracle(openings: Sequence[Opening], asked: Asked) -> Any:
    """A page of 25 (real ones: 100 and more), then short ones of 24 that are no end; most fields null."""
    finder = asked.query["finder"]
    if "siteNumber=CX_3" not in finder:
        return {"items": []}
    if asked.path.endswith("/recruitingCEJobRequisitions"):
        offset = int(re.search(r"offset=(\d+)", finder)[1])  # type: ignore[index]
        rows: list[dict[str, Any]] = [
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
            for one in part(openings, offset, 24 if offset else 25)
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
        rows: list[dict[str, Any]] = [
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
    "https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html?cid=7d1c2f3a-1111-4222-8333-0123456789ab&ccId=1_2",
    r"job-requisitions\?",
)
def adp(openings: Sequence[Opening], asked: Asked) -> Any:
    """Counts from one; 20 a page; the employer's name is nowhere."""
    if asked.query["cid"] != GUID:
        return {"jobRequisitions": [], "meta": {"totalNumber": 0}}

    def row(one: Opening) -> dict[str, Any]:
        return {
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
        rows: list[dict[str, Any]] = [
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


@board("https://ats.rippling.com/juniper/jobs", r"/board/juniper/jobs$")
def rippling(openings: Sequence[Opening], asked: Asked) -> Any:
    """A row for each place of a posting."""
    if not asked.path.startswith("/platform/api/ats/v1/board/juniper/jobs"):
        return None
    if asked.path.endswith("/jobs"):
        rows: list[dict[str, Any]] = [
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
