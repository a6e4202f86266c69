"""UKG Pro Recruiting (UltiPro): the job board's own search by POST, details inside its pages."""

import re
from typing import Literal
from urllib.parse import urlsplit

from crawler.addresses import misconfigured, segments, with_tenant
from crawler.board import Board
from crawler.embedded import json_after
from crawler.fields import day, employment_types, one_line, unescaped
from crawler.formats import About
from crawler.page import Page
from crawler.paging import Leaf, turned
from crawler.pays import pay
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from crawler.wishes import HTML
from model import source as base
from model.errors import PageNotUnderstood
from model.posting import Place, Posting, Workplace

ABOUT = About(
    title="UKG Pro Recruiting (UltiPro)",
    tier="undocumented",
    addresses=(r"https?://recruiting\d*\.ultipro\.(?:com|ca)/\w+/JobBoard/[0-9a-f-]{36}",),
    terms="the job board's own anonymous interface; no terms for third parties are published",
    gap=2.0,
    completeness="`totalCount`; an empty page before it is asked for once more",
    gone="404, or `OpportunityIsClosed` on the posting's page",
    identity="`Id`, a UUID",
    ignored=names_in(
        "Title PostedDate JobLocationType Locations RequisitionNumber JobCategoryName Featured UpdatedDate Links "
        "Locations.Id Locations.LocalizedDescription Locations.Address.Line1 Locations.Address.Line2 BriefDescription "
        "Id"
    ),
)
PAGE = 100
_WORKPLACES: dict[str, Workplace] = {"0": "hybrid", "1": "onsite", "2": "remote"}


class Source(base.Source):
    """A UKG Pro board: https://recruiting2.ultipro.com/TENANT/JobBoard/UUID."""

    kind: Literal["ukg"] = "ukg"


def _front(url: str) -> str:
    """The board's own address. Raises SourceError (misconfigured) if it is none."""
    parts, path = urlsplit(url), segments(url)
    if "JobBoard" not in path[1:-1]:
        raise misconfigured("the address names no UKG board (https://recruiting.ultipro.com/TENANT/JobBoard/UUID)", url)
    place_of = path.index("JobBoard")
    return f"https://{parts.netloc}/{path[place_of - 1]}/JobBoard/{path[place_of + 1]}"


def nobody(source: base.Source) -> base.Source:
    """A board that cannot exist."""
    tenant, _, board_id = segments(_front(source.url))
    url = with_tenant(
        with_tenant(_front(source.url), board_id, "00000000-0000-4000-8000-7f3a91c20000"), tenant, "NOB1000NOBDY"
    )
    return source.model_copy(update={"url": url})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    front = _front(source.url)

    async def turn(offset: int, _index: int) -> Leaf:
        """One page of the list."""
        order = [{"Value": "postedDateDesc", "PropertyName": "PostedDate", "Ascending": False}]
        question = {
            "opportunitySearch": {"Top": PAGE, "Skip": offset, "QueryString": "", "OrderBy": order, "Filters": []}
        }
        page = await board.page(f"{front}/JobBoardView/LoadSearchResults", json=question)
        answer = page.record()
        listed = rows(answer.value("opportunities"), "`opportunities`", page.url)
        return Leaf(rows=listed, ids=[row.text("Id") for row in listed], total=answer.whole("totalCount"))

    async for posting_id, row in turned(board, turn, size=PAGE, volatile=frozenset()):
        address = f"{front}/OpportunityDetail?opportunityId={posting_id}"
        page = await board.detail(posting_id, address, accept=HTML)
        if page is None:
            continue
        try:
            record = detail_in(page)
        except PageNotUnderstood as error:
            board.failed(error)
            continue
        if record.truth("OpportunityIsClosed"):
            board.gone(posting_id)
        else:
            board.found(parse(record, row, source, posting_id, address), row)


def detail_in(page: Page) -> Record:
    """The posting inside its page's script. Raises PageNotUnderstood if there is none."""
    return Record(json_after(page, r"CandidateOpportunityDetail\s*\("))


def parse(record: Record, row: Record, source: base.Source, posting_id: str, address: str) -> Posting:
    """A posting from its page and its row of the list."""
    full = row.truth("FullTime") if "FullTime" in row else record.truth("FullTime")
    code = row.text("JobLocationType") or record.text("JobLocationType") or ""
    low, high = (
        record.value("PayRangeMinimum") or record.value("MinPay"),
        record.value("PayRangeMaximum") or record.value("MaxPay"),
    )
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(record.text("Title") or row.text("Title")) or "",
        description=unescaped(record.text("Description") or row.text("BriefDescription")),
        url=address,
        employer=one_line(record.text("CompanyName")),
        locations=distinct(_place(one) for one in row.records("Locations") or record.records("Locations")),
        workplace=_WORKPLACES.get(code),
        employment_type=employment_types("Full Time" if full else "Part Time" if full is False else None),
        date_posted=day(row.text("PostedDate") or record.text("PostedDate")),
        pay=pay(low, high, record.text("PayFrequency", "PayRateType")),
    )


def _place(one: Record) -> Place | None:
    """One of the posting's places; its name may hold more than its address."""
    address = one.record("Address")
    named = one.text("LocalizedName", "LocalizedDescription")
    found = place(
        city=address.text("City"),
        region=address.record("State").text("Code", "Name"),
        postal_code=address.text("PostalCode"),
        country=address.record("Country").text("Code", "Name"),
    )
    return found or place(text=re.sub(r"^[A-Z]{2}\d+\s*-\s*", "", named or ""))
