"""The child process of one crawl: reads its order from standard input, writes event lines to standard output, logs to standard error.

`python -m crawler.child`; only `crawler/process.py` starts it.
"""

import ctypes
import json
import logging
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType

from crawler import formats
from crawler.events import visit_of
from crawler.failures import failing
from crawler.outbox import Outbox
from model.crawl import CrawlReport
from model.source import CrawlRules

_MEGABYTES = 1536
_PROCESSOR_SECONDS = 4  # what an ordinary crawl hardly needs; one that takes more stands behind the others from then on
_SPARE = 64  # megabytes more, to tell of it when the others are used up


def main() -> None:
    """Crawl as ordered, report, end. A fault of the program is reported as such and ends with exit code 1."""
    _end_with_parent()
    try:
        ordered = json.load(sys.stdin)
    except json.JSONDecodeError:  # the parent was killed before it had given its orders: there is nobody to report to
        sys.exit(1)
    events = os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1)
    os.dup2(2, 1)  # whatever prints by accident goes to the log
    logging.basicConfig(level=ordered["log_level"], format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger().handlers[0].setLevel(ordered["log_level"])  # Scrapy opens its own loggers wide
    _may_use(_MEGABYTES)
    _stand_behind_others_after(_PROCESSOR_SECONDS)
    outbox = Outbox(_writer(events.fileno()))
    signal.signal(signal.SIGTERM, _stopping(outbox))
    try:
        report = _crawl(ordered, outbox)
    except MemoryError:
        _may_use(_MEGABYTES + _SPARE)
        outbox.close(_failed(ordered["source"]["name"], "too_large", f"the crawl needed more than {_MEGABYTES} MB"))
        sys.exit(1)
    except Exception:
        logging.getLogger(__name__).exception("the crawl met a fault of the program")
        says = traceback.format_exc(limit=-1).strip().splitlines()[-1]
        outbox.close(_failed(ordered["source"]["name"], "not_understood", f"a fault of the program: {says}"))
        sys.exit(1)
    outbox.close(report)


def _crawl(ordered: dict[str, object], outbox: Outbox) -> CrawlReport:
    """Run the spider until it is done. Scrapy is imported here, after the limits are set."""
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415

    from crawler.spider import BoardSpider, Order, settings  # noqa: PLC0415

    fields = dict(ordered["source"])  # type: ignore[call-overload]
    form = formats.load(str(fields["kind"]))
    order = Order(
        format=form,
        source=form.source_type.model_validate(fields),
        rules=CrawlRules.model_validate(ordered["rules"]),
        sample=ordered["sample"],  # type: ignore[arg-type]
        prove=bool(ordered["prove"]),
        known=ordered["known"],  # type: ignore[arg-type]
        visits={fields[0]: visit_of(fields) for fields in ordered["visits"]},  # type: ignore[attr-defined]
        deadline=float(str(ordered["deadline"])),
    )
    process = AsyncCrawlerProcess(settings(order))
    crawler = process.create_crawler(BoardSpider)
    done = process.crawl(crawler, order=order, outbox=outbox)
    process.start(install_signal_handlers=False)
    done.result()
    spider = crawler.spider
    assert isinstance(spider, BoardSpider)
    if spider.report is None:
        raise spider.fault or RuntimeError("the spider ended without a report")
    return spider.report


def _writer(fileno: int) -> Callable[[str], None]:
    """A function that writes a whole line at once."""

    def write(line: str) -> None:
        left = line.encode("ascii")
        try:
            while left:
                left = left[os.write(fileno, left) :]
        except BrokenPipeError:
            os._exit(141)  # nobody listens any more

    return write


def _end_with_parent() -> None:
    """Where the system knows how (Linux): when the parent is killed, so is this crawl."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _stopping(outbox: Outbox) -> Callable[[int, FrameType | None], None]:
    """What SIGTERM does: what was read leaves the house, then the process ends."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        outbox.flush()
        os._exit(143)

    return stop


def _may_use(megabytes: int) -> None:
    """Hold this process to so much memory; what it asks for beyond raises MemoryError."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, (_MEGABYTES + _SPARE) << 20))


def _stand_behind_others_after(seconds: int) -> None:
    """A crawl that has used so much of the processor gets what the others leave: they, reading and mailing go on beside it."""

    def stand_behind(_number: int, _frame: FrameType | None) -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        os.nice(10)

    signal.signal(signal.SIGXCPU, stand_behind)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def _failed(source: str, kind: str, says: str) -> CrawlReport:
    """The report of a crawl that was broken off by a bug or for want of memory."""
    return CrawlReport(source=source, complete=False, failure=failing(kind, says))


if __name__ == "__main__":
    main()
