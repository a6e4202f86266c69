"""A made-up country for the engine's benchmarks: people and openings drawn from small vocabularies, places by a power law.

Columns are drawn directly (a million profiles as objects would be the benchmark); `World.profile(i)` gives any person as a real
profile, so that answers can be checked against the plain comparison.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.comparing import Comparer
from matcher.people import FACETS, People, people_of
from model.posting import Pay, Place, Posting, Workplace
from model.profile import Profile
from model.reading import (
    AllOf,
    AnyOf,
    CareSetting,
    CredentialAsk,
    EducationAsk,
    Evidence,
    ExperienceAsk,
    Reading,
    Requirement,
)

TODAY = date(2026, 11, 21)
SAID = Evidence(quote="", start=0, end=0, rule="world")
RADII = (10, 25, 50, 100)
LEVELS = ("none", "hs", "training", "associate", "bachelor")
SETTINGS = ("assisted_living", "nursing_facility", "fqhc", "hospital", "home_health", "small_practice")
SPECS = {"credentials": 4000, "experience": 8000, "care_settings": 60}


@dataclass(slots=True)
class World:
    """The people as columns, the openings as values, and what is needed to make a person a profile again."""

    people: People
    openings: list[tuple[Posting, Reading]]
    zips: list[str]
    specs: dict[str, list[Any]]
    drawn: dict[str, npt.NDArray[np.int32]]

    def profile(self, number: int) -> Profile:
        """One person as a profile."""
        facts = {key: self.specs[key][int(column[number])] for key, column in self.drawn.items()}
        return Profile.model_validate(
            {"email": "x@example.org", **{key: value for key, value in facts.items() if value is not None}}
        )


def made(comparer: Comparer, people: int, openings: int, *, seed: int = 7, places: int = 8000) -> World:
    """A world of that size."""
    chance = np.random.default_rng(seed)
    gazetteer = comparer.gazetteer
    assert gazetteer is not None
    zips = sorted(gazetteer.zips)
    zips = [zips[number] for number in chance.choice(len(zips), size=places, replace=False)]
    share = 1 / np.arange(1, places + 1) ** 0.9
    share /= share.sum()
    specs = _specs(comparer, chance)
    drawn = {
        "credentials": _skewed(chance, SPECS["credentials"], people),
        "experience": _skewed(chance, SPECS["experience"], people),
        "education": chance.integers(0, len(LEVELS), people, dtype=np.int32),
        "care_settings": chance.integers(0, SPECS["care_settings"], people, dtype=np.int32),
        "workplace": chance.integers(0, len(specs["workplace"]), people, dtype=np.int32),
        "pay_floor": chance.integers(0, len(specs["pay_floor"]), people, dtype=np.int32),
    }
    home = chance.choice(places, size=people, p=share).astype(np.int32)
    radius = chance.integers(0, len(RADII), people, dtype=np.int32)
    specs["place"] = [{"zip": code, "radius_miles": miles} for code in zips for miles in RADII]
    drawn["place"] = home * len(RADII) + radius
    made_people = _columns(comparer, specs, drawn, zips, people)
    return World(made_people, _openings(comparer, chance, openings, zips, share), zips, specs, drawn)


def _skewed(chance: np.random.Generator, values: int, size: int) -> npt.NDArray[np.int32]:
    share = 1 / np.arange(1, values + 1) ** 0.7
    return chance.choice(values, size=size, p=share / share.sum()).astype(np.int32)


def _specs(comparer: Comparer, chance: np.random.Generator) -> dict[str, list[Any]]:
    """The distinct things that people say of themselves."""
    ids = [entry.id for entry in comparer.taxonomy.credentials.credentials if entry.kind != "requirement"][:90]
    areas = [area.id for area in comparer.taxonomy.areas.areas]
    states = ["held"] * 8 + ["expired", "enrolled"]

    def credentials() -> list[dict[str, str]]:
        chosen = np.minimum(chance.zipf(1.3, chance.integers(0, 4)), len(ids)) - 1
        return [{"id": ids[one], "state": states[chance.integers(0, 10)]} for one in set(chosen.tolist())]

    def experience() -> list[dict[str, Any]]:
        chosen = chance.choice(len(areas), size=chance.integers(0, 4), replace=False)
        return [
            {
                "area": areas[one],
                "months": int(chance.integers(1, 84)),
                "kind": "paid" if chance.random() < 0.85 else "externship",
            }
            for one in chosen
        ]

    def wishes() -> dict[str, list[str]]:
        chosen = chance.permutation(len(SETTINGS))
        return {
            "prefer": [SETTINGS[one] for one in chosen[: chance.integers(0, 3)]],
            "avoid": [SETTINGS[chosen[3]]] if chance.random() < 0.4 else [],
        }

    return {
        "credentials": [credentials() for _ in range(SPECS["credentials"])],
        "experience": [experience() for _ in range(SPECS["experience"])],
        "care_settings": [wishes() for _ in range(SPECS["care_settings"])],
        "education": list(LEVELS),
        "workplace": [None, ["onsite", "hybrid"], ["remote"], ["onsite"], ["onsite", "hybrid", "remote"]],
        "pay_floor": [None, *({"amount": 12 + step * 0.5} for step in range(40))],
    }


def _columns(
    comparer: Comparer, specs: dict[str, list[Any]], drawn: dict[str, npt.NDArray[np.int32]], zips: list[str], size: int
) -> People:
    """The columns, by making each distinct thing a profile once and looking at what `people_of` makes of it."""
    gazetteer = comparer.gazetteer
    assert gazetteer is not None
    columns: dict[str, npt.NDArray[np.int32]] = {}
    facets: dict[str, list[Any]] = {}
    by_key = {
        "credentials": ("atoms",), "experience": ("experience",), "education": ("schooling",), "care_settings": ("prefer", "avoid"),
        "workplace": ("workplaces",), "pay_floor": (), "place": (),
    }  # fmt: skip
    for key, names in by_key.items():
        if names:
            profiles = (
                Profile.model_validate({"email": "x@example.org", **({key: value} if value is not None else {})})
                for value in specs[key]
            )
            small = people_of(profiles, comparer, TODAY)
            for name in names:
                facets[name], columns[name] = small.facets[name], small.columns[name][drawn[key]]
    home = drawn["place"] // len(RADII)
    facets["point"], columns["point"] = [gazetteer.zips[code] for code in zips], home
    regions = sorted({gazetteer.regions[code] for code in zips})
    facets["region"] = list(regions)
    columns["region"] = np.array([regions.index(gazetteer.regions[code]) for code in zips], dtype=np.int32)[home]
    empty: dict[str, Any] = {"employers": (), "hours": frozenset(), "shift": frozenset()}
    for name in FACETS:
        facets.setdefault(name, [empty.get(name)])
        columns.setdefault(name, np.zeros(size, dtype=np.int32))
    floors = np.array([-np.inf if one is None else one["amount"] for one in specs["pay_floor"]])
    radius = np.array(RADII, dtype=np.int32)[drawn["place"] % len(RADII)]
    return People(facets, columns, radius, floors[drawn["pay_floor"]], TODAY)


def _openings(
    comparer: Comparer, chance: np.random.Generator, size: int, zips: list[str], share: npt.NDArray[np.float64]
) -> list[tuple[Posting, Reading]]:
    ids = [entry.id for entry in comparer.taxonomy.credentials.credentials if entry.kind != "requirement"][:90]
    areas = [area.id for area in comparer.taxonomy.areas.areas]
    homes = chance.choice(len(zips), size=size, p=share)
    return [
        _opening(chance, number, zips[home], ids=ids, areas=areas, comparer=comparer)
        for number, home in enumerate(homes)
    ]


def _opening(
    chance: np.random.Generator, number: int, code: str, *, ids: list[str], areas: list[str], comparer: Comparer
) -> tuple[Posting, Reading]:
    wants: list[Requirement] = []
    if chance.random() < 0.95:
        chosen = np.minimum(chance.zipf(1.3, chance.integers(1, 4)), len(ids)) - 1
        asks = tuple(
            CredentialAsk(id=ids[one], modality="required", evidence=SAID) for one in sorted(set(chosen.tolist()))
        )
        wants.append(asks[0] if len(asks) == 1 else AnyOf(children=asks))
    if chance.random() < 0.95:
        months = (12, 12, 24, 36)[chance.integers(0, 4)]
        wants.append(
            ExperienceAsk(
                min_months=months, modality="required", area_id=areas[chance.integers(0, len(areas))], evidence=SAID
            )
        )
    if chance.random() < 0.7:
        wants.append(
            EducationAsk(
                level=("hs", "associate", "bachelor")[chance.integers(0, 3)], modality="required", evidence=SAID
            )
        )
    if not wants:
        wants.append(EducationAsk(level="hs", modality="required", evidence=SAID))
    low = 14 + float(chance.integers(0, 40)) / 2
    workplace: Workplace = "remote" if chance.random() < 0.01 else "onsite"
    region = comparer.gazetteer.regions[code] if comparer.gazetteer else ""
    posting = Posting(
        source="world", id=f"p{number:06d}", title="Clerk", description="", locations=(Place(text=code, postal_code=code),),

        pay=Pay(min=low, max=low + 3, period="hour") if chance.random() < 0.6 else None,
        date_posted=TODAY - timedelta(days=int(chance.integers(0, 30))),
    )  # fmt: skip
    reading = Reading(
        id=posting.id, read_with="w", requirements=AllOf(children=tuple(wants)),
        entry_level="yes" if chance.random() < 0.2 else "unclear",
        care_settings=(CareSetting(id=SETTINGS[chance.integers(0, len(SETTINGS))], evidence=SAID),), workplace=workplace,
        workplace_states=(region,) if workplace == "remote" else (),
    )  # fmt: skip
    return posting, reading
