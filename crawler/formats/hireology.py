"""Hireology: home care, senior living and nursing homes. The careers page's public API, 500 a page with a count."""

from typing import Literal
from urllib.parse import quote

from crawler.addresses import NOBODY, misconfigured, segments, subdomain
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, unescaped
from crawler.formats import About
from crawler.paging import Leaf, turned
from crawler.pays import pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Posting

ABOUT = About(
    title="Hireology",
    tier="undocumented",
    addresses=(
        r"https?://careers\.hireology\.com/[\w-]+",
        r"https?://[\w-]+\.hireology\.careers",
    ),
    terms="the careers page's own public interface; no terms for third parties are published",
    gap=2.0,
    completeness="`count`",
    gone="absent from a complete crawl, or `status` other than open",
    identity="`id`",
    ignored=names_in(
        "status organization.id organization.type job_family application_path locations.id locations.name "
        "locations.address"
    ),
)
PAGE = 500


class Source(base.Source):
    """A careers page: https://careers.hireology.com/SLUG or https://SLUG.hireology.careers."""

    kind: Literal["hireology"] = "hireology"


def _slug(source: base.Source) -> str:
    """The careers page's slug. Raises SourceError (misconfigured) if the address names none."""
    path = [part for part in segments(source.url) if part not in ("v2", "public", "careers")]
    slug = subdomain(source.url, r"hireology\.careers") or (path[0] if path else None)
    if not slug:
        raise misconfigured("the address names no Hireology page (https://careers.hireology.com/SLUG)", source.url)
    return slug


def nobody(source: base.Source) -> base.Source:
    """A careers page that cannot exist."""
    return source.model_copy(update={"url": f"https://careers.hireology.com/{NOBODY}"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    api = f"https://api.hireology.com/v2/public/careers/{quote(_slug(source))}"

    async def turn(_offset: int, index: int) -> Leaf:
        """One page of the list."""
        page = await board.page(f"{api}?page={index + 1}&page_size={PAGE}")
        answer = page.record()
        listed = rows(answer.value("data"), "`data`", page.url)
        return Leaf(rows=listed, ids=[row.text("id") for row in listed], total=answer.whole("count"))

    async for posting_id, row in turned(board, turn, size=PAGE):
        if (row.text("status") or "open").casefold() == "open":
            board.found(parse(row, source, posting_id), row)
        else:
            board.gone(posting_id)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one row."""
    said = row.text("salary", "compensation", "pay_range")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("name")) or "",
        description=unescaped(row.text("job_description")),
        url=row.text("career_site_url") or "",
        employer=one_line(row.record("organization").text("name")),
        locations=distinct(
            place(
                city=one.text("city"),
                region=one.text("state"),
                postal_code=one.text("zip_code"),
                country=one.text("country"),
            )
            for one in row.records("locations")
        ),
        workplace="remote" if row.truth("remote") else None,
        employment_type=employment_types(row.text("employment_status")),
        date_posted=day(row.text("created_at")),
        pay=pay_in(said),
        pay_text=one_line(said),
    )
