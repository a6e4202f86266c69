"""Ashby: the documented posting API. One answer holds the board."""

from typing import Literal
from urllib.parse import quote

from crawler.addresses import NOBODY, misconfigured, segments
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, unescaped, workplace
from crawler.formats import About
from crawler.pays import pay, pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Pay, Place, Posting

ABOUT = About(
    title="Ashby",
    tier="documented",
    addresses=(r"https?://jobs\.ashbyhq\.com/[\w.%-]+",),
    terms="job postings API, published for career sites; https://developers.ashbyhq.com/docs/public-job-posting-api",
    gap=0.5,
    completeness="one answer holds the board",
    gone="absent from the answer, or `isListed` false",
    identity="`id`, a UUID",
    ignored=names_in(
        "compensation.compensationComponents.compensationType compensation.compensationComponents.label "
        "compensation.compensationComponents.tiers.title compensation.compensationComponents.tiers.tierType "
        "compensation.summaryComponents department departmentName team teamName applyUrl descriptionPlain "
        "shouldDisplayCompensationOnJobPostings updatedAt compensation.compensationTiers "
        "compensation.summaryComponents.summary compensation.summaryComponents.id"
    ),
)


class Source(base.Source):
    """An Ashby board: https://jobs.ashbyhq.com/NAME (the name is case-sensitive and may hold spaces)."""

    kind: Literal["ashby"] = "ashby"


def _board_name(source: base.Source) -> str:
    """The board's name. Raises SourceError (misconfigured) if the address names none."""
    path = segments(source.url)
    if path[:2] == ["posting-api", "job-board"]:
        path = path[2:]
    if not path:
        raise misconfigured("the address names no Ashby board", source.url)
    return path[0]


def nobody(source: base.Source) -> base.Source:
    """The same board for an employer that cannot exist."""
    return source.model_copy(update={"url": f"https://jobs.ashbyhq.com/{NOBODY}"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    api = (
        f"https://api.ashbyhq.com/posting-api/job-board/{quote(_board_name(source), safe='')}?includeCompensation=true"
    )
    page = await board.whole(api)
    if page is None:
        return
    shown = [row for row in rows(page.record().value("jobs"), "`jobs`", page.url) if row.truth("isListed") is not False]
    board.listed(row.text("id") for row in shown)
    for row in shown:
        posting_id = row.text("id")
        if posting_id is None:
            board.falls_short("a posting without an id")
        else:
            board.found(parse(row, source, posting_id), row)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one object of `jobs`."""
    sums, said = _pay(row.record("compensation"))
    remote = "remote" if row.truth("isRemote") else None
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title")) or "",
        description=unescaped(row.text("descriptionHtml", "descriptionPlain")),
        url=row.text("jobUrl", "applyUrl") or "",
        locations=distinct([_place(row), *(_place(other) for other in row.records("secondaryLocations"))]),
        workplace=workplace(row.text("workplaceType"), remote),
        employment_type=employment_types(row.text("employmentType")),
        date_posted=day(row.text("publishedAt", "publishedDate")),
        pay=sums,
        pay_text=said,
    )


def _place(row: Record) -> Place | None:
    """A place: its text, with the address where it says something."""
    address = row.record("address")
    parts = address.record("postalAddress") or address
    return place(
        text=row.text("location"),
        city=parts.text("addressLocality"),
        region=parts.text("addressRegion"),
        postal_code=parts.text("postalCode"),
        country=parts.text("addressCountry"),
    )


def _pay(compensation: Record) -> tuple[Pay | None, str | None]:
    """The salary's sums, and how the board shows them."""
    shown = one_line(compensation.text("scrapeableCompensationSalarySummary", "compensationTierSummary"))
    for part in [*compensation.records("summaryComponents"), *_tiers(compensation)]:
        if part.text("compensationType") in (None, "Salary"):
            low, high = (
                part.value("minValue") or part.value("tierFloor"),
                part.value("maxValue") or part.value("tierCeiling"),
            )
            found = pay(low, high, part.text("interval"), part.text("currencyCode", "currency"))
            if found:
                return found, shown
    return pay_in(shown), shown


def _tiers(compensation: Record) -> list[Record]:
    """Sums in the older shape."""
    return [tier for part in compensation.records("compensationComponents") for tier in part.records("tiers")]
