"""A board of no known kind, read by CSS selectors that the operator writes: which links are postings, and where the fields stand."""

from typing import Annotated, Literal
from urllib.parse import urljoin

from pydantic import AfterValidator
from w3lib.html import remove_tags

from crawler.addresses import key_of
from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, workplace, workplace_in
from crawler.formats import About
from crawler.jobposting import page_identity
from crawler.microdata import inner_markup
from crawler.page import Page
from crawler.pays import pay_in
from crawler.places import places_in
from crawler.records import compact
from crawler.selectors import compiled
from crawler.wishes import HTML
from model import source as base
from model.errors import PageNotUnderstood
from model.posting import Posting

ABOUT = About(
    title="Any site, by CSS selectors",
    tier="public",
    terms="the site's own; robots.txt and tdm-reservation are obeyed; look at the site's terms first",
    gap=2.0,
    completeness="every page of the listing, up to the one without a next link; an empty listing only where `empty` says so",
    gone="absent from a complete crawl; 404 for one posting",
    identity="the posting's address without tracking",
)
MOST_PAGES = 200
Selector = Annotated[str, AfterValidator(compiled)]


class Fields(base.Strict):
    """Where the fields stand on a posting's page, as CSS selectors. `title` and `description` must match exactly once."""

    title: Selector
    description: Selector
    employer: Selector | None = None
    location: Selector | None = None
    date_posted: Selector | None = None
    pay: Selector | None = None
    employment_type: Selector | None = None
    workplace: Selector | None = None


class Source(base.Source):
    """A site. `postings`: links to postings; `next`: the link to the listing's next page; `empty`: what only an empty board shows."""

    kind: Literal["html"] = "html"
    postings: Selector
    fields: Fields
    next: Selector | None = None
    empty: Selector | None = None


async def crawl(source: Source, board: Board) -> None:
    """Read the listing, page after page, and each posting."""
    page = await board.page(source.url, accept=HTML)
    been: set[str] = set()
    listed = 0
    while True:
        been.add(key_of(page.url))
        board.check_whole(page)
        addresses = links(page, source.postings)
        listed += len(addresses)
        for url in addresses:
            await _read(source, board, url)
        following = links(page, source.next)[:1] if source.next else []
        if not following or len(been) >= MOST_PAGES:
            break
        if key_of(following[0]) in been:
            board.falls_short("the listing's pages lead in a circle")
            break
        page = await board.page(following[0], accept=HTML)
    if not listed and not (source.empty and page.tree.css(source.empty)):
        raise understood(page, f"`postings: {source.postings}` matches nothing on the listing")


def links(page: Page, selector: str) -> list[str]:
    """The addresses of the links that a selector matches, each once."""
    hrefs = [node.attrib.get("href") or node.css("a::attr(href)").get() for node in page.tree.css(selector)]
    return list(dict.fromkeys(urljoin(page.url, href.strip()).split("#")[0] for href in hrefs if href))


async def _read(source: Source, board: Board, url: str) -> None:
    """One posting."""
    posting_id = page_identity(url)
    if not board.listed([posting_id]):
        return
    page = await board.detail(posting_id, url, accept=HTML)
    if page is None:
        return
    try:
        told = fields_on(page, source.fields)
    except PageNotUnderstood as error:
        board.failed(error)
        return
    board.found(parse(told, source, posting_id, page.url), compact(told), kind="html")


def fields_on(page: Page, fields: Fields) -> dict[str, str]:
    """The fields of a posting's page. Raises PageNotUnderstood if the title or the description is not there exactly once."""
    found: dict[str, str] = {}
    for name, selector in fields.model_dump(exclude_none=True).items():
        nodes = page.tree.css(selector)
        if name in ("title", "description") and len(nodes) != 1:
            raise understood(page, f"`{name}: {selector}` matches {len(nodes)} times, not once")
        if nodes:
            found[name] = inner_markup(nodes[0].root)
    return found


def parse(told: dict[str, str], source: Source, posting_id: str, url: str) -> Posting:
    """A posting from its fields."""
    line = {name: one_line(remove_tags(text)) for name, text in told.items()}
    where = line.get("location")
    return Posting(
        source=source.name,
        id=posting_id,
        title=line.get("title") or "",
        description=told["description"],
        url=url,
        employer=line.get("employer") or source.employer,
        locations=places_in(where) if where else (),
        workplace=workplace(line.get("workplace")) or workplace_in(where),
        employment_type=employment_types(line.get("employment_type")),
        date_posted=day(line.get("date_posted")),
        pay=pay_in(line.get("pay")),
        pay_text=line.get("pay"),
    )
