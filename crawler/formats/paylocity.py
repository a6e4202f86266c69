"""Paylocity: the board's data stands in its page; each posting's text on a page of its own."""

import re
from typing import Literal

from crawler import jobposting, jsonld
from crawler.addresses import misconfigured, segments
from crawler.board import Board
from crawler.embedded import json_after
from crawler.fields import day, employment_types, one_line, paragraphs, workplace_in
from crawler.formats import About
from crawler.microdata import inner_markup
from crawler.page import Page
from crawler.places import distinct, place
from crawler.records import Record, rows
from crawler.wishes import HTML
from model import source as base
from model.posting import Place, Posting, Workplace

ABOUT = About(
    title="Paylocity",
    tier="undocumented",
    addresses=(r"https?://recruiting\.paylocity\.com/recruiting/jobs/All/[0-9a-f-]{36}(?:/[\w%-]+)?",),
    terms="the public board's own pages; the vendor's feed needs a key",
    gap=2.0,
    completeness="one page holds the board",
    gone="absent from the page; 404 for one posting",
    identity="`JobId`",
    ignored=jobposting.IGNORED
    | {
        "JobId",
        "ShouldDisplayLocation",
        "Description",
        "HiringDepartment",
        "JobLocation.LocationId",
        "JobLocation.ModuleId",
        "JobLocation.Name",
        "JobLocation.Address",
        "JobLocation.Address2",
        "JobLocation.Metro",
        "JobLocation.County",
        "JobLocation.SmartyAddressId",
        "datePosted",
        "jobLocation",
        "jobLocationType",
        "validThrough",
        "description",
    },
)


class Source(base.Source):
    """A Paylocity board: https://recruiting.paylocity.com/recruiting/jobs/All/GUID/Name."""

    kind: Literal["paylocity"] = "paylocity"


def _board_id(url: str) -> str:
    """The board's GUID. Raises SourceError (misconfigured) if the address names none."""
    found = re.search(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "/".join(segments(url)), re.IGNORECASE)
    if not found:
        raise misconfigured("the address names no Paylocity board (…/recruiting/jobs/All/GUID)", url)
    return found[0]


def nobody(source: base.Source) -> base.Source:
    """A board that cannot exist."""
    url = source.url.replace(_board_id(source.url), "00000000-0000-4000-8000-7f3a91c20000")
    return source.model_copy(update={"url": url})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    _board_id(source.url)
    page = await board.page(source.url, accept=HTML)
    shown = Record(json_after(page, r"window\.pageData\s*=\s*"))
    listed = [row for row in rows(shown.value("Jobs"), "`Jobs`", page.url) if not row.truth("IsInternal")]
    board.listed(row.text("JobId") for row in listed)
    for row in listed:
        posting_id = row.text("JobId")
        if posting_id is None:
            board.falls_short("a posting without an id")
            continue
        address = f"https://recruiting.paylocity.com/Recruiting/Jobs/Details/{posting_id}"
        board.marked(posting_id, row)
        detail = await board.detail(posting_id, address, accept=HTML)
        if detail is not None:
            markup = Record(next(iter(jsonld.postings(detail.text)), None))
            posting = parse(detail, markup, row, source, employer=one_line(shown.text("ModuleTitle")))
            board.found(posting, row, markup)


def parse(page: Page, markup: Record, row: Record, source: base.Source, *, employer: str | None) -> Posting:
    """A posting from its page, the markup in it, and its row. The markup's date is UTC under a local offset: the row's counts."""
    posting_id = row.text("JobId") or ""
    told = jobposting.parse(markup, source.name, page.url, posting_id)
    parts = sections(page)
    kind = next((text for heading, text in parts if heading == "Job Type"), None)
    place_name = row.text("LocationName")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("JobTitle")) or told.title,
        description=paragraphs(*((heading, text) for heading, text in parts if heading != "Job Type"))
        or told.description,
        url=page.url,
        employer=told.employer or employer,
        locations=distinct([_place(row)]) or told.locations,
        workplace=_workplace(row) or workplace_in(place_name),
        employment_type=employment_types(kind) or told.employment_type,
        date_posted=day(row.text("PublishedDate")) or told.date_posted,
        pay=told.pay,
        pay_text=told.pay_text,
    )


def sections(page: Page) -> list[tuple[str, str]]:
    """The headings of a posting's page with what stands under each."""
    found = []
    for heading in page.tree.xpath(
        "//div[contains(concat(' ', normalize-space(@class), ' '), ' job-listing-header ')]"
    ):
        following = heading.root.getnext()
        if following is not None:
            found.append((" ".join("".join(heading.root.itertext()).split()), inner_markup(following)))
    return found


def _place(row: Record) -> Place | None:
    """The posting's place; its name is often the site's."""
    where = row.record("JobLocation")
    found = place(
        city=where.text("City"),
        region=where.text("State"),
        postal_code=where.text("Zip"),
        country=where.text("Country"),
    )
    return found or place(text=row.text("LocationName"))


def _workplace(row: Record) -> Workplace | None:
    """Only the word remote is believed: 2 stands on hybrid postings, too."""
    return "remote" if row.truth("IsRemote") or row.text("IndeedRemoteType") == "1" else None
