"""`firstrung crawl` and `firstrung postings`."""

import json
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from cli.main import PEOPLE, Place
from model.crawl import Progress
from model.source import Source
from scheduler import steps
from scheduler.steps import House
from store import postings as stored
from store import runs
from store.postings import Saved, StoredPosting
from store.runs import Run


@click.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One run a line, for programs.")
@click.pass_obj
def crawl(place: Place, names: tuple[str, ...], *, as_json: bool) -> None:
    """Crawl the named sources (all enabled ones without names), save what they give, and show how it went."""
    with place.house() as house:
        configuration = house.configuration
        sources = [configuration.source(name) for name in names] if names else list(configuration.enabled)
        found = crawl_sources(house, sources)
    if as_json:
        for run in found:
            click.echo(json.dumps(run_form(run), ensure_ascii=False))
    show_runs(found)
    if any(run.failure for run in found):
        got = any(run.failure is None or run.new + run.changed + run.unchanged for run in found)
        sys.exit(1 if got else 3)


def crawl_sources(house: House, sources: list[Source]) -> list[Run]:
    """Crawl the sources, a few side by side, with a line of progress for each; the runs in the order of the sources."""
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    at_once = house.configuration.service.schedule.crawls_at_once
    with Bar(*columns, console=PEOPLE, transient=True) as bars, ThreadPoolExecutor(at_once) as pool:
        try:
            return list(pool.map(lambda source: _crawl_one(house, source, bars, stop), sources))
        finally:
            signal.signal(signal.SIGTERM, before)


def _crawl_one(house: House, source: Source, bars: Bar, stop: threading.Event) -> Run:
    bar = bars.add_task(f"{source.name}: starting", total=None)

    def show(at: Progress, saved: Saved) -> None:
        words = f"{at.requests} pages, {at.read} postings, {saved.new} new, {saved.changed} changed"
        bars.update(bar, description=f"{source.name}: {words}")

    try:
        return steps.crawl(house, source, on_progress=show, stop=stop.is_set)
    finally:
        bars.remove_task(bar)


def run_form(run: Run) -> dict[str, Any]:
    """A run as `firstrung crawl --json` prints it."""
    failure = run.failure
    return {
        "source": run.source,
        "run": run.number,
        "complete": run.complete,
        "advertised": run.advertised,
        "seen": run.seen,
        "new": run.new,
        "changed": run.changed,
        "closed": run.closed,
        "unchanged": run.unchanged,
        "requests": run.requests,
        "seconds": run.seconds,
        "failure": {"class": failure.kind, "says": failure.says, "mend": failure.mend} if failure else None,
    }


def show_runs(found: list[Run]) -> None:
    """The summary table, and what failed with its mend."""
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Source", no_wrap=True)
    for name in ("Postings", "New", "Changed", "Closed", "Pages", "Sec."):
        table.add_column(name, justify="right")
    table.add_column("Whole board?")
    for run in found:
        whole = {True: "yes", False: "no", None: "cannot be known"}[run.complete]
        numbers = (run.seen, run.new, run.changed, run.closed, run.requests)
        state = Text(run.failure.kind, style="red") if run.failure else Text(whole)
        table.add_row(Text(run.source), *(str(number) for number in numbers), f"{run.seconds:.1f}", state)
    PEOPLE.print(table)
    for run in found:
        if run.failure:
            PEOPLE.print(f"{run.source}: {run.failure.says}", markup=False, style="red")
            PEOPLE.print(f"  {run.failure.mend}", markup=False)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One posting a line, with its description.")
@click.option("--source", help="Only this source's.")
@click.option("--open", "only_open", is_flag=True, help="Only open ones.")
@click.pass_obj
def postings(place: Place, source: str | None, *, as_json: bool, only_open: bool) -> None:
    """Show what the store holds."""
    configuration = place.configuration()
    with place.open_database(configuration) as database, database.read() as connection:
        listed = runs.last_listed(connection)
        if as_json:
            for one in stored.each(connection, source=source, only_open=only_open):
                click.echo(json.dumps(posting_form(one, listed), ensure_ascii=False))
            return
        table = Table(header_style="bold")
        for name in ("Source", "Id", "Title", "Employer", "Status", "First seen"):
            table.add_column(name, overflow="fold")
        for one in stored.each(connection, source=source, only_open=only_open):
            posting = one.posting
            cells = (posting.source, posting.id, posting.title, posting.employer or "", one.status)
            table.add_row(*map(Text, cells), f"{one.first_seen:%Y-%m-%d}")
        total, still_open = stored.count(connection)
    PEOPLE.print(table)
    PEOPLE.print(f"{total} stored, {still_open} open")


def posting_form(one: StoredPosting, listed: dict[str, Any]) -> dict[str, Any]:
    """A stored posting as `firstrung postings --json` prints it."""
    posting = one.posting
    at, ids = listed.get(posting.source, (None, ()))
    last_seen = at if at is not None and posting.id in ids else one.last_seen
    return {
        "source": posting.source,
        "id": posting.id,
        "url": posting.url,
        "title": posting.title,
        "employer": posting.employer,
        "employer_named": one.employer_named,
        "locations": [asdict(location) for location in posting.locations],
        "workplace": posting.workplace,
        "employment_type": list(posting.employment_type),
        "date_posted": posting.date_posted.isoformat() if posting.date_posted else None,
        "valid_through": posting.valid_through.isoformat() if posting.valid_through else None,
        "pay": asdict(posting.pay) if posting.pay else None,
        "pay_text": posting.pay_text,
        "description": posting.description,
        "status": one.status,
        "first_seen": one.first_seen.isoformat(),
        "last_seen": max(last_seen, one.first_seen).isoformat(),
        "closed_at": one.closed_at.isoformat() if one.closed_at else None,
        "closed_because": one.closed_because,
        "sources": [{"source": posting.source, "id": posting.id, "url": posting.url}],
    }
