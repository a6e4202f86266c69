"""Whether the crawls fit: requests times gaps against the deadline of a crawl and the time between two, for each vendor's host."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from crawler import formats
from crawler.gates import vendor_host
from model.source import CrawlRules, Source

BUSY = 0.5  # of the time; retries, slow answers and sweeps need the rest


def tight(sources: Sequence[Source], requests: Mapping[str, int], rules: CrawlRules) -> list[str]:
    """What does not fit, in words. `requests`: those of a whole crawl by source, as its runs showed; others are passed over."""
    told: list[str] = []
    shares: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for source in sources:
        if source.name not in requests:
            continue
        gap = gap_of(source, rules)
        seconds = requests[source.name] * gap
        if seconds > rules.deadline_seconds:
            told.append(
                f"{source.name}: {requests[source.name]} requests with {gap:g} s between them take {seconds / 60:.0f} minutes; "
                f"its crawl is ended after {rules.deadline_seconds / 60:.0f}: raise `crawl: deadline_seconds`"
            )
        shares[vendor_host(urlsplit(source.api or source.url).netloc)].append(
            (seconds / (source.every * 60), source.name)
        )
    for host, each in sorted(shares.items()):
        busy = sum(share for share, _ in each)
        if busy > BUSY:
            names = ", ".join(name for _, name in sorted(each, reverse=True)[:5])
            told.append(
                f"{host}: its {len(each)} sources ({names}) would be asked {busy:.0%} of the time, one request after the other; "
                "raise their `every`"
            )
    return told


def gap_of(source: Source, rules: CrawlRules) -> float:
    """The seconds between two requests of a source: its kind's gap, or the operator's where that is longer; listed private hosts have
    only the operator's."""
    own = rules.delay_seconds or 0.0
    host = (urlsplit(source.api or source.url).hostname or "").lower()
    return own if host in rules.allow_private_hosts else max(own, formats.load(source.kind).about.gap)
