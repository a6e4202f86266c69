"""`firstrung init`, `check` and `schema`: the configuration folder."""

import json
import shutil
from pathlib import Path

import click

from cli.main import PEOPLE, Place
from model.errors import ConfigError, Fault, StoreError
from scheduler.configuration import TAXONOMY_FILES, Configuration

STARTER = Path(__file__).resolve().parent.parent / "starter"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write a commented starter configuration into FOLDER."""
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(Fault(str(folder), "is not empty", "name a new folder; nothing was written"))
    shutil.copytree(STARTER, folder, dirs_exist_ok=True)
    write_schemas(folder / "schema")
    PEOPLE.print(f"Wrote {folder}/ with service.yaml, sources/example.yaml and profiles/example.yaml.", markup=False)
    PEOPLE.print(f"Next: edit them, then run: firstrung --config {folder} check", markup=False)


@click.command()
@click.pass_obj
def check(place: Place) -> None:
    """Check every file of the configuration; exit 2 with each fault, its place and its mend."""
    found = place.configuration()
    PEOPLE.print(
        f"{place.folder}: right. {len(found.sources)} sources ({len(found.enabled)} enabled), "
        f"{len(found.profiles)} profiles, {len(found.taxonomy.credentials.credentials)} credentials.",
        markup=False,
    )
    for line in what_is_tight(place, found):
        PEOPLE.print(line, markup=False, style="yellow", soft_wrap=True)


def what_is_tight(place: Place, found: Configuration) -> list[str]:
    """Sources that ask more than fits into their time, by what their runs asked so far; [] where no database is yet."""
    from scheduler.capacity import tight
    from store import runs

    address = place.database or found.service.database
    if address.startswith("sqlite:///") and not Path(address.removeprefix("sqlite:///")).exists():
        return []
    try:
        with place.open_database(found) as database, database.read() as connection:
            asked = {name: max(run.requests for run in each) for name, each in runs.latest(connection).items()}
    except StoreError as error:
        return [f"not checked whether the crawls fit into their time: {error}"]
    return tight(found.enabled, asked, found.service.crawl)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def schema(folder: Path) -> None:
    """Write the JSON Schema of every kind of file into FOLDER, so that editors complete and check."""
    for path in write_schemas(folder):
        PEOPLE.print(str(path), markup=False)


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas; returns the files."""
    from pydantic import TypeAdapter

    from crawler import formats
    from model.profile import Profile
    from model.service import Service

    source = TypeAdapter(formats.source_type()).json_schema(ref_template="#/$defs/{model}")
    definitions = source.pop("$defs", {})
    entries = {"type": "array", "items": source}
    sources = {
        "type": "object",
        "properties": {"sources": entries},
        "required": ["sources"],
        "additionalProperties": False,
    }
    schemas = {
        "service": Service.model_json_schema(),
        "profile": Profile.model_json_schema(),
        "sources": sources | {"$defs": definitions},
        **{name: TypeAdapter(form).json_schema() for name, form in TAXONOMY_FILES.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in schemas.items():
        path = folder / f"{name}.schema.json"
        described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **content}
        path.write_text(json.dumps(described, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        written.append(path)
    return written
