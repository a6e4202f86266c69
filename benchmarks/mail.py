"""What a whole send costs: `python -m benchmarks.mail [--people 10000] [--openings 3000] [--workers 1]`.

People of many kinds and openings of the demo's kinds over one state; planned, compared, composed, rendered, signed and queued into
SQLite by one process (or shared over `--workers`, as workers share the groups of people), then submitted to Postfix's own sink
(`smtp-sink`). Seconds are by the clock, and CPU of one process or of all workers.
"""

import argparse
import json
import multiprocessing
import random
import resource
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import zipcodes
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from demo import records
from model.crawl import Crawled
from model.posting import Place, Posting
from model.profile import Profile
from scheduler import configuration, due
from scheduler.mailing import Mailroom
from scheduler.steps import House, read_new
from store import deliveries, people, postings
from store.database import open_database

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
SERVICE = """
mail:
  sender: d@example.org
  postal_address: 1 Main St
  public_url: https://pages.example.org
  unsubscribe_mail: stop@example.org
  bounces: {address: b@example.org}
  dkim: {selector: s1, key_file: key.pem}
  channel: smtp
  smtp: {host: 127.0.0.1, port: 2525, security: none}
  connections: 4
  per_domain: {at_once: 100, a_minute: 100000}
"""
KINDS = tuple(records.postings())
CREDENTIALS = ("aapc-cpc-a", "ahima-cca", "nha-cbcs", "ahima-rhit", "nha-cmaa", "cna")
AREAS = ("front-desk", "medical-billing", "customer-service", "medical-coding", "caregiving")


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


def made_service(folder: Path) -> House:
    """An empty service with a signing key."""
    for name in ("sources", "profiles"):
        (folder / name).mkdir()
    key = generate_private_key(65537, 2048)
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "service.yaml").write_text(SERVICE)
    database = open_database(f"sqlite:///{folder / 'a.db'}")
    return House(configuration.load(folder), database, Clock(), {"FIRSTRUNG_SECRET": "benchmark"})


def fill(house: House, openings: int, persons: int) -> None:
    """Openings over one state, and people who joined."""
    chance = random.Random(1)
    found = zipcodes.filter_by(state="IL")  # type: ignore[no-untyped-call]
    places = [one for one in found if one["zip_code_type"] == "STANDARD"]
    for begin in range(0, openings, 500):
        batch = [_posting(number, chance.choice(places)) for number in range(begin, min(begin + 500, openings))]
        with house.database.write() as connection:
            postings.save(connection, [Crawled(posting=one, payload=b"{}") for one in batch], now=START)
    read_new(house)
    with house.database.write() as connection:
        for number in range(persons):
            profile, key = _person(number, chance, chance.choice(places)), f"w-{number}"
            handle = people.handle_of(b"benchmark", key)
            people.join(connection, key=key, handle=handle, profile=profile, consent={}, now=START)
            people.confirm(connection, key, address_mark=people.address_mark(b"benchmark", profile.email), now=START)


def _posting(number: int, place: dict[str, Any]) -> Posting:
    kind = KINDS[number % len(KINDS)]
    where = Place(
        text=f"{place['city']}, IL {place['zip_code']}",
        city=place["city"],
        region="IL",
        postal_code=place["zip_code"],
        country="US",
    )
    return Posting(
        source="made", id=f"k{number}", title=kind.title, description=f"{records.whole(kind.body)}<p>Ref. {number}</p>",
        url=f"https://jobs.example.org/{number}", employer=f"{kind.employer} {number % 700}", locations=(where,),
    )  # fmt: skip


def _person(number: int, chance: random.Random, place: dict[str, Any]) -> Profile:
    return Profile.model_validate(
        {
            "email": f"p{number}@d{number % 50}.example.org",
            "credentials": [{"id": one} for one in chance.sample(CREDENTIALS, chance.randint(0, 2))],
            "experience": [
                {"area": one, "months": chance.randint(1, 60)} for one in chance.sample(AREAS, chance.randint(0, 3))
            ],
            "education": chance.choice(["hs", "associate", "bachelor"]),
            "place": {"zip": place["zip_code"], "radius_miles": chance.choice([20, 30, 50])},
            "digest": {"cadence": "daily", "at": "07:00"},
        }
    )


def timed(call: Any) -> tuple[float, float, Any]:
    """CPU seconds, seconds by the clock, and the result."""
    cpu, clock = time.process_time(), time.perf_counter()
    result = call()
    return time.process_time() - cpu, time.perf_counter() - clock, result


def _share(house: House, number: int, of: int) -> None:
    """One worker's part: its group of those who are due."""
    room = Mailroom(house)
    room.queue_due([entry for entry in room.due() if due.group(entry[0], of) == number])


def composed(house: House, room: Mailroom, workers: int) -> dict[str, Any]:
    """Compose and queue what is due; a worker loads its openings for itself."""
    if workers == 1:
        cpu, clock, counts = timed(room.queue_due)
        return {"composed": counts, "composed_s": round(clock, 1), "composed_cpu_s": round(cpu, 1)}
    house.database.close()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    shares = [
        multiprocessing.get_context("fork").Process(target=_share, args=(house, n, workers)) for n in range(workers)
    ]
    for share in shares:
        share.start()
    for share in shares:
        share.join()
    clock, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    with house.database.read() as connection:
        counts = deliveries.states(connection)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"workers": workers, "composed": counts, "composed_s": round(clock, 1), "composed_cpu_s": round(cpu, 1)}


def built(room: Mailroom, now: datetime, sample: int = 500) -> float:
    """CPU milliseconds to write one mail and sign it, over some of those who are due; nothing is queued."""
    due = room.due()[:sample]
    digests = [(who, profile, room.compose(who, profile, issue, now=now), issue) for who, profile, issue in due]
    shown = [one for one in digests if one[2].openings]
    cpu, _, _ = timed(lambda: [room.render(who, profile, made, issue, now=now) for who, profile, made, issue in shown])
    return 1000 * cpu / max(1, len(shown))


def submit(room: Mailroom) -> dict[str, Any]:
    """Hand what is queued to Postfix's sink."""
    sink = shutil.which("smtp-sink")
    if sink is None:
        return {"submitted": None, "why": "smtp-sink (Debian's postfix) is not installed"}
    process = subprocess.Popen([sink, "-u", "nobody", "127.0.0.1:2525", "100"])
    try:
        time.sleep(1)
        cpu, clock, sent = timed(room.send)
    finally:
        process.terminate()
        process.wait()
    return {
        "submitted": sent.sent,
        "submitted_a_second": round(sent.sent / clock),
        "cpu_ms_each": round(1000 * cpu / max(1, sent.sent), 2),
    }


def main() -> None:
    """Measure and print one JSON object a figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=10_000)
    options.add_argument("--openings", type=int, default=3000)
    options.add_argument("--workers", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = made_service(Path(folder))
        fill(house, chosen.openings, chosen.people)
        room = Mailroom(house)
        plan_cpu, plan_clock, _ = timed(room.due)
        house.clock.at += timedelta(hours=24)  # type: ignore[attr-defined]
        load_cpu, _, _ = timed(room.refresh)
        build_ms = built(room, house.clock())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        done = composed(house, room, chosen.workers)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figures = {
            "people": chosen.people,
            "openings": chosen.openings,
            "planned_s": round(plan_clock, 1),
            "planned_cpu_s": round(plan_cpu, 1),
            "openings_loaded_cpu_s": round(load_cpu, 1),
            **done,
            "cpu_ms_each": round(1000 * done["composed_cpu_s"] / chosen.people, 2),
            "built_and_signed_cpu_ms_each": round(build_ms, 2),
            "memory_mb": after // 1024,
            "memory_grew_mb": (after - before) // 1024,
        }
        print(json.dumps(figures), flush=True)
        handed = submit(room)
        print(json.dumps(handed), flush=True)
        if submit_ms := handed.get("cpu_ms_each"):
            queue_ms = figures["cpu_ms_each"]
            a_core = {
                "built_signed_submitted_a_second_a_core": round(1000 / (build_ms + submit_ms)),
                "compared_chosen_built_signed_queued_submitted_a_second_a_core": round(1000 / (queue_ms + submit_ms)),
            }
            print(json.dumps(a_core))


if __name__ == "__main__":
    main()
