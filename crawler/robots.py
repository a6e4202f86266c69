"""robots.txt: what it forbids is not asked, its crawl-delay is kept, its sitemaps are known. A broken one means no.

What it said is remembered for a day, which RFC 9309 (2.4) allows; a no that is remembered is asked for again before it is believed.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

from crawler.page import Page
from crawler.visits import Visits
from model.crawl import Visit
from model.errors import SourceError, SourceRefused

AGENT = "firstrung"
LARGEST = 500_000  # RFC 9309 wants 500 KiB at least


class Robots:
    """The rules of each host, asked for once."""

    def __init__(self, ask: Callable[[str], Awaitable[Page]], visits: Visits | None = None) -> None:
        """`ask` fetches an address without looking at robots.txt and gives any status below 500; it raises SourceError. `visits` holds
        what hosts said lately, and is told what they say now."""
        self._ask = ask
        self._visits = visits or Visits({}, lambda _: None)
        self._rules: dict[str, Protego] = {}
        self._remembered: set[str] = set()

    async def check(self, url: str) -> float:
        """Raise SourceError if robots.txt forbids `url`; else its crawl-delay in seconds (0 if none)."""
        rules = await self._of(url)
        if not rules.can_fetch(url, AGENT) and _origin(url) in self._remembered:
            rules = await self._fresh(_origin(url))
        if not rules.can_fetch(url, AGENT):
            raise SourceRefused("robots.txt forbids this address", url=url, failure="refused_by_robots")
        return float(rules.crawl_delay(AGENT) or 0)

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the host's robots.txt names."""
        return list((await self._of(url)).sitemaps)

    async def _of(self, url: str) -> Protego:
        """The host's rules; none where it has no robots.txt (4xx). Raises SourceError where it cannot be had."""
        origin = _origin(url)
        if origin in self._rules:
            return self._rules[origin]
        before = self._visits.before(f"{origin}/robots.txt")
        if before is None or before.kind != "robots":
            return await self._fresh(origin)
        self._remembered.add(origin)
        self._rules[origin] = Protego.parse(before.told or "")
        return self._rules[origin]

    async def _fresh(self, origin: str) -> Protego:
        """The host's rules as they are now. Those that it gave, or said not to have, are remembered; a refusal is not."""
        url, text, said = f"{origin}/robots.txt", "", True
        try:
            page = await self._ask(url)
            text = page.text[:LARGEST] if page.status == 200 and not page.looks_like_html else ""
        except SourceError as error:
            if error.failure not in ("not_found", "forbidden", "challenge", "not_understood", "redirect_loop"):
                raise
            said = error.failure == "not_found"
        if said:
            self._visits.keep(Visit(url=url, kind="robots", told=text))
        self._remembered.discard(origin)
        self._rules[origin] = Protego.parse(text)
        return self._rules[origin]


def _origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
