"""The gazetteer from the `zipcodes` package (MIT): 42,789 ZIPs with their cities, shipped inside it, so nothing is asked of anyone."""

from functools import cache

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
    """ZIP and city centroids, built once (about a second, 10 MB). A city's point is the mean of its standard ZIPs."""
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
    return Gazetteer(zips=zips, cities=cities, states=STATES, regions=regions)


@cache
def counties() -> dict[str, str]:
    """Each ZIP's county, in the spelling of `county_key`; built once, when county files have been imported."""
    rows = zipcodes.list_all()  # type: ignore[no-untyped-call]
    return {row["zip_code"]: county_key(row["county"], row["state"]) for row in rows if row["county"]}
