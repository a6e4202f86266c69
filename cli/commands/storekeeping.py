"""`firstrung store`, `backup`, `restore` and `reread`."""

from pathlib import Path

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


@store.command()
@click.option("--to", "target", required=True, metavar="URL", help="The other database, empty: postgresql://…")
@click.pass_obj
def copy(place: Place, target: str) -> None:
    """Copy the whole store to another database, counted and checked. Broken off, it goes on where it was."""
    from model.errors import StoreError
    from store.copying import copy as copy_store
    from store.database import open_database
    from store.leases import lease

    with place.house() as house:
        held = lease(house.database)
        if not held.hold():
            raise StoreError("the service is running: stop it, copy, and start it on the new database")
        other = open_database(target)
        try:
            for one in copy_store(house.database, other):
                PEOPLE.print(f"{one.table}: {one.rows} rows, equal ({one.sha256[:16]})", markup=False)
        finally:
            other.close()
            held.release()
    PEOPLE.print("Everything is there. Set `database:` in service.yaml to the new address.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(place: Place, file: Path) -> None:
    """Write the whole store into FILE while the service goes on (PostgreSQL: by pg_dump)."""
    from store.backup import backup as write

    with place.house() as house:
        size = write(house.database, file)
    PEOPLE.print(f"{file}: {size} bytes, checked", markup=False)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the store that is there.")
@click.pass_obj
def restore(place: Place, file: Path, *, force: bool) -> None:
    """Put the backup FILE in the place of the store (PostgreSQL: by pg_restore). The service must not run."""
    from store.backup import restore as put_back
    from store.database import connect

    database = connect(place.database or place.configuration().service.database)
    try:
        put_back(database, file, force=force)
    finally:
        database.close()
    PEOPLE.print("Restored. If the backup is of an older version: firstrung store upgrade")


@click.command()
@click.option("--pause", is_flag=True, help="Leave what an earlier matcher has read as it is, for now.")
@click.option("--resume", is_flag=True, help="Go on.")
@click.option("--dask", "address", metavar="ADDRESS", help="Spread it over a Dask cluster (firstrung[dask]).")
@click.pass_obj
def reread(place: Place, *, pause: bool, resume: bool, address: str | None) -> None:
    """Read again what another version of the matcher or its words has read, newest first, without a crawl."""
    from scheduler import rereading

    with place.house() as house:
        if pause or resume:
            (rereading.pause if pause else rereading.resume)(house)
            PEOPLE.print("Re-reading is paused." if pause else "Re-reading goes on.")
            return
        chunks = rereading.chunks(house, limit=1_000_000)
        if address:
            from scheduler.dask_reading import reread as spread

            done = spread(house, address, chunks)
        else:
            done = rereading.read_chunks(house, chunks)
    PEOPLE.print(f"{done} postings read by {rereading.version(house)}")
