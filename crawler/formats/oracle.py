"""Oracle Recruiting Cloud: the candidate site's own REST resource. Limit and offset stand inside `finder`."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from crawler.addresses import host, misconfigured, parameter, segments
from crawler.board import Board, understood
from crawler.fields import day, employment_types, one_line, paragraphs, workplace
from crawler.formats import About
from crawler.paging import Leaf, turned
from crawler.pays import pay_in
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from model import source as base
from model.errors import PageNotUnderstood
from model.posting import Place, Posting

_IGNORED = (
    "Title WorkplaceType WorkplaceTypeCode JobSchedule ApplyWhenNotPostedFlag BeFirstToApplyFlag BusinessUnit "
    "BusinessUnitId Category ContentLocale ContractType Department Distance DomesticTravelRequired "
    "ExternalContactEmail ExternalContactName ExternalUrlSeo GeographyId GeographyNodeId HiringManager HotJobFlag "
    "Id InternalQualificationsStr InternalResponsibilitiesStr InternationalTravelRequired JobFamily JobFamilyId "
    "JobFunction JobFunctionCode JobGrade JobLevel JobShift Language LegalEmployerId ManagerLevel MediaThumbURL "
    "NumberOfOpenings ObjectVerNumberProfile Organization OrganizationId OtherRequisitionTitle PostedDate "
    "PostingEndDate PrimaryLocation PrimaryLocationCountry Relevancy RequisitionId RequisitionNumber "
    "RequisitionType ShortDescriptionStr StudyLevel TrendingFlag WorkDays WorkDurationMonths WorkDurationYears "
    "WorkHours WorkMonths WorkYears WorkerType media otherWorkLocations primaryLocationCoordinates "
    "secondaryLocations skills workLocation"
)
ABOUT = About(
    title="Oracle Recruiting Cloud",
    tier="undocumented",
    addresses=(r"https?://[\w.-]+\.oraclecloud\.com/hcmUI/CandidateExperience/[\w-]+/sites/[\w-]+",),
    terms="the candidate site's own anonymous use of a documented REST resource",
    gap=1.0,
    completeness="`TotalJobsCount`; short pages in the middle are no end",
    gone="absent from a complete crawl; an empty detail",
    identity="`Id`, the requisition's number",
    ignored=names_in(_IGNORED),
)
PAGE = 200
CAP = 10_000
_LIST = "onlyData=true&expand=requisitionList.workLocation,requisitionList.secondaryLocations"


class Source(base.Source):
    """A candidate site: https://POD.fa.REGION.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1."""

    kind: Literal["oracle"] = "oracle"


@dataclass(frozen=True, slots=True)
class Site:
    """A candidate site."""

    host: str
    number: str
    front: str

    @property
    def resources(self) -> str:
        """The address of the REST resources."""
        return f"https://{self.host}/hcmRestApi/resources/latest"


def site_of(url: str) -> Site:
    """The site that an address names. Raises SourceError (misconfigured) if it names none."""
    path = segments(url)
    finder = re.search(r"siteNumber=([\w-]+)", parameter(url, "finder") or "")
    number = path[path.index("sites") + 1] if "sites" in path[:-1] else finder[1] if finder else None
    if not number:
        raise misconfigured("the address names no Oracle site (…/hcmUI/CandidateExperience/en/sites/CX_1)", url)
    language = path[path.index("sites") - 1] if "sites" in path[1:] else "en"
    return Site(host(url), number, f"https://{host(url)}/hcmUI/CandidateExperience/{language}/sites/{number}")


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    site = site_of(source.url)

    async def turn(offset: int, _index: int) -> Leaf:
        """One page of the list."""
        if offset >= CAP:
            board.falls_short(f"the list stops at {CAP} postings")
            return Leaf(rows=[], ids=[])
        finder = f"findReqs;siteNumber={site.number},limit={PAGE},offset={offset},sortBy=POSTING_DATES_DESC"
        page = await board.page(f"{site.resources}/recruitingCEJobRequisitions?{_LIST}&finder={finder}")
        found = rows(page.record().value("items"), "`items`", page.url)
        if not found:
            raise understood(page, "an answer without a search")
        listed = rows(found[0].value("requisitionList"), "`requisitionList`", page.url)
        return Leaf(rows=listed, ids=[row.text("Id") for row in listed], total=found[0].whole("TotalJobsCount"))

    async for posting_id, row in turned(
        board,
        turn,
        size=PAGE,
        volatile=frozenset({"Distance", "Relevancy", "HotJobFlag", "TrendingFlag", "BeFirstToApplyFlag"}),
    ):
        await _detail(source, board, site, posting_id, row)


async def _detail(source: base.Source, board: Board, site: Site, posting_id: str, row: Record) -> None:
    """One posting."""
    quoted = quote('"' + posting_id + '"')
    finder = f"ById;Id={quoted},siteNumber={site.number}"
    url = f"{site.resources}/recruitingCEJobRequisitionDetails?expand=all&onlyData=true&finder={finder}"
    page = await board.detail(posting_id, url)
    if page is None:
        return
    try:
        answer = page.record()
        found = rows(answer.value("items"), "`items`", page.url) if "items" in answer else [answer]
    except PageNotUnderstood as error:
        board.failed(error)
        return
    if not found or not found[0].text("Id"):
        board.gone(posting_id)
        return
    board.found(parse(found[0], row, source, posting_id, site), row, found[0])


def parse(record: Record, row: Record, source: base.Source, posting_id: str, site: Site) -> Posting:
    """A posting from its detail and its row of the list."""
    flexible = {
        str(one.text("Prompt")).casefold(): one.text("Value") for one in record.records("requisitionFlexFields")
    }
    said = next(
        (value for name, value in flexible.items() if value and re.search("salary|pay|compensation", name)), None
    )
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(record.text("Title") or row.text("Title")) or "",
        description=paragraphs(
            (None, record.text("ExternalDescriptionStr") or row.text("ShortDescriptionStr")),
            ("Responsibilities", record.text("ExternalResponsibilitiesStr")),
            ("Qualifications", record.text("ExternalQualificationsStr")),
            (None, record.text("CorporateDescriptionStr")),
            (None, record.text("OrganizationDescriptionStr")),
        ),
        url=row.text("ExternalUrl") or f"{site.front}/job/{posting_id}",
        employer=one_line(row.text("EmployerName") or record.text("LegalEmployer")),
        locations=distinct([*_places(record), *_places(row)]),
        workplace=workplace(
            *((one.text("WorkplaceTypeCode") or "").removeprefix("ORA_").replace("_", "") for one in (record, row)),
            record.text("WorkplaceType"),
            row.text("WorkplaceType"),
        ),
        employment_type=employment_types(record.text("JobSchedule") or row.text("JobSchedule"), record.text("JobType")),
        date_posted=day(record.text("ExternalPostedStartDate") or row.text("PostedDate")),
        valid_through=day(record.text("ExternalPostedEndDate") or row.text("PostingEndDate")),
        pay=pay_in(said),
        pay_text=one_line(said),
    )


def _places(record: Record) -> list[Place | None]:
    """The main place, then the others."""
    country = record.text("PrimaryLocationCountry")
    others = [
        place(text=one.text("Name"), country=one.text("CountryCode")) for one in record.records("secondaryLocations")
    ]
    return [place(text=record.text("PrimaryLocation"), country=country), *others]
