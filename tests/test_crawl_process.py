"""The crawl as a process: what comes is kept, deadlines hold, kills are told, hosts are asked one at a time by all processes."""

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.events import crawled_of, postings_line
from crawler.gates import Gates, gates_folder
from crawler.process import crawl
from crawler.trying import try_source
from model.crawl import Crawled, Progress
from model.source import CrawlRules
from tests.boards.crawling import LOCAL, Crawl, crawled, source_of
from tests.boards.made import BOARDS
from tests.boards.openings import openings
from tests.boards.server import Answer, Asked, Server, serving

QUICK = CrawlRules(allow_private_hosts=("127.0.0.1",), deadline_seconds=9)


def slow_after(count: int) -> Any:
    """A sitemap of 40 pages that answers so many of them, then hardly any more."""
    answered = iter(range(1000))

    def answer(asked: Asked) -> Any:
        if asked.path == "/sitemap.xml":
            return (
                "<urlset>"
                + "".join(f"<url><loc>https://elm.example/jobs/{index}</loc></url>" for index in range(40))
                + "</urlset>"
            )
        if asked.path == "/robots.txt":
            return None
        if next(answered) >= count:
            return Answer(pieces=drip())
        markup = {"@type": "JobPosting", "title": "Biller", "description": "x"}
        return f'<html><script type="application/ld+json">{json.dumps(markup)}</script></html>'

    return answer


def drip() -> Iterator[bytes]:
    """A body that hardly comes."""
    for _ in range(100):
        time.sleep(0.2)
        yield b" "


@pytest.mark.long
def test_what_came_before_the_deadline_is_kept() -> None:
    began = time.monotonic()
    with serving(slow_after(7)) as server:
        result = crawled(QUICK, kind="json_ld", url="https://elm.example/sitemap.xml", api=server.url)
    assert (result.failure, result.report.complete, len(result.crawled)) == ("timeout", False, 7)
    assert time.monotonic() - began < 14


def test_a_killed_crawl_keeps_what_came_and_is_never_complete() -> None:
    kept: list[Crawled] = []

    def kill(progress: Progress) -> None:
        if progress.read >= 3:
            os.kill(_child(), signal.SIGKILL)

    rules = CrawlRules(allow_private_hosts=("127.0.0.1",), delay_seconds=0.2)
    with serving(slow_after(30)) as server:
        source = source_of(kind="json_ld", url="https://elm.example/sitemap.xml", api=server.url)
        report = crawl(source, rules, sink=kept.extend, on_progress=kill)
    assert report.complete is False
    assert report.failure
    assert "signal 9" in report.failure.says
    assert 3 <= len(kept) < 40


def _child() -> int:
    """The one child process of this process that crawls."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent == os.getpid() and b"crawler.child" in (folder / "cmdline").read_bytes():
                    return int(folder.name)
            except (OSError, ValueError):
                continue
    raise AssertionError("no crawl runs")


def test_a_sink_that_fails_ends_the_crawl_and_leaves_no_process() -> None:
    def broken(_: Sequence[Crawled]) -> None:
        raise OSError("disk full")

    with serving(BOARDS["greenhouse"](openings(5)).handler) as server:
        source = source_of(api=server.url, **BOARDS["greenhouse"]([]).fields)
        with pytest.raises(OSError, match="disk full"):
            crawl(source, LOCAL, sink=broken)
    with pytest.raises(AssertionError, match="no crawl runs"):
        _child()


def test_postings_survive_the_way_between_the_processes() -> None:
    with serving(BOARDS["greenhouse"](openings(2)).handler) as server:
        result = crawled(api=server.url, **BOARDS["greenhouse"]([]).fields)
    again = [crawled_of(fields) for fields in json.loads(postings_line(result.crawled))["postings"]]
    assert again == result.crawled
    assert json.loads(result.crawled[0].payload)["id"] == 1001


@pytest.mark.long
def test_four_processes_never_ask_one_host_twice_at_once() -> None:
    gap = 0.25
    lock, busy, overlaps = threading.Lock(), [0], [0]
    boards = [
        BOARDS["lever"](openings(3)),
        BOARDS["greenhouse"](openings(3)),
        BOARDS["ashby"](openings(3)),
        BOARDS["workable"](openings(3)),
    ]

    def answer(asked: Asked) -> Any:
        with lock:
            busy[0] += 1
            overlaps[0] += busy[0] > 1
        time.sleep(0.05)
        with lock:
            busy[0] -= 1
        return next((found for made in boards if (found := _quiet(made.handler, asked)) is not None), None)

    rules = CrawlRules(allow_private_hosts=("127.0.0.1",), delay_seconds=gap)
    with serving(answer) as server, ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda made: crawled(rules, api=server.url, **made.fields).report, boards))
        began = sorted(asked.began for asked in server.asked)
    assert all(report.complete for report in reports)
    assert overlaps == [0]
    assert min(later - earlier for earlier, later in pairwise(began)) >= gap * 0.95


def _quiet(handler: Any, asked: Asked) -> Any:
    """A board's answer, None where the question is another board's."""
    try:
        return handler(asked)
    except KeyError:
        return None


def test_source_try_tells_what_the_contract_promises() -> None:
    made = BOARDS["workday"](openings(46))
    with serving(made.handler) as server:
        source = source_of(api=server.url, **made.fields)
        sample = try_source(source, LOCAL, sample=5)
        whole = try_source(source, LOCAL, everything=True)
    assert (sample["complete"], sample["failure"], len(sample["postings"]), sample["advertised"]) == (None, None, 5, 46)
    assert (whole["complete"], whole["seen"], len(whole["postings"]), whole["failure"]) == (True, 46, 45, None)
    assert whole["coverage"]["title"] == whole["coverage"]["description"] == 1
    first = whole["postings"][0]
    assert set(first) == {
        *("id", "url", "title", "employer", "locations", "workplace", "employment_type"),
        *("date_posted", "valid_through", "pay", "description"),
    }
    assert first["locations"] == [
        {"text": "Juniper Falls, IL", "city": "Juniper Falls", "region": "IL", "postal_code": None, "country": "US"}
    ]
    assert json.loads(json.dumps(whole)) == whole


@pytest.mark.long
@pytest.mark.parametrize("held", [True, False])
def test_a_crawl_whose_turn_does_not_come_ends_within_its_deadline_and_says_so(held: bool) -> None:
    """Another process holds the host; or nobody does, but the declared gap is longer than the deadline."""
    rules = CrawlRules(allow_private_hosts=("127.0.0.1",), deadline_seconds=6, delay_seconds=None if held else 60)
    made = BOARDS["lever"](openings(3))

    async def while_held(server: Server) -> Crawl:
        async with AsyncExitStack() as stack:
            if held:
                await stack.enter_async_context(Gates(gates_folder()).through(server.url.removeprefix("http://"), 0))
            return await asyncio.to_thread(crawled, rules, api=server.url, **made.fields)

    began = time.monotonic()
    with serving(made.handler) as server:
        result = asyncio.run(while_held(server))
        asked = len(server.asked)
    assert time.monotonic() - began < 6.5
    assert (result.failure, result.report.complete, asked) == ("timeout", False, 0 if held else 1)
    assert result.report.failure
    assert "turn" in result.report.failure.says
