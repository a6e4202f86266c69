"""`firstrung source add`, `source try` and `source list`."""

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from cli.main import PEOPLE, Place
from model.errors import ConfigError, Fault
from model.source import CrawlRules, Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from store.runs import Run


@click.group()
def source() -> None:
    """Try sources and see their health."""


@source.command("try")
@click.argument("which")
@click.option("--sample", default=20, show_default=True, help="How many postings to read.")
@click.option("--all", "everything", is_flag=True, help="The whole board; caps and the deadline stay.")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.pass_obj
def attempt(place: Place, which: str, sample: int, *, everything: bool, as_json: bool) -> None:
    """Crawl a source (its NAME, or a FILE of sources) without storing anything, and say what came of it."""
    from crawler.trying import try_source

    chosen, rules = _chosen(place, which)
    failed, got = 0, 0
    for one in chosen:
        result = try_source(one, rules, sample=sample, everything=everything)
        result["coverage"] |= _read_coverage(place, result["postings"])
        failed += result["failure"] is not None
        got += result["failure"] is None or bool(result["postings"])
        if as_json:
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            show_attempt(result)
            if not one.verified and result["failure"] is None and result["postings"]:
                PEOPLE.print(
                    f"\n{one.name} works: write `verified: true` and `enabled: true` into its entry.", markup=False
                )
    if failed:
        sys.exit(1 if got else 3)


def _read_coverage(place: Place, postings: list[dict[str, Any]]) -> dict[str, float]:
    """The share of the postings whose requirements could be read, and of those that are open without experience."""
    from matcher.reading import Reader
    from model.posting import Posting
    from scheduler.configuration import load_taxonomy

    if not postings:
        return {}
    reader = Reader(load_taxonomy(place.folder))
    read = [
        reader.read(
            Posting(
                source="try", id=one["id"], title=one["title"], description=one["description"], employer=one["employer"]
            )
        )
        for one in postings
    ]
    asked = sum(bool(one.requirements.children or one.credentials or one.experience or one.education) for one in read)
    entry = sum(one.entry_level == "yes" for one in read)
    return {"requirements_read": round(asked / len(read), 3), "entry_level_found": round(entry / len(read), 3)}


def _chosen(place: Place, which: str) -> tuple[list[Source], CrawlRules]:
    """The sources that are meant, with the crawl rules of the configuration (or the defaults, where there is none)."""
    from scheduler.configuration import load_sources
    from store import yamlfile

    service = place.folder / "service.yaml"
    path = Path(which)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        from model.service import Service

        rules = yamlfile.read(service, Service).crawl if service.exists() else CrawlRules()
        return list(load_sources(path)), rules
    configuration = place.configuration()
    return [configuration.source(which)], configuration.service.crawl


def _visible(description: str) -> str:
    """A description as a person sees it."""
    from matcher.page import Page

    return Page(description).seen


def show_attempt(result: dict[str, Any]) -> None:
    """What came of it, for people."""
    whole = {True: "the whole board", False: "not the whole board", None: "whether that is all cannot be known"}
    PEOPLE.print(
        f"{result['source']}: {result['seen']} postings, {result['requests']} requests; {whole[result['complete']]}"
    )
    if result["failure"]:
        PEOPLE.print(f"{result['failure']['class']}: {result['failure']['says']}", style="red", markup=False)
        PEOPLE.print(f"  {result['failure']['mend']}", markup=False)
    if result["coverage"]:
        table = Table(title="How many say …", title_justify="left", header_style="bold")
        table.add_column("Field")
        table.add_column("Share", justify="right")
        for field, share in result["coverage"].items():
            table.add_row(field, f"{share:.0%}")
        PEOPLE.print(table)
    for posting in result["postings"][:3]:
        PEOPLE.print(Text(f"\n{posting['title']} — {posting['employer'] or '?'}", style="bold"))
        PEOPLE.print(Text(", ".join(location["text"] for location in posting["locations"]) or "place not said"))
        PEOPLE.print(Text(posting["url"]))
        PEOPLE.print(Text(_visible(posting["description"])[:1500]))


@source.command()
@click.argument("url")
@click.option("--name", help="What to call it; default: from the address.")
@click.option("--employer", help="Whose board it is, compared with what the board itself says.")
@click.pass_obj
def add(place: Place, url: str, name: str | None, employer: str | None) -> None:
    """Find which kind of board a careers page is, try it, and write its YAML into the configuration."""
    from crawler.detecting import detect
    from crawler.trying import try_source
    from model.crawl import Failure
    from model.source import web_address

    try:
        address = web_address(url)
    except ValueError as error:
        raise ConfigError(Fault(url, str(error), "give the careers page as you open it in the browser")) from error
    configuration = place.configuration()
    rules = configuration.service.crawl
    found = detect(address, rules)
    if isinstance(found, Failure):
        PEOPLE.print(f"{found.kind}: {found.says}", style="red", markup=False)
        PEOPLE.print(f"  {found.mend}", markup=False)
        sys.exit(3)
    for one in found:
        PEOPLE.print(f"{one.kind}: {one.url} ({one.why})", markup=False)
    best = found[0]
    named = name or _name_of(best.url, {source.name for source in configuration.sources})
    entry = {
        "name": named,
        "kind": best.kind,
        "url": best.url,
        **({"employer": employer} if employer else {}),
        "every": "12h",
    }
    path = place.folder / "sources" / f"{named}.yaml"
    if path.exists():
        raise ConfigError(Fault(str(path), "is there already", "name it otherwise with --name"))
    result = try_source(_checked(entry, path), rules)
    show_attempt(result)
    works = result["failure"] is None and result["postings"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_yaml({**entry, "enabled": bool(works), "verified": bool(works)}), encoding="utf-8")
    PEOPLE.print(
        f"\nWrote {path}" + ("." if works else ", switched off: nothing could be read."), markup=False, soft_wrap=True
    )
    _warn_of_time(result, minutes=720)
    if not works:
        sys.exit(3)


def _name_of(url: str, taken: set[str]) -> str:
    """A name from an address: its most telling part, with a number where it is taken."""
    parts = urlsplit(url)
    dull = {
        "www",
        "jobs",
        "careers",
        "boards",
        "job-boards",
        "apply",
        "recruiting",
        "api",
        "com",
        "org",
        "net",
        "en",
        "us",
        "io",
        *(
            "sites",
            "site",
            "en-us",
            "external",
            "search",
            "job",
            "career",
            "careersite",
            "hcmui",
            "candidateexperience",
            "cx",
        ),
    }
    words = [
        word for word in re.split(r"[^a-z0-9-]+", f"{parts.path} {parts.hostname}".lower()) if word and word not in dull
    ]
    base = (words[0] if words else "board")[:50].strip("-") or "board"
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 1000))) if name not in taken)


def _checked(entry: dict[str, Any], path: Path) -> Source:
    """The entry as a source. Raises ConfigError."""
    from scheduler.configuration import check_source

    return check_source(entry, str(path))


def _yaml(entry: dict[str, Any]) -> str:
    """One source as a file (JSON's quoting is YAML's too)."""
    lines = "".join(f"    {key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in entry.items())
    return "sources:\n  -" + lines[3:]


def _warn_of_time(result: dict[str, Any], *, minutes: int) -> None:
    """Say so when a whole crawl at this pace would not fit between two crawls."""
    if result["advertised"] and result["postings"]:
        whole = result["seconds"] * result["advertised"] / len(result["postings"]) / 60
        if whole > minutes / 2:
            words = f"A whole crawl would take about {whole:.0f} minutes; with `every: 12h` that is too tight. Ask less often."
            PEOPLE.print(words, style="yellow")


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="One source a line, for programs.")
@click.pass_obj
def list_sources(place: Place, *, as_json: bool) -> None:
    """Each source's health: its last runs, what failed and how often in a row, its last whole crawl, the next one."""
    from scheduler.capacity import tight
    from store import runs

    with place.house() as house, house.database.read() as connection:
        latest, planned, whole = runs.latest(connection), runs.next_crawls(connection), runs.last_whole(connection)
        configuration = house.configuration
    rows = [
        health(one, latest.get(one.name, []), planned.get(one.name), whole.get(one.name))
        for one in configuration.sources
    ]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    show_health(rows)
    asked = {name: max(run.requests for run in each) for name, each in latest.items()}
    for line in tight(configuration.enabled, asked, configuration.service.crawl):
        PEOPLE.print(line, markup=False, style="yellow", soft_wrap=True)


def health(
    source: Source, latest: "Sequence[Run]", planned: "tuple[datetime | None, int] | None", whole: "datetime | None"
) -> dict[str, Any]:
    """One source's health as plain values. `state`: disabled, never started, right, nothing found, or the class of the last failure."""
    last = latest[0] if latest else None
    failed = last.failure if last else None
    state = "never started" if last is None else failed.kind if failed else "right" if last.seen else "nothing found"
    following, failures = planned or (None, 0)
    return {
        "source": source.name,
        "kind": source.kind,
        "state": state if source.enabled else "disabled",
        "verified": source.verified,
        "failures_in_a_row": failures,
        "says": failed.says if failed else None,
        "mend": failed.mend if failed else None,
        "warnings": list(last.warnings) if last else [],
        "last": last.started_at.isoformat(timespec="minutes") if last else None,
        "last_whole": whole.isoformat(timespec="minutes") if whole else None,
        "seen": last.seen if last else None,
        "usual": max((run.seen for run in latest[1:] if run.complete), default=None),
        "trend": [run.seen for run in reversed(latest)],
        "requests": last.requests if last else None,
        "next": following.isoformat(timespec="minutes") if following else None,
    }


def show_health(rows: list[dict[str, Any]]) -> None:
    """The table, and under it what failed and what warns, with what to do."""
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("Source", "State", "Last runs found", "Last whole crawl", "Next crawl"):
        table.add_column(name)
    for row in rows:
        good = row["state"] in ("right", "never started", "disabled")
        trend = " ".join(map(str, row["trend"][-5:]))
        told = Text(row["state"] + ("" if row["verified"] else " (unverified)"), style="" if good else "red")
        following = row["next"] or ("at once" if row["state"] == "never started" else "")
        table.add_row(Text(row["source"]), told, trend, row["last_whole"] or "", following)
    PEOPLE.print(table)
    for row in rows:
        if row["says"]:
            often = f" ({row['failures_in_a_row']} times in a row)" if row["failures_in_a_row"] > 1 else ""
            PEOPLE.print(f"{row['source']}: {row['says']}{often}", markup=False, style="red", soft_wrap=True)
            PEOPLE.print(f"  {row['mend']}", markup=False, soft_wrap=True)
        for warning in row["warnings"]:
            PEOPLE.print(f"{row['source']}: {warning}", markup=False, style="yellow", soft_wrap=True)
    if any(not row["verified"] for row in rows):
        PEOPLE.print(
            "unverified: try it with `firstrung source try NAME`; when it works, write `verified: true` into its entry"
        )
