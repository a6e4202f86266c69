"""Fetching as a good guest: robots.txt, gaps, Retry-After, few retries, few redirects, caps. How bytes travel is the spider's."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

from crawler.gates import Gates, TurnNotCome, vendor_host
from crawler.guarding import Guard
from crawler.page import Page
from crawler.refusals import refusal
from crawler.robots import Robots
from crawler.visits import Visits
from crawler.wishes import Wish
from model.errors import SourceError, SourceUnreachable
from model.source import CrawlRules

REDIRECTS = 5
ATTEMPTS = 3
LONGEST_WAIT = 120.0
TIMEOUT = 30.0
_ATTEMPTS = {"dns": 1, "tls": 1, "timeout": 2}
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it goes out."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout: float = TIMEOUT
    max_bytes: int = 0


Sending = Callable[[Call], Awaitable[Page]]


class Fetcher:
    """Brings pages from one source's hosts, one at a time."""

    def __init__(
        self,
        send: Sending,
        gates: Gates,
        guard: Guard,
        rules: CrawlRules,
        *,
        api: str | None,
        gap: float,
        deadline: float,
        visits: Visits | None = None,
    ) -> None:
        """`send` makes one request; `api` stands in for every host; `deadline` is a moment of the monotonic clock; `visits` remembers
        what robots.txt said."""
        self.requests = 0
        self.answers: dict[str, int] = {}
        self.robots = Robots(self._ask_for_robots, visits)
        self._send = send
        self._gates = gates
        self._guard = guard
        self._rules = rules
        self._api = urlsplit(api) if api else None
        self._gap = gap
        self._deadline = deadline

    async def fetch(self, wish: Wish) -> Page:
        """The page that is wished for, after robots.txt, redirects and retries. Raises SourceError."""
        return await self._fetch(wish, heed_robots=True)

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that robots.txt names, as real addresses. Raises SourceError."""
        return await self.robots.sitemaps(url)

    async def _ask_for_robots(self, url: str) -> Page:
        """robots.txt itself."""
        return await self._fetch(Wish(url=url, accept="text/plain,*/*", max_bytes=2_000_000), heed_robots=False)

    async def _fetch(self, wish: Wish, *, heed_robots: bool) -> Page:
        """Follow redirects, at most five, never in a circle, never into a private network."""
        url = wish.url
        been = {url}
        for _ in range(REDIRECTS + 1):
            self._check_address(url)
            delay = await self.robots.check(url) if heed_robots else 0.0
            page = await self._answer(wish, url, delay)
            target = page.headers.get("location") if page.status in _MOVED else None
            if target is None or page.status in wish.ok:
                return page
            url = self._real(urljoin(page.url, target), page.url)
            if urlsplit(url).netloc != urlsplit(page.url).netloc:
                wish = replace(wish, headers={})  # a key is for the host that it was meant for
            if url in been:
                break
            been.add(url)
        raise SourceError(
            "redirected in circles" if url in been else "too many redirects", url=wish.url, failure="redirect_loop"
        )

    async def _answer(self, wish: Wish, url: str, delay: float) -> Page:
        """The answer to one address, asked again where that can help. Raises SourceError."""
        gap = max(self._gap_for(url), delay)
        attempt = 1
        while True:
            try:
                page = await self._once(wish, url, gap)
            except SourceUnreachable as error:
                if attempt >= _ATTEMPTS.get(error.failure, ATTEMPTS):
                    raise
                await self._wait(max(gap, 0.1) * 2**attempt)
            else:
                if page.status in wish.ok or (page.status in _MOVED and (page.status > 303 or not wish.posts)):
                    return page
                error_or_none = refusal(page)
                if error_or_none is None:
                    return page
                if attempt >= ATTEMPTS or error_or_none.failure not in ("rate_limited", "server_error", "timeout"):
                    raise error_or_none
                await self._wait(self._pause(page, error_or_none, gap, attempt))
            attempt += 1

    def _pause(self, page: Page, error: SourceError, gap: float, attempt: int) -> float:
        """How long to wait before asking again. Raises `error` where the board asks for more patience than a crawl has."""
        asked = _retry_after(page)
        if asked is None:
            return max(gap, 0.1) * (4.0 if error.failure == "rate_limited" else 2.0) ** attempt
        if asked > LONGEST_WAIT or time.monotonic() + asked > self._deadline:
            raise SourceError(
                f"{error.says}; it asks to wait {asked:.0f} s", url=error.url, failure="rate_limited"
            ) from error
        return max(asked, gap)

    async def _once(self, wish: Wish, url: str, gap: float) -> Page:
        """One request through the host's gate. Raises SourceError."""
        if self.requests >= self._rules.max_requests:
            raise SourceError(
                f"stopped at the cap of {self._rules.max_requests} requests", url=url, failure="incomplete"
            )
        if time.monotonic() >= self._deadline:
            raise SourceError("the crawl's time is over", url=url, failure="timeout")
        target = self._via(url)
        call = Call(
            url=target,
            method=wish.method or ("POST" if wish.posts else "GET"),
            headers={"Accept": wish.accept, "Accept-Language": "en-US,en;q=0.8", **_body_headers(wish), **wish.headers},
            body=_body(wish),
            max_bytes=wish.max_bytes,
        )
        try:
            async with self._gates.through(urlsplit(target).netloc, gap, self._deadline):
                call = replace(call, timeout=min(TIMEOUT, max(0.1, self._deadline - time.monotonic())))
                self.requests += 1
                page = await self._counted(call)
        except TurnNotCome as error:
            host = vendor_host(urlsplit(target).netloc)
            says = f"the crawl's time was over before its turn at {host} came; other crawls may be asking there"
            raise SourceError(says, url=url, failure="timeout") from error
        except SourceError as error:
            error.url = url
            raise
        return Page(url=url, body=page.body, status=page.status, headers=page.headers)

    async def _counted(self, call: Call) -> Page:
        """The answer, counted by its class of status. Raises SourceError."""
        how = "none"
        try:
            page = await self._send(call)
            how = f"{page.status // 100}xx"
        finally:
            self.answers[how] = self.answers.get(how, 0) + 1
        return page

    async def _wait(self, seconds: float) -> None:
        """Wait, but not past the deadline."""
        await asyncio.sleep(max(0.0, min(seconds, self._deadline - time.monotonic())))

    def _gap_for(self, url: str) -> float:
        """The gap before a request to this address: none for the operator's own listed private hosts, unless he set one."""
        own = self._rules.delay_seconds
        host = urlsplit(self._via(url)).hostname or ""
        return own or 0.0 if self._guard.lists(host) else max(self._gap, own or 0.0)

    def _check_address(self, url: str) -> None:
        """Raise SourceError for an address that is no public web address, or whose stand-in is not."""
        for address in (url, self._via(url)):
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise SourceError(f"not a web address: {address[:200]}", url=url, failure="not_understood")
            self._guard.check(parts.hostname, parts.hostname, url)

    def _via(self, url: str) -> str:
        """The address that is really asked: `api`'s scheme and host in place of the board's."""
        if self._api is None:
            return url
        parts = urlsplit(url)
        return urlunsplit((self._api.scheme, self._api.netloc, parts.path, parts.query, ""))

    def _real(self, url: str, base: str) -> str:
        """The board's own address for one that names the stand-in."""
        parts, origin = urlsplit(url), urlsplit(base)
        if self._api is not None and parts.netloc == self._api.netloc:
            return urlunsplit((origin.scheme, origin.netloc, parts.path, parts.query, ""))
        return urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))


def _body(wish: Wish) -> bytes:
    """The request's body."""
    return json.dumps(wish.json, separators=(",", ":")).encode() if wish.posts else b""


def _body_headers(wish: Wish) -> dict[str, str]:
    """The headers that go with the body."""
    return {"Content-Type": "application/json"} if wish.posts else {}


def _retry_after(page: Page) -> float | None:
    """The seconds that Retry-After asks for, from a number or a date; None without it."""
    value = page.headers.get("retry-after", "").strip()
    if value.replace(".", "", 1).isdigit():
        return float(value)
    until, now = _moment(value), _moment(page.headers.get("date", ""))
    if until is None:
        return None
    return max(0.0, (until - now).total_seconds()) if now else 30.0


def _moment(value: str) -> datetime | None:
    """An HTTP date, None if it is none."""
    try:
        return parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
