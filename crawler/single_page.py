"""One page as it is, fetched with the same manners as a board's: what `crawler/detecting.py` looks at."""

from typing import Literal

from crawler.board import Board
from crawler.formats import About
from crawler.wishes import ANY, MEGABYTE
from model import source as base
from model.posting import Posting

ABOUT = About(
    title="a page",
    tier="public",
    terms="the site's own",
    gap=2.0,
    completeness="one page",
    gone="404",
    identity="its address",
    knows_all=False,
)


class Source(base.Source):
    """A page's address."""

    kind: Literal["_page"] = "_page"


async def crawl(source: base.Source, board: Board) -> None:
    """Fetch the page; its payload is its body, its URL where it was found after redirects."""
    page = await board.page(source.url, accept=ANY, max_bytes=2 * MEGABYTE)
    board.found(
        Posting(source=source.name, id="page", title="", description="", url=page.url), page.text.encode(), kind="html"
    )
