"""ADP Workforce Now: the career center's own interface. `$skip` counts from one; 20 a page; texts one by one."""

import re
from typing import Literal
from urllib.parse import quote, urlsplit

from crawler.addresses import misconfigured, parameter
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, unescaped
from crawler.formats import About
from crawler.paging import Leaf, turned
from crawler.pays import pay, pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from model import source as base
from model.errors import PageNotUnderstood
from model.posting import Pay, Place, Posting

ABOUT = About(
    title="ADP Workforce Now",
    tier="undocumented",
    addresses=(r"""https?://workforcenow(?:\.cloud)?\.adp\.com/[^\s"'<>]*[?&]cid=[0-9a-f-]{36}[^\s"'<>]*""",),
    terms="the career center's own anonymous interface; no terms for third parties are published",
    gap=2.0,
    completeness="`meta.totalNumber`",
    gone="absent from a complete crawl; 404 for one posting",
    identity="`itemID`",
    ignored=names_in(
        "itemID postingInstructions links additionalProperties screeningRequirements organizationalUnits "
        "sponsoredVisaTypeCodes clientRequisitionID customFieldGroup.dateFields customFieldGroup.indicatorFields "
        "customFieldGroup.numberFields requisitionLocations.aliasNames payGradeRange.maximumRate.currencyCode "
        "customFieldGroup.codeFields.codeValue requisitionTitle postDate requisitionLocations payGradeRange "
        "customFieldGroup workLevelCode"
    ),
)
PAGE = 20
_PATH = "/mascsr/default/careercenter/public/events/staffing/v1/job-requisitions"


class Source(base.Source):
    """A career center: https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html?cid=UUID&ccId=ID."""

    kind: Literal["adp"] = "adp"


def nobody(source: base.Source) -> base.Source:
    """A career center that cannot exist."""
    return source.model_copy(
        update={"url": f"https://{urlsplit(source.url).netloc}/?cid=00000000-0000-4000-8000-7f3a91c20000&ccId=1_1"}
    )


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    client, center = parameter(source.url, "cid"), parameter(source.url, "ccId")
    if not client:
        raise misconfigured("the address names no ADP career center (`cid=` is missing)", source.url)
    address = f"https://{urlsplit(source.url).netloc}{_PATH}"
    tail = f"cid={quote(client)}" + (f"&ccId={quote(center)}" if center else "") + "&lang=en_US&locale=en_US"
    headers = {"X-Requested-With": "XMLHttpRequest"}

    async def turn(offset: int, _index: int) -> Leaf:
        """One page of the list."""
        page = await board.page(f"{address}?{tail}&$skip={offset + 1}&$top={PAGE}", headers=headers)
        answer = page.record()
        listed = rows(answer.value("jobRequisitions"), "`jobRequisitions`", page.url)
        return Leaf(
            rows=listed, ids=[row.text("itemID") for row in listed], total=answer.record("meta").whole("totalNumber")
        )

    async for posting_id, row in turned(board, turn, size=PAGE, volatile=frozenset({"customFieldGroup"})):
        page = await board.detail(posting_id, f"{address}/{quote(posting_id)}?{tail}", headers=headers)
        if page is None:
            continue
        try:
            record = page.record()
        except PageNotUnderstood as error:
            board.failed(error)
            continue
        board.found(parse(record, row, source, posting_id), row, record)


def parse(record: Record, row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from its detail and its row of the list. The payload names no employer: the configuration does."""
    custom = row.record("customFieldGroup")
    texts = {
        one.record("nameCode").text("codeValue"): one.text("stringValue") for one in custom.records("stringFields")
    }
    codes = {one.record("nameCode").text("codeValue"): one.text("shortName") for one in custom.records("codeFields")}
    sums, said = _pay(row, texts.get("SalaryRange"), codes.get("SalaryType"))
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(record.text("requisitionTitle") or row.text("requisitionTitle")) or "",
        description=re.sub(r"<link\b[^>]*>", "", unescaped(record.text("requisitionDescription"))).strip(),
        url=_address(source.url, texts.get("ExternalJobID") or posting_id),
        employer=None,
        locations=distinct(_place(one) for one in row.records("requisitionLocations")),
        employment_type=employment_types(row.record("workLevelCode").text("shortName")),
        date_posted=day(row.text("postDate")),
        pay=sums,
        pay_text=said,
    )


def _address(board_url: str, number: str) -> str:
    """Where a person reads the posting."""
    parts = urlsplit(board_url)
    client, center = parameter(board_url, "cid") or "", parameter(board_url, "ccId")
    tail = f"&ccId={quote(center)}" if center else ""
    front = f"https://{parts.netloc}/mascsr/default/mdf/recruitment/recruitment.html"
    return f"{front}?cid={quote(client)}{tail}&jobId={quote(number)}&lang=en_US"


def _place(one: Record) -> Place | None:
    """One of the posting's places."""
    address = one.record("address")
    named = one_line(one.record("nameCode").text("shortName"))
    return place(
        text=named,
        city=address.text("cityName"),
        region=address.record("countrySubdivisionLevel1").text("codeValue"),
        postal_code=address.text("postalCode"),
        country=address.record("country").text("codeValue") or _country_in(named),
    )


def _country_in(named: str | None) -> str | None:
    """The country that ends a place's name (" Windsor, ON, CA")."""
    parts = (named or "").split(",")
    return parts[-1].strip() if len(parts) > 2 else None


def _pay(row: Record, said: str | None, period: str | None) -> tuple[Pay | None, str | None]:
    """The pay grade's range; its period stands in the text or in a code."""
    grade = row.record("payGradeRange")
    low, high = grade.record("minimumRate"), grade.record("maximumRate")
    found = pay(low.value("amountValue"), high.value("amountValue"), period or said, low.text("currencyCode"))
    return found or pay_in(said), one_line(said)
