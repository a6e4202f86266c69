"""The steps strung together, in one process: odd postings are kept and read, failures end where they began."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.records import Posting as Record
from demo.server import DemoBoard
from model.source import Source
from scheduler import configuration, steps
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store import deliveries, people, postings, readings
from store.database import Database, open_database
from tests.conftest import fresh_postgres
from tests.fakes import ByHand
from tests.samples import NOON


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database; the whole way is walked on PostgreSQL too, in the long run."""
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    else:
        opened = fresh_postgres(request.getfixturevalue("postgres_server"), f"s{abs(hash(request.node.nodeid))}")
    yield opened
    opened.close()


@pytest.fixture
def board() -> Iterator[DemoBoard]:
    """The made-up county's boards, for one test alone."""
    with DemoBoard(today=NOON.date()) as running:
        yield running


@pytest.fixture
def house(board: DemoBoard, database: Database, tmp_path: Path) -> House:
    """A service with one Greenhouse board, one person and a folder for mail."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "profiles").mkdir()
    (tmp_path / "service.yaml").write_text(
        "crawl: {allow_private_hosts: ['127.0.0.1']}\n"
        "mail: {sender: d@example.org, postal_address: 1 Main St, unsubscribe_mail: stop@example.org, folder: "
        f"'{tmp_path / 'out'}'}}\n"
    )
    (tmp_path / "sources" / "a.yaml").write_text(
        "sources:\n  - {name: prairie, kind: greenhouse, url: 'https://boards.greenhouse.io/prairieregional', "
        f"employer: Prairie, api: '{board.url}', every: 1h}}\n"
    )
    (tmp_path / "profiles" / "ann.yaml").write_text(
        'email: ann@example.org\neducation: hs\ncredentials: []\nexperience: []\ndigest: {cadence: daily, at: "07:00"}\n'
    )
    return House(configuration.load(tmp_path), database, ByHand(), {})


def source(house: House) -> Source:
    """The one source."""
    return house.configuration.source("prairie")


def record(key: str, title: str, body: str) -> Record:
    """An opening that the board shows besides its own."""
    return Record(id=key, employer="prairie", title=title, body=body, city="Decatur", zip="62521")


def test_odd_postings_are_kept_and_read(house: House, board: DemoBoard) -> None:
    board.add(record("odd-long", "Clerk", "<p>" + "High school diploma. " * 10_000 + "</p>"))
    board.add(record("odd-untitled", "", "<p>No experience needed. We train you.</p>"))
    board.add(record("odd-empty", "Clerk", ""))

    run = steps.crawl(house, source(house))
    steps.read_new(house)

    with house.database.read() as connection:
        stored = list(postings.each(connection))
        read = list(readings.each_open(connection))
    assert run.failure is None
    assert run.new == len(stored) == len(read)
    titles = {one.posting.title: len(one.posting.description) for one in stored}
    assert titles[""] > 0
    assert max(titles.values()) >= 200_000


def test_what_the_board_takes_down_closes_after_two_runs(house: House, board: DemoBoard) -> None:
    clock = house.clock
    assert isinstance(clock, ByHand)
    closed = [steps.crawl(house, source(house)).closed]
    board.close("prairie-him-clerk")
    for _ in range(2):
        clock.move(hours=1)
        closed.append(steps.crawl(house, source(house)).closed)

    assert closed == [0, 0, 1]


@pytest.mark.long
def test_an_outage_closes_nothing_and_is_retried_sooner(house: House, board: DemoBoard) -> None:
    clock = house.clock
    assert isinstance(clock, ByHand)
    steps.crawl(house, source(house))
    clock.move(minutes=61)
    board.fail("/", 500)
    runs = [steps.crawl(house, source(house)) for _ in range(3)]
    board.fail("/", 200)

    with house.database.read() as connection:
        total, still_open = postings.count(connection)
    assert [run.failure.kind if run.failure else None for run in runs] == ["server_error"] * 3
    assert total == still_open >= 10
    assert steps.due_sources(house) == []
    clock.move(hours=4, minutes=1)
    assert steps.due_sources(house) == [source(house)]


def test_a_day_of_mail(house: House) -> None:
    clock = house.clock
    assert isinstance(clock, ByHand)
    steps.crawl(house, source(house))
    steps.read_new(house)

    assert Mailroom(house).queue_due() == {}
    clock.move(days=1, hours=1)
    assert Mailroom(house).queue_due() == {"queued": 1}
    assert Mailroom(house).queue_due() == {}
    assert Mailroom(house).send().sent == 1
    clock.move(days=1)
    outcome = Mailroom(house).queue_due()
    with house.database.read() as connection:
        first = next(iter(deliveries.each(connection)))
        shown = people.shown_to(connection, "ann")
    assert set(outcome) <= {"queued", "nothing new"}
    assert first.recipient == "ann@example.org"
    assert len(shown) >= 1


def test_an_employer_that_the_payload_does_not_name_is_the_configured_one(house: House, board: DemoBoard) -> None:
    steps.crawl(house, source(house))

    with house.database.read() as connection:
        assert {one.posting.employer for one in postings.each(connection)} <= {
            "Prairie",
            "Prairie Regional Health System",
        }


def test_an_unchanged_board_is_hardly_asked_again(tmp_path: Path) -> None:
    """A board whose details have pages of their own: the second crawl asks for its list alone, until a sweep is due."""
    from model.service import Service
    from tests.boards.crawling import LOCAL, source_of
    from tests.boards.made import BOARDS
    from tests.boards.openings import openings
    from tests.boards.server import serving

    clock = ByHand()
    made = BOARDS["workday"](openings(46))
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with serving(made.handler) as server:
        board = source_of(api=server.url, **made.fields)
        loaded = configuration.Configuration(
            folder=tmp_path,
            service=Service(crawl=LOCAL),
            sources=(board,),
            profiles={},
            taxonomy=configuration.load_taxonomy(),
        )
        service = House(loaded, database, clock, {})
        first = steps.crawl(service, board)
        clock.move(hours=6)
        second = steps.crawl(service, board)
        clock.move(days=8)
        swept = steps.crawl(service, board)
    database.close()

    assert (second.new, second.changed, second.closed) == (0, 0, 0)
    assert second.unchanged == first.new >= 45
    assert second.requests <= 0.15 * first.requests
    assert swept.requests >= 46


@pytest.mark.long
def test_a_page_that_is_gone_closes_the_posting_that_stood_on_it(house: House) -> None:
    """The posting is known by the identifier in its markup, the gone page by its address alone."""
    from tests.boards.crawling import source_of
    from tests.boards.server import Answer, Asked, serving

    clock = house.clock
    assert isinstance(clock, ByHand)
    markup = '{"@type": "JobPosting", "title": "Clerk", "identifier": "REQ%s", "description": "<p>Records.</p>", "hiringOrganization": "Elm"}'
    gone: set[str] = set()

    def handler(asked: Asked) -> Answer | str | None:
        if asked.path == "/sitemap.xml":
            places = "".join(f"<url><loc>https://elm.example/jobs/{number}-clerk</loc></url>" for number in (1, 2, 3))
            return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
        if asked.path.startswith("/jobs/"):
            number = asked.path[6]
            page = f'<html><script type="application/ld+json">{markup % number}</script></html>'
            return (
                Answer(b"", status=410)
                if number in gone
                else Answer(page.encode(), headers={"Content-Type": "text/html"})
            )
        return None

    with serving(handler) as server:
        board = source_of(kind="json_ld", url="https://elm.example/sitemap.xml", api=server.url)
        first = steps.crawl(house, board)
        gone.add("3")
        clock.move(hours=1)
        second = steps.crawl(house, board)

    with house.database.read() as connection:
        closed = [one.posting.id for one in postings.each(connection) if one.closed_at]
    assert (first.new, second.closed, closed) == (3, 1, ["REQ3"])


def test_a_crawl_that_the_service_s_end_cuts_off_is_due_at_the_next_start(house: House) -> None:
    run = steps.crawl(house, source(house), stop=lambda: True)

    assert run.failure is not None
    assert run.failure.says == "the service was stopped"
    assert steps.due_sources(house) == [source(house)]
