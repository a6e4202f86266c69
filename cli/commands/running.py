"""`firstrung run`, `status` and `store`."""

import json
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from cli.logs import start_logging
from cli.main import PEOPLE, Place


@click.command()
@click.option("--json-log", is_flag=True, help="Log as JSON lines.")
@click.pass_obj
def run(place: Place, *, json_log: bool) -> None:
    """Run the service: crawl, read and mail what is due, until SIGTERM."""
    from scheduler.ticking import Ticking

    start_logging(verbose=True, as_json=json_log)
    with place.house() as house:
        Ticking(house).run()


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


@click.group()
def store() -> None:
    """Look after the database."""


@store.command()
@click.pass_obj
def upgrade(place: Place) -> None:
    """Bring the database's schema to this program's version."""
    from store.database import connect
    from store.database import upgrade as bring

    configuration = place.configuration()
    database = connect(place.database or configuration.service.database)
    try:
        bring(database)
    finally:
        database.close()
    PEOPLE.print("The database has this program's schema now.")
