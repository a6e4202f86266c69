"""Recruitee (Tellent): the documented careers-site API. One answer holds the board."""

from typing import Literal
from urllib.parse import urlsplit

from crawler.board import Board
from crawler.fields import day, employment_types, one_line, paragraphs
from crawler.formats import About
from crawler.pays import pay
from crawler.places import distinct, place
from crawler.records import Record, names_in, rows
from model import source as base
from model.posting import Place, Posting, Workplace

ABOUT = About(
    title="Recruitee",
    tier="documented",
    addresses=(r"https?://(?!www\.|api\.|docs\.)[\w-]+\.recruitee\.com",),
    markers=(
        "recruiteecdn",
        "careers-analytics.recruitee",
    ),
    terms="careers site API, published for reading; https://docs.recruitee.com/reference/intro-to-careers-site-api",
    gap=0.5,
    completeness="one answer holds the board",
    gone="absent from the answer, or `status` other than published",
    identity="`id`",
    ignored=names_in(
        "locations.country_code locations.country options_cv position max_hours_per_week locations_question_required "
        "min_hours category_code locations_question_type experience_code state_name careers_apply_url max_hours "
        "created_at options_cover_letter translations guid slug options_photo department sharing_description "
        "education_code options_salutation sharing_image updated_at dynamic_fields locations_question tags "
        "open_questions cover_image highlight mailbox_email sharing_title options_phone options_title "
        "location_question_visible min_hours_per_week locations.id locations.name locations.translations "
        "locations.state_code locations.street locations.note country_code postal_code city country state_code "
        "location options_salary translation_status"
    ),
)


class Source(base.Source):
    """A Recruitee site: https://COMPANY.recruitee.com or the employer's own domain in front of it."""

    kind: Literal["recruitee"] = "recruitee"


async def crawl(source: base.Source, board: Board) -> None:
    """Read the board."""
    page = await board.whole(f"https://{urlsplit(source.url).netloc}/api/offers")
    if page is None:
        return
    offers = [
        row
        for row in rows(page.record().value("offers"), "`offers`", page.url)
        if row.text("status") in (None, "published")
    ]
    board.listed(row.text("id") for row in offers)
    for row in offers:
        posting_id = row.text("id")
        if posting_id is None:
            board.falls_short("a posting without an id")
        else:
            board.found(parse(row, source, posting_id), row)


def parse(row: Record, source: base.Source, posting_id: str) -> Posting:
    """A posting from one offer; requirements stand beside the description."""
    salary = row.record("salary")
    return Posting(
        source=source.name,
        id=posting_id,
        title=one_line(row.text("title")) or "",
        description=paragraphs((None, row.text("description")), (None, row.text("requirements"))),
        url=row.text("careers_url", "careers_apply_url") or "",
        employer=one_line(row.text("company_name")),
        locations=_places(row),
        workplace=_workplace(row),
        employment_type=employment_types(row.text("employment_type_code")),
        date_posted=day(row.text("published_at")),
        valid_through=day(row.text("close_at")),
        pay=pay(salary.value("min"), salary.value("max"), salary.text("period"), salary.text("currency")),
    )


def _places(row: Record) -> tuple[Place, ...]:
    """The posting's places, else its own fields."""
    several = [
        place(
            city=one.text("city"),
            region=one.text("state"),
            postal_code=one.text("postal_code"),
            country=one.text("country") or one.text("country_code"),
        )
        for one in row.records("locations")
    ]
    own = place(
        text=row.text("location"),
        city=row.text("city"),
        region=row.text("state_name"),
        country=row.text("country_code"),
    )
    return distinct(several) or distinct([own])


def _workplace(row: Record) -> Workplace | None:
    """The three flags; several can be set, and then the freest one that is not fully remote counts."""
    on_site, hybrid, remote = row.truth("on_site"), row.truth("hybrid"), row.truth("remote")
    if hybrid or (remote and on_site):
        return "hybrid"
    return "remote" if remote else "onsite" if on_site else None
