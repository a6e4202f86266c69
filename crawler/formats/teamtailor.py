"""Teamtailor: the site's JSON Feed, whose items carry whole JobPosting objects; its RSS where there is none."""

from typing import Literal
from urllib.parse import urlsplit

from crawler import jobposting
from crawler.addresses import key_of
from crawler.board import Board
from crawler.fields import day, one_line, unescaped
from crawler.formats import About
from crawler.page import Page
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Posting

ABOUT = About(
    title="Teamtailor",
    tier="public",
    addresses=(r"https?://(?!www\.|cdn\.|assets|images\.|scripts\.|tt\.)[\w.-]+\.teamtailor\.com",),
    markers=(
        "teamtailor-cdn",
        "scripts.teamtailor",
    ),
    terms="feeds that the career site publishes",
    gap=2.0,
    completeness="feed pages until one brings nothing new or names no next one",
    gone="absent from a complete crawl",
    identity="the number in `_jobposting.identifier`, else the item's id",
    ignored=frozenset(f"_jobposting.{name}" for name in jobposting.IGNORED)
    | names_in("id title url date_published date_modified content_html content_text summary image tags"),
)


class Source(base.Source):
    """A Teamtailor career site: https://COMPANY.teamtailor.com or the employer's own domain in front of it."""

    kind: Literal["teamtailor"] = "teamtailor"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the feed, and the pages that it names as following."""
    first = f"https://{urlsplit(source.url).netloc}/jobs.json"
    url: str | None = first
    been: set[str] = set()
    while url is not None:
        been.add(key_of(url))
        ask = board.whole if url == first else board.page
        page = await ask(url, accept="application/feed+json,application/json")
        if page is None:
            return
        url = _read(source, board, page)
        if url is not None and key_of(url) in been:
            board.falls_short("the feed's pages lead in a circle")
            return


def _read(source: base.Source, board: Board, page: Page) -> str | None:
    """The postings of one feed page; the address of the next."""
    feed = page.record()
    for item in rows(feed.value("items"), "`items`", page.url):
        markup = item.record("_jobposting")
        posting_id = jobposting.identifier(markup.fields) or item.text("id")
        if posting_id is None:
            board.falls_short("a posting without an id")
        elif board.listed([posting_id]):
            board.found(parse(item, markup, source, posting_id), item)
    return feed.text("next_url")


def parse(item: Record, markup: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one item and the markup in it."""
    address = item.text("url") or ""
    told = jobposting.parse(markup, source.name, address, posting_id)
    return Posting(
        source=source.name,
        id=posting_id,
        title=told.title or one_line(item.text("title")) or "",
        description=told.description or unescaped(item.text("content_html", "content_text")),
        url=address or told.url,
        employer=told.employer,
        locations=told.locations,
        workplace=told.workplace,
        employment_type=told.employment_type,
        date_posted=told.date_posted or day(item.text("date_published")),
        valid_through=told.valid_through,
        pay=told.pay,
        pay_text=told.pay_text,
    )
