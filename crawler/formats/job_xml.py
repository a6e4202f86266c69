"""The Indeed-style XML feed that applicant systems export: one file, the whole board, each posting a `<job>`."""

import io
from collections.abc import Iterator
from typing import Literal

from lxml import etree

from crawler.addresses import key_of
from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, unescaped, workplace, workplace_in
from crawler.formats import About
from crawler.page import Page, closes
from crawler.pays import pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in
from crawler.unpacking import LARGEST, unpacked
from crawler.wishes import XML
from model import source as base
from model.posting import Posting

ABOUT = About(
    title="Job XML feed (Indeed style)",
    tier="public",
    terms="exported by applicant systems for job sites; ask the employer if the feed's address is not public",
    gap=2.0,
    completeness="the file holds the whole board; it must be whole itself",
    gone="absent from a whole file",
    identity="`referencenumber`, else `requisitionid`, else the address without tracking",
    ignored=names_in("email sourcename streetaddress requisitionid category publisher apijobid partnerjobid"),
)
_ROWS = ("job", "position", "vacancy", "listing", "item")
_CONTROL = bytes(number for number in range(32) if number not in (9, 10, 13))


class Source(base.Source):
    """The feed's own address (`.xml` or `.xml.gz`)."""

    kind: Literal["job_xml"] = "job_xml"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the feed."""
    page = await board.whole(source.url, accept=XML, max_bytes=LARGEST)
    if page is None:
        return
    body = unpacked(page)
    page = Page(url=page.url, body=body, headers=page.headers)
    if page.looks_like_html or not body.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(b"<"):
        raise understood(page, "not an XML feed")
    for row in records(page, board):
        posting_id = identity(row)
        if posting_id is None:
            board.falls_short("a posting without reference number and address")
        elif board.listed([posting_id]):
            board.found(parse(row, source, posting_id), row, kind="xml")


def records(page: Page, board: Board) -> Iterator[Record]:
    """The rows of the feed, one by one; the tree is freed as it is read. A file that is cut short falls short."""
    body = page.body if b"\x00" in page.body[:4] else page.body.translate(None, _CONTROL)
    walk = etree.iterparse(
        io.BytesIO(body), events=("start", "end"), recover=True, huge_tree=True, resolve_entities=False, no_network=True
    )
    root: str | None = None
    count = 0
    try:
        for event, node in walk:
            name = _local(node)
            root = name if root is None else root
            if event == "end" and name in _ROWS and node.getparent() is not None:
                count += 1
                yield Record(_fields(node))
                _free(node)
    except etree.XMLSyntaxError as error:
        if root is None:
            raise understood(page, f"not an XML feed: {error}") from error
        board.falls_short(f"the feed is broken after {count} postings: {error}")
        return
    if root is None or (
        not count and root not in ("source", "jobs", "rss", "feed", "positions", "job-list", "joblist", "listings")
    ):
        raise understood(page, f"an XML document <{root}> without postings")
    if not closes(body, root):
        board.falls_short(f"the feed is cut short after {count} postings")


def _local(node: etree._Element) -> str:
    """An element's name without namespace, lower-cased; "" for comments."""
    tag: object = node.tag
    return etree.QName(tag).localname.lower() if isinstance(tag, str) else ""


def _fields(node: etree._Element) -> dict[str, str]:
    """A row's fields by name; of repeated ones the first that says something."""
    found: dict[str, str] = {}
    for part in node:
        name, text = _local(part), "".join(str(text) for text in part.itertext()).strip()
        if name and text:
            found.setdefault(name, text)
    for attribute, value in node.attrib.items():
        found.setdefault(str(attribute).lower(), str(value))
    return found


def _free(node: etree._Element) -> None:
    """Forget a row and what stood before it."""
    node.clear()
    while (before := node.getprevious()) is not None:
        parent = node.getparent()
        assert parent is not None
        parent.remove(before)


def identity(row: Record) -> str | None:
    """The feed's own number for the posting, else its address."""
    named = row.text("referencenumber", "id", "jobid", "job_id", "guid", "requisitionid", "reference")
    address = row.text("url", "link", "joburl")
    return named or (key_of(address) if address else None)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one row."""
    said = row.text("salary", "compensation", "pay")
    where = place(
        text=row.text("location"),
        city=row.text("city"),
        region=row.text("state", "region"),
        postal_code=row.text("postalcode", "zip", "postcode"),
        country=row.text("country"),
    )
    parts = [unescaped(row.text("description", "body"))]
    for heading, name in (("Education", "education"), ("Experience", "experience")):
        if text := row.text(name):
            parts.append(f"<p>{heading}: {unescaped(text)}</p>")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title", "jobtitle", "name")) or "",
        description="\n".join(part for part in parts if part),
        url=(row.text("url", "link", "joburl") or "").strip(),
        employer=one_line(row.text("company", "employer", "companyname")),
        locations=distinct([where]),
        workplace=workplace(row.text("remotetype", "remote")) or workplace_in(row.text("location")),
        employment_type=employment_types(row.text("jobtype", "type", "employmenttype")),
        date_posted=day(row.text("date", "pubdate", "dateposted", "posted", "publishdate")),
        valid_through=day(row.text("expirationdate", "expiration_date", "expires", "validthrough", "expirydate")),
        pay=pay_in(said),
        pay_text=one_line(said),
    )
