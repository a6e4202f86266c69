"""`firstrung demo`: the whole way of a posting on this machine, with a made-up county's boards, in under a minute."""

import json
import shutil
import sys
from pathlib import Path

import click

from cli.commands.crawling import crawl_sources, show_runs
from cli.commands.matching import opening_form, show_matches
from cli.main import PEOPLE, Place

SHOWN = 20


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("firstrung-demo"), show_default=True, help="Where it writes."
)
@click.pass_obj
def demo(place: Place, out: Path) -> None:
    """Start made-up job boards here, crawl, read, compare with a sample person, and write that person's digest."""
    from demo.server import CONFIGURATION, DemoBoard
    from scheduler import steps
    from scheduler.issues import issue_at
    from scheduler.mailing import Mailroom

    now = place.now()
    with DemoBoard(today=now.date()) as board:
        folder = _configuration(CONFIGURATION, out, board.url)
        here = Place(folder, f"sqlite:///{(out / 'firstrung.db').absolute()}", place.at)
        with here.house() as house:
            PEOPLE.print(f"1. A made-up county's job boards run at {board.url} until this ends.", markup=False)
            PEOPLE.print("2. Crawling them, politely, and saving what they say:")
            runs = crawl_sources(house, list(house.configuration.enabled))
            show_runs(runs)
            PEOPLE.print(f"3. Reading what each posting asks for: {steps.read_new(house)} new.")
            person, profile = next(iter(house.configuration.profiles.items()))
            PEOPLE.print(f"4. Comparing with {folder / 'profiles' / person}.yaml:", markup=False, soft_wrap=True)
            room = Mailroom(house)
            found = room.match(profile, now=now)
            issue = issue_at(profile.digest, now)
            digest = room.compose("", profile, issue, now=now)
            _, message = room.render(person, profile, digest, issue, now=now)
    likely = [one for one in found if not one.verdict.flags.suspicious]
    shown = [one for one in likely if not one.verdict.set_aside and one.verdict.answer in ("qualifies", "close")]
    show_matches(shown[:SHOWN], profile, found)
    lines = [json.dumps(opening_form(one), ensure_ascii=False) for one in found]
    (out / "matches.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    (out / "digest.eml").write_bytes(message.mime)
    (out / "digest.html").write_text(message.html, encoding="utf-8")
    PEOPLE.print(f"5. The digest, “{message.subject}”:", markup=False)
    for name in ("digest.html", "digest.eml", "matches.json"):
        PEOPLE.print(f"   {out / name}", markup=False, soft_wrap=True)
    if any(run.failure for run in runs):
        sys.exit(1)


def _configuration(source: Path, out: Path, board: str) -> Path:
    """The demo's configuration in `out`, its boards' address filled in."""
    target = out / "config"
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)
    for path in (target / "sources").glob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("{board}", board), encoding="utf-8")
    return target
