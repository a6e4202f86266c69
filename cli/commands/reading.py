"""`firstrung read`: postings in, readings out, a line each."""

import json
import sys
from collections import Counter
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
@click.option(
    "--unread", is_flag=True, help="List the lines under requirement headings that gave nothing, most frequent first."
)
@click.pass_obj
def read(place: Place, *, unread: bool) -> None:
    """Read postings from standard input (JSON Lines) and print one reading a line, in the same order.

    A posting is {"id", "title", "company", "location", "employment_type", "salary", "remote", "description"}; all but id and
    description may be absent. A line that is no posting gives {"id", "error", "line"} and the rest goes on (exit 1).
    """
    from scheduler.configuration import load_taxonomy

    reader = Reader(load_taxonomy(place.folder))
    wrong = 0
    lines: Counter[str] = Counter()
    for _, posting, error in postings_of(standard_input()):
        if posting is None:
            wrong += 1
            click.echo(json.dumps(error, ensure_ascii=False))
        elif unread:
            lines.update(reader.unread(posting))
        else:
            click.echo(line_of(gold_form(reader.read(posting))))
    for line, count in sorted(lines.items(), key=lambda pair: (-pair[1], pair[0])):
        click.echo(json.dumps({"line": line, "count": count}, ensure_ascii=False))
    if wrong:
        click.echo(f"{wrong} line{'' if wrong == 1 else 's'} could not be read", err=True)
        sys.exit(1)
