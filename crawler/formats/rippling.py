"""Rippling: the job board API. One list, a row for each place of a posting; texts one by one."""

from dataclasses import replace
from typing import Literal
from urllib.parse import quote

from crawler.addresses import NOBODY, misconfigured, segments
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, paragraphs, workplace_in
from crawler.formats import About
from crawler.places import distinct, place_in
from crawler.records import Record, names_in, rows
from model import source as base
from model.errors import PageNotUnderstood
from model.posting import Posting

ABOUT = About(
    title="Rippling",
    tier="undocumented",
    addresses=(r"https?://ats\.rippling\.com/(?:[a-z]{2}-[A-Z]{2}/)?[\w-]+",),
    terms="the job board's own anonymous interface",
    gap=1.0,
    completeness="one answer lists the board",
    gone="absent from the list; 404 for one posting",
    identity="`uuid`; the same one with another place is the same posting",
    ignored=names_in(
        "uuid department workLocation.id board companyId employmentType.id locale activeEEOCForm linkedJobLocations "
        "name url workLocation"
    ),
)


class Source(base.Source):
    """A Rippling board: https://ats.rippling.com/COMPANY/jobs."""

    kind: Literal["rippling"] = "rippling"


def _company(source: base.Source) -> str:
    """The board's name. Raises SourceError (misconfigured) if the address names none."""
    path = [
        part
        for part in segments(source.url)
        if part not in ("platform", "api", "ats", "v1", "board", "jobs", "en-US", "en-GB")
    ]
    if not path:
        raise misconfigured("the address names no Rippling board (https://ats.rippling.com/COMPANY/jobs)", source.url)
    return path[0]


def nobody(source: base.Source) -> base.Source:
    """A board that cannot exist."""
    return source.model_copy(update={"url": f"https://ats.rippling.com/{NOBODY}/jobs"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    jobs = f"https://api.rippling.com/platform/api/ats/v1/board/{quote(_company(source))}/jobs"
    page = await board.page(jobs)
    grouped: dict[str, list[Record]] = {}
    for row in rows(page.json(), "the answer", page.url):
        posting_id = row.text("uuid", "id")
        if posting_id is None:
            board.falls_short("a posting without an id")
        else:
            grouped.setdefault(posting_id, []).append(row)
    board.listed(grouped)
    for posting_id, copies in grouped.items():
        board.marked(posting_id, Record({str(number): copy.fields for number, copy in enumerate(copies)}))
        detail = await board.detail(posting_id, f"{jobs}/{quote(posting_id)}")
        if detail is None:
            continue
        try:
            record = detail.record()
        except PageNotUnderstood as error:
            board.failed(error)
            continue
        board.found(parse(record, copies, source, posting_id), *copies, record)


def parse(record: Record, copies: list[Record], source: base.Source, posting_id: str) -> Posting:
    """A posting from its detail and its rows, one for each place."""
    text = record.record("description")
    places = [one for copy in copies if (one := copy.record("workLocation").text("label"))] or record.texts(
        "workLocations"
    )
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(record.text("name") or copies[0].text("name")) or "",
        description=paragraphs((None, text.text("company")), (None, text.text("role")))
        or record.text("description")
        or "",
        url=record.text("url") or copies[0].text("url") or "",
        employer=one_line(record.text("companyName")),
        locations=distinct(replace(place_in(_inside(one)), text=one) for one in places),
        workplace=next(filter(None, (workplace_in(one) for one in places)), None),
        employment_type=employment_types(record.record("employmentType").text("label"), record.text("employmentType")),
        date_posted=day(record.text("createdOn", "createdAt", "publishedAt")),
    )


def _inside(label: str) -> str:
    """ "Remote (New Jersey, US)": the place stands in the brackets."""
    inner = (
        label[label.find("(") + 1 : label.rfind(")")] if label.lower().startswith(("remote (", "hybrid (")) else label
    )
    return inner or label
