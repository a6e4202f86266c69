"""SAP SuccessFactors career sites (RMK, Career Site Builder): sitemap, then pages with microdata; tiles where there is no sitemap."""

import re
from typing import Literal
from urllib.parse import urljoin, urlsplit

from crawler import jobposting, jsonld, microdata, sitemaps
from crawler.board import Board, understood
from crawler.fields import one_line
from crawler.formats import About
from crawler.page import Page
from crawler.paging import Leaf, turned
from crawler.places import place_in
from crawler.records import Record
from crawler.wishes import HTML, XML
from model import source as base
from model.errors import SourceError
from model.posting import Posting

ABOUT = About(
    title="SAP SuccessFactors (career sites)",
    tier="public",
    markers=(
        "rmkcdn.successfactors.com",
        "jobs2web",
        "/platform/js/j2w",
    ),
    terms="the employer's public career site: sitemap and markup for search engines",
    gap=2.0,
    completeness="the job sitemap; without one, tiles until no new one comes (cap of 1,024 known)",
    gone="404, or absent from a whole sitemap",
    identity="the number at the end of the posting's address",
    ignored=jobposting.IGNORED,
)
TILES = 25
CAP = 1024
_PATHS = ("/job_sitemap.xml", "/sitemap.xml")
_POSTING = re.compile(r"/job/(?:[^/?#]+/)?(\d{6,})/?")


class Source(base.Source):
    """A career site on the employer's own domain, built with SuccessFactors."""

    kind: Literal["successfactors"] = "successfactors"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board: by its sitemap, else by its tiles."""
    front = f"https://{urlsplit(source.url).netloc}"
    listed = await _by_sitemap(board, front)
    if listed is None:
        listed = await _by_tiles(board, front)
    board.listed(listed)
    for posting_id, (address, modified) in listed.items():
        page = await board.visit(posting_id, address, listed_as=modified, accept=HTML)
        if page is not None:
            _read(source, board, posting_id, page)


def _read(source: base.Source, board: Board, posting_id: str, page: Page) -> None:
    """One posting's page; one that leads to the search is gone."""
    found = microdata.postings(page) or jsonld.postings(page.text)
    if found:
        record = Record(found[0])
        board.found(parse(record, source, posting_id, page), record)
    elif _POSTING.search(urlsplit(page.url).path) is None or "no longer" in page.text:
        board.gone(posting_id)
    else:
        board.failed(understood(page, "a posting's page without markup"))


async def _by_sitemap(board: Board, front: str) -> dict[str, tuple[str, str | None]] | None:
    """Each posting's number with its address and `lastmod`, from the job sitemap; None if there is none."""
    for path in _PATHS:
        try:
            page = await board.page(front + path, accept=XML, max_bytes=sitemaps.LARGEST)
        except SourceError as error:
            if error.failure not in ("not_found", "not_understood"):
                raise
            continue
        if sitemaps.is_sitemap(page):
            listed = sitemaps.parse(page)
            found = {match[1]: (url, at) for url, at in listed.pages.items() if (match := _POSTING.search(url))}
            if not listed.whole:
                board.falls_short("the sitemap breaks off")
            if found or path == _PATHS[0]:
                return found
    return None


async def _by_tiles(board: Board, front: str) -> dict[str, tuple[str, str | None]]:
    """Each posting's number with its address, from the tiles of the search; each tile stands there three times."""

    async def turn(offset: int, _index: int) -> Leaf:
        """One page of the list."""
        url = f"{front}/tile-search-results/?q=&sortColumn=referencedate&sortDirection=desc&startrow={offset}"
        page = await board.page(url, accept=HTML)
        if "tile" not in page.text and "job" not in page.text:
            raise understood(page, "not a SuccessFactors career site")
        board.check_whole(page)
        tiles = tiles_on(page)
        return Leaf(rows=tiles, ids=[tile.text("id") for tile in tiles])

    found: dict[str, tuple[str, str | None]] = {
        posting_id: (row.text("url") or "", None) async for posting_id, row in turned(board, turn, size=TILES)
    }
    if len(found) >= CAP:
        board.falls_short(f"the search shows at most {CAP} postings")
    return found


def tiles_on(page: Page) -> list[Record]:
    """The postings on one page of tiles, each once."""
    found: dict[str, Record] = {}
    for href in page.tree.xpath("//a[contains(@href, '/job/')]/@href | //*[@data-url]/@data-url").getall():
        match = _POSTING.search(href)
        if match:
            found.setdefault(match[1], Record({"id": match[1], "url": urljoin(page.url, href).split("?")[0]}))
    return list(found.values())


def parse(record: Record, source: base.Source, posting_id: str, page: Page) -> Posting:
    """A posting from its page's markup; its place stands in the page's heading where the markup has none."""
    told = jobposting.parse(record, source.name, page.url, posting_id)
    shown = one_line(" ".join(page.tree.css(".jobGeoLocation ::text").getall()))
    return Posting(
        source=source.name,
        id=posting_id,
        title=told.title,
        description=told.description,
        url=page.url,
        employer=told.employer,
        locations=told.locations or ((place_in(shown),) if shown else ()),
        workplace=told.workplace,
        employment_type=told.employment_type,
        date_posted=told.date_posted,
        valid_through=told.valid_through,
        pay=told.pay,
        pay_text=told.pay_text,
    )
