"""Re-reading over a Dask cluster that an operator has already. The tasks write to the database themselves; nothing returns but counts.

Only for PostgreSQL: workers on other machines cannot share an SQLite file. The configuration folder must stand at the same place
on every worker, and firstrung must be installed there.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from model.errors import ConfigError, Fault
from scheduler import configuration, rereading
from scheduler.steps import House
from store.database import connect

TRIES = 3
TOGETHER = 4  # chunks in one task: each task opens the configuration and the database once


def reread(house: House, address: str, chunks: Sequence[int]) -> int:
    """Read the chunks on the cluster; how many postings that were. Raises ConfigError without Dask or PostgreSQL."""
    try:
        from distributed import Client  # noqa: PLC0415  (an optional extra)
    except ImportError as error:
        raise ConfigError(Fault("--dask", "Dask is not installed", "install firstrung[dask]")) from error
    if house.database.engine.dialect.name != "postgresql":
        raise ConfigError(
            Fault("--dask", "workers cannot share an SQLite file", "firstrung store copy --to postgresql://…")
        )
    groups = [tuple(chunks[start : start + TOGETHER]) for start in range(0, len(chunks), TOGETHER)]
    order = {"folder": str(house.configuration.folder.absolute()), "database": house.database.libpq}
    moment = house.clock().isoformat()
    with Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        tasks = client.map(_read, groups, order=order, moment=moment, pure=False, retries=TRIES)
        return sum(client.gather(tasks))


def _read(chunks: tuple[int, ...], *, order: Mapping[str, str], moment: str) -> int:
    """One task, on a worker."""
    at = datetime.fromisoformat(moment).astimezone(UTC)
    database = connect(order["database"])
    try:
        house = House(configuration.load(Path(order["folder"])), database, lambda: at, {})
        return rereading.read_chunks(house, chunks)
    finally:
        database.close()
