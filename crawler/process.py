"""One crawl, one child process: its deadline is held here, by the parent, and what came before the end is kept."""

import contextlib
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import crawler
from crawler.events import crawled_of, progress_of, report_of, visit_of, visit_out
from crawler.failures import failing
from model.crawl import Crawled, CrawlReport, Progress, Visit
from model.source import CrawlRules, Source

log = logging.getLogger(__name__)

Sink = Callable[[Sequence[Crawled]], None]
VisitSink = Callable[[Sequence[Visit]], None]
GRACE = 10.0
_HEAD_START = 1.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier crawls of a source left, and who takes what this one adds.

    `marks`: by id, what the rows of the board's list looked like. `visits`: by address, what pages said about themselves. `keep` takes
    new visits, always after the postings of their pages went to the sink.
    """

    marks: Mapping[str, str] = field(default_factory=dict)
    visits: Mapping[str, Visit] = field(default_factory=dict)
    keep: VisitSink | None = None


def crawl(
    source: Source,
    rules: CrawlRules,
    *,
    sink: Sink,
    sample: int | None = None,
    prove: bool = False,
    memory: Memory | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> CrawlReport:
    """Crawl one source; hand its postings to `sink` in batches as they come; give the report.

    `sample`: stop after so many postings. `prove`: ask first for an employer that cannot exist (attribution). `memory`: what earlier
    crawls left; postings that it lets one pass over come back as `report.unchanged`. Leave it empty now and then, since not every
    change shows. `on_progress` is told now and then. Never raises for what the board or the net does; what `sink` raises ends the
    crawl and is raised.
    """
    began = time.monotonic()
    deadline = began + rules.deadline_seconds
    memory = memory or Memory()
    visits = [visit_out(visit) for visit in memory.visits.values()]
    order = {"sample": sample, "prove": prove, "known": dict(memory.marks), "visits": visits}
    child = _start(source, rules, order, deadline)
    watch = _Watch(source.name, sink, memory.keep, on_progress)
    try:
        assert child.stdout is not None
        lines = _Lines(child.stdout)
        for line in lines.until(deadline):
            watch.take(json.loads(line))
        report = watch.report or _without_report(child, watch, lines, deadline, rules)
        return replace(report, seconds=round(time.monotonic() - began, 3))
    finally:
        _end(child)


class _Watch:
    """What has come from the child so far."""

    def __init__(
        self, source: str, sink: Sink, keep: VisitSink | None, on_progress: Callable[[Progress], None] | None
    ) -> None:
        self.source = source
        self.report: CrawlReport | None = None
        self.progress = Progress(0, 0, 0)
        self.advertised: int | None = None
        self._sink, self._keep = sink, keep
        self._on_progress = on_progress

    def take(self, event: dict[str, Any]) -> None:
        """One event of the child."""
        if event["event"] == "postings":
            self._sink([crawled_of(fields) for fields in event["postings"]])
        elif event["event"] == "visits":
            if self._keep:
                self._keep([visit_of(fields) for fields in event["visits"]])
        elif event["event"] == "progress":
            self.progress = progress_of(event)
            self.advertised = event["advertised"]
            if self._on_progress:
                self._on_progress(self.progress)
        else:
            self.report = report_of(event["report"])


def _start(source: Source, rules: CrawlRules, order: dict[str, Any], deadline: float) -> "subprocess.Popen[bytes]":
    """Start the child in a session of its own and give it its order."""
    order = {
        **order,
        "source": source.model_dump(mode="json"),
        "rules": rules.model_dump(mode="json"),
        "deadline": deadline - min(_HEAD_START, rules.deadline_seconds * 0.1),
        "log_level": logging.getLevelName(log.getEffectiveLevel()),
    }
    house = str(Path(crawler.__file__).parent.parent)
    paths = [house, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    child = subprocess.Popen(
        [sys.executable, "-m", "crawler.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))},
    )
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(order).encode())
        child.stdin.close()
    except BrokenPipeError:
        log.warning("crawl child ended before it had its order", extra={"source": source.name})
    return child


class _Lines:
    """The child's lines as they come."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._waiting = b""

    def until(self, deadline: float) -> Iterator[bytes]:
        """The lines until the child ends or the deadline is past."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stream, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0 and selector.select(left):
                chunk = os.read(self._stream.fileno(), 1 << 20)
                if not chunk:
                    return
                *lines, self._waiting = (self._waiting + chunk).split(b"\n")
                yield from lines


def _without_report(
    child: "subprocess.Popen[bytes]", watch: _Watch, lines: _Lines, deadline: float, rules: CrawlRules
) -> CrawlReport:
    """The report for a child that ended without one: what came so far counts, nothing is complete."""
    if time.monotonic() >= deadline:
        _terminate(child)
        for line in lines.until(time.monotonic() + 1.0):  # what it still held when it was told to stop
            watch.take(json.loads(line))
        failure = failing("timeout", f"the crawl did not end within {rules.deadline_seconds} s")
    else:
        code = child.wait(GRACE)
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        failure = failing("incomplete", f"the crawl's process {how} before it had read the board")
    return watch.report or CrawlReport(
        source=watch.source,
        complete=False,
        advertised=watch.advertised,
        seen=watch.progress.seen,
        requests=watch.progress.requests,
        answers=watch.progress.answers,
        failure=failure,
    )


def _terminate(child: "subprocess.Popen[bytes]") -> None:
    """SIGTERM, a grace, then SIGKILL, for the child's whole group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            continue
        return


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Leave no child behind, whatever happened."""
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        _terminate(child)
    for stream in (child.stdin, child.stdout):
        if stream and not stream.closed:
            stream.close()
