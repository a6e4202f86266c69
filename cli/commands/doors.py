"""`firstrung doors`: which one change opens the most doors in the store's openings, for one person or over all."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from cli.commands.matching import profile_path
from cli.main import PEOPLE, Place

if TYPE_CHECKING:
    from matcher.doors import Door
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
        title=f"You can get {int(before.gets.sum())} of {len(pool)} openings now; one change would add",
        title_justify="left",
    )
    for name in ("Change", "Adds", "For example", "Pay, median", "Takes", "Costs"):
        table.add_column(name, overflow="fold")
    for door in found:
        if door.adds:
            titles = [openings[one][0].title for one in door.adds[:2]]
            table.add_row(
                door.change.says,
                str(len(door.adds)),
                "; ".join(titles),
                f"${door.pay:.2f}/h" if door.pay else "not said",
                *_price(door),
            )
    PEOPLE.print(table)
    for way in ways_out(profile, pool.comparer.taxonomy, today):
        PEOPLE.print(
            f"{way.apprentice} to {way.full} (as of {way.as_of}): {way.left} of {way.needed} months are left. {way.cheapest}",
            soft_wrap=True,
        )


def _price(door: "Door") -> tuple[str, str]:
    months = door.change.months
    takes = "nothing" if months == 0 else f"about {months:g} months" if months is not None else "not known"
    usd = (
        f"about ${door.change.usd} (as of {door.change.as_of})"
        if door.change.usd
        else "nothing"
        if months == 0
        else "not known"
    )
    return takes, usd


def show_everyone(pool: Any, people: list[Any], place: Place, *, as_json: bool) -> None:
    """Which step would help most people."""
    from matcher.doors import for_everyone

    found = for_everyone(pool, people, pool.comparer.taxonomy, today=place.now().date())
    if as_json:
        for name, says, helped, added in found:
            click.echo(
                json.dumps({"change": name, "says": says, "people": helped, "openings": added}, ensure_ascii=False)
            )
        return
    table = Table(title=f"What would help most of {len(people)} people over {len(pool)} openings", title_justify="left")
    for name in ("Change", "People helped", "Openings added in all"):
        table.add_column(name)
    for _, says, helped, added in found[:20]:
        table.add_row(says, str(helped), str(added))
    PEOPLE.print(table)
