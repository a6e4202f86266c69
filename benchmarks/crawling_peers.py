"""What one would write instead: a plain Scrapy spider over a sitemap, with parsel or with BeautifulSoup over the whole page.

`python -m benchmarks.crawling_peers parsel|soup SITEMAP`; prints how many postings it yielded. Scrapy's own defaults, nothing stored.
"""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from bs4 import BeautifulSoup
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.selector import Selector


class Plain(scrapy.Spider):
    """Every address of the sitemap, the first ld+json of each page."""

    name = "plain"

    def __init__(self, sitemap: str, way: str, **kwargs: Any) -> None:
        """`way`: parsel or soup."""
        super().__init__(**kwargs)
        self.sitemap, self.way = sitemap, way

    async def start(self) -> AsyncIterator[Any]:
        """The sitemap first."""
        yield scrapy.Request(self.sitemap, callback=self.parse_sitemap)

    def parse_sitemap(self, response: Response) -> Iterator[scrapy.Request]:
        """A request for each page."""
        selector = Selector(text=response.text, type="xml")
        selector.remove_namespaces()
        for url in selector.xpath("//loc/text()").getall():
            yield scrapy.Request(url, callback=self.parse)

    def parse(self, response: Response, **_: Any) -> Iterator[dict[str, Any]]:
        """The posting of one page."""
        if self.way == "soup":
            tag = BeautifulSoup(response.text, "lxml").find("script", type="application/ld+json")
            text = tag.string if tag else None
        else:
            text = response.xpath('//script[@type="application/ld+json"]/text()').get()
        if text:
            yield json.loads(text)


def main() -> None:
    """Crawl, print the count."""
    way, sitemap = sys.argv[1:]
    process = AsyncCrawlerProcess(
        {"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False}
    )
    crawler = process.create_crawler(Plain)
    process.crawl(crawler, sitemap=sitemap, way=way)
    process.start()
    assert crawler.stats is not None
    print(crawler.stats.get_value("item_scraped_count"))


if __name__ == "__main__":
    main()
