"""Pinpoint: the career site's own list of postings, in parts that are joined."""

from typing import Literal
from urllib.parse import urljoin, urlsplit

from crawler.board import Board
from crawler.fields import day, employment_types, one_line, paragraphs, workplace, workplace_in
from crawler.formats import About
from crawler.page import Page
from crawler.pays import pay, pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Pay, Posting

ABOUT = About(
    title="Pinpoint",
    tier="documented",
    addresses=(r"https?://(?!www\.|app\.|help\.)[\w-]+\.pinpointhq\.com",),
    markers=("cdn.pinpointhq",),
    terms="postings.json, published for career sites",
    gap=1.0,
    completeness="one answer holds the board",
    gone="absent from the answer",
    identity="`id`, else the number at the end of the address",
    ignored=names_in(
        "path job department workplace_type_text reporting_to requisition_id location.id location.city_id division "
        "structure_custom"
    ),
)


class Source(base.Source):
    """A Pinpoint site: https://COMPANY.pinpointhq.com or the employer's own domain in front of it."""

    kind: Literal["pinpoint"] = "pinpoint"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    page = await board.whole(f"https://{urlsplit(source.url).netloc}/postings.json")
    if page is None:
        return
    listed = rows(page.record().value("data"), "`data`", page.url)
    board.listed(identity(row) for row in listed)
    for row in listed:
        posting_id = identity(row)
        if posting_id is None:
            board.falls_short("a posting without an id")
        else:
            board.found(parse(row, source, posting_id, page), row)


def identity(row: Record) -> str | None:
    """The posting's id."""
    return row.text("id") or (row.text("url", "path") or "").rstrip("/").rsplit("/", 1)[-1] or None


def parse(row: Record, source: base.Source, posting_id: str, page: Page) -> Posting:
    """A posting from one row."""
    where = row.record("location")
    sums, said = _pay(row)
    parts = ("key_responsibilities", "skills_knowledge_expertise", "benefits")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title")) or "",
        description=paragraphs(
            (None, row.text("description")), *((row.text(f"{part}_header"), row.text(part)) for part in parts)
        ),
        url=urljoin(page.url, row.text("url", "path") or ""),
        locations=distinct(
            [
                place(
                    text=where.text("name"),
                    city=where.text("city"),
                    region=where.text("province"),
                    postal_code=where.text("postal_code"),
                    country=where.text("country"),
                )
            ]
        ),
        workplace=workplace(row.text("workplace_type")) or workplace_in(where.text("name")),
        employment_type=employment_types(row.text("employment_type", "employment_type_text")),
        date_posted=day(row.text("published_at", "created_at")),
        valid_through=day(row.text("deadline_at")),
        pay=sums,
        pay_text=said,
    )


def _pay(row: Record) -> tuple[Pay | None, str | None]:
    """The sums, unless the employer hides them."""
    said, visible = one_line(row.text("compensation")), row.truth("compensation_visible")
    low, high = row.value("compensation_minimum"), row.value("compensation_maximum")
    found = pay(low, high, row.text("compensation_frequency"), row.text("compensation_currency"))
    return (None, None) if visible is False else (found or pay_in(said), said)
