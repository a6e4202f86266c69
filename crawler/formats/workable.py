"""Workable: the widget that it publishes for embedding. One answer; a posting in several places comes several times."""

from typing import Literal
from urllib.parse import quote

from crawler.addresses import NOBODY, misconfigured, segments, subdomain
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, unescaped
from crawler.formats import About
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Place, Posting

ABOUT = About(
    title="Workable",
    tier="documented",
    addresses=(r"https?://apply\.workable\.com/(?!api\b)[\w-]+",),
    terms="careers widget, published for embedding; https://help.workable.com (careers page widget)",
    gap=1.0,
    completeness="one answer holds the board",
    gone="absent from the answer",
    identity="`shortcode`; the same code with another place is the same posting",
    ignored=names_in(
        "title url published_on description employment_type locations.country locations.countryCode country city "
        "state department code education experience function industry shortlink application_url created_at "
        "locations.hidden"
    ),
)


class Source(base.Source):
    """A Workable account: https://apply.workable.com/ACCOUNT/ or https://ACCOUNT.workable.com/."""

    kind: Literal["workable"] = "workable"


def _account(source: base.Source) -> str:
    """The account's name. Raises SourceError (misconfigured) if the address names none."""
    tenant = subdomain(source.url, r"workable\.com")
    path = [part for part in segments(source.url) if part not in ("api", "v1", "v3", "widget", "accounts")]
    account = tenant if tenant and tenant != "apply" else (path[0] if path else None)
    if not account:
        raise misconfigured("the address names no Workable account", source.url)
    return account


def nobody(source: base.Source) -> base.Source:
    """An account that cannot exist."""
    return source.model_copy(update={"url": f"https://apply.workable.com/{NOBODY}/"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    api = f"https://apply.workable.com/api/v1/widget/accounts/{quote(_account(source))}?details=true"
    page = await board.whole(api)
    if page is None:
        return
    answer = page.record()
    grouped: dict[str, list[Record]] = {}
    for row in rows(answer.value("jobs"), "`jobs`", page.url):
        posting_id = row.text("shortcode", "id")
        if posting_id is None:
            board.falls_short("a posting without a shortcode")
        else:
            grouped.setdefault(posting_id, []).append(row)
    board.listed(grouped)
    for posting_id, copies in grouped.items():
        board.found(parse(copies, source, posting_id, one_line(answer.text("name"))), *copies)


def parse(copies: list[Record], source: base.Source, posting_id: str, employer: str | None) -> Posting:
    """A posting from all its rows, one for each place."""
    row = copies[0]
    remote = [copy.truth("telecommuting") for copy in copies]
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title")) or "",
        description=unescaped(row.text("description")),
        url=row.text("url", "shortlink") or "",
        employer=employer,
        locations=distinct(found for copy in copies for found in _places(copy)),
        workplace="remote" if any(remote) else None,
        employment_type=employment_types(row.text("employment_type")),
        date_posted=day(row.text("published_on")),
    )


def _places(row: Record) -> list[Place | None]:
    """A row's places: its list where it has one, else its own fields."""
    every = row.records("locations") or [row]
    found = [
        place(
            city=one.text("city"),
            region=one.text("region", "state"),
            country=one.text("country") or one.text("countryCode"),
        )
        for one in every
    ]
    own = place(city=row.text("city"), region=row.text("state"), country=row.text("country"))
    return found if any(found) else [own]
