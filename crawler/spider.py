"""The one spider: it drives any format over one source. Scrapy carries the bytes; manners are `crawler/fetching.py`'s."""

import logging
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import exceptions as scrapy_errors
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.board import Board, Enough
from crawler.fetching import Call, Fetcher
from crawler.formats import Format
from crawler.gates import Gates, gates_folder
from crawler.guarding import Guard
from crawler.outbox import Outbox
from crawler.page import Page
from crawler.visits import Visits, program_version
from crawler.wishes import MEGABYTE
from model.crawl import CrawlReport, Visit
from model.errors import SourceError, SourceUnreachable
from model.source import CrawlRules, Source

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one child process is to crawl. `deadline` is a moment of the machine's monotonic clock."""

    format: Format
    source: Source
    rules: CrawlRules
    sample: int | None
    prove: bool
    known: Mapping[str, str]
    visits: Mapping[str, Visit]
    deadline: float


def user_agent(rules: CrawlRules) -> str:
    """Who asks, and where one can complain."""
    return f"firstrung/{program_version()}" + (f" (+{rules.contact})" if rules.contact else "")


def settings(order: Order) -> dict[str, Any]:
    """Scrapy's settings. What Scrapy does differently from us is off: robots, redirects and retries are in `crawler/fetching.py`."""
    return {
        "USER_AGENT": user_agent(order.rules),
        "ROBOTSTXT_OBEY": False,  # crawler/robots.py obeys it, with crawl-delay, and takes a broken one for a no
        "REDIRECT_ENABLED": False,
        "RETRY_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "COOKIES_ENABLED": getattr(order.source, "cookies", False),
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": 30,
        "DOWNLOAD_MAXSIZE": 8 * MEGABYTE,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNS_TIMEOUT": 20,
        "TWISTED_DNS_RESOLVER": GuardedResolver,
        "FIRSTRUNG_GUARD": Guard(order.rules.allow_private_hosts),
        "MEMUSAGE_ENABLED": False,
        "LOG_ENABLED": False,
        "STATS_DUMP": False,
        "EXTENSIONS_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES_BASE": {
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
            "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": 700,
        },
        "LOG_INSTALL_ROOT_HANDLER": False,
    }


class GuardedResolver(CachingThreadedResolver):
    """Refuses private addresses where they cannot be changed any more: between the name's lookup and the connection."""

    guard: Guard

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> "GuardedResolver":
        """As Scrapy does it, with the guard."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.guard = crawler.settings["FIRSTRUNG_GUARD"]
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: N802 - Twisted's name
        """The address of `name`; the look-up fails if it is private and the host is not listed."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        """The address, once the guard has seen it."""
        try:
            self.guard.check(name, address)
        except SourceError as error:
            raise DNSLookupError(error.says) from error
        return address


class BoardSpider(scrapy.Spider):
    """Crawls one board in the way that its format says."""

    name = "board"

    def __init__(self, order: Order, outbox: Outbox, **kwargs: Any) -> None:
        """`outbox` takes the postings and, at the end, `report`."""
        super().__init__(**kwargs)
        self.order = order
        self.outbox = outbox
        self.report: CrawlReport | None = None
        self.fault: Exception | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Crawl, then report; Scrapy itself gets nothing to schedule."""
        try:
            self.report = await self._crawl()
        except Exception as fault:  # noqa: BLE001 - raised again by the child; Scrapy would only log it
            self.fault = fault
        nothing: tuple[Any, ...] = ()
        for one in nothing:
            yield one

    async def _crawl(self) -> CrawlReport:
        """Drive the format; turn what stops it into the report."""
        order, began = self.order, time.monotonic()
        visits = Visits(order.visits, self.outbox.visited, order.known)
        fetcher = Fetcher(
            self._send,
            Gates(gates_folder()),
            self._guard(),
            order.rules,
            api=order.source.api,
            gap=order.format.about.gap,
            deadline=order.deadline,
            visits=visits,
        )
        foreign = await self._foreign(fetcher) if order.prove else None
        board = self._board(fetcher, foreign or frozenset(), visits)
        self.outbox.watch(board, fetcher)
        error, cut = await _driven(order.format, order.source, board)
        if not board.seen and error is None and order.format.nobody is not None and foreign is None and not order.prove:
            foreign = await self._foreign(fetcher)
        report = board.report(
            error,
            knows_all=order.format.about.knows_all,
            requests=fetcher.requests,
            seconds=time.monotonic() - began,
            cut=cut,
        )
        report = replace(report, answers=dict(fetcher.answers))
        return _doubting_emptiness(report) if foreign is not None and not board.seen else report

    def _guard(self) -> Guard:
        """The guard that the resolver has, too."""
        guard: Guard = self.crawler.settings["FIRSTRUNG_GUARD"]
        return guard

    def _board(self, fetcher: Fetcher, foreign: frozenset[str], visits: Visits) -> Board:
        """The board that was ordered, whose postings go to the outbox."""
        return Board(
            self.order.source,
            fetcher,
            self.outbox.put,
            sample=self.order.sample,
            ignored=self.order.format.about.ignored,
            foreign=foreign,
            visits=visits,
        )

    async def _foreign(self, fetcher: Fetcher) -> frozenset[str] | None:
        """What the vendor lists for an employer that cannot exist: ids only if it ignores who is asked for; None if it says no."""
        nobody = self.order.format.nobody
        if nobody is None:
            return None
        board = Board(nobody(self.order.source), fetcher, lambda _: None, probing=True)
        error, _ = await _driven(self.order.format, board.source, board)
        return None if error is not None else frozenset(board.seen)

    async def _send(self, call: Call) -> Page:
        """One request through Scrapy's downloader. Raises SourceError for everything that goes wrong on the way."""
        request = scrapy.Request(
            call.url,
            method=call.method,
            headers=dict(call.headers),
            body=call.body,
            dont_filter=True,
            meta={"download_timeout": call.timeout, "download_maxsize": call.max_bytes, "handle_httpstatus_all": True},
        )
        assert self.crawler.engine is not None
        self.outbox.tick()
        try:
            response = await self.crawler.engine.download_async(request)
        except SourceError:
            raise
        except Exception as error:
            refused = self._guard().refused(urlsplit(call.url).hostname or "")
            raise refused or _on_the_way(error, call.url) from error
        headers = {
            key.decode("latin-1").lower(): values[-1].decode("latin-1")
            for key, values in response.headers.items()
            if values
        }
        return Page(url=call.url, body=response.body, status=response.status, headers=headers)


def _doubting_emptiness(report: CrawlReport) -> CrawlReport:
    """An empty board whose vendor answers for an unknown employer just as emptily: that may be a wrong name, so it is not "all"."""
    if report.failure is not None or report.complete is not True:
        return report
    warning = (
        "the vendor answers in the same way for an employer that cannot exist: a wrong address would look like this"
    )
    return replace(report, complete=None, warnings=(*report.warnings, warning))


async def _driven(form: Format, source: Source, board: Board) -> tuple[SourceError | None, bool]:
    """Run the format; give what stopped it (None if it came to its end) and whether the sample cut it."""
    try:
        await form.crawl(source, board)
    except Enough:
        return None, True
    except SourceError as error:
        return error, False
    return None, False


def _on_the_way(error: Exception, url: str) -> SourceError:
    """The SourceError for what Scrapy and Twisted raise while a request is on its way. Raises what is a bug."""
    told = f"{type(error).__name__}: {error}".replace("\n", " ")[:300]
    causes = " ".join(repr(cause) for cause in _causes(error))
    for inner in _causes(error):
        if isinstance(inner, SourceError):
            return inner
    if isinstance(error, scrapy_errors.CannotResolveHostError):
        return SourceUnreachable(f"the host cannot be found: {told}", url=url, failure="dns")
    if isinstance(error, scrapy_errors.DownloadTimeoutError):
        return SourceUnreachable("no answer in time", url=url, failure="timeout")
    if (
        isinstance(error, scrapy_errors.DownloadCancelledError)
        or "decompress" in str(error).lower()
        or "exceeded" in str(error)
    ):
        return SourceError(f"the answer is too large: {told}", url=url, failure="too_large")
    if any(word in causes for word in ("SSL", "certificate", "VerificationError", "CertificateError")):
        return SourceUnreachable(f"no secure connection: {told}", url=url, failure="tls")
    if isinstance(
        error,
        scrapy_errors.DownloadFailedError
        | scrapy_errors.DownloadConnectionRefusedError
        | scrapy_errors.ResponseDataLossError,
    ):
        return SourceUnreachable(f"the connection failed: {told}", url=url, failure="server_error")
    if isinstance(error, scrapy_errors.IgnoreRequest | scrapy_errors.UnsupportedURLSchemeError | ValueError | OSError):
        return SourceUnreachable(f"the request failed: {told}", url=url, failure="server_error")
    raise error


def _causes(error: BaseException) -> list[BaseException]:
    """The error with all that it came from, Twisted's failures included."""
    found: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue and len(found) < 20:
        one = queue.pop(0)
        if one is None or one in found:
            continue
        found.append(one)
        queue += [one.__cause__, one.__context__]
        queue += [getattr(reason, "value", None) for reason in getattr(one, "reasons", None) or ()]
        queue += [arg for arg in one.args if isinstance(arg, BaseException)]
    return found
