"""The gazetteer from the `zipcodes` package (MIT): 42,789 ZIPs with their cities, shipped inside it, so nothing is asked of anyone."""

import contextlib
import json
import os
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import zipcodes

from model.areas import county_key
from model.geography import Gazetteer, Point, city_key

STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA", "hawaii": "HI",
    "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA",
    "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK",
    "oregon": "OR", "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC",
    "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip


@cache
def gazetteer() -> Gazetteer:
    """ZIP and city centroids (10 MB). A city's point is the mean of its standard ZIPs.

    To build them takes a second and more, which every command and every worker that starts would wait for: they are kept in a file.
    """
    file = _folder() / f"gazetteer-1-{metadata.version('zipcodes')}.json"
    kept = _kept(file)
    if kept is None:
        kept = _built()
        _keep(file, kept)
    zips, cities = _points(kept["zips"]), _points(kept["cities"])
    return Gazetteer(zips=zips, cities=cities, states=STATES, regions=kept["regions"])


def _points(kept: dict[str, list[float]]) -> dict[str, Point]:
    """Points as they are used, from how JSON keeps them."""
    return {key: (lat, long) for key, (lat, long) in kept.items()}


def _folder() -> Path:
    """Where this user's programs keep what they can build again."""
    return Path(tempfile.gettempdir()) / f"firstrung-{os.getuid()}"


def _kept(file: Path) -> dict[str, Any] | None:
    """What the file holds; None when there is none, when it cannot be read, or when its folder is another user's."""
    try:
        if file.parent.stat().st_uid != os.getuid():
            return None
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.keys() >= {"zips", "cities", "regions"} else None


def _keep(file: Path, built: dict[str, Any]) -> None:
    """Write it in one step; where nothing can be written it is built anew each time."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, exist_ok=True)
        if file.parent.stat().st_uid == os.getuid():
            beside = file.with_suffix(f".{os.getpid()}")
            beside.write_text(json.dumps(built, separators=(",", ":")), encoding="utf-8")
            beside.replace(file)


def _built() -> dict[str, Any]:
    """The points of ZIPs and cities, and each ZIP's state."""
    zips: dict[str, Point] = {}
    regions: dict[str, str] = {}
    sums: dict[str, list[float]] = {}
    for row in zipcodes.list_all():  # type: ignore[no-untyped-call]
        regions[row["zip_code"]] = row["state"]
        if not row["lat"] or not row["long"]:
            continue
        point = (float(row["lat"]), float(row["long"]))
        zips[row["zip_code"]] = point
        if row["zip_code_type"] != "STANDARD":
            continue
        for city in {row["city"], *row["acceptable_cities"]}:
            total = sums.setdefault(city_key(city, row["state"]), [0.0, 0.0, 0.0])
            total[0] += point[0]
            total[1] += point[1]
            total[2] += 1
    cities = {key: (lat / count, lon / count) for key, (lat, lon, count) in sums.items()}
    return {"zips": zips, "cities": cities, "regions": regions}


@cache
def counties() -> dict[str, str]:
    """Each ZIP's county, in the spelling of `county_key`; built once, when county files have been imported."""
    rows = zipcodes.list_all()  # type: ignore[no-untyped-call]
    return {row["zip_code"]: county_key(row["county"], row["state"]) for row in rows if row["county"]}
