"""Crawls that are killed at random moments: the next run leaves the rows that an undisturbed one leaves."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cli import clock
from store import payloads, postings, runs, visits
from store.database import open_database
from store.rows import PostingRow
from tests.boards.made import BOARDS
from tests.boards.openings import openings
from tests.boards.server import Asked, serving
from tests.conftest import ROOT
from tests.test_crawl_again import Site

MOMENTS = 20
_TIMES = {"number", "first_seen", "changed_at", "last_seen"}


class County:
    """Three boards behind one address; `strike` is called when the request with its number comes in."""

    def __init__(self) -> None:
        self.site = Site(count=40, etag=True)
        self.boards = [BOARDS["greenhouse"](openings(46)), BOARDS["lever"](openings(46))]
        self.lock, self.asked, self.at, self.strike = threading.Lock(), 0, -1, threading.Event()

    def __call__(self, asked: Asked) -> Any:
        """Whichever board knows the path."""
        with self.lock:
            if self.asked == self.at:
                self.strike.set()
            self.asked += 1
        if asked.path == "/sitemap.xml" or asked.path in self.site.pages:
            return self.site(asked)
        for made in self.boards:
            with contextlib.suppress(KeyError):
                if (found := made.handler(asked)) is not None:
                    return found
        return None


def configured(folder: Path, url: str, county: County) -> Path:
    """A configuration that crawls the three boards at once, into a database of its own."""
    (folder / "sources").mkdir(parents=True)
    (folder / "service.yaml").write_text(
        f"database: 'sqlite:///{folder / 'a.db'}'\ncrawl: {{allow_private_hosts: ['127.0.0.1']}}\nschedule: {{crawls_at_once: 3}}\n"
    )
    boards = [{"kind": "json_ld", "url": "https://elm.example/sitemap.xml"}, *(made.fields for made in county.boards)]
    entries = [
        f"  - {{name: {one['kind'].replace('_', '-')}, kind: {one['kind']}, url: '{one['url']}', api: '{url}'}}\n"
        for one in boards
    ]
    (folder / "sources" / "a.yaml").write_text("sources:\n" + "".join(entries))
    return folder


def started(config: Path) -> "subprocess.Popen[bytes]":
    """`firstrung crawl`, as an operator starts it."""
    command = [sys.executable, "-m", "firstrung", "--config", str(config), "crawl"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def children(parent: int) -> Iterator[int]:
    """The crawls that a process has started."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent:
                    yield int(folder.name)


def left(config: Path) -> dict[str, Any]:
    """What the database holds, but for the numbers and times of its rows."""
    database = open_database(f"sqlite:///{config / 'a.db'}")
    with database.read() as connection:
        rows = [row._asdict() for row in connection.execute(select(PostingRow.__table__))]
        found = {
            "postings": sorted(str({k: v for k, v in row.items() if k not in _TIMES}) for row in rows),
            "payloads": {
                (one.posting.source, one.posting.id): payloads.load(connection, one.number)
                for one in postings.each(connection)
            },
            "visits": visits.load(connection, "json-ld", now=clock.now()),
            "whole": {name: each[0].complete for name, each in runs.latest(connection).items()},
        }
    database.close()
    return found


def struck(folder: Path, moment: int) -> tuple[str, dict[str, Any]]:
    """One crawl killed at a random moment, then one that is let be: whom it hit, and what is left."""
    chance = random.Random(moment)
    county = County()
    with serving(county) as server:
        config = configured(folder, server.url, county)
        county.at = chance.randrange(56)
        crawl = started(config)
        county.strike.wait(60)
        time.sleep(chance.choice((0, 0.02, 0.1, 0.3)))
        victims = {"parent": [crawl.pid], "children": list(children(crawl.pid))}
        victims["all"] = victims["parent"] + victims["children"]
        whom = chance.choice(sorted(victims))
        for pid in victims[whom]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        crawl.wait(60)
        assert started(config).wait(120) == 0
    return whom, left(config)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_whatever_is_killed_and_when_the_next_run_makes_it_right(tmp_path: Path) -> None:
    county = County()
    with serving(county) as server:
        undisturbed = configured(tmp_path / "undisturbed", server.url, county)
        assert started(undisturbed).wait(120) == 0
    whole = left(undisturbed)
    assert len(whole["postings"]) == 132
    assert set(whole["whole"].values()) == {True}
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda moment: struck(tmp_path / str(moment), moment), range(MOMENTS)))
    assert {whom for whom, _ in found} == {"parent", "children", "all"}
    for moment, (whom, after) in enumerate(found):
        for what, rows in whole.items():
            assert after[what] == rows, f"{what} differ after killing {whom} at moment {moment}"
