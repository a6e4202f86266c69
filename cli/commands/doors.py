"""`firstrung doors`: which one change opens the most doors in the store's openings, for one person or over all."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from cli.commands.matching import profile_path
from cli.main import PEOPLE, Place

if TYPE_CHECKING:
    from matcher.doors import Change, Door, Step
    from model.posting import Posting
    from model.reading import Reading


@click.command()
@click.option(
    "--profile",
    "file",
    type=click.Path(path_type=Path),
    help="A profile's YAML file or name; without it, over all profiles.",
)
@click.option("--json", "as_json", is_flag=True, help="One change a line, for programs.")
@click.pass_obj
def doors(place: Place, file: Path | None, *, as_json: bool) -> None:
    """Say what one change would add: a credential, the A removed, six months in a field, ten more miles, on-site accepted.

    Counted over the open postings in the store by the same comparison as `match`; prices carry the day on which they were right.
    """
    from matcher.comparing import Comparer
    from matcher.designations import with_designations
    from matcher.pool import Pool
    from scheduler import steps
    from scheduler.configuration import load_profile
    from store import areas, readings
    from store.gazetteer import gazetteer

    with place.house() as house:
        taxonomy = house.configuration.taxonomy
        profile = load_profile(profile_path(place, file), taxonomy) if file else None
        steps.read_new(house)
        with house.database.read() as connection:
            known = areas.load(connection)
            every = readings.each_open(connection)
            openings = [(posting, with_designations(posting, reading, known)) for _, posting, reading, _ in every]
        people = list(house.configuration.profiles.values())
    pool = Pool(Comparer(taxonomy, gazetteer()), openings)
    if profile is None:
        show_everyone(pool, people, place, as_json=as_json)
    else:
        show_one(pool, profile, openings, place, as_json=as_json)


def door_form(door: "Door", openings: "list[tuple[Posting, Reading]]") -> dict[str, Any]:
    """One change as `firstrung doors --json` prints it."""
    change = door.change
    return {
        "change": change.id,
        "says": change.says,
        "adds": len(door.adds),
        "loses": door.loses,
        "months": change.months,
        "usd": change.usd,
        "as_of": change.as_of or None,
        "note": change.note or None,
        "pay_median_hourly": door.pay,
        "care_settings": dict(door.care_settings),
        "openings": [
            {"source": posting.source, "id": posting.id, "title": posting.title}
            for posting, _ in (openings[one] for one in door.adds)
        ],
    }


def show_one(
    pool: Any, profile: Any, openings: "list[tuple[Posting, Reading]]", place: Place, *, as_json: bool
) -> None:
    """One person's doors."""
    from matcher.apprentices import ways_out
    from matcher.doors import doors as find_doors
    from scheduler.issues import issue_at

    today = issue_at(profile.digest, place.now()).local_date
    before, found = find_doors(pool, profile, pool.comparer.taxonomy, today=today)
    if as_json:
        for door in found:
            click.echo(json.dumps(door_form(door, openings), ensure_ascii=False))
        return
    table = Table(
        title=f"You can get {int(before.gets.sum())} of {len(pool)} openings now, within your wishes; one change would add",
        title_justify="left",
    )
    for name in ("Change", "Adds", "For example", "Mostly in", "Pay, median", "Takes", "Exam costs"):
        table.add_column(name, overflow="fold")
    for door in found:
        if door.adds:
            titles = [openings[one][0].title for one in door.adds[:2]]
            table.add_row(
                door.change.says,
                str(len(door.adds)),
                "; ".join(titles),
                _settings(door, pool.comparer.taxonomy),
                f"${door.pay:.2f}/h" if door.pay else "not said",
                *_price(door.change),
            )
    PEOPLE.print(table)
    if idle := [door.change.says for door in found if not door.adds]:
        PEOPLE.print(f"Would add nothing by itself: {', '.join(idle)}.", soft_wrap=True)
    for door in found:
        if door.adds and door.loses:
            PEOPLE.print(f"{door.change.says}: {door.loses} that you can get now would be lost.", soft_wrap=True)
    for way in ways_out(profile, pool.comparer.taxonomy, today):
        PEOPLE.print(
            f"{way.apprentice} to {way.full} (as of {way.as_of}): {way.left} of {way.needed} months are left. {way.cheapest}",
            soft_wrap=True,
        )


def _settings(door: "Door", taxonomy: Any) -> str:
    """The care settings of most of the openings that a change adds, by name."""
    entries = [taxonomy.care_setting(name) for name, _ in door.care_settings[:2]]
    return "; ".join(entry.label for entry in entries if entry) or "not said"


def _price(change: "Change | Step") -> tuple[str, str]:
    """What a change takes and costs, in words."""
    if change.months == 0:
        return "no time", "nothing"
    takes = "not known" if change.months is None else f"about {change.months:g} months"
    if change.months is not None and change.months < 1:
        takes = "a day or two"
    if change.id.startswith("months:"):
        return takes, "none: it is work"
    return takes, f"about ${change.usd} (as of {change.as_of})" if change.usd else "not known"


def show_everyone(pool: Any, people: list[Any], place: Place, *, as_json: bool) -> None:
    """Which step would help most people."""
    from matcher.doors import for_everyone

    found = for_everyone(pool, people, pool.comparer.taxonomy, today=place.now().date())
    if as_json:
        for step in found:
            told = {"change": step.id, "says": step.says, "people": step.people, "openings": step.openings}
            told |= {"months": step.months, "usd": step.usd, "as_of": step.as_of or None}
            click.echo(json.dumps(told, ensure_ascii=False))
        return
    if not found:
        PEOPLE.print(
            f"No single change would add an opening for any of {len(people)} profiles over {len(pool)} openings."
        )
        return
    profiles = "one profile" if len(people) == 1 else f"{len(people)} profiles"
    title = f"Which step would help the most people: {profiles}, {len(pool)} openings"
    table = Table(title=title, title_justify="left")
    for name in ("Change", "People helped", "Openings added to each, on average", "Takes", "Exam costs"):
        table.add_column(name, overflow="fold")
    for step in found[:20]:
        table.add_row(step.says, str(step.people), f"{step.openings / step.people:.1f}", *_price(step))
    PEOPLE.print(table)
