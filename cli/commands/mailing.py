"""`firstrung digest preview`, `send` and `status`."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from cli.commands.doctoring import bounces
from cli.commands.matching import profile_option, profile_path
from cli.main import PEOPLE, Place
from model.errors import ConfigError, Fault
from scheduler import steps
from scheduler.configuration import load_profile
from scheduler.issues import issue_at, next_issue
from scheduler.mailing import Mailroom
from store import deliveries, people

if TYPE_CHECKING:
    from digest.sending import Sent
    from model.digest import Digest


@click.group()
def digest() -> None:
    """Preview and send the digests."""


digest.add_command(bounces)


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
        room = Mailroom(house)
        composed = room.compose(person, profile, issue, now=now)
        _, message = room.render(file.stem, profile, composed, issue, now=now)
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
        room = Mailroom(house)
        room.refresh()
        for person, profile, issue in _people(place, room, names, due=due):
            if dry_run:
                outcomes.append(_foreseen(person, *room.foresee(person, profile, issue)))
                continue
            outcomes.append({"person": person, "outcome": room.try_to_queue(person, profile, issue, then_plan=due)})
        sent = None if dry_run else room.send()
        _say_how_it_ended(house, outcomes)
    for outcome in outcomes:
        if as_json:
            click.echo(json.dumps(outcome))
        else:
            PEOPLE.print(f"{outcome['person']}: {_in_words(outcome)}", markup=False, soft_wrap=True)
    if sent is None:
        would = sum(outcome["outcome"] == "would send" for outcome in outcomes)
        PEOPLE.print(f"{would} of {len(outcomes)} would get a digest now. Nothing was queued or sent.")
        return
    _tell_sent(sent, broke=sum(outcome["outcome"] == "failed" for outcome in outcomes))


def _tell_sent(sent: "Sent", *, broke: int) -> None:
    """The last line, and the exit code: 1 done in part, 3 when nothing could be done."""
    if sent.elsewhere:
        PEOPLE.print("Another process sends at this moment: what waits goes out with its round, or with the next one.")
        return
    PEOPLE.print(f"{sent.sent} sent, {sent.put_back} put back, {sent.failed} failed, {sent.in_doubt} in doubt")
    if sent.refused_us:
        PEOPLE.print("A receiver refuses mail from us, so the round ended: see firstrung doctor mail", style="yellow")
    if broke:
        PEOPLE.print(f"{broke} could not be made: see firstrung digest status", style="yellow")
    if sent.put_back or sent.failed or sent.in_doubt or sent.refused_us or broke:
        sys.exit(1 if sent.sent else 3)


WHY = {
    "there already": "nothing: this date's digest was made already",
    "nothing new": "nothing: no opening that they were not shown yet",
    "still watching": "the short “still watching” mail, after a month without anything new",
    "pending": "nothing: they have not confirmed yet",
    "stopped": "nothing: they stopped the mails",
    "stopped (unsubscribed)": "nothing: they stopped the mails",
    "stopped (bounced)": "nothing: mail to them came back, so the address gets no more",
    "stopped (complained)": "nothing: they complained of our mail, so the address gets no more",
    "stopped (deleted)": "nothing: they deleted everything, so the address gets no more",
    "paused": "nothing: they pause",
    "deleted": "nothing: they deleted everything meanwhile",
    "failed": "nothing: making the digest broke",
    "would send": "would get {openings}",
    "queued": "queued: goes out with the next round",
    "deferred": "queued: put back, tried again later",
    "sending": "in doubt: handed over, and no answer came",
    "expired": "nothing: it was too late to send it",
    "withdrawn": "nothing: they stopped or pause since it was made",
}


def _foreseen(person: str, outcome: str, digest: "Digest | None") -> dict[str, Any]:
    """One line of the dry run: what would go out, or why nothing."""
    if digest is None:
        return {"person": person, "outcome": outcome, "openings": 0}
    sections = {section.kind: len(section.openings) for section in digest.sections if section.openings}
    counts = {"openings": len(digest.openings), "sections": sections, "changes": len(digest.changes)}
    rest = {"kept_for_later": digest.left_for_later, "set_aside": sum(count for _, count in digest.set_aside)}
    return {"person": person, "outcome": outcome, **counts, **rest, "compared": digest.postings_compared}


def _in_words(outcome: dict[str, Any]) -> str:
    """An outcome for people."""
    parts = [
        f"{count} {SECTIONS[kind]}" for kind, count in outcome.get("sections", {}).items()
    ]  # in the order of the mail
    parts += [f"{count} changed"] if (count := outcome.get("changes")) and parts else []
    number = outcome.get("openings", 0)
    openings = f"{number} opening{'' if number == 1 else 's'} ({', '.join(parts)})"
    said: str = WHY.get(outcome["outcome"], outcome["outcome"]).format(openings=openings)
    notes = [f"{outcome['compared']} compared"] if "compared" in outcome else []
    notes += [f"{count} set aside by their wishes"] if (count := outcome.get("set_aside")) else []
    notes += [f"{count} kept for the next mail"] if (count := outcome.get("kept_for_later")) else []
    return said + (f"; {', '.join(notes)}" if notes else "")


SECTIONS = {"qualifies": "they qualify for", "close": "one step away", "first_doors": "first doors"}


def _say_how_it_ended(house: steps.House, outcomes: list[dict[str, Any]]) -> None:
    """Put the final state in the place of "queued"."""
    with house.database.read() as connection:
        states = {one.person: one.state for one in reversed(deliveries.each(connection, limit=10_000))}
    for outcome in outcomes:
        if outcome["outcome"] == "queued":
            outcome["outcome"] = states.get(outcome["person"], "queued")


def _people(place: Place, room: Mailroom, names: tuple[str, ...], *, due: bool) -> list[Any]:
    with room.house.database.read() as connection:
        joined = {one.key: one.profile for one in people.each(connection) if one.profile}
    everyone = {**joined, **room.house.configuration.profiles}
    unknown = [name for name in names if name not in everyone]
    if unknown:
        known = ", ".join(everyone) or "none yet"
        raise ConfigError(
            *(Fault(str(place.folder / "profiles"), f"no profile {name!r}", f"known: {known}") for name in unknown)
        )
    if due:
        return [entry for entry in room.due() if not names or entry[0] in names]
    chosen = {name: everyone[name] for name in names} if names else everyone
    return [(person, profile, issue_at(profile.digest, place.now())) for person, profile in chosen.items()]


@digest.command()
@click.argument("number", type=int, required=False)
@click.option("--sent", "answer", flag_value="sent", help="It was taken: note it as sent.")
@click.option("--again", "answer", flag_value="again", help="It was not: send the same bytes again.")
@click.pass_obj
def settle(place: Place, number: int | None, answer: str | None) -> None:
    """List the mails in doubt, or say of one what you found in your mail server's records."""
    with place.house() as house:
        if number is None or answer is None:
            with house.database.read() as connection:
                doubtful = deliveries.in_doubt(connection, older_than=place.now())
            for one in doubtful:
                PEOPLE.print(f"{one.number}  {one.person}  {one.issue}  {one.message_id}", markup=False, soft_wrap=True)
            PEOPLE.print(f"{len(doubtful)} in doubt")
            return
        with house.database.write() as connection:
            settled = deliveries.settle(connection, number, sent=answer == "sent", now=place.now())
    if not settled:
        raise ConfigError(Fault(f"mail {number}", "is not in doubt", "firstrung digest settle lists those that are"))
    PEOPLE.print(f"mail {number}: " + ("noted as sent" if answer == "sent" else "goes out again with the next round"))


@digest.command()
@click.option("--json", "as_json", is_flag=True, help="One person a line, for programs.")
@click.pass_obj
def status(place: Place, *, as_json: bool) -> None:
    """Who gets the next digest when, what was sent, what is in doubt, who got nothing and why."""
    with place.house() as house:
        in_yaml = house.configuration.profiles
        with house.database.read() as connection:
            known = {one.key: one for one in people.each(connection)}
            newest = deliveries.newest_of(connection)
            states = deliveries.states(connection)
            waits = deliveries.next_try(connection)
    rows = []
    for person in sorted({*in_yaml, *known}):
        profile, member = in_yaml.get(person) or (known[person].profile if person in known else None), known.get(person)
        at = member.next_digest_at if member and member.next_digest_at else None
        if at is None and profile is not None:
            at = next_issue(profile.digest, place.now()).at
        rows.append(_standing(person, at, member, newest.get(person), now=place.now()))
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
        return
    _show_standing(rows, states, waits, now=place.now())


def _standing(
    person: str, at: datetime | None, member: people.Member | None, last: deliveries.Delivery | None, *, now: datetime
) -> dict[str, Any]:
    """One line of the status: when the next digest is due, and what the last issue came to."""
    outcome = member.outcome if member else None
    state: str = member.state if member else "active"
    if member and member.paused(now):
        state = "paused"
    if outcome in (None, "queued", "there already") and last is not None:
        outcome = last.state if last.state != "queued" or not last.attempts else "deferred"
    return {
        "person": person,
        "state": state,
        "next": at.isoformat() if at and state == "active" else None,
        "paused_until": member.paused_until.isoformat()
        if member and member.paused_until and state == "paused"
        else None,
        "last": outcome or "nothing yet",
        "last_at": member.outcome_at.isoformat() if member and member.outcome_at else None,
        "failures": member.failures if member else 0,
        "mail": last.state if last else None,
        "says": (last.says or "") if last else "",
    }


def _show_standing(
    rows: list[dict[str, Any]], states: dict[str, int], waits: datetime | None, *, now: datetime
) -> None:
    table = Table(header_style="bold")
    for name in ("Person", "Next digest (UTC)", "What the last time came to", "Newest mail"):
        table.add_column(name)
    for row in rows:
        says = row["says"].splitlines()[0][:80] if row["says"] and row["mail"] != "sent" else ""
        mail = (row["mail"] + (f": {says}" if says else "")) if row["mail"] else ""
        table.add_row(Text(row["person"]), _next_in_words(row, now), Text(_last_in_words(row)), Text(mail))
    PEOPLE.print(table)
    PEOPLE.print("mails: " + (", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none yet"))
    if waits is not None:
        PEOPLE.print(f"next try of what waits: {max(waits, now):%Y-%m-%d %H:%M} UTC")
    if states.get("sending"):
        PEOPLE.print(
            "in doubt (“sending”): the channel keeps no record of what it took; `firstrung digest settle` ends it",
            style="yellow",
        )


def _next_in_words(row: dict[str, Any], now: datetime) -> str:
    if row["next"]:
        due = "due since " if datetime.fromisoformat(row["next"]) <= now else ""
        return f"{due}{datetime.fromisoformat(row['next']):%a %Y-%m-%d %H:%M}"
    if row["paused_until"]:
        return f"none: paused until {row['paused_until'][:10]}"
    return {"pending": "none: not confirmed yet", "stopped": "none: stopped"}.get(row["state"], "none")


def _last_in_words(row: dict[str, Any]) -> str:
    said = WHY.get(row["last"], row["last"])
    if row["failures"]:
        said += f" ({row['failures']} time{'' if row['failures'] == 1 else 's'} in a row)"
    return f"{row['last_at'][:10]}: {said}" if row["last_at"] else said
