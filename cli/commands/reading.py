"""`firstrung read`: postings in, readings out, a line each."""

import json
import sys
from collections.abc import Iterator
from typing import IO, Any

import click

from cli.main import Place
from matcher.gold_form import gold_form, line_of, posting_from_line
from matcher.reading import Reader
from model.posting import Posting


def postings_of(lines: IO[str]) -> Iterator[tuple[int, Posting | None, dict[str, Any]]]:
    """Each line's number with its posting, or with None and an error object that says what is wrong with the line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record: Any = None
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise TypeError("not a JSON object")
            yield number, posting_from_line(record), {}
        except (ValueError, TypeError, RecursionError) as error:
            known = record.get("id") if isinstance(record, dict) else None
            yield number, None, {"id": known, "error": str(error), "line": number}


def standard_input() -> IO[str]:
    """Standard input as UTF-8, whatever the terminal's locale; bytes that are no UTF-8 are replaced."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin


@click.command()
@click.pass_obj
def read(place: Place) -> None:
    """Read postings from standard input (JSON Lines) and print one reading a line, in the same order.

    A posting is {"id", "title", "company", "location", "employment_type", "salary", "remote", "description"}; all but id and
    description may be absent. A line that is no posting gives {"id", "error", "line"} and the rest goes on (exit 1).
    """
    from scheduler.configuration import load_taxonomy

    reader = Reader(load_taxonomy(place.folder))
    wrong = 0
    for _, posting, error in postings_of(standard_input()):
        if posting is None:
            wrong += 1
            click.echo(json.dumps(error, ensure_ascii=False))
        else:
            click.echo(line_of(gold_form(reader.read(posting))))
    if wrong:
        click.echo(f"{wrong} line{'' if wrong == 1 else 's'} could not be read", err=True)
        sys.exit(1)
