"""USAJOBS: the documented Search API of the US government (VA, IHS, military hospitals). Needs the operator's own free key."""

from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.addresses import misconfigured
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, paragraphs
from crawler.formats import About
from crawler.keys import key
from crawler.paging import Leaf, turned
from crawler.pays import pay
from crawler.places import distinct, place, place_in
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Place, Posting

ABOUT = About(
    title="USAJOBS",
    tier="keyed",
    addresses=(r"""https?://www\.usajobs\.gov/[Ss]earch[^\s"'<>]*""",),
    terms="Search API with a free key (USAJOBS_KEY, USAJOBS_EMAIL); attribution; https://developer.usajobs.gov",
    gap=1.0,
    completeness="`SearchResultCountAll`; the search shows at most 10,000 rows",
    gone="absent from a complete crawl",
    identity="`MatchedObjectId` (a PositionID repeats across announcements)",
    ignored=names_in(
        "MatchedObjectId RelevanceScore RelevanceRank MatchedObjectDescriptor.PositionID "
        "MatchedObjectDescriptor.ApplyURI MatchedObjectDescriptor.DepartmentName MatchedObjectDescriptor.SubAgency "
        "MatchedObjectDescriptor.JobCategory MatchedObjectDescriptor.JobGrade "
        "MatchedObjectDescriptor.PositionStartDate MatchedObjectDescriptor.PositionFormattedDescription "
        "MatchedObjectDescriptor.PositionOfferingType MatchedObjectDescriptor.PositionSchedule.Code "
        "MatchedObjectDescriptor.PositionLocation.Longitude MatchedObjectDescriptor.PositionLocation.Latitude "
        "MatchedObjectDescriptor.PositionRemuneration.Description MatchedObjectDescriptor.UserArea.IsRadialSearch "
        "MatchedObjectDescriptor.UserArea.Details.WhoMayApply "
        "MatchedObjectDescriptor.UserArea.Details.TeleworkEligible"
    ),
)
PAGE = 500
CAP = 10_000


class Source(base.Source):
    """A search, as its address shows it: https://www.usajobs.gov/Search/Results?k=medical+records&l=Illinois&Radius=50."""

    kind: Literal["usajobs"] = "usajobs"


_NAMES = {
    "k": "Keyword",
    "l": "LocationName",
    "j": "JobCategoryCode",
    "a": "Organization",
    "r": "Radius",
    "d": "Organization",
}


def _question(source: base.Source) -> dict[str, str]:
    """The search's parameters in the API's names. Raises SourceError (misconfigured) if there are none."""
    found = {
        _NAMES.get(name, name): value
        for name, value in parse_qsl(urlsplit(source.url).query)
        if name not in ("p", "Page")
    }
    if not found:
        raise misconfigured("the address names no search (?k=… or ?JobCategoryCode=0675)", source.url)
    return {**found, "WhoMayApply": found.get("WhoMayApply", "public"), "Fields": "Full", "SortField": "opendate"}


async def crawl(source: base.Source, board: Board) -> None:
    """Read the search."""
    where = "https://developer.usajobs.gov/apirequest"
    headers = {
        "Authorization-Key": key("USAJOBS_KEY", where),
        "User-Agent": key("USAJOBS_EMAIL", where),
    }
    question = _question(source)

    async def turn(_offset: int, index: int) -> Leaf:
        """One page of the list."""
        asked = urlencode({**question, "ResultsPerPage": str(PAGE), "Page": str(index + 1)})
        page = await board.page(f"https://data.usajobs.gov/api/Search?{asked}", headers=headers)
        answer = page.record().record("SearchResult")
        listed = rows(answer.value("SearchResultItems"), "`SearchResultItems`", page.url)
        pages = answer.record("UserArea").whole("NumberOfPages")
        total = answer.whole("SearchResultCountAll")
        if (total or 0) > CAP:
            board.falls_short(f"the search holds {total} announcements and shows at most {CAP}")
        last = pages is not None and index + 1 >= pages
        return Leaf(rows=listed, ids=[row.text("MatchedObjectId") for row in listed], total=total, last=last)

    async for posting_id, row in turned(board, turn, size=PAGE):
        board.found(parse(row, source, posting_id), row)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one result."""
    told = row.record("MatchedObjectDescriptor")
    details = told.record("UserArea").record("Details")
    money = told.record("PositionRemuneration")
    schedules = [one.text("Name") for one in told.records("PositionSchedule")]
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(told.text("PositionTitle")) or "",
        description=paragraphs(
            (None, details.text("JobSummary")),
            ("Duties", _joined(details, "MajorDuties")),
            ("Qualifications", told.text("QualificationSummary")),
            ("Education", details.text("Education")),
            ("Requirements", details.text("Requirements")),
            ("Who may apply", details.record("WhoMayApply").text("Name")),
        ),
        url=(told.text("PositionURI") or "").replace(":443/", "/"),
        employer=one_line(told.text("OrganizationName") or told.text("DepartmentName")),
        locations=_places(told),
        workplace="remote" if details.truth("RemoteIndicator") else None,
        employment_type=employment_types(*schedules),
        date_posted=day(told.text("PublicationStartDate")),
        valid_through=day(told.text("ApplicationCloseDate", "PositionEndDate")),
        pay=pay(money.value("MinimumRange"), money.value("MaximumRange"), money.text("RateIntervalCode")),
    )


def _joined(details: Record, name: str) -> str | None:
    """A field that is text or a list of texts."""
    return "\n".join(f"<p>{text}</p>" for text in details.texts(name)) or None


def _places(told: Record) -> tuple[Place, ...]:
    """The announcement's places, which can be hundreds; else how the site shows them."""
    several = [
        place(
            city=(one.text("CityName", "LocationName") or "").split(",")[0],
            region=one.text("CountrySubDivisionCode"),
            country=one.text("CountryCode"),
        )
        for one in told.records("PositionLocation")
    ]
    shown = told.text("PositionLocationDisplay")
    return distinct(several) or ((place_in(shown),) if shown else ())
