"""Workday: the anonymous interface (CXS) of its career sites. A list of 20 a page by POST, details one by one."""

import re
from dataclasses import dataclass
from typing import Literal

from crawler.addresses import NOBODY, host, misconfigured, segments
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, unescaped, workplace, workplace_in
from crawler.formats import About
from crawler.page import Page
from crawler.paging import Leaf, turned
from crawler.places import distinct, place_in, said
from crawler.records import Record, names_in, rows
from crawler.refusals import refusal
from model import source as base
from model.errors import PageNotUnderstood, SourceError
from model.posting import Place, Posting

ABOUT = About(
    title="Workday",
    tier="undocumented",
    addresses=(
        r"https?://[\w-]+\.wd\d+\.myworkdayjobs\.com/(?:[a-z]{2}-[A-Z]{2}/)?(?!wday\b)[\w-]+",
        r"https?://wd\d+\.myworkdaysite\.com/(?:[a-z]{2}-[A-Z]{2}/)?recruiting/[\w-]+/[\w-]+",
    ),
    terms="the career site's own anonymous interface; no terms for third parties are published",
    gap=1.0,
    completeness="the first page's `total`; a list that stops at 2,000 is read by job family, each of which must be whole",
    gone="404, or 403 with error code S22, for one posting",
    identity="the requisition's number at the end of `externalPath`, copies' suffix included",
    ignored=names_in(
        "title timeType remoteType jobPostingInfo.country postedOn bulletFields locationsText subtitle "
        "jobPostingInfo.id jobPostingInfo.postedOn jobPostingInfo.jobReqId jobPostingInfo.jobPostingId "
        "jobPostingInfo.jobPostingSiteId jobPostingInfo.canApply jobPostingInfo.posted "
        "jobPostingInfo.includeResumeParsing jobPostingInfo.questionnaireId jobPostingInfo.jobFamilyGroup "
        "jobPostingInfo.remote jobPostingInfo.country.id jobPostingInfo.jobRequisitionLocation.country.id "
        "jobPostingInfo.jobRequisitionLocation.country.descriptor jobPostingInfo.jobRequisitionLocation.descriptor "
        "hiringOrganization.url similarJobs userAuthenticated"
    ),
)
PAGE = 20
CAP = 2000
MOST_BUCKETS = 100
_LOCALE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")


class Source(base.Source):
    """A Workday site: https://TENANT.wd5.myworkdayjobs.com/SITE, or https://wd5.myworkdaysite.com/recruiting/TENANT/SITE."""

    kind: Literal["workday"] = "workday"


@dataclass(frozen=True, slots=True)
class Site:
    """A career site: where it is, and the two names that its interface wants."""

    host: str
    tenant: str
    name: str
    front: str

    @property
    def api(self) -> str:
        """The address of its interface."""
        return f"https://{self.host}/wday/cxs/{self.tenant}/{self.name}"


def site_of(url: str) -> Site:
    """The site that an address names. Raises SourceError (misconfigured) if it names none."""
    where = host(url)
    path = [part for part in segments(url) if not _LOCALE.fullmatch(part)]
    if path[:2] == ["wday", "cxs"] and len(path) > 3:
        return Site(where, path[2], path[3], f"https://{where}/{path[3]}")
    if path[:1] == ["recruiting"] and len(path) > 2:
        return Site(where, path[1], path[2], f"https://{where}/recruiting/{path[1]}/{path[2]}")
    if path and re.search(r"\.wd\d+\.", where):
        return Site(where, where.split(".")[0], path[0], f"https://{where}/{path[0]}")
    raise misconfigured("the address names no Workday site (https://TENANT.wd5.myworkdayjobs.com/SITE)", url)


def nobody(source: base.Source) -> base.Source:
    """A site that cannot exist, on the same host."""
    site = site_of(source.url)
    return source.model_copy(update={"url": f"https://{site.host}/wday/cxs/{NOBODY}/{NOBODY}/jobs"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    site = site_of(source.url)
    first = (await _asked(board, site, 0, {})).record()
    total = first.whole("total")
    split = _split(first.records("facets")) if (total or 0) == CAP else None
    if split is None:
        if total == CAP:
            board.falls_short(f"the list stops at {CAP} and offers no facet to split it by")
        await _read(source, board, site, {}, first)
        return
    name, buckets = split
    board.advertises(sum(count for _, count in buckets))
    for bucket, _ in buckets:
        await _read(source, board, site, {name: [bucket]}, None)


async def _asked(board: Board, site: Site, offset: int, facets: dict[str, list[str]]) -> Page:
    """One page of the list; all four keys of the question are required."""
    question = {"appliedFacets": facets, "limit": PAGE, "offset": offset, "searchText": ""}
    return await board.page(f"{site.api}/jobs", json=question)


def _split(facets: list[Record]) -> tuple[str, list[tuple[str, int]]] | None:
    """A facet whose values are few, each below the cap, and together all postings; None if there is none."""
    for facet in facets:
        values = [(value.text("id") or "", value.whole("count") or 0) for value in facet.records("values")]
        name = facet.text("facetParameter")
        fits = 1 < len(values) <= MOST_BUCKETS and all(one and count < CAP for one, count in values)
        if name and fits and sum(count for _, count in values) >= CAP:
            return name, values
    return None


async def _read(
    source: base.Source, board: Board, site: Site, facets: dict[str, list[str]], first: Record | None
) -> None:
    """The postings of the list, or of one bucket of it."""
    seen_before = len(board.seen)
    totals: list[int] = []

    async def turn(offset: int, index: int) -> Leaf:
        """One page of the list."""
        answer = (
            first
            if first is not None and index == 0 and offset == 0
            else (await _asked(board, site, offset, facets)).record()
        )
        listed = rows(answer.value("jobPostings"), "`jobPostings`", f"{site.api}/jobs")
        if index == 0:
            totals.append(answer.whole("total") or 0)
        whole = totals[0] if index == 0 and not facets else None  # later pages may say 0
        done = bool(facets) and len(board.seen) - seen_before + len(listed) >= totals[0]
        return Leaf(rows=listed, ids=[identity(row.text("externalPath")) for row in listed], total=whole, last=done)

    async for posting_id, row in turned(board, turn, volatile=frozenset({"postedOn"})):
        await _detail(source, board, site, posting_id, row)


def identity(path: str | None) -> str | None:
    """The requisition's number at the end of a posting's path, with the suffix of a copy."""
    last = (path or "").rstrip("/").rsplit("/", 1)[-1]
    return last.rsplit("_", 1)[-1] or None


async def _detail(source: base.Source, board: Board, site: Site, posting_id: str, row: Record) -> None:
    """One posting, unless the site says that it is gone."""
    path = "/" + (row.text("externalPath") or "").lstrip("/")
    page = await board.detail(posting_id, site.api + path, ok=(403,))
    if page is None:
        return
    if page.status == 403:
        if _is_gone(page):
            board.gone(posting_id)
        else:
            board.failed(refusal(page) or SourceError("the board answers 403", url=page.url, failure="forbidden"))
        return
    try:
        record = page.record()
    except PageNotUnderstood as error:
        board.failed(error)
        return
    board.found(parse(record, row, source, posting_id, site.front + path), row, record)


def _is_gone(page: Page) -> bool:
    """403 with error code S22: the posting was taken down."""
    try:
        return page.record().text("errorCode") == "S22"
    except PageNotUnderstood:
        return False


def parse(record: Record, row: Record, source: base.Source, posting_id: str, address: str) -> Posting:
    """A posting from its detail and its row of the list."""
    info = record.record("jobPostingInfo")
    texts = [info.text("location"), *info.texts("additionalLocations")]
    country = _country(info)
    places = distinct(_place(text, country) for text in texts if said(text))
    kind = info.text("timeType") or row.text("timeType")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(info.text("title") or row.text("title")) or "",
        description=unescaped(info.text("jobDescription")),
        url=info.text("externalUrl") or address,
        employer=_employer(record.record("hiringOrganization").text("name")),
        locations=places
        or distinct([place_in(row.text("locationsText") or "")] if said(row.text("locationsText")) else []),
        workplace=workplace(info.text("remoteType"), row.text("remoteType")) or workplace_in(texts[0]),
        employment_type=employment_types(kind),
        date_posted=day(info.text("startDate")),
        valid_through=day(info.text("endDate")),
    )


def _country(info: Record) -> str | None:
    """The posting's country as two letters."""
    told = info.record("jobRequisitionLocation").record("country").text("alpha2Code")
    return told or info.text("country") or info.record("country").text("descriptor")


def _place(text: str | None, country: str | None) -> Place:
    """One place: a town, or a site's code with its street behind it."""
    shown = one_line(text) or ""
    bare = re.sub(
        r"\s*[-–]?\s*\b(?:BLDG|Bldg|Building|Suite|STE|Floor)\b.*$",
        "",
        re.split(r"\s*~\s*|\s{2,}", (text or "").strip())[0],
    )
    found = place_in(bare)
    iso = found.country or (country if country and len(country) == 2 else place_in(country or "").country)
    return Place(text=shown, city=found.city, region=found.region, postal_code=found.postal_code, country=iso)


def _employer(named: str | None) -> str | None:
    """The hiring organisation without the company code that some tenants put before it."""
    return one_line(re.sub(r"^(?:[A-Z]{1,4}\d{2,}|\d{2,})\s*[-–]?\s+", "", named or ""))
