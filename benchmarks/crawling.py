"""The crawl's figures: `python -m benchmarks.crawling [--pages 5000] [--postings 10000] [--rounds 3] [--large]`. Wants nginx.

The product is `firstrung crawl` as an operator runs it: child process, snapshots and rows in SQLite; beside it a plain Scrapy spider in
the same run. CPU seconds are those of each command with all its children (wait4), start-up included, so that others at work on the
machine do not count; the server's are nobody's.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crawling_world import serving, write_board, write_pages

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """One command: CPU seconds with all its children; `memory` is the largest process's peak in MB; what it printed."""

    seconds: float
    memory: float
    printed: str


def environment() -> dict[str, str]:
    """What the commands run in: compiled modules are kept, as on an operator's machine, but apart from his."""
    bytecode = Path(tempfile.gettempdir()) / "firstrung-benchmark-bytecode"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(bytecode)}


def run(*command: str) -> Cost:
    """Run a Python command to its end. Raises RuntimeError if it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as log:
        child = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=out, stderr=log, env=environment())
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode()
        log.seek(0)
        logged = log.read().decode()
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {logged[-1000:]}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed)


def house(folder: Path, **source: str) -> Path:
    """A configuration with one source and an empty database."""
    (folder / "sources").mkdir(parents=True)
    rules = "{allow_private_hosts: ['127.0.0.1'], deadline_seconds: 7200, max_requests: 1000000}"
    database = f"sqlite:///{folder / 'firstrung.db'}"
    (folder / "service.yaml").write_text(f"crawl: {rules}\ndatabase: {json.dumps(database)}\n")
    (folder / "sources" / "bench.yaml").write_text(f"sources:\n  - {json.dumps({'name': 'bench', **source})}\n")
    return folder


@dataclass(frozen=True, slots=True)
class Crawl:
    """One crawl of the product: its cost, and the seconds by the clock from the start of its process to its report."""

    cost: Cost
    clock: float


def product(config: Path, count: int) -> Crawl:
    """One crawl as an operator starts it. Raises RuntimeError unless it read all."""
    cost = run("-m", "firstrung", "--config", str(config), "crawl", "--json")
    told = json.loads(cost.printed.splitlines()[0])
    if told["failure"] or told["seen"] != count:
        raise RuntimeError(f"not the whole board: {told}")
    return Crawl(cost, told["seconds"])


def growth(base: str, count: int) -> None:
    """The product alone over many pages: pages a CPU second and memory should be as for few."""
    with tempfile.TemporaryDirectory() as folder:
        cost = product(house(Path(folder) / "config", kind="json_ld", url=f"{base}/sitemap.xml"), count).cost
    print(f"{count} pages: {count / cost.seconds:.0f} pages/CPU-s, largest process {cost.memory:.0f} MB")


def pages(base: str, count: int, rounds: int) -> None:
    """Pages a CPU second, the product beside plain Scrapy."""
    rates: dict[str, list[float]] = {"firstrung": [], "parsel": [], "soup": []}
    memory = 0.0
    sitemap = f"{base}/sitemap.xml"
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            cost = product(house(Path(folder) / "config", kind="json_ld", url=sitemap), count).cost
        rates["firstrung"].append(count / cost.seconds)
        memory = max(memory, cost.memory)
        for way in ("parsel", "soup"):
            peer = run("-m", "benchmarks.crawling_peers", way, sitemap)
            if int(peer.printed) != count:
                raise RuntimeError(f"the {way} spider read {peer.printed} of {count}")
            rates[way].append(count / peer.seconds)
    middle = {way: statistics.median(found) for way, found in rates.items()}
    print(f"{count} JSON-LD pages of 20 KB, median of {rounds} rounds")
    for way, rate in middle.items():
        print(f"  {way:10} {rate:7.0f} pages/CPU-s   {rate / middle['parsel']:.2f} of plain Scrapy")
    print(f"  firstrung's largest process: {memory:.0f} MB")


def board(folder: Path, base: str, count: int, rounds: int) -> None:
    """Postings a second from a board that lists them all in one answer: parsed, with snapshots, stored."""
    found: dict[int, list[Crawl]] = {1: [], count: []}
    for _ in range(rounds):
        for size, costs in found.items():
            write_board(folder, size)
            with tempfile.TemporaryDirectory() as name:
                where = {"kind": "greenhouse", "url": "https://boards.greenhouse.io/juniper", "api": base}
                costs.append(product(house(Path(name) / "config", **where), size))
    best = min(one.clock for one in found[count])  # others at work on the machine only ever add
    busy, idle = (statistics.median(one.cost.seconds for one in found[size]) for size in (count, 1))
    print(f"{count} postings by API in one answer, {rounds} rounds")
    print(f"  {count / best:7.0f} a second by the clock, from the start of the crawl's process (best round)")
    print(
        f"  {(count - 1) / (busy - idle):7.0f} a CPU second of both processes together, beyond their start-up (median)"
    )
    print(f"  largest process: {max(one.cost.memory for one in found[count]):.0f} MB")


def main() -> None:
    """Measure and print."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--pages", type=int, default=5000)
    told.add_argument("--postings", type=int, default=10_000)
    told.add_argument("--rounds", type=int, default=3)
    told.add_argument("--large", action="store_true", help="also ten times the pages: growth and memory")
    given = told.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder) as base:
            if given.pages:
                write_pages(folder, base, 20)
                pages(base, 20, 1)  # warms up
                write_pages(folder, base, given.pages)
                pages(base, given.pages, given.rounds)
            if given.large:
                write_pages(folder, base, 10 * given.pages)
                growth(base, 10 * given.pages)
            if given.postings:
                board(folder, base, given.postings, given.rounds)


if __name__ == "__main__":
    main()
