"""ApplicantPro (isolved): the board's number stands in its page, its postings behind an interface of its own."""

import re
from typing import Literal
from urllib.parse import urlsplit

from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, paragraphs, workplace
from crawler.formats import About
from crawler.pays import pay, pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from crawler.wishes import HTML
from model import source as base
from model.errors import PageNotUnderstood
from model.posting import Pay, Posting

ABOUT = About(
    title="ApplicantPro (isolved)",
    tier="undocumented",
    addresses=(r"https?://(?!www\.|feeds\.)[\w-]+\.(?:applicantpro|isolvedhire)\.com",),
    terms="the public board's own anonymous interface; no terms for third parties are published",
    gap=2.0,
    completeness="`data.jobCount`",
    gone="absent from the list; 404 for one posting",
    identity="`id`",
    ignored=names_in(
        "id subdomain classification siteId untilFilled orgTitle parentTitle domainName jobCategory customCategory "
        "streetAddress chatToApplyEnabled hideFromIndeed title city startDateRef endDateRef stateName description "
        "jobLocation iso3 abbreviation"
    ),
)


class Source(base.Source):
    """An ApplicantPro board: https://COMPANY.applicantpro.com/jobs/ (or isolvedhire.com)."""

    kind: Literal["applicantpro"] = "applicantpro"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    front = f"https://{urlsplit(source.url).netloc}"
    portal = await board.page(f"{front}/jobs/", accept=HTML)
    number = re.search(r"[\"']?domainId[\"']?\s*:\s*[\"']?(\d+)", portal.text)
    if not number:
        raise understood(portal, "the page names no ApplicantPro board (`domainId`)")
    title = one_line(" ".join(portal.tree.css("title ::text").getall())) or ""
    employer = re.sub(r"^Job Listings\s*-\s*|\s+Jobs$", "", title) or None
    page = await board.page(f"{front}/core/jobs/{number[1]}?getParams=%7B%7D")
    answer = page.record().record("data")
    listed = rows(answer.value("jobs"), "`data.jobs`", page.url)
    board.advertises(answer.whole("jobCount"))
    board.listed(row.text("id") for row in listed)
    for row in listed:
        posting_id = row.text("id")
        if posting_id is None:
            board.falls_short("a posting without an id")
            continue
        board.marked(posting_id, row)
        detail = await board.detail(posting_id, f"{front}/core/jobs/{number[1]}/{posting_id}/job-details")
        if detail is None:
            continue
        try:
            record = detail.record().record("data")
        except PageNotUnderstood as error:
            board.failed(error)
            continue
        board.found(parse(record, row, source, posting_id, employer), row, record)


def parse(record: Record, row: Record, source: base.Source, posting_id: str, employer: str | None) -> Posting:
    """A posting from its detail and its row of the list."""
    sums, said = _pay(row)
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title") or record.text("title")) or "",
        description=paragraphs(
            (None, record.text("advertisingDescriptionHtml", "advertisingDescription", "description")),
            ("Benefits", record.text("benefits")),
        ),
        url=row.text("jobUrl") or f"https://{urlsplit(source.url).netloc}/jobs/{posting_id}",
        employer=employer,
        locations=distinct(
            [
                place(
                    text=row.text("jobLocation"),
                    city=row.text("city"),
                    region=row.text("abbreviation", "stateName"),
                    postal_code=_postal_code(row.text("jobLocation")),
                    country=row.text("iso3"),
                )
            ]
        ),
        workplace=workplace(row.text("workplaceType")),
        employment_type=employment_types(row.text("employmentType")),
        date_posted=day(row.text("startDateRef") or record.text("startDateRef")),
        valid_through=day(row.text("endDateRef") or record.text("endDateRef")),
        pay=sums,
        pay_text=said,
    )


def _postal_code(text: str | None) -> str | None:
    """The postal code that ends a place ("Brea, CA, USA, 92821")."""
    found = re.search(r"\b(\d{5})(?:-\d{4})?\s*$", text or "")
    return found[1] if found else None


def _pay(row: Record) -> tuple[Pay | None, str | None]:
    """The salary's bounds, written with thousands' commas, else the rate as text."""
    frame = " ".join(filter(None, (row.text("payTypeFrame"), row.text("payType"))))
    said = row.text("payRate") or row.text("payDetails")
    row.text("payDetails")
    return pay(row.value("minSalary"), row.value("maxSalary"), frame) or pay_in(said), one_line(said)
