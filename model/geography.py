"""Where places are, and how far apart: centroids of ZIPs and cities, as the crow flies, without asking anyone."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from model.posting import Place

MILES_PER_RADIAN = 3958.8
Point = tuple[float, float]
_WORDS = {
    "saint": "st",
    "sainte": "ste",
    "mount": "mt",
    "fort": "ft",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
}
_CITY_STATE = re.compile(r"([A-Za-z][A-Za-z .'’-]{1,40}),\s*([A-Za-z]{2}|[A-Za-z ]{4,20})\b")
_ZIP = re.compile(r"\b(\d{5})(?:-\d{4})?\b")


def city_key(city: str, region: str) -> str:
    """City and state in one spelling: "Saint Louis", "St. Louis" and "ST LOUIS" in MO are one."""
    words = re.sub(r"[^a-z ]", " ", city.lower().replace("'", "").replace("’", "")).split()
    return "".join(_WORDS.get(word, word) for word in words) + f", {region.strip().upper()}"


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Points (latitude, longitude in degrees) by ZIP and by `city_key`, the two letters of each state's name, each ZIP's state."""

    zips: Mapping[str, Point]
    cities: Mapping[str, Point]
    states: Mapping[str, str]
    regions: Mapping[str, str] = field(default_factory=dict)

    def point(self, place: Place) -> Point | None:
        """Where a posting's place is, by ZIP, else by city and state, else from its text; None when it cannot be told."""
        if place.postal_code and (found := self.zips.get(place.postal_code[:5])):
            return found
        if place.city and place.region:
            return self.city(place.city, place.region)
        return self._from_text(place.text)

    def city(self, city: str, region: str) -> Point | None:
        """The middle of a city; a bare city name is never looked up, since so many states share them."""
        letters = self.states.get(region.strip().lower(), region)
        return self.cities.get(city_key(city, letters))

    def _from_text(self, text: str) -> Point | None:
        for found in _CITY_STATE.finditer(text[:200]):
            region = self.states.get(found[2].strip().lower(), found[2])
            if point := self.cities.get(city_key(found[1], region)):
                return point
        zips = _ZIP.search(text[:200])
        return self.zips.get(zips[1]) if zips else None


def miles(one: Point, other: Point) -> float:
    """Great-circle distance in miles (haversine formula)."""
    (lat1, lon1), (lat2, lon2) = one, other
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * MILES_PER_RADIAN * math.asin(math.sqrt(min(1.0, half)))
