"""`firstrung store`, `backup`, `restore` and `reread`."""

import click

from cli.main import PEOPLE, Place


@click.group()
def store() -> None:
    """Look after the database."""


@store.command()
@click.pass_obj
def upgrade(place: Place) -> None:
    """Bring the database's schema to this program's version."""
    from store.database import connect
    from store.database import upgrade as bring

    configuration = place.configuration()
    database = connect(place.database or configuration.service.database)
    try:
        bring(database)
        if configuration.service.work.engine == "procrastinate":
            from scheduler.engines.procrastinate import prepare

            prepare(database)
    finally:
        database.close()
    PEOPLE.print("The database has this program's schema now.")


@store.command()
@click.pass_obj
def retain(place: Place) -> None:
    """Throw away now what `retention:` in service.yaml says (the service does so once a day)."""
    from scheduler import retaining

    with place.house() as house:
        counts = retaining.apply(house)
    PEOPLE.print(", ".join(f"{count} {name}" for name, count in counts.items()) or "The policy keeps everything.")
