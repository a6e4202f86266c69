"""Sitemaps: plain, index of index, gzipped, with a wrong namespace or none. In: bytes. Out: addresses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from crawler.page import Page, closes
from crawler.unpacking import LARGEST, unpacked
from model.errors import PageNotUnderstood

__all__ = ["DEEPEST", "LARGEST", "PATHS", "Sitemap", "is_sitemap", "parse"]

DEEPEST = 3
PATHS = ("/sitemap.xml", "/sitemap_index.xml", "/job_sitemap.xml", "/sitemap-jobs.xml", "/sitemal.xml")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One file: the addresses of pages with their `lastmod` as it is written, or of more sitemaps; `whole`: it does not break off."""

    pages: Mapping[str, str | None]
    sitemaps: tuple[str, ...]
    whole: bool = True


def is_sitemap(page: Page) -> bool:
    """Whether a page is a sitemap or an index of them."""
    head = unpacked(page)[:3000].lower()
    return b"<urlset" in head or b"<sitemapindex" in head or (b"<loc>" in head and not page.looks_like_html)


def parse(page: Page) -> Sitemap:
    """The addresses in a sitemap. Raises PageNotUnderstood if it is none, SourceError if it is too large."""
    pages: dict[str, str | None] = {}
    sitemaps: dict[str, None] = {}
    body = unpacked(page)
    for kind, address, modified in _locations(body, page.url):
        if kind == "sitemap":
            sitemaps[address] = None
        else:
            pages[address] = modified
    return Sitemap(pages=pages, sitemaps=tuple(sitemaps), whole=closes(body, "urlset") or closes(body, "sitemapindex"))


def _locations(body: bytes, url: str) -> Iterator[tuple[str, str, str | None]]:
    """The name of what holds each `loc`, the address, and the `lastmod` beside it."""
    try:
        root = etree.fromstring(body.lstrip(b"\xef\xbb\xbf \t\r\n"), _parser())
    except etree.XMLSyntaxError as error:
        raise PageNotUnderstood(f"not a sitemap: {error}", url=url) from error
    if root is None or etree.QName(root).localname not in ("urlset", "sitemapindex"):
        raise PageNotUnderstood("not a sitemap", url=url)
    for holder in root:
        if not isinstance(holder.tag, str):
            continue
        told = {etree.QName(part).localname: part.text for part in holder if isinstance(part.tag, str) and part.text}
        address = re.sub(r"\s+", "", told.get("loc", ""))
        if address.startswith(("http://", "https://")):
            yield etree.QName(holder).localname, address, told.get("lastmod", "").strip() or None


def _parser() -> etree.XMLParser:
    """A parser that mends, and that fetches and expands nothing."""
    return etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False)
