"""`firstrung digest preview`, `send` and `status`."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from cli.commands.matching import profile_option, profile_path
from cli.main import PEOPLE, Place
from model.errors import ConfigError, Fault
from scheduler import steps
from scheduler.configuration import load_profile
from scheduler.issues import issue_at, next_issue
from store import deliveries


@click.group()
def digest() -> None:
    """Preview and send the digests."""


@digest.command()
@profile_option
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), help="Where digest.eml, .html and .txt are written."
)
@click.option("--open", "open_it", is_flag=True, help="Open the HTML in the browser.")
@click.option("--shown", is_flag=True, help="Also openings that the person was sent before.")
@click.pass_obj
def preview(place: Place, file: Path, out: Path, *, open_it: bool, shown: bool) -> None:
    """Write the digest that this person would get now; nothing is sent or noted."""
    with place.house() as house:
        profile = load_profile(profile_path(place, file), house.configuration.taxonomy)
        steps.read_new(house)
        now = place.now()
        issue = issue_at(profile.digest, now)
        person = "" if shown else file.stem
        composed = steps.compose_for(house, person, profile, issue, now=now)
        _, message = steps.render_for(house, file.stem, profile, composed, issue, now=now)
    out.mkdir(parents=True, exist_ok=True)
    (out / "digest.eml").write_bytes(message.mime)
    (out / "digest.html").write_text(message.html, encoding="utf-8")
    (out / "digest.txt").write_text(message.text, encoding="utf-8")
    PEOPLE.print(f"{message.subject}: {out / 'digest.html'}, {out / 'digest.eml'}", markup=False, soft_wrap=True)
    if open_it:
        click.launch(str(out / "digest.html"))


@digest.command()
@click.option("--profile", "names", multiple=True, help="Only these profiles (their names).")
@click.option("--due", is_flag=True, help="Only people whose hour has come, as `firstrung run` does.")
@click.option("--dry-run", is_flag=True, help="Say who would get what; queue and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="One outcome a line, for programs.")
@click.pass_obj
def send(place: Place, names: tuple[str, ...], *, due: bool, dry_run: bool, as_json: bool) -> None:
    """Send today's digest to everyone (or to those named) who has something new; a second run the same day sends nothing."""
    outcomes: list[dict[str, Any]] = []
    with place.house() as house:
        steps.read_new(house)
        for person, profile, issue in _people(place, house, names, due=due):
            if dry_run:
                composed = steps.compose_for(house, person, profile, issue, now=place.now())
                outcomes.append({"person": person, "outcome": "would send", "openings": len(composed.openings)})
                continue
            outcomes.append({"person": person, "outcome": steps.queue_digest(house, person, profile, issue)})
            if due:
                steps.plan(house, person, profile, after=place.now())
        sent = None if dry_run else steps.send(house)
        _say_how_it_ended(house, outcomes)
    for outcome in outcomes:
        if as_json:
            click.echo(json.dumps(outcome))
        else:
            openings = f" ({outcome['openings']} openings)" if "openings" in outcome else ""
            PEOPLE.print(f"{outcome['person']}: {outcome['outcome']}{openings}", markup=False)
    if sent is None:
        return
    PEOPLE.print(f"{sent.sent} sent, {sent.put_back} put back, {sent.failed} failed, {sent.in_doubt} in doubt")
    if sent.put_back or sent.failed or sent.in_doubt:
        sys.exit(1 if sent.sent else 3)


def _say_how_it_ended(house: steps.House, outcomes: list[dict[str, Any]]) -> None:
    """Put the final state in the place of "queued"."""
    with house.database.read() as connection:
        states = {one.person: one.state for one in reversed(deliveries.each(connection, limit=10_000))}
    for outcome in outcomes:
        if outcome["outcome"] == "queued":
            outcome["outcome"] = states.get(outcome["person"], "queued")


def _people(place: Place, house: steps.House, names: tuple[str, ...], *, due: bool) -> list[Any]:
    people = house.configuration.profiles
    unknown = [name for name in names if name not in people]
    if unknown:
        known = ", ".join(people) or "none yet"
        raise ConfigError(
            *(Fault(str(place.folder / "profiles"), f"no profile {name!r}", f"known: {known}") for name in unknown)
        )
    if due:
        return [entry for entry in steps.due_digests(house) if not names or entry[0] in names]
    chosen = {name: people[name] for name in names} if names else people
    return [(person, profile, issue_at(profile.digest, place.now())) for person, profile in chosen.items()]


@digest.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def status(place: Place, *, as_json: bool) -> None:
    """Who gets the next digest when, what was sent, what is in doubt, and what failed."""
    with place.house() as house:
        people = house.configuration.profiles
        with house.database.read() as connection:
            planned = deliveries.planned(connection, list(people))
            newest = {one.person: one for one in reversed(deliveries.each(connection, limit=5000))}
            states = deliveries.states(connection)
    rows = []
    for person, profile in people.items():
        at = planned.get(person, (None, ""))[0] or next_issue(profile.digest, place.now()).at
        last = newest.get(person)
        rows.append((person, at, last.state if last else "nothing yet", (last.says or "") if last else "", last))
    if as_json:
        for person, at, state, says, _ in rows:
            click.echo(json.dumps({"person": person, "next": at.isoformat(), "last": state, "says": says}))
        return
    table = Table(header_style="bold")
    for name in ("Person", "Next digest (UTC)", "Last", "Said"):
        table.add_column(name)
    for person, at, state, says, _ in rows:
        table.add_row(Text(person), f"{at:%a %Y-%m-%d %H:%M}", state, Text(says))
    PEOPLE.print(table)
    PEOPLE.print(", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "nothing was ever queued")
