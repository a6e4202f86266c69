"""Adzuna: an aggregator with a free key. Snippets only; its rows repeat employers' own; a sample of a search, never a board."""

from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.addresses import misconfigured
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, unescaped
from crawler.formats import About
from crawler.keys import key
from crawler.paging import Leaf, turned
from crawler.pays import pay
from crawler.places import place
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Pay, Place, Posting

ABOUT = About(
    title="Adzuna",
    tier="keyed",
    addresses=(r"""https?://www\.adzuna\.com/search[^\s"'<>]*""",),
    terms="API with a free key (ADZUNA_APP_ID, ADZUNA_APP_KEY), about 250 requests a day; attribution; https://developer.adzuna.com",
    gap=3.0,
    completeness="never: a search over a changing catalogue",
    gone="never said: absence means nothing",
    identity="`id`",
    knows_all=False,
    ignored=names_in(
        "__CLASS__ adref category latitude longitude company.__CLASS__ location.__CLASS__ salary_is_predicted "
        "contract_time"
    ),
)
PAGE = 50
MOST = 20


class Source(base.Source):
    """A search, as its address shows it: https://www.adzuna.com/search?q=medical+coder&w=Illinois."""

    kind: Literal["adzuna"] = "adzuna"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the search, at most a thousand rows."""
    where = "https://developer.adzuna.com/signup"
    credentials = {"app_id": key("ADZUNA_APP_ID", where), "app_key": key("ADZUNA_APP_KEY", where)}
    names = {"q": "what", "w": "where", "loc": "where"}
    asked = {names.get(name, name): value for name, value in parse_qsl(urlsplit(source.url).query)}
    if not asked:
        raise misconfigured("the address names no search (?q=…&w=…)", source.url)

    async def turn(_offset: int, index: int) -> Leaf:
        """One page of the list."""
        query = urlencode({**asked, "results_per_page": str(PAGE), "sort_by": "date", **credentials})
        page = await board.page(f"https://api.adzuna.com/v1/api/jobs/us/search/{index + 1}?{query}")
        answer = page.record()
        listed = rows(answer.value("results"), "`results`", page.url)
        total = answer.whole("count") if index == 0 and (answer.whole("count") or 0) <= PAGE * MOST else None
        return Leaf(
            rows=listed,
            ids=[row.text("id") for row in listed],
            total=total,
            last=len(listed) < PAGE or index + 1 >= MOST,
        )

    async for posting_id, row in turned(board, turn):
        board.found(parse(row, source, posting_id), row)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one result; a pay that Adzuna guessed is not the employer's and is left out."""
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title")) or "",
        description=unescaped(row.text("description")),
        url=row.text("redirect_url") or "",
        employer=one_line(row.record("company").text("display_name")),
        locations=_places(row.record("location")),
        employment_type=employment_types(row.text("contract_time"), row.text("contract_type")),
        date_posted=day(row.text("created")),
        pay=_pay(row),
    )


def _places(where: Record) -> tuple[Place, ...]:
    """The area from country to town, else how it is shown."""
    area = where.texts("area")
    found = place(
        text=where.text("display_name"),
        city=area[-1] if len(area) > 2 else None,
        region=area[1] if len(area) > 1 else None,
        country=area[0] if area else None,
    )
    return (found,) if found else ()


def _pay(row: Record) -> Pay | None:
    """The stated pay; Adzuna gives yearly sums."""
    low, high = row.value("salary_min"), row.value("salary_max")
    return (
        None if row.text("salary_is_predicted") == "1" or row.truth("salary_is_predicted") else pay(low, high, "year")
    )
