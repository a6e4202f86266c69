"""BambooHR: the careers page's own list, or the older embedded page; details one by one."""

import re
from typing import Literal
from urllib.parse import urlsplit

from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, unescaped
from crawler.formats import About
from crawler.page import Page
from crawler.pays import pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from crawler.wishes import HTML
from model import source as base
from model.errors import PageNotUnderstood, SourceError
from model.posting import Place, Posting, Workplace

ABOUT = About(
    title="BambooHR",
    tier="undocumented",
    addresses=(r"https?://(?!www\.|help\.|resources\.)[\w-]+\.bamboohr\.com",),
    terms="the public careers page's own interface; the older embedded page is published for embedding",
    gap=2.0,
    completeness="`meta.totalCount`; the embedded page holds all",
    gone="absent from the list; 404 for one posting",
    identity="`id`",
    ignored=names_in(
        "id departmentId departmentLabel jobOpeningShareUrl jobOpeningStatus minimumExperience formFields "
        "jobCategoryId location.addressCountry location.postalCode location.city location.state isRemote locationType "
        "employmentType employmentStatusLabel jobOpeningName atsLocation location"
    ),
)
_WORKPLACES: dict[str, Workplace] = {"1": "remote", "2": "hybrid"}


class Source(base.Source):
    """A BambooHR board: https://COMPANY.bamboohr.com/careers."""

    kind: Literal["bamboohr"] = "bamboohr"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    front = f"https://{urlsplit(source.url).netloc}"
    for row in await _listed(board, front):
        posting_id = row.text("id")
        if posting_id is None:
            board.falls_short("a posting without an id")
            continue
        board.marked(posting_id, row)
        page = await board.detail(posting_id, f"{front}/careers/{posting_id}/detail")
        if page is None:
            continue
        try:
            record = page.record().record("result").record("jobOpening")
        except PageNotUnderstood as error:
            board.failed(error)
            continue
        board.found(parse(record, row, source, posting_id), row, record)


async def _listed(board: Board, front: str) -> list[Record]:
    """The rows of the list; where the careers page has none, of the embedded page."""
    try:
        page = await board.page(f"{front}/careers/list")
        answer = page.record()
        board.advertises(answer.record("meta").whole("totalCount"))
        listed = rows(answer.value("result"), "`result`", page.url)
    except SourceError as error:
        if error.failure not in ("not_found", "not_understood"):
            raise
        shown = await board.page(f"{front}/jobs/embed2.php", accept=HTML)
        board.check_whole(shown)
        listed = embedded(shown)
    board.listed(row.text("id") for row in listed)
    return listed


def embedded(page: Page) -> list[Record]:
    """The rows of the embedded page. Raises PageNotUnderstood if it is none."""
    if "BambooHR-ATS" not in page.text:
        raise understood(page, "neither a BambooHR list nor its embedded page")
    found = []
    for item in page.tree.css("li.BambooHR-ATS-Jobs-Item"):
        number = re.search(r"/(?:careers|view\.php\?id=)/?(\d+)", item.css("a::attr(href)").get() or "")
        if number:
            where = one_line(item.css(".BambooHR-ATS-Location::text").get())
            found.append(
                Record({"id": number[1], "jobOpeningName": one_line(item.css("a::text").get()), "placeText": where})
            )
    return found


def parse(record: Record, row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from its detail and its row of the list."""
    said = record.text("compensation")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(record.text("jobOpeningName") or row.text("jobOpeningName")) or "",
        description=unescaped(record.text("description")),
        url=record.text("jobOpeningShareUrl") or f"https://{urlsplit(source.url).netloc}/careers/{posting_id}",
        locations=distinct([_place(record) or _place(row) or place(text=row.text("placeText"))]),
        workplace="remote"
        if row.truth("isRemote")
        else _WORKPLACES.get(record.text("locationType") or row.text("locationType") or ""),
        employment_type=employment_types(record.text("employmentStatusLabel") or row.text("employmentStatusLabel")),
        date_posted=day(record.text("datePosted")),
        pay=pay_in(said),
        pay_text=one_line(said),
    )


def _place(record: Record) -> Place | None:
    """The posting's place, which stands in one of two objects."""
    plain, applicant = record.record("location"), record.record("atsLocation")
    return place(
        city=plain.text("city") or applicant.text("city"),
        region=plain.text("state") or applicant.text("state") or applicant.text("province"),
        postal_code=plain.text("postalCode"),
        country=plain.text("addressCountry") or applicant.text("country"),
    )
