"""Personio: the documented XML feed, read in one language; the same posting in two rows is one."""

from typing import Literal
from urllib.parse import urlsplit

from lxml import etree

from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, paragraphs, workplace_in
from crawler.formats import About
from crawler.page import Page
from crawler.places import places_in
from crawler.records import Record, names_in
from crawler.wishes import XML
from model import source as base
from model.posting import Posting

ABOUT = About(
    title="Personio",
    tier="documented",
    addresses=(r"https?://[\w-]+\.jobs\.personio\.(?:de|com)",),
    terms="XML feed, published for career sites; https://developer.personio.de/docs/retrieving-open-job-positions",
    gap=1.0,
    completeness="one answer holds the board",
    gone="absent from the answer",
    identity="`id`",
    ignored=names_in(
        "id department recruitingCategory seniority yearsOfExperience occupation occupationCategory keywords "
        "additionalOffices"
    ),
)


class Source(base.Source):
    """A Personio site: https://COMPANY.jobs.personio.de (or .com)."""

    kind: Literal["personio"] = "personio"
    language: str = "en"


async def crawl(source: Source, board: Board) -> None:
    """Read the board."""
    page = await board.whole(f"https://{urlsplit(source.url).netloc}/xml?language={source.language}", accept=XML)
    if page is None:
        return
    for row in positions(page):
        posting_id = row.text("id")
        if posting_id is None:
            board.falls_short("a posting without an id")
        elif board.listed([posting_id]):
            board.found(parse(row, source, posting_id), row, kind="xml")


def positions(page: Page) -> list[Record]:
    """The feed's positions as records. Raises PageNotUnderstood if it is none, or is cut short."""
    try:
        root = etree.fromstring(
            page.body.strip(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        )
    except etree.XMLSyntaxError as error:
        raise understood(page, f"not a Personio feed: {error}") from error
    if root.tag != "workzag-jobs":
        raise understood(page, f"not a Personio feed but <{root.tag}>")
    return [Record(_fields(node)) for node in root.findall("position")]


def _fields(node: etree._Element) -> dict[str, object]:
    """A position's texts by name, its offices as a list and its descriptions as pairs."""
    found: dict[str, object] = {str(part.tag): (part.text or "").strip() for part in node if len(part) == 0}
    found["additionalOffices"] = [office.text or "" for office in node.findall("additionalOffices/office")]
    found["jobDescriptions"] = [
        {"name": part.findtext("name") or "", "value": part.findtext("value") or ""}
        for part in node.findall("jobDescriptions/jobDescription")
    ]
    return found


def parse(row: Record, source: Source, posting_id: str) -> Posting:
    """A posting from one position."""
    offices = [row.text("office") or "", *row.texts("additionalOffices")]
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("name")) or "",
        description=paragraphs(*((part.text("name"), part.text("value")) for part in row.records("jobDescriptions"))),
        url=f"https://{urlsplit(source.url).netloc}/job/{posting_id}",
        employer=one_line(row.text("subcompany")),
        locations=places_in(*offices),
        workplace=workplace_in(offices[0]),
        employment_type=employment_types(row.text("schedule"), row.text("employmentType")),
        date_posted=day(row.text("createdAt")),
    )
