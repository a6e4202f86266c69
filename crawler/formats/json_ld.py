"""Any site whose pages carry schema.org JobPosting, in JSON-LD, microdata or RDFa: found through sitemaps or listing pages."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from crawler import jobposting, jsonld, metatags, microdata, sitemaps
from crawler.addresses import key_of
from crawler.board import Board, understood
from crawler.formats import About
from crawler.listings import is_pager, link_titled, next_page, posting_links, says_empty, surely_no_posting
from crawler.page import Page
from crawler.records import Record, compact
from crawler.wishes import ANY, HTML, MEGABYTE, XML
from model import source as base
from model.errors import PageNotUnderstood, SourceError

ABOUT = About(
    title="JobPosting markup (schema.org)",
    tier="public",
    terms="markup that sites publish for search engines; robots.txt and tdm-reservation are obeyed",
    gap=2.0,
    completeness="every page of the sitemap, or every page of the listing, was read",
    gone="404 or 410, or a page that says that the posting is closed",
    identity="`identifier`, else the address without tracking",
    ignored=jobposting.IGNORED,
)
MOST_PAGES = 200
_CLOSED_WORDS = ("no longer", "filled", "expired", "closed", "removed", "not available", "not found")
_CLOSED = re.compile(
    r"(?:this|the) (?:job|position|posting|requisition|opening|vacancy|role)[^.<]{0,60}? (?:is|are|has been|was) "
    r"(?:no longer (?:available|active|open|accepting|posted)|filled|expired|closed|removed|not available)|"
    r"no longer accepting applications|job (?:not found|has expired)|position filled",
    re.IGNORECASE,
)


class Source(base.Source):
    """A careers page, a listing page or a sitemap. `postings`: a regular expression that the addresses of postings match."""

    kind: Literal["json_ld"] = "json_ld"
    postings: str | None = None


async def crawl(source: Source, board: Board) -> None:
    """Read the board, from whatever `url` turns out to be."""
    front = await board.page(source.url, accept=ANY, max_bytes=sitemaps.LARGEST)
    site = _Site(source, board)
    if len(front.body) > 8 * MEGABYTE and not sitemaps.is_sitemap(front):
        raise SourceError(f"the answer is too large: {len(front.body)} bytes", url=front.url, failure="too_large")
    if sitemaps.is_sitemap(front):
        await site.read_all(await site.from_sitemap(front))
    elif site.take(front) > 1:
        await site.walk_listing(front, follow=False)
    else:
        await site.walk_listing(front)
        if not board.seen:
            await site.read_all(await site.from_robots())
    if not board.seen and not site.is_empty(front):
        raise understood(front, f"no JobPosting markup on this page or on {site.pages_without} pages that it leads to")


class _Site:
    """One site during one crawl: which addresses were read, and which posting has which identity."""

    def __init__(self, source: Source, board: Board) -> None:
        self.pages_without = 0
        self._source = source
        self._board = board
        self._only = re.compile(source.postings) if source.postings else None
        self._been: set[str] = set()
        self._ids: dict[str, tuple[str, bytes]] = {}  # identity: address and digest of what it says

    def is_empty(self, front: Page) -> bool:
        """Whether a board without a single posting may be believed: its sitemap is empty, or it says so in words."""
        if sitemaps.is_sitemap(front):
            return not self.pages_without
        return not self.pages_without and says_empty(front)

    def take(self, page: Page) -> int:
        """The postings on one page; how many there are."""
        found = postings_on(page)
        for one in found:
            self._found(one, page, alone=len(found) == 1)
        self._been.add(key_of(page.url))
        return len(found)

    async def walk_listing(self, page: Page, *, follow: bool = True) -> None:
        """Read the postings of a listing, page after page; `follow` its links, or only what the pages themselves hold."""
        turned = {key_of(page.url)}
        while True:
            self._board.check_whole(page)
            links = jsonld.listed_addresses(page.text) or posting_links(page, only=self._only)
            await self.read_all(dict.fromkeys(links) if follow else {})
            following = next_page(page)
            if following is None or key_of(following) in turned:
                if following is not None and key_of(following) != key_of(page.url):
                    self._board.falls_short("the listing's pages lead in a circle")
                return
            if len(turned) >= MOST_PAGES:
                self._board.falls_short(f"stopped after {MOST_PAGES} pages of the listing")
                return
            turned.add(key_of(following))
            page = await self._board.page(following, accept=HTML)
            self.take(page)

    async def from_sitemap(self, page: Page, depth: int = 0) -> dict[str, str | None]:
        """The addresses of a sitemap and of those that it names, with what it says of their last change."""
        found = sitemaps.parse(page)
        if not found.whole:
            self._board.falls_short("a sitemap breaks off")
        addresses = {url: modified for url, modified in found.pages.items() if self._wanted(url)}
        if not depth and not found.pages and not found.sitemaps:
            self._board.advertises(0)
        for url in found.sitemaps:
            if depth >= sitemaps.DEEPEST:
                self._board.falls_short(f"sitemaps nested more than {sitemaps.DEEPEST} deep")
                break
            if key_of(url) in self._been:
                continue
            self._been.add(key_of(url))
            try:
                inner = await self._board.page(url, accept=XML, max_bytes=sitemaps.LARGEST)
                addresses |= await self.from_sitemap(inner, depth + 1)
            except SourceError as error:
                self._board.failed(error)
        return addresses

    async def from_robots(self) -> dict[str, str | None]:
        """The addresses of the sitemaps that robots.txt names, or that stand where sitemaps mostly stand; {} if there is none."""
        parts = urlsplit(self._source.url)
        named = await self._board.sitemaps(self._source.url)
        for url in named or [f"{parts.scheme}://{parts.netloc}{path}" for path in sitemaps.PATHS[:2]]:
            try:
                page = await self._board.page(url, accept=XML, max_bytes=sitemaps.LARGEST)
                if sitemaps.is_sitemap(page):
                    return await self.from_sitemap(page)
            except (PageNotUnderstood, SourceError) as error:
                if error.failure not in ("not_found", "not_understood"):
                    raise
        return {}

    def _wanted(self, url: str) -> bool:
        """Whether a sitemap's address may be a posting's."""
        return bool(self._only.search(url)) if self._only else not (surely_no_posting(url) or is_pager(url))

    async def read_all(self, addresses: Mapping[str, str | None]) -> None:
        """Read each page once; those that are known and as they were, by the sitemap or by their own word, are not read again."""
        for url, modified in addresses.items():
            key = key_of(url)
            if key in self._been:
                continue
            self._been.add(key)
            await self._read(url, modified)

    async def _read(self, url: str, modified: str | None) -> None:
        """One page that may hold a posting."""
        identity = jobposting.page_identity(url)
        page = await self._board.visit(identity, url, listed_as=modified, accept=HTML)
        if page is None:
            before = self._board.postings_before(url)
            self.pages_without += before == ()
            for known in before or ():
                self._ids.setdefault(known, (identity, b""))
            return
        if not self._is_closed(page) and self.take(page):
            return
        if self._is_closed(page):
            self._board.gone(identity)
        else:
            self.pages_without += 1

    def _is_closed(self, page: Page) -> bool:
        """Whether the page itself, outside its markup and long texts, says that the posting is closed."""
        if not _may_say_closed(page.text):
            return False
        told = page.tree.xpath(
            "//body//text()[not(ancestor::script) and not(ancestor::style) and not(ancestor::template)"
            " and not(ancestor::*[@itemprop='description'])]"
        ).getall()
        return any(_CLOSED.search(text) for text in told if len(text) < 200)

    def _found(self, found: Mapping[str, Any], page: Page, *, alone: bool) -> None:
        """One JobPosting object."""
        posting_id = self._identity(found, page, alone=alone)
        title = page.tree.xpath("//title/text()").get() or "" if alone and not found.get("title") else ""
        record = Record(found)
        posting = jobposting.parse(
            record, self._source.name, self._address(found, page, alone=alone), posting_id, title
        )
        self._board.found(posting, record, kind="json_ld")

    def _address(self, found: Mapping[str, Any], page: Page, *, alone: bool) -> str:
        """Where the posting stands: its page, or, on a shared page, where the link that bears its title leads."""
        titled = " ".join(str(found.get("title") or "").split())
        if alone or found.get("url") or not titled:
            return page.url
        return link_titled(page, titled) or page.url

    def _identity(self, found: Mapping[str, Any], page: Page, *, alone: bool) -> str:
        """The posting's identity; two different postings that bear one identifier are told apart by their address."""
        named = jobposting.identifier(found)
        address = found.get("url") if isinstance(found.get("url"), str) and not alone else page.url
        fallback = jobposting.page_identity(str(address)) if alone or found.get("url") else _by_content(found)
        told = compact({name: value for name, value in found.items() if name not in ("url", "@id", "mainEntityOfPage")})
        content = hashlib.blake2b(told, digest_size=16).digest()
        posting_id = named or fallback
        if (
            posting_id in self._ids
            and self._ids[posting_id] != (fallback, content)
            and self._ids[posting_id][1] != content
        ):
            posting_id = f"{posting_id}@{fallback}"
        self._ids.setdefault(posting_id, (fallback, content))
        return posting_id


def postings_on(page: Page) -> list[dict[str, Any]]:
    """The postings on a page, in whichever way they are marked up."""
    found = jsonld.postings(page.text) or microdata.postings(page) or [one for one in [metatags.posting(page)] if one]
    if len(found) == 1 and not found[0].get("jobLocation") and (where := metatags.place(page)):
        return [{**found[0], "jobLocation": where}]
    return found


def _may_say_closed(text: str) -> bool:
    """Whether the page says anywhere, markup and texts included, what closed postings say; only around the words that it takes."""
    lower = text.lower()
    for word in _CLOSED_WORDS:
        at = lower.find(word)
        while at >= 0:
            if _CLOSED.search(lower, max(0, at - 160), at + 60):
                return True
            at = lower.find(word, at + len(word))
    return False


def _by_content(found: Mapping[str, Any]) -> str:
    """An identity for a posting on a shared page without an address or identifier: its title and places."""
    posting = jobposting.parse(Record(found), "", "", "")
    return " · ".join([posting.title, *(one.text for one in posting.locations)]).casefold()
