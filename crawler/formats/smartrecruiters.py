"""SmartRecruiters: the documented Posting API. A list of 100 a page, texts one by one."""

from typing import Literal

from crawler.addresses import NOBODY, misconfigured, segments
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, paragraphs
from crawler.formats import About
from crawler.paging import Leaf, turned
from crawler.pays import pay
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from model import source as base
from model.errors import PageNotUnderstood
from model.posting import Posting, Workplace

ABOUT = About(
    title="SmartRecruiters",
    tier="documented",
    addresses=(r"https?://(?:careers|jobs)\.smartrecruiters\.com/[\w-]+",),
    terms="Posting API, public without a key; https://developers.smartrecruiters.com/docs/posting-api",
    gap=0.5,
    completeness="`totalFound`, the same on every page",
    gone="absent from a complete crawl; 404 for one posting",
    identity="`id` (several language versions of one opening have one each)",
    ignored=names_in(
        "id name releasedDate location typeOfEmployment company uuid jobAdId jobId defaultJobAd refNumber industry "
        "department function experienceLevel customField visibility ref creator language active referralUrl actions "
        "company.identifier location.address location.latitude location.longitude location.regionCode "
        "typeOfEmployment.id"
    ),
)
PAGE = 100
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class Source(base.Source):
    """A SmartRecruiters company: https://careers.smartrecruiters.com/COMPANY or https://jobs.smartrecruiters.com/COMPANY."""

    kind: Literal["smartrecruiters"] = "smartrecruiters"


def _company(source: base.Source) -> str:
    """The company's identifier. Raises SourceError (misconfigured) if the address names none."""
    path = segments(source.url)
    if path[:2] == ["v1", "companies"]:
        path = path[2:]
    if not path:
        raise misconfigured("the address names no SmartRecruiters company", source.url)
    return path[0]


def nobody(source: base.Source) -> base.Source:
    """The same board for an employer that cannot exist."""
    return source.model_copy(update={"url": f"https://careers.smartrecruiters.com/{NOBODY}"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    company = _company(source)
    postings = f"https://api.smartrecruiters.com/v1/companies/{company}/postings"

    async def turn(offset: int, _index: int) -> Leaf:
        """One page of the list."""
        page = await board.page(f"{postings}?limit={PAGE}&offset={offset}")
        answer = page.record()
        listed = rows(answer.value("content"), "`content`", page.url)
        return Leaf(rows=listed, ids=[row.text("id") for row in listed], total=answer.whole("totalFound"))

    async for posting_id, row in turned(board, turn, volatile=frozenset()):
        if row.record("jobAd").record("sections"):
            board.found(parse(row, row, source, posting_id, company), row)
            continue
        page = await board.detail(posting_id, f"{postings}/{posting_id}")
        if page is None:
            continue
        try:
            record = page.record()
        except PageNotUnderstood as error:
            board.failed(error)
            continue
        board.found(parse(record, row, source, posting_id, company), row, record)


def parse(record: Record, row: Record, source: base.Source, posting_id: str, company: str) -> Posting:
    """A posting from its detail and its row of the list."""
    sections = record.record("jobAd").record("sections")
    where = record.record("location") or row.record("location")
    salary = record.record("compensation").record("salary")
    kind = record.record("typeOfEmployment").text("label") or row.record("typeOfEmployment").text("label")
    apply = record.text("applyUrl")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(record.text("name") or row.text("name")) or "",
        description=paragraphs(
            *((sections.record(name).text("title"), sections.record(name).text("text")) for name in _SECTIONS)
        ),
        url=record.text("postingUrl") or apply or f"https://jobs.smartrecruiters.com/{company}/{posting_id}",
        employer=one_line(record.record("company").text("name") or row.record("company").text("name")),
        locations=distinct(
            [
                place(
                    text=where.text("fullLocation"),
                    city=where.text("city"),
                    region=where.text("region"),
                    postal_code=where.text("postalCode"),
                    country=where.text("country"),
                )
            ]
        ),
        workplace=_workplace(where),
        employment_type=employment_types(kind),
        date_posted=day(record.text("releasedDate") or row.text("releasedDate")),
        pay=pay(salary.value("min"), salary.value("max"), salary.text("period"), salary.text("currency")),
    )


def _workplace(where: Record) -> Workplace | None:
    """What the two flags say; both false says nothing."""
    hybrid, remote = where.truth("hybrid"), where.truth("remote")
    return "hybrid" if hybrid else "remote" if remote else None
