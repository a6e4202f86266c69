"""Feeds: RSS, Atom, JSON Feed, and the plain JSON lists that job feeds use instead. A feed holds the latest, not the whole board."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import feedparser

from crawler import jobposting
from crawler.addresses import key_of
from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, unescaped, workplace, workplace_in
from crawler.formats import About
from crawler.page import Page
from crawler.pays import pay_in
from crawler.places import place, place_in, places_in
from crawler.records import Record, names_in, rows
from crawler.unpacking import unpacked
from model import source as base
from model.posting import Place, Posting

ABOUT = About(
    title="Feed (RSS, Atom, JSON Feed)",
    tier="public",
    terms="feeds are published to be read by programs; the publisher's own terms may limit reuse",
    gap=2.0,
    completeness="never known: a feed holds the latest postings",
    gone="never said: absence means nothing",
    identity="`guid` or `id`, else the link without tracking",
    knows_all=False,
    ignored=names_in(
        "title_detail summary_detail links guidislink authors author_detail content language media_content "
        "media_thumbnail comments company_logo joblisting_department joblisting_salarycurrency joblisting_category "
        "joblisting_categories image banner_image attachments published source tags"
    )
    | frozenset(f"_jobposting.{name}" for name in jobposting.IGNORED),
)


class Source(base.Source):
    """A feed's own address."""

    kind: Literal["rss"] = "rss"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the feed."""
    accept = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5"
    page = await board.whole(source.url, accept=accept)
    if page is None:
        return
    page = Page(url=page.url, body=unpacked(page), headers=page.headers)
    for entry in entries(page):
        posting_id = identity(entry)
        if posting_id is None:
            board.notes("entries without id, link and title were left out")
        elif board.listed([posting_id]):
            board.found(parse(entry, source, posting_id), entry, kind="feed")


def entries(page: Page) -> Iterator[Record]:
    """The entries of a feed of any kind. Raises PageNotUnderstood if it is none."""
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        answer = page.json()
        record = Record(answer)
        named = next((name for name in ("items", "jobs", "results") if name in record), "items")
        every = answer if isinstance(answer, list) else record.value(named)
        yield from rows(every, "the feed", page.url)
        return
    if page.looks_like_html:
        raise understood(page, "an HTML page where a feed was expected")
    feed = feedparser.parse(
        page.body, response_headers={"content-type": page.headers.get("content-type", "")}, **_AS_THEY_ARE
    )
    if not feed.version and not feed.entries:
        raise understood(page, f"not a feed: {feed.get('bozo_exception', 'neither RSS nor Atom')}")
    yield from (Record(_plain(entry)) for entry in feed.entries)


_AS_THEY_ARE: dict[str, Any] = {"sanitize_html": False, "resolve_relative_uris": False}


def _plain(entry: Any) -> dict[str, Any]:
    """A feed entry without what the feed parser adds for itself; the richest of its texts is `content_html`."""
    texts = [part.get("value", "") for part in entry.get("content", ())]
    fields = {name: value for name, value in entry.items() if not name.endswith(("_detail", "_parsed"))}
    fields["content_html"] = max([*texts, entry.get("summary", "")], key=len)
    fields["category"] = ", ".join(tag.get("term") or "" for tag in entry.get("tags", ()))
    fields["published"] = entry.get("published") or entry.get("updated") or entry.get("created")
    return fields


def identity(entry: Record) -> str | None:
    """The entry's own id, without tracking if it is an address; else its link, else its title."""
    for named in (entry.text("id", "guid", "jobid", "joblisting_jobid"), entry.text("link", "url", "external_url")):
        if named:
            return key_of(named) if named.startswith(("http://", "https://")) else named
    return entry.text("title")


def parse(entry: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one entry; what its own fields leave out comes from the markup that a JSON Feed may carry."""
    own = _from_fields(entry, source, posting_id)
    markup = entry.record("_jobposting")
    if not markup.fields:
        return own
    told = jobposting.parse(markup, source.name, own.url, posting_id)
    filled = (
        "employer",
        "locations",
        "workplace",
        "employment_type",
        "date_posted",
        "valid_through",
        "pay",
        "pay_text",
        "description",
    )
    return replace(own, **{name: getattr(own, name) or getattr(told, name) for name in filled})


def _from_fields(entry: Record, source: base.Source, posting_id: str) -> Posting:
    title = one_line(entry.text("title")) or ""
    said = entry.text("salary", "job_listing_salary", "g_salary", "joblisting_salary", "compensation") or _range(entry)
    places = _places(entry, title)
    employer = entry.text("company", "company_name", "job_listing_company", "g_employer", "employer")
    kinds = entry.text(
        "type", "job_type", "job_listing_job_type", "g_job_type", "joblisting_jobtype", "employment_type"
    )
    entry.text("category", "g_job_function", "g_job_industry", "summary")
    return Posting(
        source=source.name,
        id=posting_id,
        title=title,
        description=unescaped(entry.text("content_html", "description", "content_text", "summary")),
        url=entry.text("link", "url", "external_url") or "",
        employer=one_line(employer),
        locations=places,
        workplace=workplace(entry.text("remotetype", "workplace")) or workplace_in(places[0].text if places else None),
        employment_type=employment_types(kinds),
        date_posted=day(
            entry.text(
                "published",
                "pubdate",
                "date_published",
                "publication_date",
                "updated",
                "joblisting_advertisefromdateutc",
            )
        ),
        valid_through=day(
            entry.text(
                "expires",
                "g_expiration_date",
                "joblisting_advertisetodatetimeutc",
                "joblisting_advertisetodateutc",
                "expiration_date",
            )
        ),
        pay=pay_in(said),
        pay_text=one_line(said),
    )


def _range(entry: Record) -> str | None:
    """Pay that a feed keeps in three fields, as one text."""
    low, high = (
        entry.text("joblisting_minimumsalary", "salary_min"),
        entry.text("joblisting_maximumsalary", "salary_max"),
    )
    unit = entry.text("joblisting_salaryinterval", "salary_period") or ""
    return f"${low} - ${high} {unit}".strip() if low and high else f"${low} {unit}".strip() if low else None


def _places(entry: Record, title: str) -> tuple[Place, ...]:
    """The entry's places: its own fields, else the place that stands in brackets at the title's end."""
    named = entry.text(
        "location",
        "g_location",
        "region",
        "job_listing_location",
        "joblisting_location",
        "candidate_required_location",
        "georss_point",
    )
    city, state = entry.text("city", "joblisting_city"), entry.text("state", "joblisting_state")
    if city or state:
        found = place(
            text=named,
            city=city,
            region=state,
            postal_code=entry.text("postalcode", "zip"),
            country=entry.text("country"),
        )
        return (found,) if found else ()
    if named:
        return places_in(named)
    bracket = re.search(r"\(([^()]{3,80})\)\s*$", title)
    told = place_in(bracket[1]) if bracket and "," in bracket[1] else None
    return (told,) if told and told.city and told.country else ()
