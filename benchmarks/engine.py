"""The engine's figures, on one core: `OMP_NUM_THREADS=1 python -m benchmarks.engine [--large] [--doors] [--duckdb] [--postgresql]`.

Every figure is measured in this run on this machine; a sample of the answers is checked against the plain comparison. Seconds are this
process's own, so that others at work on the machine do not count. DuckDB is no dependency: have it on the path to compare with it.
"""

import argparse
import json
import statistics
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from time import process_time
from typing import Any

import numpy as np

from benchmarks import engine_peers
from benchmarks.engine_world import TODAY, World, made
from matcher.best import best_of_ready, ready
from matcher.comparing import Comparer
from matcher.crowd import Crowd
from matcher.doors import doors
from matcher.pool import Pool
from model.service import Ranking
from scheduler.configuration import load_taxonomy
from store.gazetteer import gazetteer

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of this process's own work on its one thread (on an idle machine the same as by the clock), and the result."""
    begun = process_time()
    result = call()
    return process_time() - begun, result


def check(crowd: Crowd, world: World, sample: int) -> int:
    """Compare answers pair by pair with the plain comparison; how many pairs agreed. Raises AssertionError otherwise."""
    chance = np.random.default_rng(1)
    numbers = np.sort(chance.choice(len(world.people), size=min(sample, len(world.people)), replace=False))
    profiles = [world.profile(int(number)) for number in numbers]
    pairs = 0
    for posting, reading in world.openings[:sample]:
        matched = set(crowd.matches(posting, reading).tolist())
        for number, profile in zip(numbers.tolist(), profiles, strict=True):
            plain = crowd.comparer.compare(posting, reading, profile, today=TODAY)
            assert (number in matched) == (plain.answer == "qualifies" and not plain.set_aside), (posting.id, number)
            pairs += 1
    return pairs


def plain_rate(world: World, comparer: Comparer, count: int = 120) -> float:
    """Pairs a second of the plain comparison."""
    profiles = [world.profile(number) for number in range(min(count, len(world.people)))]
    openings = world.openings[:count]

    def loop() -> None:
        for posting, reading in openings:
            for profile in profiles:
                comparer.compare(posting, reading, profile, today=TODAY)

    seconds, _ = timed(loop)
    return len(profiles) * len(openings) / seconds


def whole(comparer: Comparer, people: int, openings: int, *, checked: int) -> tuple[dict[str, Any], World, Crowd]:
    """Every person against every opening, the best 50 of each person kept."""
    world = made(comparer, people, openings)
    build, crowd = timed(lambda: Crowd(comparer, world.people))
    prepare, items = timed(lambda: ready(crowd, world.openings))
    ties = np.arange(openings)
    seconds, best = timed(lambda: best_of_ready(crowd, items, ties, Ranking(), now=NOW, keep=50))
    figures = {
        "people": people, "openings": openings, "build_s": round(build, 2), "plans_s": round(prepare, 2), "match_s": round(seconds, 2),

        "matches": int(best.counts.sum()), "pairs_per_s": round(people * openings / seconds),
        "bytes_per_person": round(crowd.nbytes / people),
        "pairs_checked": check(crowd, world, checked),
    }  # fmt: skip
    return figures, world, crowd


def arrivals(world: World, crowd: Crowd) -> dict[str, float]:
    """One new opening against everyone, and one changed profile against every opening: medians in milliseconds."""
    new = [timed(partial(crowd.matches, *one))[0] for one in world.openings[-300:]]
    pool = Pool(crowd.comparer, world.openings)
    pool.answers(world.profile(0), today=TODAY)
    changed = [timed(partial(pool.answers, world.profile(number), today=TODAY))[0] for number in range(1, 60)]
    tried = [
        timed(partial(doors, pool, world.profile(number), crowd.comparer.taxonomy, today=TODAY))[0]
        for number in range(5)
    ]
    return {
        "new_opening_ms": round(statistics.median(new) * 1000, 3),
        "new_opening_p99_ms": round(sorted(new)[int(len(new) * 0.99)] * 1000, 2),
        "changed_profile_ms": round(statistics.median(changed) * 1000, 2), "doors_12_changes_s": round(max(tried), 2),
        "openings": len(pool),
    }  # fmt: skip


def main() -> None:
    """Measure and print one JSON object a figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--openings", type=int, default=10_000)
    options.add_argument("--sample", type=int, default=100)
    for name in ("large", "duckdb", "postgresql"):
        options.add_argument(f"--{name}", action="store_true")
    chosen = options.parse_args()
    comparer = Comparer(load_taxonomy(), gazetteer())
    figures, world, crowd = whole(comparer, chosen.people, chosen.openings, checked=chosen.sample)
    plain = plain_rate(world, comparer)
    print(
        json.dumps(
            {**figures, "plain_pairs_per_s": round(plain), "times_plain": round(figures["pairs_per_s"] / plain)}
        ),
        flush=True,
    )
    print(json.dumps({"arrivals": arrivals(world, crowd)}), flush=True)
    if chosen.duckdb:
        print(json.dumps({"duckdb": engine_peers.duckdb(crowd, world, openings=2000)}))
    if chosen.postgresql:
        print(json.dumps({"postgresql": engine_peers.postgresql(crowd, world, openings=2000)}))
    if chosen.large:
        large, far, everyone = whole(comparer, 1_000_000, 50_000, checked=chosen.sample)
        ratio = (large["match_s"] / figures["match_s"]) / (large["matches"] / figures["matches"])
        print(json.dumps({**large, "time_ratio_over_match_ratio": round(ratio, 2)}))
        print(json.dumps({"arrivals": arrivals(far, everyone)}), flush=True)


if __name__ == "__main__":
    main()
