"""Greenhouse: the documented Job Board API. One answer holds the whole board; a board too large for it is read posting by posting."""

import re
from typing import Literal

from crawler.addresses import NOBODY, misconfigured, parameter, segments
from crawler.board import Board
from crawler.fields import day, employment_types, one_line, unescaped, unescaped_once, workplace, workplace_in
from crawler.formats import About
from crawler.pays import pay, pay_in
from crawler.places import distinct, place, places_in
from crawler.records import Record, names_in, rows
from crawler.wishes import MEGABYTE
from model import source as base
from model.errors import SourceError
from model.posting import Pay, Place, Posting, Workplace

LARGEST = 24 * MEGABYTE  # some 5,000 postings with their texts; a larger board is read posting by posting
ABOUT = About(
    title="Greenhouse",
    tier="documented",
    addresses=(
        r"https?://(?:job-)?boards(?:\.eu)?\.greenhouse\.io/embed/job_board(?:/js)?\?for=[\w-]+",
        r"https?://(?:job-)?boards(?:\.eu)?\.greenhouse\.io/(?!embed\b)[\w-]+",
        r"https?://boards-api(?:\.eu)?\.greenhouse\.io/v1/boards/[\w-]+",
    ),
    terms="Job Board API, published for reading without a key; https://developers.greenhouse.io/job-board.html",
    gap=0.5,
    completeness="one answer holds the board; it must hold `meta.total` postings",
    gone="absent from a complete answer; 404 for one posting",
    identity="`id` (the post; one opening may have several)",
    ignored=names_in(
        "id data_compliance internal_job_id requisition_id language departments ai_disclaimer include_ai_disclaimer "
        "ai_opt_out_request_url questions location_questions compliance demographic_questions education updated_at "
        "metadata.id metadata.value_type offices.id offices.child_ids offices.parent_id pay_input_ranges.blurb "
        "pay_input_ranges.title"
    ),
)


class Source(base.Source):
    """A Greenhouse board: https://boards.greenhouse.io/TOKEN, job-boards.greenhouse.io, the EU hosts, or the embed address (`for=`)."""

    kind: Literal["greenhouse"] = "greenhouse"


def _token(source: base.Source) -> str:
    """The board's token. Raises SourceError (misconfigured) if the address names none."""
    path = segments(source.url)
    if path[:2] == ["v1", "boards"]:
        path = path[2:]
    token = parameter(source.url, "for") or next(
        (part for part in path if part not in ("embed", "job_board", "job_app", "jobs")), None
    )
    if not token:
        raise misconfigured("the address names no Greenhouse board", source.url)
    return token


def nobody(source: base.Source) -> base.Source:
    """The same board for an employer that cannot exist."""
    return source.model_copy(update={"url": f"https://boards.greenhouse.io/{NOBODY}"})


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    jobs = f"https://{_api(source.url)}/v1/boards/{_token(source)}/jobs"
    try:
        page = await board.whole(f"{jobs}?content=true", max_bytes=LARGEST)
    except SourceError as error:
        if error.failure != "too_large":
            raise
        page = await board.page(jobs)
    if page is None:
        return
    answer = page.record()
    listed = rows(answer.value("jobs"), "`jobs`", page.url)
    total = answer.record("meta").whole("total")
    board.advertises(total)
    board.listed(row.text("id") for row in listed)
    for row in listed:
        await _read(source, board, jobs, row)


def _api(url: str) -> str:
    """The API's host: the EU has its own."""
    return "boards-api.eu.greenhouse.io" if ".eu.greenhouse.io" in url else "boards-api.greenhouse.io"


async def _read(source: base.Source, board: Board, jobs: str, row: Record) -> None:
    """One posting; a list without texts gives its address only, so its page is asked for."""
    posting_id = row.text("id")
    if posting_id is None:
        board.falls_short("a posting without an id")
        return
    record: Record | None = row
    if "content" not in row:
        page = await board.detail(posting_id, f"{jobs}/{posting_id}?pay_transparency=true", ok=())
        record = page.record() if page else None
    if record is not None:
        board.found(parse(record, source, posting_id), record)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one object of `jobs`."""
    named = row.record("location").text("name")
    facts = {str(one.text("name")).casefold(): one.value("value") for one in row.records("metadata")}
    sums, said = _pay(row, facts)
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title")) or "",
        description=unescaped(_once(row.text("content") or "")),
        url=row.text("absolute_url") or "",
        employer=one_line(row.text("company_name")),
        locations=_places(named, row),
        workplace=_workplace(facts) or workplace_in(named),
        employment_type=employment_types(
            *(value for name, value in facts.items() if "employment type" in name or "time type" in name)
        ),
        date_posted=day(row.text("first_published")),
        valid_through=day(row.text("application_deadline")),
        pay=sums,
        pay_text=said,
    )


def _places(named: str | None, row: Record) -> tuple[Place, ...]:
    """The places of the posting: its own text, else its offices'."""
    offices = [one.text("location", "name") for one in row.records("offices")]
    return places_in(named) or distinct(place(text=office) for office in offices)


def _pay(row: Record, facts: dict[str, object]) -> tuple[Pay | None, str | None]:
    """Pay from the ranges (in cents), else from a custom field that holds it as text."""
    for entry in row.records("pay_input_ranges"):
        low, high = entry.whole("min_cents"), entry.whole("max_cents")
        title = entry.text("title", "blurb") or ""
        found = pay((low or 0) / 100, (high or 0) / 100, title, entry.text("currency_type"))
        if found:
            return found, one_line(title)
    said = next(
        (str(value) for name, value in facts.items() if value and ("salary" in name or "pay " in f"{name} ")), None
    )
    return pay_in(said), said


def _workplace(facts: dict[str, object]) -> Workplace | None:
    """What a custom field about the workplace says."""
    words = (value for name, value in facts.items() if re.search("workplace|remote|location type|work type", name))
    return workplace(*words)


def _once(content: str) -> str:
    """The vendor escapes its HTML once, always; where tags stand there already, somebody did it before us."""
    return content if "<" in content else unescaped_once(content)
