"""iCIMS: listing pages in their inner frame and pages with markup; or, behind an employer's own domain, the Jibe front's API."""

import re
from datetime import date
from typing import Literal
from urllib.parse import urljoin, urlsplit

from crawler import jobposting, jsonld, microdata
from crawler.addresses import host
from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, paragraphs, workplace, workplace_in
from crawler.formats import About
from crawler.microdata import inner_markup
from crawler.page import Page
from crawler.paging import Leaf, turned
from crawler.places import distinct, place, place_in, places_in
from crawler.records import Record, names_in, rows
from crawler.wishes import HTML
from model import source as base
from model.posting import Place, Posting

ABOUT = About(
    title="iCIMS (and its Jibe front)",
    tier="public",
    addresses=(r"https?://(?!www\.|media\.|cdn|c-)[\w-]+\.icims\.com",),
    markers=(
        "jibecdn",
        "cdn.jibe",
        "data-jibe",
    ),
    terms="the employer's public portal with markup for search engines; Jibe's list is the site's own interface",
    gap=2.0,
    completeness="pages up to the last one that the portal names; Jibe: `totalCount`",
    gone="absent from a complete crawl; 404 or 410 for one posting",
    identity="the number in the posting's address (Jibe: `slug`), unique for one portal",
    ignored=jobposting.IGNORED
    | names_in(
        "additional_locations.country title description jobLocation employmentType hiringOrganization validThrough "
        "datePosted slug language languages req_id location_name street_address latitude longitude location_type "
        "categories category tags tags1 tags2 tags4 tags5 tags7 tags8 tags9 tags10 promotion_value apply_url internal "
        "external searchable applyable li_easy_applyable ats_code isFrontLineAIJob update_date create_date "
        "short_location multipleLocations meta_data additional_locations.location_name "
        "additional_locations.street_address additional_locations.latitude additional_locations.longitude "
        "country_code department recruiter_id brand"
    ),
)
PAGE = 100
_ROW = (
    "ancestor::*[self::li or self::tr or contains(concat(' ', @class, ' '), ' row ') "
    "or contains(@class, 'iCIMS_JobListingRow')][1]"
)
_LINK = re.compile(r"/jobs/(\d+)/(?:[^/?\"]*/)?job\b")
_LAST = re.compile(r"Page\s+\d+\s+of\s+(\d+)", re.IGNORECASE)
_CODE = re.compile(r"\b(?:[A-Z]{2})-[A-Z]{2}(?:-[^<>\"]{2,80})?|\b(?:US|CA|GB)\b")
_EMPTY = re.compile(r"iCIMS_|icims", re.IGNORECASE)


class Source(base.Source):
    """An iCIMS portal (https://careers-EMPLOYER.icims.com), or an employer's own domain with the Jibe front."""

    kind: Literal["icims"] = "icims"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board, in the way that its host tells."""
    if host(source.url).endswith(".icims.com"):
        await _crawl_portal(source, board)
    else:
        await _crawl_jibe(source, board)


async def _crawl_portal(source: base.Source, board: Board) -> None:
    """Read the portal's listing, page after page (counted from 0), then each posting."""
    front = f"https://{host(source.url)}"

    async def turn(_offset: int, index: int) -> Leaf:
        """One page of the list."""
        page = await board.page(f"{front}/jobs/search?ss=1&in_iframe=1&pr={index}", accept=HTML)
        board.check_whole(page)
        listed = listed_on(page)
        if not listed and not _EMPTY.search(page.text):
            raise understood(page, "not an iCIMS listing")
        return Leaf(rows=listed, ids=[row.text("id") for row in listed], last=_is_last(page, index))

    async for posting_id, row in turned(board, turn, volatile=frozenset()):
        address = row.text("url") or ""
        page = await board.detail(posting_id, f"{address}?in_iframe=1", accept=HTML)
        if page is not None:
            found = jsonld.postings(page.text) or microdata.postings(page)
            markup = Record(found[0] if found else None)
            posting = parse(page, markup, row, source, address=address)
            board.found(posting, row, markup or page.body)


def listed_on(page: Page) -> list[Record]:
    """Each posting on a listing page, once: its number, address, place, and date where the portal shows one."""
    found: dict[str, Record] = {}
    for link in page.tree.xpath("//a[contains(@href, '/jobs/')]"):
        number = _LINK.search(link.attrib["href"])
        if number is None or number[1] in found:
            continue
        beside = link.xpath(_ROW)
        texts = [text.strip() for text in beside.xpath(".//text()").getall() if text.strip()]
        shown = beside.xpath(".//span[@title]/@title").getall()
        fields = {
            "id": number[1],
            "url": urljoin(page.url, link.attrib["href"]).split("?")[0],
            "title": one_line(" ".join(link.css("h3 ::text, h2 ::text").getall() or link.xpath(".//text()").getall())),
            "place": next((text for text in texts if _CODE.fullmatch(text)), None),
            "posted": next((text for text in shown if re.match(r"\d{1,2}/\d{1,2}/\d{4}", text)), None),
        }
        found[number[1]] = Record(fields)
    return list(found.values())


def _is_last(page: Page, index: int) -> bool:
    """Whether no page follows: by the portal's count, else by the lack of a link to the next one."""
    told = _LAST.search(" ".join(page.tree.xpath("//body//text()").getall()))
    if told:
        return index + 1 >= int(told[1])
    linked = [int(number) for number in re.findall(r"[?&;]pr=(\d+)", page.text)]
    return not any(number > index for number in linked)


def parse(page: Page, markup: Record, row: Record, source: base.Source, *, address: str) -> Posting:
    """A posting from its page's markup, its headings where there is none, and its row."""
    told = jobposting.parse(markup, source.name, address, row.text("id") or "")
    content = page.tree.css(".iCIMS_JobContent, .iCIMS_InfoMsg_Job, .iCIMS_Expandable_Text")
    heading = one_line(" ".join(page.tree.css("h1 ::text").getall()))
    place_text = row.text("place") or page.tree.xpath("//meta[@name='location']/@content").get()
    posted, closes = _dates(told.date_posted, told.valid_through, str(markup.fields.get("datePosted") or ""))
    return Posting(
        source=source.name,
        id=row.text("id") or "",
        title=told.title or row.text("title") or heading or "",
        description=told.description or "\n".join(inner_markup(node.root) for node in content),
        url=address,
        employer=told.employer,
        locations=told.locations or (places_in(place_text) if place_text else ()),
        workplace=told.workplace or workplace_in(row.text("title")),
        employment_type=tuple(kind for kind in told.employment_type if kind != "OTHER"),
        date_posted=day(row.text("posted")) or posted,
        valid_through=closes,
        pay=told.pay,
        pay_text=told.pay_text,
    )


def _dates(posted: date | None, closes: date | None, written: str) -> tuple[date | None, date | None]:
    """The markup's dates, unless they were made when the page was: a clock to the millisecond tells."""
    return (None, None) if re.search(r"T\d\d:\d\d:\d\d\.(?!0+Z?$)\d+", written) else (posted, closes)


async def _crawl_jibe(source: base.Source, board: Board) -> None:
    """Read the Jibe front's list."""
    front = f"https://{urlsplit(source.url).netloc}"

    async def turn(_offset: int, index: int) -> Leaf:
        """One page of the list."""
        url = f"{front}/api/jobs?page={index + 1}&limit={PAGE}&sortBy=posted_date&descending=true&internal=false"
        page = await board.page(url)
        answer = page.record()
        listed = [row.record("data") for row in rows(answer.value("jobs"), "`jobs`", page.url)]
        return Leaf(rows=listed, ids=[row.text("slug", "req_id") for row in listed], total=answer.whole("totalCount"))

    async for posting_id, row in turned(board, turn, size=PAGE):
        board.found(parse_jibe(row, source, posting_id, front), row)


def parse_jibe(row: Record, source: base.Source, posting_id: str, front: str) -> Posting:
    """A posting from one `data` object of the Jibe list."""
    tags = [text for name in ("tags3", "tags6") for text in row.texts(name)]
    others = [_jibe_place(one) for one in row.records("additional_locations")]
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title")) or "",
        description=paragraphs(
            (None, row.text("description")),
            ("Responsibilities", row.text("responsibilities")),
            ("Qualifications", row.text("qualifications")),
        ),
        url=f"{front}/jobs/{posting_id}",
        employer=one_line(row.text("hiring_organization")),
        locations=distinct([_jibe_place(row), *others]),
        workplace=workplace(*tags),
        employment_type=employment_types(row.text("employment_type")) or employment_types(*tags),
        date_posted=day(row.text("posted_date")),
    )


def _jibe_place(one: Record) -> Place | None:
    """One place."""
    found = place(
        city=one.text("city"),
        region=one.text("state"),
        postal_code=one.text("postal_code"),
        country=one.text("country_code") or one.text("country"),
    )
    named_place = one.text("full_location", "location_name")
    return found or (place_in(named_place) if named_place else None)
