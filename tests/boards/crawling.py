"""Crawling a local board in one line."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import TypeAdapter

from crawler import formats
from crawler.board import Board, Enough
from crawler.page import Page
from crawler.process import Memory, crawl
from crawler.refusals import refusal
from crawler.visits import Visits
from crawler.wishes import Wish
from model.crawl import Crawled, CrawlReport, Visit
from model.errors import SourceError
from model.posting import Posting
from model.source import CrawlRules, Source
from tests.boards.server import Answer, Asked, Handler, as_answer

LOCAL = CrawlRules(allow_private_hosts=("127.0.0.1",), deadline_seconds=30)


@dataclass(frozen=True)
class Crawl:
    """What a crawl gave."""

    report: CrawlReport
    crawled: list[Crawled]
    brought: Mapping[str, bytes] = field(default_factory=dict)
    visits: Mapping[str, Visit] = field(default_factory=dict)

    @property
    def postings(self) -> list[Posting]:
        """The postings, in the order in which they came."""
        return [one.posting for one in self.crawled]

    @property
    def failure(self) -> str | None:
        """The class of the failure."""
        return self.report.failure.kind if self.report.failure else None


@cache
def _adapter() -> TypeAdapter[Source]:
    """The YAML type of a source, built once."""
    return TypeAdapter(formats.source_type())


def source_of(**fields: Any) -> Source:
    """A source as the YAML would give it."""
    found: Source = _adapter().validate_python({"name": fields["kind"].replace("_", "-"), **fields})
    return found


def crawled(
    rules: CrawlRules = LOCAL,
    sample: int | None = None,
    prove: bool = False,
    known: Mapping[str, str] | None = None,
    visits: Mapping[str, Visit] | None = None,
    **fields: Any,
) -> Crawl:
    """Crawl a source in its child process."""
    kept: list[Crawled] = []
    told: list[Visit] = []
    memory = Memory(known or {}, visits or {}, told.extend)
    report = crawl(source_of(**fields), rules, sink=kept.extend, sample=sample, prove=prove, memory=memory)
    return Crawl(report, kept, visits={visit.url: visit for visit in told})


def wish_key(wish: Wish) -> str:
    """What a wish is filed under: its address, with its body if it has one."""
    return wish.url + (f" {json.dumps(wish.json, sort_keys=True)}" if wish.posts else "")


def asked_by(wish: Wish) -> Asked:
    """A wish as a server sees it."""
    parts = urlsplit(wish.url)
    return Asked(
        method="POST" if wish.posts else "GET",
        path=parts.path,
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in wish.headers.items()},
        body=json.dumps(wish.json).encode() if wish.posts else b"",
        target=parts.path + (f"?{parts.query}" if parts.query else ""),
    )


class Folder:
    """Pages from a mapping or a handler instead of the net: a format's parsing alone, without a child process."""

    def __init__(self, pages: "Mapping[str, Any] | Handler") -> None:
        self._pages = pages
        self.requests = 0
        self.brought: dict[str, bytes] = {}

    async def fetch(self, wish: Wish) -> Page:
        """The page under its address, or under "METHOD address body"."""
        self.requests += 1
        answer = as_answer(self._pages(asked_by(wish)) if callable(self._pages) else self._pages.get(wish_key(wish)))
        if answer.status == 200:
            self.brought[wish_key(wish)] = answer.body
        page = Page(
            url=wish.url,
            body=answer.body,
            status=answer.status,
            headers={k.lower(): v for k, v in answer.headers.items()},
        )
        error = None if page.status in wish.ok else refusal(page)
        if error:
            raise error
        return page

    async def sitemaps(self, url: str) -> list[str]:
        """None."""
        return []


def read_from(
    pages: "Mapping[str, Any] | Handler",
    *,
    sample: int | None = None,
    marks: Mapping[str, str] | None = None,
    visits: Mapping[str, Visit] | None = None,
    **fields: Any,
) -> Crawl:
    """Run a format over pages that are already here; `marks` and `visits` as an earlier crawl left them."""
    source = source_of(**fields)
    form = formats.load(source.kind)
    kept: list[Crawled] = []
    folder = Folder(pages)
    told: list[Visit] = []
    known = Visits(visits or {}, told.append, marks)
    board = Board(source, folder, kept.append, sample=sample, ignored=form.about.ignored, visits=known)
    error, cut = None, False
    try:
        asyncio.run(form.crawl(source, board))
    except Enough:
        cut = True
    except SourceError as stopped:
        error = stopped
    report = board.report(error, knows_all=form.about.knows_all, requests=folder.requests, seconds=0.0, cut=cut)
    return Crawl(report, kept, folder.brought, {visit.url: visit for visit in told})


__all__ = ["LOCAL", "Answer", "Crawl", "Folder", "crawled", "read_from", "source_of"]
