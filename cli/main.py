"""The `firstrung` command: where the configuration stands, which database is meant, and what each failure exits with.

Exit codes: 0 done; 1 done in part, with what failed listed; 2 configuration or usage wrong; 3 nothing could be done.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console

from cli import clock
from cli.logs import start_logging
from model.errors import ConfigError, Fault, FirstrungError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.configuration import Configuration
    from scheduler.steps import House
    from store.database import Database

PEOPLE = Console(stderr=True, highlight=False)
"""Everything for people goes to standard error; data goes to standard output."""

COMMANDS = {
    "demo": "demo", "init": "configuring", "check": "configuring", "schema": "configuring", "crawl": "crawling",
    "postings": "crawling", "source": "sources", "read": "reading", "explain": "explaining", "compare": "matching", "match": "matching",
    "doors": "doors", "areas": "areas", "digest": "mailing", "run": "running", "status": "running", "worker": "running",
    "web": "web", "doctor": "doctoring",
    "work": "running", "store": "storekeeping", "backup": "storekeeping", "restore": "storekeeping", "reread": "storekeeping",
}  # fmt: skip


@dataclass(slots=True)
class Place:
    """Where this call works: the configuration folder, the database's address (None: as configured) and the fixed time, if any."""

    folder: Path
    database: str | None
    at: datetime | None

    def now(self) -> datetime:
        """This moment, or the one that --now gave."""
        return self.at or clock.now()

    def configuration(self) -> "Configuration":
        """The checked configuration. Raises ConfigError."""
        from scheduler.configuration import load

        return load(self.folder)

    @contextmanager
    def open_database(self, configuration: "Configuration") -> "Iterator[Database]":
        """The database, closed at the end."""
        from store.database import open_database

        database = open_database(self.database or configuration.service.database)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def house(self) -> "Iterator[House]":
        """Everything that a step needs. Raises ConfigError and StoreError."""
        from scheduler.steps import House

        configuration = self.configuration()
        with self.open_database(configuration) as database:
            yield House(configuration, database, self.now, os.environ)


class Lazy(click.Group):
    """A group that imports a command's module when the command is asked for, so that `firstrung --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cli.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def main(self, args: Sequence[str] | None = None, *rest: Any, **named: Any) -> Any:  # noqa: ARG002
        """Run, and turn the program's own failures into a line on standard error and an exit code."""
        try:
            return super().main(args, prog_name="firstrung", standalone_mode=True)
        except FirstrungError as error:
            fail(error)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)


def fail(error: FirstrungError) -> NoReturn:
    """Say what is wrong and leave: 2 for configuration, 3 otherwise."""
    if isinstance(error, ConfigError):
        show_faults(error.faults)
        sys.exit(2)
    PEOPLE.print(str(error), style="red", markup=False, soft_wrap=True)
    sys.exit(3)


def show_faults(faults: Sequence[Fault]) -> None:
    """Each fault as its place, what is wrong and the mend."""
    for fault in faults:
        PEOPLE.print(fault.place, style="bold", markup=False, soft_wrap=True, end="")
        PEOPLE.print(f": {fault.says}" + (f" ({fault.mend})" if fault.mend else ""), markup=False, soft_wrap=True)
    PEOPLE.print(f"{len(faults)} fault{'' if len(faults) == 1 else 's'}", style="red")


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", "folder", envvar="FIRSTRUNG_CONFIG", default="config", show_default=True,
    type=click.Path(path_type=Path), help="The configuration folder.",
)  # fmt: skip
@click.option("--database", envvar="FIRSTRUNG_DATABASE", help="The database's address; default: as in service.yaml.")
@click.option("--now", "at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]), hidden=True)
@click.option("-v", "--verbose", is_flag=True, help="Show the log from INFO on.")
@click.version_option(package_name="firstrung")
@click.pass_context
def firstrung(ctx: click.Context, folder: Path, database: str | None, at: datetime | None, *, verbose: bool) -> None:
    """Read what job postings really ask for, and mail the openings that a newcomer to health care can get."""
    start_logging(verbose=verbose, as_json=os.environ.get("FIRSTRUNG_LOG") == "json")
    ctx.obj = Place(folder, database, at.replace(tzinfo=UTC) if at else None)
