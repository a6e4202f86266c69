"""`firstrung source try` and `source list`."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from cli.main import PEOPLE, Place
from model.source import CrawlRules, Source


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
    failed = 0
    for one in chosen:
        result = try_source(one, rules, sample=sample, everything=everything)
        failed += result["failure"] is not None
        if as_json:
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            show_attempt(result)
    if failed:
        sys.exit(3 if failed == len(chosen) else 1)


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
        PEOPLE.print(Text(posting["description"][:1500]))


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="One source a line, for programs.")
@click.pass_context
def list_sources(ctx: click.Context, *, as_json: bool) -> None:
    """Each source's health: the last run, what failed, the next crawl."""
    from cli.commands.running import status

    ctx.invoke(status, as_json=as_json)
