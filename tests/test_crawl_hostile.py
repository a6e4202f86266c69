"""Hostile and broken boards, live: each crawl ends in time, with the right class of failure, and is never called complete."""

import gzip
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from crawler.failures import MENDS
from crawler.formats import greenhouse
from crawler.guarding import Guard, is_private
from model.errors import FAILURE_CLASSES, SourceError
from model.source import CrawlRules
from tests.boards.crawling import LOCAL, Crawl, crawled, read_from
from tests.boards.server import Answer, Asked, serving

pytestmark = pytest.mark.long  # a child process each: a storm together, and `make test` runs it

JOBS = "/v1/boards/elm/jobs"
BOARD: dict[str, Any] = {"kind": "greenhouse", "url": "https://boards.greenhouse.io/elm"}
GOOD: dict[str, Any] = {
    "jobs": [{"id": 1, "title": "Biller", "content": "<p>x</p>", "absolute_url": "https://elm.example/1"}],
    "meta": {"total": 1},
}
QUICK = CrawlRules(allow_private_hosts=("127.0.0.1",), deadline_seconds=5)


def page_with(*postings: str) -> str:
    """A page with JobPosting markup for each title."""
    blocks = [
        {"@type": "JobPosting", "title": title, "url": f"/jobs/{index}"} for index, title in enumerate(postings, 1)
    ]
    return f'<html><body><script type="application/ld+json">{json.dumps(blocks)}</script></body></html>'


def crawl_greenhouse(answer: Any, rules: CrawlRules = LOCAL) -> Crawl:
    """A Greenhouse board whose one list answers so."""
    with serving({JOBS: answer}) as server:
        return crawled(rules, api=server.url, **BOARD)


def drip() -> Iterator[bytes]:
    """A body that never ends and hardly comes."""
    yield b'{"jobs": ['
    while True:
        time.sleep(0.2)
        yield b" "


def flood() -> Iterator[bytes]:
    """A gigabyte."""
    yield b'{"jobs": ["'
    for _ in range(1024):
        yield b"a" * (1 << 20)


def challenge(status: int) -> Answer:
    """What a visitor gets who is asked to prove that he is human."""
    body = (
        b"<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>"
    )
    return Answer(body, status, {"Server": "cloudflare"})


def test_every_class_of_failure_has_a_mend() -> None:
    assert set(MENDS) == set(FAILURE_CLASSES)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (None, "not_found"),
        (Answer(status=410), "not_found"),
        (Answer(status=401), "forbidden"),
        (Answer(b"Access denied", 403), "forbidden"),
        (challenge(403), "challenge"),
        (challenge(503), "challenge"),
        (challenge(200), "challenge"),
        (Answer(status=500), "server_error"),
        (Answer(status=429, headers={"Retry-After": "3600"}), "rate_limited"),
        (Answer(status=503, headers={"Retry-After": "3600"}), "rate_limited"),
        ("<html><body>Something went wrong</body></html>", "not_understood"),
        (json.dumps(GOOD)[:-30], "not_understood"),
        ("", "not_understood"),
        ('{"error": "oops"}', "not_understood"),
        ("[" * 200_000, "not_understood"),
        (Answer(json.dumps(GOOD).encode(), headers={"tdm-reservation": "1"}), "refused_by_robots"),
    ],
    ids=lambda value: getattr(value, "status", None) or str(value)[:24],
)
def test_a_board_that_does_not_answer_is_never_an_empty_board(answer: Any, failure: str) -> None:
    crawl = read_from(lambda asked: answer, **BOARD)
    assert (crawl.failure, crawl.report.complete, crawl.crawled) == (failure, False, [])
    assert crawl.report.failure
    assert crawl.report.failure.mend == MENDS[failure]
    assert crawl.report.failure.url.startswith("https://boards-api.greenhouse.io/v1/boards/elm/jobs")


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (None, "not_found"),
        (challenge(503), "challenge"),
        (Answer(status=500), "server_error"),
        (Answer(status=503, headers={"Retry-After": "3600"}), "rate_limited"),
        (json.dumps(GOOD)[:-30], "not_understood"),
    ],
    ids=["404", "challenge", "500", "503", "truncated"],
)
def test_it_is_the_same_over_http(answer: Any, failure: str) -> None:
    crawl = crawl_greenhouse(answer)
    assert (crawl.failure, crawl.report.complete, crawl.crawled) == (failure, False, [])


def test_a_slow_drip_ends_at_the_deadline() -> None:
    began = time.monotonic()
    crawl = crawl_greenhouse(lambda _: Answer(pieces=drip()), QUICK)
    assert (crawl.failure, crawl.report.complete) == ("timeout", False)
    assert time.monotonic() - began < 12


def test_a_gigabyte_is_not_taken() -> None:
    assert crawl_greenhouse(lambda _: Answer(pieces=flood())).failure == "too_large"


def test_a_gigabyte_that_is_announced_is_not_taken() -> None:
    assert crawl_greenhouse(Answer(b"{", headers={"Content-Length": str(1 << 30)})).failure == "too_large"


def test_a_gzip_bomb_does_not_go_off() -> None:
    bomb = gzip.compress(b" " * (60 << 20), 1)
    assert crawl_greenhouse(Answer(bomb, headers={"Content-Encoding": "gzip"})).failure == "too_large"


def test_a_gzip_bomb_in_a_sitemap_does_not_go_off() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (70 << 20), 1)
    with serving({"/sitemap.xml.gz": Answer(bomb)}) as server:
        assert crawled(kind="json_ld", url="https://elm.example/sitemap.xml.gz", api=server.url).failure == "too_large"


def test_redirects_in_a_circle() -> None:
    assert crawl_greenhouse(Answer(status=302, headers={"Location": f"{JOBS}?content=true"})).failure == "redirect_loop"


def test_redirects_without_end() -> None:
    def further(asked: Asked) -> Answer | None:
        return None if asked.path == "/robots.txt" else Answer(status=302, headers={"Location": f"{asked.path}x"})

    with serving(further) as server:
        assert crawled(api=server.url, **BOARD).failure == "redirect_loop"


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/"])
def test_a_redirect_into_a_private_network_is_refused(target: str) -> None:
    with serving({"/careers": Answer(status=302, headers={"Location": target})}) as server:
        crawl = crawled(kind="json_ld", url=f"{server.url}/careers")
    assert crawl.failure == "private_address"


@pytest.mark.parametrize("host", ["localhost", "2130706433"])
def test_a_private_host_that_is_not_listed_is_refused_at_connect_time(host: str) -> None:
    with serving({"/careers": page_with("Biller")}) as server:
        port = server.url.rsplit(":", 1)[1]
        crawl = crawled(kind="json_ld", url=f"http://{host}:{port}/careers")
        assert crawl.failure == "private_address"
        assert server.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "127.0.0.2",
        "192.168.0.1",
        "172.16.9.9",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "[::1]",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "100.64.0.1",
        "224.0.0.1",
    ],
)
def test_what_a_private_address_is(address: str) -> None:
    assert is_private(address)
    with pytest.raises(SourceError, match="private address"):
        Guard(["127.0.0.1"]).check("board.example", address)


def test_public_addresses_are_public() -> None:
    assert not is_private("93.184.216.34")
    assert not is_private("2606:2800:220:1:248:1893:25c8:1946")
    assert not is_private("board.example")


def test_no_private_address_is_asked_by_default() -> None:
    with serving({"/careers": page_with("Biller")}) as server:
        assert crawled(CrawlRules(), kind="json_ld", url=f"{server.url}/careers").failure == "private_address"
        assert server.asked == []


def test_a_host_that_does_not_exist() -> None:
    assert crawled(kind="rss", url="http://no-such-host.invalid/feed").failure == "dns"


def test_a_server_that_speaks_no_tls() -> None:
    with serving({}) as server:
        assert crawled(kind="rss", url=server.url.replace("http:", "https:")).failure == "tls"


def test_a_closed_port() -> None:
    with serving({}) as server:
        url = server.url
    assert crawled(kind="rss", url=url).failure == "server_error"


def test_robots_txt_is_obeyed() -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: firstrung\nDisallow: /v1/\n"
    with serving({"/robots.txt": rules, JOBS: GOOD}) as server:
        crawl = crawled(api=server.url, **BOARD)
    assert (crawl.failure, server.paths()) == ("refused_by_robots", [])


def test_a_broken_robots_txt_means_no() -> None:
    with serving({"/robots.txt": Answer(status=500), JOBS: GOOD}) as server:
        crawl = crawled(api=server.url, **BOARD)
    assert (crawl.failure, server.paths()) == ("server_error", [])


def test_crawl_delay_is_kept() -> None:
    listing = [{"id": f"p{index}", "text": "Biller"} for index in range(100)]
    pages = {"0": listing, "100": listing[:1]}
    answers = {
        "/robots.txt": "User-agent: *\nCrawl-delay: 0.7\n",
        "/v0/postings/elm": lambda asked: pages[asked.query["skip"]],
    }
    with serving(answers) as server:
        crawled(kind="lever", url="https://jobs.lever.co/elm", api=server.url)
    first, second = [asked.began for asked in server.asked if asked.path != "/robots.txt"]
    assert second - first >= 0.7 * 0.95


def test_retry_after_is_kept_then_the_crawl_goes_on() -> None:
    answers = iter([Answer(status=429, headers={"Retry-After": "1"}), GOOD])
    with serving({JOBS: lambda _: next(answers)}) as server:
        crawl = crawled(api=server.url, **BOARD)
    assert crawl.report.complete
    first, second = [asked.began for asked in server.asked if asked.path == JOBS]
    assert second - first >= 1


def test_every_third_answer_is_an_error_and_all_is_seen_nevertheless() -> None:
    count = iter(range(10_000))

    def flaky(asked: Asked) -> Any:
        if next(count) % 3 == 2:
            return Answer(status=500)
        if asked.path == "/sitemap.xml":
            return (
                "<urlset>"
                + "".join(f"<url><loc>https://elm.example/jobs/{index}</loc></url>" for index in range(12))
                + "</urlset>"
            )
        return None if asked.path == "/robots.txt" else page_with(f"Biller {asked.path}")

    with serving(flaky) as server:
        crawl = crawled(kind="json_ld", url="https://elm.example/sitemap.xml", api=server.url)
    assert (crawl.report.complete, crawl.report.seen, len(crawl.crawled)) == (True, 12, 12)


def test_one_page_that_stays_broken_makes_the_crawl_incomplete_and_costs_no_other_posting() -> None:
    def broken(asked: Asked) -> Any:
        if asked.path == "/sitemap.xml":
            return (
                "<urlset>"
                + "".join(f"<url><loc>https://elm.example/jobs/{index}</loc></url>" for index in range(6))
                + "</urlset>"
            )
        if asked.path == "/jobs/3":
            return Answer(status=500)
        return None if asked.path == "/robots.txt" else page_with(f"Biller {asked.path}")

    with serving(broken) as server:
        crawl = crawled(kind="json_ld", url="https://elm.example/sitemap.xml", api=server.url)
    assert (crawl.failure, crawl.report.complete, len(crawl.crawled)) == ("server_error", False, 5)


def test_a_page_that_repeats_is_noticed() -> None:
    listing = [{"id": f"p{index}", "text": "Biller"} for index in range(100)]
    with serving({"/v0/postings/elm": listing}) as server:
        crawl = crawled(kind="lever", url="https://jobs.lever.co/elm", api=server.url)
    assert (crawl.failure, crawl.report.complete, crawl.report.seen) == ("incomplete", False, 100)


def test_duplicate_ids_are_one_posting() -> None:
    twice = {"jobs": GOOD["jobs"] * 2, "meta": {"total": 2}}
    crawl = crawl_greenhouse(twice)
    assert (crawl.report.complete, crawl.report.seen, len(crawl.crawled)) == (True, 1, 1)


def test_fewer_postings_than_advertised_are_incomplete() -> None:
    crawl = crawl_greenhouse({**GOOD, "meta": {"total": 40}})
    assert (crawl.failure, crawl.report.complete, crawl.report.advertised, crawl.report.seen) == (
        "incomplete",
        False,
        40,
        1,
    )
    assert len(crawl.crawled) == 1


def test_a_wrong_charset_does_no_harm() -> None:
    body = json.dumps({"jobs": [{"id": 1, "title": "Códer", "content": "x"}]}, ensure_ascii=False)
    latin = Answer(body.encode("latin-1"), headers={"Content-Type": "application/json; charset=iso-8859-1"})
    lying = Answer(body.encode("utf-8"), headers={"Content-Type": "application/json; charset=iso-8859-1"})
    for answer in (latin, lying):
        assert crawl_greenhouse(answer).postings[0].title == "Códer"


def test_sixty_thousand_sitemap_entries_end_at_the_cap() -> None:
    entries = "".join(f"<url><loc>https://elm.example/jobs/{index}</loc></url>" for index in range(60_000))
    answers = {"/sitemap.xml": f"<urlset>{entries}</urlset>"}

    def answer(asked: Asked) -> Any:
        return answers.get(asked.path, None if asked.path == "/robots.txt" else page_with("Biller"))

    rules = CrawlRules(allow_private_hosts=("127.0.0.1",), deadline_seconds=30, max_requests=40)
    with serving(answer) as server:
        crawl = crawled(rules, kind="json_ld", url="https://elm.example/sitemap.xml", api=server.url)
    assert (crawl.failure, crawl.report.complete) == ("incomplete", False)
    assert crawl.report.requests <= 40


def test_a_sitemap_that_names_itself_ends() -> None:
    loop = "<sitemapindex><sitemap><loc>https://elm.example/sitemap.xml</loc></sitemap></sitemapindex>"
    with serving({"/sitemap.xml": loop}) as server:
        crawl = crawled(kind="json_ld", url="https://elm.example/sitemap.xml", api=server.url)
    assert crawl.report.requests < 10


def test_a_yield_outside_expect_is_told_and_never_complete() -> None:
    with serving({JOBS: GOOD}) as server:
        crawl = crawled(api=server.url, expect={"min": 3, "max": 9}, **BOARD)
    assert (crawl.failure, crawl.report.complete, len(crawl.crawled)) == ("yield_unexpected", False, 1)


def test_a_vendor_that_does_not_heed_who_is_asked_for_is_found_out() -> None:
    with serving(lambda asked: None if asked.path == "/robots.txt" else GOOD) as server:
        crawl = crawled(api=server.url, prove=True, **BOARD)
    assert (crawl.failure, crawl.report.complete, crawl.crawled) == ("misattributed", False, [])


def test_an_address_that_names_no_board() -> None:
    assert crawled(kind="greenhouse", url="https://boards.greenhouse.io/").failure == "misconfigured"


def test_who_asks_and_where_to_complain() -> None:
    rules = CrawlRules(allow_private_hosts=("127.0.0.1",), contact="https://career-office.example/robots")
    with serving({JOBS: GOOD}) as server:
        crawled(rules, api=server.url, **BOARD)
    agents = {asked.headers["user-agent"] for asked in server.asked}
    assert len(agents) == 1
    assert re.fullmatch(r"firstrung/\S+ \(\+https://career-office\.example/robots\)", agents.pop())


def test_a_sample_stops_early_and_is_not_called_complete() -> None:
    listing = [{"id": f"p{index}", "text": "Biller"} for index in range(100)]
    with serving({"/v0/postings/elm": listing}) as server:
        crawl = crawled(sample=20, kind="lever", url="https://jobs.lever.co/elm", api=server.url)
    assert (crawl.failure, crawl.report.complete, len(crawl.crawled), crawl.report.requests) == (None, None, 20, 2)


def test_a_board_too_large_for_one_answer_is_read_posting_by_posting() -> None:
    job = GOOD["jobs"][0]
    row = {name: value for name, value in job.items() if name != "content"}

    def answer(asked: Asked) -> Any:
        if asked.path == f"{JOBS}/1":
            return job
        if asked.path != JOBS:
            return None
        return (
            Answer(b" " * (greenhouse.LARGEST + 1))
            if asked.query.get("content")
            else {"jobs": [row], "meta": {"total": 1}}
        )

    with serving(answer) as server:
        crawl = crawled(api=server.url, **BOARD)
    assert (crawl.failure, crawl.report.complete, crawl.postings[0].description) == (None, True, "<p>x</p>")
