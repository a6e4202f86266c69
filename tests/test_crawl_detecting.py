"""Finding the kind of a board from a careers page's address or markup."""

import pytest

from crawler.detecting import by_address, by_page, detect
from crawler.page import Page
from model.crawl import Failure
from tests.boards.crawling import LOCAL
from tests.boards.made import BOARDS
from tests.boards.server import Answer, serving

NO_ADDRESS = {"json_ld", "rss", "job_xml", "html", "successfactors"}


@pytest.mark.parametrize("kind", sorted(set(BOARDS) - NO_ADDRESS))
def test_a_boards_own_address_tells_its_kind(kind: str) -> None:
    found = by_address(str(BOARDS[kind]([]).fields["url"]))
    assert found
    assert found.kind == kind


@pytest.mark.parametrize(
    ("page", "kind", "url"),
    [
        (
            '<a href="https://elm.wd1.myworkdayjobs.com/en-US/Careers/job/x">Jobs</a>',
            "workday",
            "https://elm.wd1.myworkdayjobs.com/en-US/Careers",
        ),
        (
            '<script src="https://boards.greenhouse.io/embed/job_board/js?for=elm"></script>',
            "greenhouse",
            "https://boards.greenhouse.io/embed/job_board/js?for=elm",
        ),
        (
            '<iframe src="https://recruiting2.ultipro.com/ELM1/JobBoard/0b0b0b0b-0000-4000-8000-000000000000/?q=&amp;o="></iframe>',
            "ukg",
            "https://recruiting2.ultipro.com/ELM1/JobBoard/0b0b0b0b-0000-4000-8000-000000000000",
        ),
        (r'<script>{"url":"https:\/\/careers-elm.icims.com\/jobs"}</script>', "icims", "https://careers-elm.icims.com"),
        ('<img src="https://rmkcdn.successfactors.com/1.png">', "successfactors", "https://elm.example/careers"),
        (
            '<script type="application/ld+json">{"@type":"JobPosting","title":"x"}</script>',
            "json_ld",
            "https://elm.example/careers",
        ),
        ('<link rel="alternate" type="application/rss+xml" href="/jobs.rss">', "rss", "https://elm.example/jobs.rss"),
    ],
)
def test_a_careers_page_tells_where_its_board_is(page: str, kind: str, url: str) -> None:
    found = by_page(Page(url="https://elm.example/careers", body=f"<html><body>{page}</body></html>".encode()))
    assert (found[0].kind, found[0].url) == (kind, url)


def test_a_page_is_fetched_and_one_of_no_known_kind_is_tried_for_markup() -> None:
    with serving({"/careers": "<html><body><p>We are hiring.</p></body></html>"}) as server:
        found = detect("https://elm.example/careers", LOCAL, api=server.url)
    assert isinstance(found, list)
    assert (found[0].kind, found[0].url) == ("json_ld", "https://elm.example/careers")


def test_a_careers_page_that_refuses_is_told() -> None:
    with serving({"/careers": Answer(status=403)}) as server:
        found = detect("https://elm.example/careers", LOCAL, api=server.url)
    assert isinstance(found, Failure)
    assert found.kind == "forbidden"
