"""Which kind of board a careers page is, and where: from its address, else from what the page holds."""

import html
import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urljoin

from crawler import formats, jsonld
from crawler.page import Page
from crawler.process import crawl
from crawler.single_page import Source as PageSource
from model.crawl import Crawled, Failure
from model.source import CrawlRules

_FEED = re.compile(
    r"""<link\b[^>]*\btype\s*=\s*["'](?:application/(?:rss\+xml|atom\+xml|feed\+json))["'][^>]*>""", re.IGNORECASE
)
_HREF = re.compile(r"""\bhref\s*=\s*["']([^"']+)["']""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Detected:
    """A board: its kind, its address as a person would open it, and how it was found."""

    kind: str
    url: str
    why: str


def by_address(url: str) -> Detected | None:
    """The board that an address itself names; None if no format knows it."""
    return next((Detected(kind, match, "the address itself") for kind, match in _addresses_in(url)), None)


def by_page(page: Page) -> list[Detected]:
    """The boards that a page leads to or is, the likeliest first."""
    text = html.unescape(page.text).replace("\\/", "/")
    linked = Counter(_addresses_in(text))
    found = [Detected(kind, url, f"{count} links on the page") for (kind, url), count in linked.most_common()]
    found += _marked(text, page.url)
    if jsonld.postings(page.text) or "schema.org/JobPosting" in text:
        found.append(Detected("json_ld", page.url, "JobPosting markup on the page"))
    feeds = [href[1] for link in _FEED.findall(page.text) if (href := _HREF.search(link)) and "comment" not in href[1]]
    found += [Detected("rss", urljoin(page.url, html.unescape(feed)), "a feed that the page names") for feed in feeds]
    return _without_doubles(found)


def _marked(text: str, url: str) -> list[Detected]:
    """The kinds whose own words stand on the page."""
    marked = [kind for kind in formats.kinds() if any(marker in text for marker in formats.load(kind).about.markers)]
    return [Detected(kind, url, "the page's own markup") for kind in marked]


def detect(url: str, rules: CrawlRules, *, api: str | None = None) -> list[Detected] | Failure:
    """The boards behind a careers page's address, the likeliest first; a page of no known kind is tried as `json_ld`.

    Gives the failure where the page cannot be had.
    """
    known = by_address(url)
    if known:
        return [known]
    kept: list[Crawled] = []
    report = crawl(PageSource(name="page", url=url, api=api), rules, sink=kept.extend)
    if not kept:
        assert report.failure is not None
        return report.failure
    where = kept[0].posting.url
    moved = by_address(where)
    if moved:
        return [moved]
    found = by_page(Page(url=where, body=kept[0].payload))
    return found or [
        Detected("json_ld", url, "no known vendor: its sitemap and pages are searched for JobPosting markup")
    ]


def _addresses_in(text: str) -> list[tuple[str, str]]:
    """Every board's address in a text, with its kind."""
    found = []
    for kind in formats.kinds():
        for pattern in formats.load(kind).about.addresses:
            found += [(kind, match[0].rstrip("\\.,")) for match in re.finditer(pattern, text, re.IGNORECASE)]
    return found


def _without_doubles(found: list[Detected]) -> list[Detected]:
    """Each kind and address once; of several addresses of one kind the first."""
    first: dict[str, Detected] = {}
    for one in found:
        first.setdefault(one.kind, one)
    return list(first.values())
