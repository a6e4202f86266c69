"""`firstrung run`, `worker`, `work` and `status`."""

import json
import sys
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from cli.logs import start_logging
from cli.main import PEOPLE, Place

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.status import Status

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
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option("--check", is_flag=True, help="Exit with 1 when nobody leads or an alarm holds, for health checks.")
@click.pass_obj
def status(place: Place, *, as_json: bool, check: bool) -> None:
    """One screen: sources, queue, readings by version, digests, alarms, and who leads."""
    from scheduler.status import status as how_it_stands

    with place.house() as house:
        now = how_it_stands(house)
    if as_json:
        click.echo(json.dumps(now.form()))
    elif not check:
        show_status(now)
    if check and (not now.led or now.alarms):
        PEOPLE.print("nobody leads" if not now.led else "; ".join(one.says for one in now.alarms), markup=False)
        sys.exit(1)


def show_status(now: "Status") -> None:
    """The screen."""
    table = Table(header_style="bold")
    for name in ("Source", "Last run", "Postings", "State", "Next crawl"):
        table.add_column(name)
    for row in now.sources:
        state = row.state if row.enabled else "disabled"
        table.add_row(Text(row.source), _minute(row.last), str(row.seen or ""), state, _minute(row.next) or "at once")
    PEOPLE.print(table)
    queue, alone = now.queue, now.queue.workers is None
    lines = [f"postings: {now.postings}, {now.open} open"]
    versions = ", ".join(f"{count} by {version}" for version, count in sorted(now.readings.items())) or "none yet"
    paused = "; re-reading is paused" if now.rereading_paused else ""
    lines.append(
        f"readings: {versions}" + (f"; {now.unread} to be read by {now.read_with}{paused}" if now.unread else "")
    )
    lines.append(
        "digests: " + (", ".join(f"{count} {state}" for state, count in sorted(now.digests.items())) or "none yet")
    )
    waits = (
        "" if alone else f", {queue.waiting} wait (the oldest {queue.oldest_seconds:.0f} s), {queue.workers} workers"
    )
    lines.append(f"work: {queue.running} under way{waits}")
    aside = [one for one in now.work if one.state != "running"]
    lines += [f"  {one.number}  {one.key} {one.state} after {one.starts} starts: {one.reason}" for one in aside]
    leader = (
        f"{now.leader.holder} ({now.leader.engine}) since {_minute(now.leader.since)}" if now.leader else "nobody yet"
    )
    gone = "" if now.led or now.leader is None else f", not seen since {_minute(now.leader.seen_at)}"
    lines.append(f"leader: {leader}{gone}")
    lines += [f"ALARM since {_minute(one.raised_at)}: {one.says}. {one.mend}" for one in now.alarms] or ["alarms: none"]
    for line in lines:
        PEOPLE.print(line, markup=False, soft_wrap=True)


def _minute(moment: "datetime | None") -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
