"""NEOGOV (governmentjobs.com): county hospitals and public health. The agency's feed, whose fields are its own."""

from typing import Any, Literal

import feedparser

from crawler.addresses import NOBODY, misconfigured, parameter, segments
from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, paragraphs, workplace_in
from crawler.formats import About
from crawler.pays import pay
from crawler.places import places_in
from crawler.records import Record, names_in
from crawler.wishes import XML
from model import source as base
from model.posting import Posting

ABOUT = About(
    title="NEOGOV (governmentjobs.com)",
    tier="public",
    addresses=(r"https?://www\.governmentjobs\.com/careers/[\w-]+",),
    terms="the agency's public feed",
    gap=2.0,
    completeness="never known: the feed does not say whether it holds all",
    gone="never said: absence means nothing",
    identity="`joblisting:jobId`, else the number in the address",
    knows_all=False,
    ignored=names_in(
        "id title_detail summary_detail links link guidislink published published_parsed joblisting_department "
        "joblisting_category joblisting_categories joblisting_salarycurrency joblisting_jobnumber joblisting_division"
    ),
)
_PARTS = (
    (None, "summary"),
    ("Examples of duties", "joblisting_examplesofduties"),
    ("Qualifications", "joblisting_qualifications"),
    ("Supplemental information", "joblisting_supplementalinformation"),
)


class Source(base.Source):
    """An agency: https://www.governmentjobs.com/careers/AGENCY."""

    kind: Literal["neogov"] = "neogov"


def _agency(source: base.Source) -> str:
    """The agency's name. Raises SourceError (misconfigured) if the address names none."""
    path = [part for part in segments(source.url) if part.lower() not in ("careers", "searchengine", "jobsfeed")]
    agency = parameter(source.url, "agency") or (path[0] if path else None)
    if not agency:
        raise misconfigured("the address names no agency (https://www.governmentjobs.com/careers/AGENCY)", source.url)
    return agency


def nobody(source: base.Source) -> base.Source:
    """An agency that cannot exist."""
    return source.model_copy(update={"url": f"https://www.governmentjobs.com/careers/{NOBODY}"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the feed."""
    url = f"https://www.governmentjobs.com/SearchEngine/JobsFeed?agency={_agency(source)}"
    page = await board.whole(url, accept=XML)
    if page is None:
        return
    if page.looks_like_html:
        raise understood(page, "an HTML page where a feed was expected")
    feed = feedparser.parse(page.body, sanitize_html=False, resolve_relative_uris=False)
    if not feed.version:
        raise understood(page, "not a feed")
    for entry in feed.entries:
        row = Record({name: value for name, value in entry.items() if not name.endswith(("_detail", "_parsed"))})
        posting_id = row.text("joblisting_jobid") or (row.text("link") or "").rstrip("/").rsplit("/", 1)[-1] or None
        if posting_id and board.listed([posting_id]):
            board.found(parse(row, source, posting_id, entry), row, kind="feed")


def parse(row: Record, source: base.Source, posting_id: str, entry: Any) -> Posting:
    """A posting from one entry of the feed."""
    where = row.text("joblisting_location")
    low, high = row.value("joblisting_minimumsalary"), row.value("joblisting_maximumsalary")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title")) or "",
        description=paragraphs(*((heading, row.text(name)) for heading, name in _PARTS)),
        url=row.text("link") or "",
        locations=places_in(where) if where else (),
        workplace=workplace_in(where),
        employment_type=employment_types(row.text("joblisting_jobtype")),
        date_posted=day(row.text("joblisting_advertisefromdateutc")) or day(entry.get("published")),
        valid_through=day(row.text("joblisting_advertisetodatetimeutc", "joblisting_advertisetodateutc")),
        pay=pay(low, high, row.text("joblisting_salaryinterval"), entry.get("joblisting_salarycurrency")),
    )
