"""robots.txt: what it forbids is not asked, its crawl-delay is kept, its sitemaps are known. A broken one means no."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

from crawler.page import Page
from model.errors import SourceError, SourceRefused

AGENT = "firstrung"


class Robots:
    """The rules of each host, asked for once."""

    def __init__(self, ask: Callable[[str], Awaitable[Page]]) -> None:
        """`ask` fetches an address without looking at robots.txt and gives any status below 500. Raises SourceError."""
        self._ask = ask
        self._rules: dict[str, Protego] = {}

    async def check(self, url: str) -> float:
        """Raise SourceError if robots.txt forbids `url`; else its crawl-delay in seconds (0 if none)."""
        rules = await self._of(url)
        if not rules.can_fetch(url, AGENT):
            raise SourceRefused("robots.txt forbids this address", url=url, failure="refused_by_robots")
        return float(rules.crawl_delay(AGENT) or 0)

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the host's robots.txt names."""
        return list((await self._of(url)).sitemaps)

    async def _of(self, url: str) -> Protego:
        """The host's rules; none where it has no robots.txt (4xx). Raises SourceError where it cannot be had."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            try:
                page = await self._ask(f"{origin}/robots.txt")
                text = page.text if page.status == 200 and not page.looks_like_html else ""
            except SourceError as error:
                if error.failure not in ("not_found", "forbidden", "challenge", "not_understood", "redirect_loop"):
                    raise
                text = ""
            self._rules[origin] = Protego.parse(text[:500_000])
        return self._rules[origin]
