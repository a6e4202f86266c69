"""Lever: the documented Postings API. A bare array, page after page, without a total: a short page is the last."""

from dataclasses import replace
from typing import Literal

from crawler.addresses import NOBODY, misconfigured, segments
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, paragraphs, workplace, workplace_in
from crawler.formats import About
from crawler.pays import pay, pay_in
from crawler.places import country_code, places_in
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Place, Posting

ABOUT = About(
    title="Lever",
    tier="documented",
    addresses=(
        r"https?://jobs(?:\.eu)?\.lever\.co/[\w.-]+",
        r"https?://api(?:\.eu)?\.lever\.co/v0/postings/[\w.-]+",
    ),
    terms="Postings API; its README says that published postings may be read by third parties; https://github.com/lever/postings-api",
    gap=0.5,
    completeness="pages until one is not full; every page must bring new postings",
    gone="absent from a complete crawl; 404 for one posting",
    identity="`id`, a UUID",
    ignored=names_in(
        "additionalPlain descriptionPlain opening openingPlain descriptionBody descriptionBodyPlain applyUrl "
        "categories.team categories.department categories.level salaryDescriptionPlain"
    ),
)
PAGE = 100


class Source(base.Source):
    """A Lever board: https://jobs.lever.co/SITE, or jobs.eu.lever.co."""

    kind: Literal["lever"] = "lever"


def _site(source: base.Source) -> str:
    """The site's name. Raises SourceError (misconfigured) if the address names none."""
    path = segments(source.url)
    if path[:2] == ["v0", "postings"]:
        path = path[2:]
    if not path:
        raise misconfigured("the address names no Lever site", source.url)
    return path[0]


def nobody(source: base.Source) -> base.Source:
    """The same board for an employer that cannot exist."""
    return source.model_copy(update={"url": f"https://jobs.lever.co/{NOBODY}"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board, page by page; most boards fit the first."""
    api = "api.eu.lever.co" if ".eu.lever.co" in source.url else "api.lever.co"
    postings = f"https://{api}/v0/postings/{_site(source)}"
    skip = 0
    while True:
        url = f"{postings}?mode=json&skip={skip}&limit={PAGE}"
        page = await board.page(url) if skip else await board.whole(url)
        if page is None:
            return
        listed = rows(page.json(), "the answer", page.url)
        new = set(board.listed(row.text("id") for row in listed))
        for row in listed:
            posting_id = row.text("id")
            if posting_id in new and posting_id:
                board.found(parse(row, source, posting_id), row)
        if len(listed) < PAGE:
            return
        if not new:
            board.falls_short(f"the page at {skip} repeats earlier postings")
            return
        skip += len(listed)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one object of the array; its description is kept in parts, all of which are joined."""
    said = row.text("salaryDescription", "salaryDescriptionPlain")
    sums = row.record("salaryRange")
    places = _places(row)
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("text")) or "",
        description=paragraphs(
            (None, row.text("description", "descriptionPlain")),
            *((part.text("text"), _listing(part.text("content"))) for part in row.records("lists")),
            (None, row.text("additional", "additionalPlain")),
        ),
        url=row.text("hostedUrl", "applyUrl") or "",
        locations=places,
        workplace=workplace(row.text("workplaceType")) or workplace_in(places[0].text if places else None),
        employment_type=employment_types(row.record("categories").text("commitment")),
        date_posted=day(row.text("createdAt")),
        pay=pay(sums.value("min"), sums.value("max"), sums.text("interval"), sums.text("currency")) or pay_in(said),
        pay_text=one_line(said),
    )


def _listing(content: str | None) -> str | None:
    """A list's content, which comes as bare `<li>`s."""
    return f"<ul>{content}</ul>" if content and "<li" in content and "<ul" not in content else content


def _places(row: Record) -> tuple[Place, ...]:
    """All places of the posting; `country` is the first one's."""
    categories = row.record("categories")
    country = row.text("country")
    texts = categories.texts("allLocations") or [categories.text("location") or ""]
    main = categories.text("location")
    ordered = [text for text in texts if text == main] + [text for text in texts if text != main]
    found = places_in(*ordered)
    if len(found) == 1 and country and found[0].country is None:
        return (replace(found[0], country=country_code(country)),)
    return found
