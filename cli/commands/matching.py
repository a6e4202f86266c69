"""`firstrung compare` and `firstrung match`: readings against a person."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.commands.reading import postings_of, standard_input
from cli.main import PEOPLE, Place
from matcher.ranking import why
from model.digest import Opening
from model.profile import Profile
from model.verdict import ANSWERS, Verdict

WIDE = 118
STYLES = {"qualifies": "green", "close": "yellow", "short": "red", "unclear": "dim"}
profile_option = click.option(
    "--profile",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help="A profile's YAML file, or its name in config/profiles.",
)


def profile_path(place: Place, file: Path) -> Path:
    """The file itself, or the profile of that name in the configuration folder."""
    named = place.folder / "profiles" / f"{file}.yaml"
    return named if not file.exists() and named.exists() else file


def verdict_form(verdict: Verdict) -> dict[str, Any]:
    """The verdict as `firstrung compare` prints it."""
    return {
        "id": verdict.posting_id,
        "verdict": verdict.answer,
        "gaps": [{"kind": gap.kind, "want": gap.want, "have": gap.have, "fix": gap.fix} for gap in verdict.gaps],
        "flags": {"entry_level": verdict.flags.entry_level, "underserved": verdict.flags.underserved},
        "reasons": [{"says": reason.says, "quote": reason.quote} for reason in verdict.reasons],
    }


@click.command()
@profile_option
@click.pass_obj
def compare(place: Place, file: Path) -> None:
    """Compare postings from standard input (JSON Lines, as for `read`) with a profile; one verdict a line."""
    from matcher.comparing import Comparer
    from matcher.reading import Reader
    from scheduler.configuration import load_profile, load_taxonomy
    from scheduler.issues import issue_at
    from store.gazetteer import gazetteer

    taxonomy = load_taxonomy(place.folder)
    profile = load_profile(profile_path(place, file), taxonomy)
    reader, comparer = Reader(taxonomy), Comparer(taxonomy, gazetteer() if profile.place else None)
    today = issue_at(profile.digest, place.now()).local_date
    wrong = 0
    for _, posting, error in postings_of(standard_input()):
        if posting is None:
            wrong += 1
            click.echo(json.dumps(error, ensure_ascii=False))
            continue
        verdict = comparer.compare(posting, reader.read(posting), profile, today=today)
        click.echo(json.dumps(verdict_form(verdict), ensure_ascii=False))
    if wrong:
        click.echo(f"{wrong} line{'' if wrong == 1 else 's'} could not be read", err=True)
        sys.exit(1)


@click.command()
@profile_option
@click.option("--json", "as_json", is_flag=True, help="One opening a line, for programs.")
@click.option("--limit", default=40, show_default=True, help="How many to show; 0 for all.")
@click.option("--filtered", is_flag=True, help="Show what the person's wishes set aside, and why.")
@click.option("--all", "everything", is_flag=True, help="Also those that are short of more than one thing, or unclear.")
@click.option(
    "--why", "tell_why", is_flag=True, help="Tell what moved each opening to its place, by the ranking's numbers."
)
@click.pass_obj
def match(
    place: Place, file: Path, limit: int, *, as_json: bool, filtered: bool, everything: bool, tell_why: bool
) -> None:
    """Compare a profile with every open posting in the store and show the best first."""
    from scheduler import steps
    from scheduler.configuration import load_profile
    from scheduler.mailing import Mailroom

    with place.house() as house:
        profile = load_profile(profile_path(place, file), house.configuration.taxonomy)
        steps.read_new(house)
        found = Mailroom(house).match(profile, now=place.now())
        weights = house.configuration.service.ranking
    told = partial(why, profile=profile, weights=weights, now=place.now()) if tell_why else _decides
    shown = [
        one for one in found if one.verdict.set_aside == filtered and (as_json or not one.verdict.flags.suspicious)
    ]
    if not everything and not as_json:
        shown = [one for one in shown if one.verdict.answer in ("qualifies", "close")]
    shown = shown[: limit or None]
    if as_json:
        for opening in shown:
            form = opening_form(opening)
            click.echo(json.dumps({**form, "why": told(opening)} if tell_why else form, ensure_ascii=False))
        return
    show_matches(shown, profile, found, filtered=filtered, told=told)


def opening_form(opening: Opening) -> dict[str, Any]:
    """One opening for programs: the verdict with the posting's own facts and the person's wishes."""
    posting, verdict = opening.posting, opening.verdict
    return {
        **verdict_form(verdict),
        "source": posting.source,
        "title": posting.title,
        "employer": posting.employer,
        "url": posting.url,
        "locations": [location.text for location in posting.locations],
        "distance_miles": verdict.distance_miles,
        "date_posted": posting.date_posted.isoformat() if posting.date_posted else None,
        "care_settings": [setting.id for setting in opening.reading.care_settings],
        "basis": list(verdict.flags.basis),
        "suspicious": verdict.flags.suspicious,
        "set_aside": [f"{wish.wish}: {wish.says}" for wish in verdict.preferences if wish.met is False],
    }


def show_matches(
    shown: list[Opening],
    profile: Profile,
    found: list[Opening],
    *,
    filtered: bool = False,
    told: Callable[[Opening], str] | None = None,
) -> None:
    """The ranked openings and the counts under them, for people: a table, or a list where the terminal is narrow.

    `told`: the words beside each one; what decides, unless given.
    """
    who = f" for {profile.name}" if profile.name else ""
    PEOPLE.print(
        f"\nSet aside by your wishes{who}" if filtered else f"\nOpenings{who}, best first", style="bold", markup=False
    )
    rows = [_row(opening, told or _decides) for opening in shown]
    if PEOPLE.width >= WIDE:
        table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, expand=True)
        for name, ratio in (("", None), ("Opening", 5), ("Employer", 4), ("Where", 3), ("Pay", 3), ("What decides", 7)):
            table.add_column(name, ratio=ratio, overflow="fold")
        for row in rows:
            table.add_row(*row)
        PEOPLE.print(table)
    else:
        for answer, title, employer, where, pay, decides in rows:
            PEOPLE.print(Text.assemble(answer, "  ", title))
            facts = "; ".join(part.plain for part in (employer, where, pay) if part.plain)
            PEOPLE.print(Padding(Text(facts), (0, 0, 0, 4)))
            PEOPLE.print(Padding(decides, (0, 0, 1, 4)))
    answers = Counter(opening.verdict.answer for opening in found)
    aside = sum(opening.verdict.set_aside for opening in found)
    doubtful = sum(opening.verdict.flags.suspicious for opening in found)
    total = ", ".join(f"{answers[answer]} {answer}" for answer in ANSWERS if answers[answer])
    PEOPLE.print(f"{sum(answers.values())} open: {total}. ★ entry level in an underserved setting, · entry level.")
    if aside and not filtered:
        PEOPLE.print(f"{aside} set aside by wishes; --filtered shows them and why.")
    if doubtful:
        PEOPLE.print(f"{doubtful} left out: an advert of a school or worse, by its own words; --json shows them.")


def _row(opening: Opening, told: Callable[[Opening], str]) -> tuple[Text, ...]:
    from digest.cards import clean, pay_short, place

    posting, verdict = opening.posting, opening.verdict
    flags = verdict.flags
    mark = "★ " if flags.entry_level and flags.underserved else "· " if flags.entry_level else ""
    where = place(posting, verdict.distance_miles)
    if (opening.reading.workplace or posting.workplace) == "remote":
        where = f"remote ({where})" if where and "remote" not in where.lower() else "remote"
    return (
        Text(verdict.answer, style=STYLES[verdict.answer]),
        Text(mark + clean(posting.title, 90), style="bold" if mark == "★ " else ""),
        Text(clean(posting.employer or "", 60)),
        Text(where),
        Text(pay_short(opening.reading.pay or posting.pay)),
        Text(clean(told(opening), 150), style="dim"),
    )


def _decides(opening: Opening) -> str:
    verdict = opening.verdict
    if verdict.set_aside:
        return "; ".join(f"{wish.wish}: {wish.says}" for wish in verdict.preferences if wish.met is False)
    if verdict.gaps:
        gap = verdict.gaps[0]
        return f"{gap.want}: {gap.fix}" if gap.fix else gap.want
    return verdict.reasons[0].says if verdict.reasons else ""
