"""Listing pages of unknown make: which links lead to postings, and which to the next page."""

import re
from urllib.parse import urljoin, urlsplit

from crawler.addresses import key_of
from crawler.page import Page

_POSTING = re.compile(
    r"(?:jobs?|careers?|positions?|openings?|vacanc(?:y|ies)|postings?|requisitions?|opportunit(?:y|ies)|employment|job-detail|jobdetail|"
    r"viewjob|stellen)",
    re.IGNORECASE,
)
_NO_POSTING = re.compile(
    r"(?:^|[/_.-])(?:search|login|signin|sign-in|register|apply|intro|alerts?|talent-(?:community|network)|blog|news|press|privacy|terms|"
    r"about(?:-us)?|contact(?:-us)?|faq|benefits|culture|events?|scam|fraud|cookies?|accessibility|categor(?:y|ies)|tags?|author|feed|"
    r"share|saved|cart|profile|users?|account|dashboard|sitemap|recruitment-scam-warning|eeo|diversity|students|why-[a-z-]+)"
    r"(?:$|[/_.?-])",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|docx?|jpe?g|png|gif|svg|css|js|ico|zip|mp4|webp|xml|rss|ics)$", re.IGNORECASE)
_EMPTY = re.compile(
    r"(?:there are|we have|currently)?\s*\bno (?:current |open |available |active |job )*(?:positions?|openings?|jobs?|vacanc(?:y|ies)|"
    r"opportunities|postings?|results?)\b|\b0 (?:open )?(?:jobs|positions|openings|results)\b|not (?:currently )?hiring",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"^\s*(?:next(?: page)?|older|more jobs|load more|show more|›|»|>|→)\s*(?:›|»|>|→)?\s*$", re.IGNORECASE
)
_PAGE_PARAMETER = re.compile(
    r"(?:^|&)(?:page|p|pg|paged|pr|start|startrow|offset|joboffset|from)=\d+(?:&|$)", re.IGNORECASE
)


def posting_links(page: Page, *, only: re.Pattern[str] | None = None) -> list[str]:
    """Addresses that may be postings', in their order, each once: on the same site, job-like, deeper than the listing itself."""
    site = urlsplit(page.url).netloc
    found: dict[str, str] = {}
    for href in page.tree.xpath("//a/@href").getall():
        url = _absolute(page, href)
        if url is None or (urlsplit(url).netloc != site and only is None) or is_pager(url):
            continue
        if (only.search(url) if only else may_be_posting(url)) and key_of(url) != key_of(page.url):
            found.setdefault(key_of(url), url)
    return list(found.values())


def link_titled(page: Page, title: str) -> str | None:
    """The address that a link with exactly this text leads to; None if there is none."""
    for link in page.tree.xpath("//a[@href]"):
        if " ".join(" ".join(link.xpath(".//text()").getall()).split()).casefold() == title.casefold():
            return _absolute(page, link.attrib["href"])
    return None


def may_be_posting(url: str) -> bool:
    """Whether an address looks like a posting's: it speaks of jobs and goes on after that word, or has a number."""
    parts = urlsplit(url)
    path = parts.path
    if _FILE.search(path) or _NO_POSTING.search(path):
        return False
    word = _POSTING.search(path)
    if word and re.search(r"[A-Za-z0-9]", re.sub(r"^[a-z-]*", "", path[word.end() :])):
        return True
    return bool(
        re.search(r"(?:gh_jid|jobid|job_id|job|jid|reqid|req|id)=[\w-]+", parts.query, re.IGNORECASE)
        and (word or "job" in parts.query.lower())
    )


def surely_no_posting(url: str) -> bool:
    """Whether a sitemap's address is plainly something else: the front page, a blog, a search, a file."""
    path = urlsplit(url).path
    return path in ("", "/") or bool(_FILE.search(path) or _NO_POSTING.search(path))


def next_page(page: Page) -> str | None:
    """The address of the listing's next page; None on the last."""
    for href in page.tree.xpath(
        "//link[@rel='next']/@href | //a[contains(concat(' ', @rel, ' '), ' next ')]/@href"
    ).getall():
        return _absolute(page, href)
    for link in page.tree.xpath("//a[@href]"):
        label = (
            " ".join(link.xpath(".//text()").getall()).strip()
            or link.attrib.get("aria-label", "")
            or link.attrib.get("title", "")
        )
        if _NEXT.match(label) or "next" in link.attrib.get("class", "").lower().split():
            url = _absolute(page, link.attrib["href"])
            if url and urlsplit(url).netloc == urlsplit(page.url).netloc:
                return url
    return _next_number(page)


def _next_number(page: Page) -> str | None:
    """Of the numbered links to other pages of this listing, the one that follows."""
    here, following = _number(page.url), []
    for href in page.tree.xpath("//a/@href").getall():
        url = _absolute(page, href)
        if url and is_pager(url) and urlsplit(url).netloc == urlsplit(page.url).netloc and _number(url) > here:
            following.append((_number(url), url))
    return min(following)[1] if following else None


def _number(url: str) -> int:
    """The page's number or offset in an address; 0 if it has none."""
    found = _PAGE_PARAMETER.search(urlsplit(url).query) or re.search(r"/page/\d+/?$", urlsplit(url).path)
    return int(re.findall(r"\d+", found[0])[-1]) if found else 0


def is_pager(url: str) -> bool:
    """Whether an address is another page of a listing."""
    return bool(_PAGE_PARAMETER.search(urlsplit(url).query)) or bool(re.search(r"/page/\d+/?$", urlsplit(url).path))


def says_empty(page: Page) -> bool:
    """Whether a listing says in words that there is nothing open."""
    return bool(
        _EMPTY.search(
            " ".join(page.tree.xpath("//body//text()[not(ancestor::script) and not(ancestor::style)]").getall())
        )
    )


def _absolute(page: Page, href: str) -> str | None:
    """A link's address; None for what is no web page."""
    href = href.strip()
    if not href or href.startswith(("#", "mailto:", "tel:", "javascript:", "data:")):
        return None
    try:
        url = urljoin(page.url, href).split("#", 1)[0]
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) else None
