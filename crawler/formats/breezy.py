"""Breezy: one list of all postings, whose texts stand on pages of their own."""

from typing import Literal
from urllib.parse import urlsplit

from crawler import jobposting, jsonld
from crawler.addresses import host
from crawler.board import Board
from crawler.fields import day, employment_types, one_line
from crawler.formats import About
from crawler.microdata import inner_markup
from crawler.page import Page
from crawler.pays import pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from crawler.wishes import HTML
from model import source as base
from model.errors import SourceError
from model.posting import Place, Posting

ABOUT = About(
    title="Breezy",
    tier="undocumented",
    addresses=(r"https?://(?!www\.|app\.|assets|help\.)[\w-]+\.breezy\.hr",),
    terms="the public careers site's own list",
    gap=2.0,
    completeness="one answer lists the board",
    gone="absent from the list; 404 for one posting; a dead account leads to breezy.hr",
    identity="`id`",
    ignored=jobposting.IGNORED
    | names_in(
        "company friendly_id department type.id company.friendly_id company.logo_url location.timezone locations "
        "location.country.id location.state.id title description datePosted hiringOrganization jobLocation "
        "employmentType baseSalary url validThrough location.streetAddress location.zip_code location.is_remote "
        "jobLocationType"
    ),
)


class Source(base.Source):
    """A Breezy site: https://COMPANY.breezy.hr."""

    kind: Literal["breezy"] = "breezy"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    page = await board.page(f"https://{urlsplit(source.url).netloc}/json")
    if host(page.url) != host(source.url):
        raise SourceError("the account is gone: its site leads to the vendor's", url=page.url, failure="not_found")
    listed = rows(page.json(), "the answer", page.url)
    board.listed(row.text("id", "friendly_id") for row in listed)
    for row in listed:
        posting_id, address = row.text("id", "friendly_id"), row.text("url")
        if posting_id is None or address is None:
            board.falls_short("a posting without an id or address")
            continue
        board.marked(posting_id, row)
        detail = await board.detail(posting_id, address, accept=HTML)
        if detail is not None:
            markup = Record(next(iter(jsonld.postings(detail.text)), None))
            board.found(parse(detail, markup, row, source, posting_id), row, markup)


def parse(page: Page, markup: Record, row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from its page and its row of the list."""
    told = jobposting.parse(markup, source.name, page.url, posting_id)
    said = row.text("salary")
    bodies = [inner_markup(node.root) for node in page.tree.css("div.description")]
    remote = row.record("location").truth("is_remote")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("name")) or told.title,
        description=told.description or max(bodies, key=len, default=""),
        url=row.text("url") or page.url,
        employer=told.employer or one_line(row.record("company").text("name")),
        locations=distinct([_place(row.record("location"))]) or told.locations,
        workplace="remote" if remote else told.workplace,
        employment_type=employment_types(row.record("type").text("name")) or told.employment_type,
        date_posted=day(row.text("published_date")) or told.date_posted,
        pay=pay_in(said) or told.pay,
        pay_text=one_line(said),
    )


def _place(where: Record) -> Place | None:
    """The posting's place: its parts, else its name."""
    country, state = where.record("country"), where.record("state")
    return place(
        text=where.text("name"),
        city=where.text("city"),
        region=state.text("id", "name") or where.text("state"),
        country=country.text("id", "name") or where.text("country"),
    )
