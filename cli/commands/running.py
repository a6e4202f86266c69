"""`firstrung run`, `worker`, `work` and `status`."""

import json
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from cli.logs import start_logging
from cli.main import PEOPLE, Place

log_option = click.option(
    "--log", "log_form", type=click.Choice(["plain", "json"]), envvar="FIRSTRUNG_LOG", default="plain",
    show_default=True, help="Log lines for people or one JSON object each.",
)  # fmt: skip


@click.command()
@click.option(
    "--engine", type=click.Choice(["in_process", "procrastinate"]),
    help="Who does what is due: this process, or workers (PostgreSQL). Default: as in service.yaml.",
)  # fmt: skip
@log_option
@click.pass_obj
def run(place: Place, engine: str | None, log_form: str) -> None:
    """Run the service: crawl, read and mail what is due, until SIGTERM. A second one stands by and takes over."""
    from scheduler.ticking import Ticking

    start_logging(verbose=True, as_json=log_form == "json")
    with place.house() as house:
        Ticking(house, engine=engine).run()


@click.command()
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Pieces of work side by side."
)
@log_option
@click.pass_obj
def worker(place: Place, concurrency: int, log_form: str) -> None:
    """Do what `firstrung run --engine procrastinate` finds due, until SIGTERM. On any number of machines."""
    from scheduler.engines.procrastinate import work_until_stopped

    start_logging(verbose=True, as_json=log_form == "json")
    with place.house() as house:
        work_until_stopped(house, concurrency=concurrency)


@click.group()
def work() -> None:
    """See pieces of work that did not end well, and run them again."""


@work.command("list")
@click.option("--json", "as_json", is_flag=True, help="One piece a line, for programs.")
@click.pass_obj
def list_work(place: Place, *, as_json: bool) -> None:
    """What was begun and has not ended well: running, waiting after a failure, or set aside, with its reason."""
    from store import work as pieces

    with place.house() as house, house.database.read() as connection:
        found = pieces.each(connection)
    for one in found:
        if as_json:
            form = {"id": one.number, "piece": one.key, "state": one.state, "starts": one.starts, "reason": one.reason}
            click.echo(json.dumps(form | {"worker": one.worker, "started_at": one.started_at.isoformat()}))
        else:
            said = f"{one.number}  {one.key}  {one.state} after {one.starts} starts, last {one.started_at:%Y-%m-%d %H:%M} UTC"
            PEOPLE.print(said + (f": {one.reason}" if one.reason else ""), markup=False, soft_wrap=True)
    if not found and not as_json:
        PEOPLE.print("Nothing is under way and nothing was set aside.")


@work.command()
@click.argument("number", metavar="ID", type=int)
@click.pass_obj
def retry(place: Place, number: int) -> None:
    """Let a piece that was set aside (its ID in `firstrung work list`) be begun again at the next tick."""
    from model.errors import ConfigError, Fault
    from store import work as pieces

    with place.house() as house, house.database.write() as connection:
        key = pieces.retry(connection, number)
    if key is None:
        raise ConfigError(Fault("work", f"nothing with the id {number} is set aside", "see: firstrung work list"))
    PEOPLE.print(f"{key} is begun again at the next tick.", markup=False)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One source a line, for programs.")
@click.pass_obj
def status(place: Place, *, as_json: bool) -> None:
    """One screen: each source's last run and next crawl, the postings, the digests."""
    from store import deliveries, postings, runs

    with place.house() as house, house.database.read() as connection:
        latest, planned = runs.latest(connection), runs.next_crawls(connection)
        total, still_open = postings.count(connection)
        states = deliveries.states(connection)
        sources = house.configuration.sources
    rows: list[dict[str, Any]] = []
    for source in sources:
        last = latest.get(source.name, [None])[0]
        upcoming = planned.get(source.name, (None, 0))[0]
        rows.append(
            {
                "source": source.name,
                "enabled": source.enabled,
                "last": last.started_at.isoformat(timespec="minutes") if last else None,
                "seen": last.seen if last else None,
                "state": "never started" if last is None else last.failure.kind if last.failure else "right",
                "next": upcoming.isoformat(timespec="minutes") if upcoming else None,
            }
        )
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
        return
    table = Table(header_style="bold")
    for name in ("Source", "Last run", "Postings", "State", "Next crawl"):
        table.add_column(name)
    for row in rows:
        state = row["state"] if row["enabled"] else "disabled"
        table.add_row(Text(row["source"]), row["last"] or "", str(row["seen"] or ""), state, row["next"] or "at once")
    PEOPLE.print(table)
    PEOPLE.print(f"{total} postings, {still_open} open")
    PEOPLE.print("digests: " + (", ".join(f"{count} {state}" for state, count in states.items()) or "none yet"))
