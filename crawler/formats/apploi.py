"""Apploi (Viventium): nursing homes and senior living. A company's teams, then a search over all companies filtered by them."""

from typing import Literal
from urllib.parse import quote, urlsplit

from crawler.addresses import NOBODY, misconfigured, parameter, segments
from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, unescaped
from crawler.formats import About
from crawler.paging import Leaf, turned
from crawler.pays import pay, pay_in
from crawler.places import distinct, place, place_in
from crawler.records import Record, names_in, rows
from model import source as base
from model.errors import SourceError
from model.posting import Place, Posting

ABOUT = About(
    title="Apploi",
    tier="undocumented",
    addresses=(r"https?://jobs\.apploi\.com/profile/[\w.-]+",),
    terms="the public company page's own search; no terms for third parties are published",
    gap=2.0,
    completeness="pages until one is empty; every page must bring new postings",
    gone="absent from a complete crawl",
    identity="`id`",
    ignored=names_in(
        "address location industry published team_id redirect_apply_url external_url zip created_at updated_at "
        "brand_id company_id hide_salary logo"
    ),
)


class Source(base.Source):
    """A company on Apploi: https://jobs.apploi.com/profile/SLUG. `brand`: only the postings of this brand."""

    kind: Literal["apploi"] = "apploi"
    brand: str | None = None


def _slug(source: base.Source) -> str:
    """The company's slug. Raises SourceError (misconfigured) if the address names none."""
    path = [
        part
        for part in segments(source.url)
        if part not in ("profile", "company", "companies", "v1", "company_profiles", "view")
    ]
    slug = parameter(source.url, "slug", "company") or (path[0] if path else None)
    if not slug:
        raise misconfigured("the address names no company on Apploi (https://jobs.apploi.com/profile/SLUG)", source.url)
    return slug


def nobody(source: base.Source) -> base.Source:
    """The search for teams that cannot exist: the search, not the company's profile, is what may ignore its filter."""
    parts = urlsplit(source.url)
    return source.model_copy(update={"url": f"https://{parts.netloc}/profile/{NOBODY}"})


async def crawl(source: Source, board: Board) -> None:
    """Read the board."""
    teams = await _teams(source, board)
    search = "https://ats-integrations.apploi.com/search/jobs/"

    async def turn(_offset: int, index: int) -> Leaf:
        """One page of the list."""
        page = await board.page(f"{search}?teams={quote(teams, safe=',')}&page={index + 1}&source=company_profile_page")
        listed = [
            row for row in rows(page.record().value("data"), "`data`", page.url) if row.truth("published") is not False
        ]
        return Leaf(rows=listed, ids=[row.text("id") for row in listed])

    async for posting_id, row in turned(board, turn):
        brand = row.text("brand_name")
        if source.brand is None or (brand or "").casefold() == source.brand.casefold():
            board.found(parse(row, source, posting_id), row)


async def _teams(source: Source, board: Board) -> str:
    """The company's teams. For the company that cannot exist: a team that cannot."""
    slug = _slug(source)
    if slug == NOBODY:
        return "999999999999"
    page = await board.page(f"https://api.apploi.com/v1/company_profiles/{quote(slug)}")
    company = page.record().record("data")
    teams = company.text("teams_to_show") or company.text("team_id")
    if not teams:
        raise understood(
            page, "the company's profile names no teams; without them the search would give every company's postings"
        )
    if not all(part.strip().isdigit() for part in teams.split(",")):
        raise SourceError("the company's teams are no numbers", url=page.url, failure="not_understood")
    return teams


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one row of the search."""
    said = row.text("salary", "salary_range", "pay")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("name")) or "",
        description=unescaped(row.text("description")),
        url=f"https://jobs.apploi.com/view/{quote(posting_id)}",
        employer=one_line(row.text("brand_name")),
        locations=distinct([_place(row)]),
        employment_type=employment_types(row.text("job_type")),
        date_posted=day(row.text("published_date")),
        pay=pay(row.value("min_salary"), row.value("max_salary"), row.text("salary_type", "pay_type")) or pay_in(said),
        pay_text=one_line(said),
    )


def _place(row: Record) -> Place | None:
    """Town and state; the postal code and the country stand at the address's end."""
    address = place_in(row.text("address") or "")
    return place(
        city=row.text("city"),
        region=row.text("state"),
        postal_code=row.text("zip", "zip_code") or address.postal_code,
        country=row.text("country") or address.country,
    )
