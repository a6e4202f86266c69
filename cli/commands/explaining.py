"""`firstrung explain`: a posting with each quote marked in place, and the tree of what it asks for beside it."""

import json
from pathlib import Path

import click
from rich.panel import Panel
from rich.text import Text
from rich.tree import Tree

from cli.main import PEOPLE, Place
from digest.explaining import Branch, marked, page, tree
from matcher.blocks import is_markup
from matcher.gold_form import posting_from_line
from matcher.reading import Reader
from model.errors import ConfigError, Fault
from model.posting import Posting

LONGEST_NAME = 100
STYLES = {
    "credential": "black on bright_cyan", "experience": "black on bright_yellow", "education": "black on bright_magenta",
    "care setting": "black on bright_green", "underserved": "black on bright_green", "entry level": "black on yellow",
    "pay": "reverse", "gate": "underline",
}  # fmt: skip


@click.command()
@click.argument("which")
@click.option("--html", "file", type=click.Path(path_type=Path), help="Write the same as a page.")
@click.option("--id", "key", help="Which posting of a JSON Lines file; default: the first.")
@click.pass_obj
def explain(place: Place, which: str, file: Path | None, key: str | None) -> None:
    """Show what is read from a posting and where it stands. WHICH is a file (JSON Lines, HTML or text) or SOURCE/ID."""
    from scheduler.configuration import load_taxonomy

    posting = _from_file(Path(which), key) if Path(which).is_file() else _from_store(place, which)
    taxonomy = load_taxonomy(place.folder)
    reading = Reader(taxonomy).read(posting)
    if file is not None:
        file.write_text(page(posting, reading, taxonomy), encoding="utf-8")
        PEOPLE.print(str(file), markup=False)
        return
    text = Text()
    for part in marked(posting, reading):
        text.append(part.text, style=STYLES.get(part.kind, ""))
    PEOPLE.print(Panel(text, title=Text(posting.title or "(no title)"), title_align="left"))
    shown = Tree(Text("what was read", style="bold"))
    for branch in tree(reading, taxonomy):
        _grow(shown, branch)
    PEOPLE.print(shown)


def _grow(above: Tree, branch: Branch) -> None:
    line = Text(branch.says)
    if branch.quote:
        line.append(f"  “{branch.quote}”", style="italic")
        line.append(f"  {branch.rule}", style="dim")
    here = above.add(line)
    for one in branch.below:
        _grow(here, one)


def _from_file(path: Path, key: str | None) -> Posting:
    """The posting of a file: a line of JSON Lines, or the whole file as its description."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.lstrip().startswith("{"):
        return Posting(source="file", id=path.name, title=_first_line(text), description=text)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            posting = posting_from_line(json.loads(line))
        except ValueError as error:
            raise ConfigError(Fault(f"{path}:{number}", str(error))) from error
        if key is None or posting.id == key:
            return posting
    raise ConfigError(Fault(str(path), f"no posting has the id {key!r}"))


def _first_line(text: str) -> str:
    """The job's name, where plain text begins with a short line that is no sentence; else nothing."""
    first, _, rest = text.strip().partition("\n")
    named = rest.strip() and len(first) <= LONGEST_NAME and not is_markup(text) and first.strip()[-1:] not in ".:;!?"
    return first.strip() if named else ""


def _from_store(place: Place, which: str) -> Posting:
    """The stored posting SOURCE/ID (or the only one with that id)."""
    from store import postings

    source, _, key = which.rpartition("/")
    configuration = place.configuration()
    with place.open_database(configuration) as database, database.read() as connection:
        found = [one.posting for one in postings.each(connection, source=source or None) if one.posting.id == key]
    if len(found) == 1:
        return found[0]
    says = "there is no such file or posting" if not found else f"{len(found)} sources have a posting of that id"
    raise ConfigError(Fault(which, says, "name a file, or SOURCE/ID as `firstrung postings` shows them"))
