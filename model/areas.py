"""Places and facilities from public files that an operator imported: designations, rural ZIPs, health centers, nursing homes …

`basis` is what the file allows to say, no more: a facility or area that HRSA lists is `designated`; a rural ZIP and a critical access
hospital are `rural`; a nursing home is `overlooked`, which is advice and never a designation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from model.reading import Basis

AreaKind = Literal["hpsa", "mua", "health-centers", "ruca", "rural-zip", "nursing-homes", "hospitals"]
AREA_KINDS: tuple[AreaKind, ...] = ("hpsa", "mua", "health-centers", "ruca", "rural-zip", "nursing-homes", "hospitals")
_SUFFIXES = re.compile(r"\b(inc|llc|corp|corporation|co|company|the|lp|ltd|pllc)\b")


def name_key(name: str) -> str:
    """A facility's name without case, marks and legal suffixes."""
    return " ".join(_SUFFIXES.sub(" ", re.sub(r"[^a-z0-9 ]", " ", name.lower().replace("&", " and "))).split())


def county_key(county: str, region: str) -> str:
    """A county and its state in one spelling: "Macon County" and "Macon" in IL are one."""
    words = re.sub(r"[^a-z ]", " ", county.lower()).split()
    if words and words[-1] in ("county", "parish", "borough", "municipio"):
        words = words[:-1]
    return " ".join("st" if word == "saint" else word for word in words) + f", {region.strip().upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One line of such a file. Facilities have a `name` and a ZIP; areas have a ZIP or a county (`county_key`) and no name."""

    kind: AreaKind
    id: str
    basis: Basis
    says: str
    name: str = ""
    postal_code: str = ""
    county: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that was not taken, and why."""

    line: int
    says: str


@dataclass(frozen=True, slots=True)
class Designations:
    """What is known of places: facilities by (name key, ZIP), areas by ZIP and by county; each ZIP's county; each file's date."""

    facilities: Mapping[tuple[str, str], tuple[Area, ...]] = field(default_factory=dict)
    zips: Mapping[str, tuple[Area, ...]] = field(default_factory=dict)
    counties: Mapping[str, tuple[Area, ...]] = field(default_factory=dict)
    county_of: Mapping[str, str] = field(default_factory=dict)
    as_of: Mapping[AreaKind, str] = field(default_factory=dict)

    def at(self, employer: str | None, postal_code: str | None) -> tuple[Area, ...]:
        """What is known of an employer at a ZIP: its own listing first, then the place's."""
        if not postal_code:
            return ()
        code = postal_code[:5]
        own = self.facilities.get((name_key(employer), code), ()) if employer else ()
        return (*own, *self.zips.get(code, ()), *self.counties.get(self.county_of.get(code, ""), ()))
