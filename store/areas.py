"""Imported area files as rows: a new import of a kind takes the place of the old one, in one transaction, with its date."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, delete, insert, select

from model.areas import Area, AreaKind, Designations, name_key
from model.reading import Basis
from store.gazetteer import counties
from store.rows import AreaFileRow, AreaRow

BATCH = 1000


def replace(connection: Connection, kind: AreaKind, areas: Sequence[Area], *, as_of: str, now: datetime) -> None:
    """Put these areas in the place of the kind's former ones."""
    connection.execute(delete(AreaRow).where(AreaRow.kind == kind))
    connection.execute(delete(AreaFileRow).where(AreaFileRow.kind == kind))
    connection.execute(insert(AreaFileRow), [{"kind": kind, "as_of": as_of, "imported_at": now, "areas": len(areas)}])
    rows = [
        {
            "kind": area.kind, "id": area.id, "basis": area.basis, "says": area.says, "name": area.name,
            "postal_code": area.postal_code, "county": area.county,
        }
        for area in areas
    ]  # fmt: skip
    for begin in range(0, len(rows), BATCH):
        connection.execute(insert(AreaRow), rows[begin : begin + BATCH])


def imported(connection: Connection) -> list[tuple[str, str, datetime, int]]:
    """What has been imported: kind, the file's date, when, and how many areas."""
    query = select(AreaFileRow.kind, AreaFileRow.as_of, AreaFileRow.imported_at, AreaFileRow.areas).order_by(
        AreaFileRow.kind
    )
    return [(row.kind, row.as_of, row.imported_at, row.areas) for row in connection.execute(query)]


def load(connection: Connection) -> Designations:
    """Everything imported, ready to be asked; empty when nothing was."""
    facilities: dict[tuple[str, str], list[Area]] = defaultdict(list)
    zips: dict[str, list[Area]] = defaultdict(list)
    by_county: dict[str, list[Area]] = defaultdict(list)
    for row in connection.execute(select(AreaRow.__table__).order_by(AreaRow.kind, AreaRow.id)):
        area = Area(
            kind=cast("AreaKind", row.kind), id=row.id, basis=cast("Basis", row.basis), says=row.says, name=row.name,
            postal_code=row.postal_code, county=row.county,
        )  # fmt: skip
        if area.name:
            facilities[name_key(area.name), area.postal_code].append(area)
        elif area.county:
            by_county[area.county].append(area)
        else:
            zips[area.postal_code].append(area)
    return Designations(
        facilities={key: tuple(areas) for key, areas in facilities.items()},
        zips={key: tuple(areas) for key, areas in zips.items()},
        counties={key: tuple(areas) for key, areas in by_county.items()},
        county_of=counties() if by_county else {},
        as_of={cast("AreaKind", kind): as_of for kind, as_of, _, _ in imported(connection)},
    )
