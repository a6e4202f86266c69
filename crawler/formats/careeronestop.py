"""CareerOneStop (US Department of Labor): the National Labor Exchange by API, with a free key. Rows without texts."""

from typing import Literal
from urllib.parse import quote

from crawler.addresses import misconfigured, parameter
from crawler.board import Board
from crawler.fields import day, one_line, unescaped
from crawler.formats import About
from crawler.keys import key
from crawler.paging import Leaf, turned
from crawler.places import places_in
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Posting

ABOUT = About(
    title="CareerOneStop",
    tier="keyed",
    addresses=(r"""https?://www\.careeronestop\.org/[^\s"'<>]*keyword=[^\s"'<>]*""",),
    terms="Web API with a free key (CAREERONESTOP_USER, CAREERONESTOP_TOKEN); attribution; https://www.careeronestop.org/Developers",
    gap=1.0,
    completeness="`JobCount` rows of the search; the catalogue itself is a sample",
    gone="never said: absence means nothing",
    identity="`JvId`",
    knows_all=False,
    ignored=names_in("Fc Distance OnetTitle"),
)
PAGE = 100
MOST = 20


class Source(base.Source):
    """A search: https://www.careeronestop.org/JobSearch/…?keyword=medical+coder&location=Illinois&radius=50. `days`: how recent."""

    kind: Literal["careeronestop"] = "careeronestop"
    days: int = 30


async def crawl(source: Source, board: Board) -> None:
    """Read the search, at most two thousand rows."""
    where = "https://www.careeronestop.org/Developers/WebAPI/registration.aspx"
    user, token = key("CAREERONESTOP_USER", where), key("CAREERONESTOP_TOKEN", where)
    keyword, location = parameter(source.url, "keyword", "k"), parameter(source.url, "location", "l") or "US"
    if not keyword:
        raise misconfigured("the address names no search (?keyword=…&location=…)", source.url)
    radius = parameter(source.url, "radius") or "50"

    async def turn(offset: int, index: int) -> Leaf:
        """One page of the list."""
        path = "/".join(quote(part, safe="") for part in (user, keyword, location, radius, "acquisitiondate", "DESC"))
        url = f"https://api.careeronestop.org/v2/jobsearch/{path}/{offset}/{PAGE}/{source.days}"
        page = await board.page(url, headers={"Authorization": f"Bearer {token}"})
        answer = page.record()
        listed = rows(answer.value("Jobs"), "`Jobs`", page.url)
        total = answer.whole("JobCount")
        reachable = total if total is not None and total <= PAGE * MOST else None
        return Leaf(rows=listed, ids=[row.text("JvId") for row in listed], total=reachable, last=index + 1 >= MOST)

    async for posting_id, row in turned(board, turn, size=PAGE):
        board.found(parse(row, source, posting_id), row)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one row; its text is on the employer's own page."""
    where = row.text("Location")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("JobTitle")) or "",
        description=unescaped(row.text("Description")),
        url=row.text("URL") or "",
        employer=one_line(row.text("Company")),
        locations=places_in(where) if where else (),
        date_posted=day(row.text("AccquisitionDate", "AcquisitionDate")),
    )
