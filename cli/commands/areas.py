"""`firstrung areas`: public files of places and facilities (shortage areas, health centers, hospitals …), for the underserved flag."""

import json
import re
import sys
from pathlib import Path

import click

from cli.main import PEOPLE, Place
from model.areas import AREA_KINDS, AreaKind
from model.errors import ConfigError, Fault

SHOWN = 10


@click.group()
def areas() -> None:
    """Import files of HRSA, CMS and USDA that say which places and facilities are underserved, and see what is imported."""


@areas.command("import")
@click.argument("kind", type=click.Choice(AREA_KINDS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", help="The file's date (YYYY-MM-DD), when the file itself does not say.")
@click.pass_obj
def import_file(place: Place, kind: AreaKind, file: Path, as_of: str | None) -> None:
    """Take a file in, in the place of the former one of its kind. Rows that cannot be used are listed (exit 1), the rest is kept."""
    from store import area_files
    from store import areas as stored

    found = area_files.read(kind, file)
    date = as_of or found.as_of
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date or ""):
        raise ConfigError(Fault(str(file), "does not say when it was made", "give its date: --as-of 2026-11-01"))
    if not found.areas:
        raise ConfigError(
            Fault(str(file), "has no row that can be used", f"{found.passed} passed over, {len(found.refused)} refused")
        )
    configuration = place.configuration()
    with place.open_database(configuration) as database, database.write() as connection:
        stored.replace(connection, kind, found.areas, as_of=date, now=place.now())
    said = {
        "kind": kind,
        "as_of": date,
        "areas": len(found.areas),
        "passed_over": found.passed,
        "refused": len(found.refused),
    }
    click.echo(json.dumps(said))
    for refused in found.refused[:SHOWN]:
        PEOPLE.print(f"line {refused.line}: {refused.says}", markup=False, soft_wrap=True)
    if len(found.refused) > SHOWN:
        PEOPLE.print(f"and {len(found.refused) - SHOWN} more")
    if found.refused:
        sys.exit(1)


@areas.command("list")
@click.pass_obj
def list_files(place: Place) -> None:
    """What has been imported, a file a line, with its date."""
    from store import areas as stored

    with place.open_database(place.configuration()) as database, database.read() as connection:
        for kind, as_of, imported_at, count in stored.imported(connection):
            click.echo(
                json.dumps({"kind": kind, "as_of": as_of, "imported_at": imported_at.isoformat(), "areas": count})
            )
