"""JazzHR (applytojob.com): a page that lists each posting twice, and pages with markup."""

import re
from typing import Literal
from urllib.parse import urljoin, urlsplit

from crawler import jobposting, jsonld
from crawler.board import Board, understood
from crawler.fields import employment_types, one_line, workplace_in
from crawler.formats import About
from crawler.jsonld import loads, scripts
from crawler.microdata import inner_markup
from crawler.page import Page
from crawler.places import place_in
from crawler.records import Record
from crawler.wishes import HTML
from model import source as base
from model.posting import Posting

ABOUT = About(
    title="JazzHR (applytojob.com)",
    tier="public",
    addresses=(r"https?://(?!www\.)[\w-]+\.applytojob\.com",),
    terms="the employer's public board with markup for search engines",
    gap=2.0,
    completeness="one page lists the board",
    gone="absent from the page; 404 for one posting",
    identity="the code in the posting's address",
    ignored=jobposting.IGNORED,
)
_DETAIL = re.compile(r"/apply/(?:jobs/details/)?([A-Za-z0-9]{3,20})(?:[/?]|$)")


class Source(base.Source):
    """A JazzHR board: https://COMPANY.applytojob.com/apply."""

    kind: Literal["jazzhr"] = "jazzhr"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    front = f"https://{urlsplit(source.url).netloc}"
    page = await board.page(f"{front}/apply/jobs", accept=HTML)
    board.check_whole(page)
    listed = listed_on(page)
    if not listed and not re.search(
        r"jobs_table|job_title_link|jobs_row|resumator|no (?:open |current )?(?:jobs|positions|openings)",
        page.text,
        re.IGNORECASE,
    ):
        raise understood(page, "not a JazzHR board")
    board.listed(listed)
    employer = _employer(page)
    for posting_id, (url, title, place_text) in listed.items():
        board.marked(posting_id, Record({"url": url, "title": title, "place": place_text}))
        detail = await board.detail(posting_id, url, accept=HTML)
        if detail is not None:
            markup = Record(next(iter(jsonld.postings(detail.text)), None))
            posting = parse(detail, markup, source, posting_id, place_text=place_text, employer=employer)
            board.found(posting, markup or detail.body, kind="json" if markup else "html")


def listed_on(page: Page) -> dict[str, tuple[str, str | None, str | None]]:
    """Each posting's code with its address, its title and the place beside it, each once."""
    found: dict[str, tuple[str, str | None, str | None]] = {}
    for link in page.tree.xpath("//a[contains(@class, 'job_title_link') or contains(@href, '/apply/jobs/details/')]"):
        code = _DETAIL.search(link.attrib.get("href", ""))
        if code and code[1] not in found:
            beside = link.xpath("ancestor::tr[1]/td[2]//text()").getall()
            address = urljoin(page.url, link.attrib["href"]).rstrip("?&")
            title = one_line(" ".join(link.xpath(".//text()").getall()))
            found[code[1]] = (address, title, one_line(" ".join(beside)))
    return found


def _employer(page: Page) -> str | None:
    """The employer's name from the page's Organization markup."""
    for block in scripts(page.text):
        value = loads(block)
        if isinstance(value, dict) and str(value.get("@type")).endswith("Organization"):
            return one_line(str(value.get("name") or "")) or None
    return None


def parse(
    page: Page, markup: Record, source: base.Source, posting_id: str, *, place_text: str | None, employer: str | None
) -> Posting:
    """A posting from its page: its markup, else its headings."""
    told = jobposting.parse(markup, source.name, page.url, posting_id)
    meta = one_line(" ".join(page.tree.css(".job_meta ::text").getall()))
    bodies = [inner_markup(node.root) for node in page.tree.css("div.job_description, #job-description, .description")]
    heading = one_line(" ".join(page.tree.css("h1 ::text").getall()))
    return Posting(
        source=source.name,
        id=posting_id,
        title=told.title or heading or "",
        description=told.description or max(bodies, key=len, default=""),
        url=page.url,
        employer=told.employer or employer,
        locations=told.locations or ((place_in(place_text),) if place_text else ()),
        workplace=told.workplace or workplace_in(place_text) or workplace_in(meta),
        employment_type=told.employment_type or employment_types(meta),
        date_posted=told.date_posted,
        valid_through=told.valid_through,
        pay=told.pay,
        pay_text=told.pay_text,
    )
