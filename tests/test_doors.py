"""What-ifs are the comparison itself with a changed profile; the way out of the A; first doors."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.main import firstrung
from matcher.apprentices import ways_out, without_the_a
from matcher.comparing import Comparer
from matcher.doors import changes, doors, for_everyone
from matcher.pool import Pool
from matcher.taxonomy import Taxonomy
from model.profile import Profile
from store import postings
from store.database import open_database
from store.gazetteer import gazetteer
from tests.samples import NOON, crawled, seeker
from tests.worlds import TODAY, openings, profiles

WORLDS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def comparer(taxonomy: Taxonomy) -> Comparer:
    """The comparison with places."""
    return Comparer(taxonomy, gazetteer())


@WORLDS
@given(world=st.lists(openings(), min_size=1, max_size=8), profile=profiles())
def test_a_door_adds_what_the_changed_profile_gets(comparer: Comparer, world: Any, profile: Profile) -> None:
    def gets(person: Profile) -> set[int]:
        found = [comparer.compare(posting, reading, person, today=TODAY) for posting, reading in world]
        return {number for number, one in enumerate(found) if one.answer == "qualifies" and not one.set_aside}

    _, found = doors(Pool(comparer, world), profile, comparer.taxonomy, today=TODAY)
    now = gets(profile)
    for door in found:
        assert set(door.adds) == gets(door.change.profile) - now, door.change.id
        assert door.loses == len(now - gets(door.change.profile))
    assert [len(door.adds) for door in found] == sorted((len(door.adds) for door in found), reverse=True)


def test_the_fresh_apprentice_is_offered_the_ways_that_issue_names(comparer: Comparer) -> None:
    pool = Pool(comparer)
    person = seeker(workplace=["remote"], pay_floor={"amount": 20})
    tried = [change.id for change in changes(pool, pool.answers(person, today=TODAY), person, comparer.taxonomy, TODAY)]

    assert tried == ["without-a:CPC-A", "miles:+10", "workplace:onsite", "workplace:hybrid", "pay:any"]


@pytest.mark.parametrize(
    ("training", "experience", "left", "says"),
    [
        ([], [], 24, "without any job"),
        ([{"kind": "coding-certificate", "completed": "2026-05", "hours": 80}], [], 12, "Practicode, finished, without any job"),
        ([{"kind": "coding-certificate", "completed": "2026-05", "hours": 60}], [], 24, "without any job"),
        ([{"kind": "coding-certificate", "completed": "2027-05", "hours": 80}], [], 24, "without any job"),
        ([{"kind": "practicode", "completed": "2026-08"}], [{"area": "medical-coding", "months": 10}], 2, "2 months of coding work"),
        ([], [{"area": "medical-coding", "months": 3, "kind": "externship"}, {"area": "inpatient-coding", "months": 9}], 12, "a coding course of at least 80 hours|Practicode"),
        ([], [{"area": "front-desk", "months": 60}], 24, "without any job"),
        ([{"kind": "practicode", "completed": "2026-08"}, {"kind": "coding-certificate", "completed": "2026-05", "hours": 80}], [], 0, "Nothing is left"),
    ],
)  # fmt: skip
def test_the_way_out_of_the_a(taxonomy: Taxonomy, training: Any, experience: Any, left: int, says: str) -> None:
    person = seeker(credentials=[{"id": "aapc-cpc-a"}], training=training, experience=experience)
    (way,) = ways_out(person, taxonomy, TODAY)

    assert (way.apprentice, way.full, way.left) == ("CPC-A", "CPC", left)
    assert any(part in way.cheapest for part in says.split("|")), way.cheapest
    assert way.as_of == "2026-11-21"
    assert "letterhead" in way.proof


def test_without_the_a_the_full_credential_is_held(taxonomy: Taxonomy) -> None:
    changed = without_the_a(seeker(), taxonomy)

    assert [one.id for one in changed.credentials or ()] == ["aapc-cpc", "ahima-cca"]
    assert not ways_out(changed, taxonomy, date(2026, 11, 21))


def test_an_operator_sees_what_would_help_most(comparer: Comparer) -> None:
    assert for_everyone(Pool(comparer), [seeker()], comparer.taxonomy, today=TODAY) == []


@pytest.mark.parametrize(
    ("title", "door"),
    [("Payment Poster", "payment-posting"), ("Patient Access Representative", "patient-access"), ("Medical Records Clerk II", "medical-records"),
     ("MDS Assistant", "mds-assistant"), ("Registered Nurse", None), ("Remote Coding Trainee", "coding-trainee")],
)  # fmt: skip
def test_first_doors_are_known_by_their_titles(taxonomy: Taxonomy, title: str, door: str | None) -> None:
    found = taxonomy.ladders.first_door(title)

    assert (found.id if found else None) == door
    assert found is None or (found.why and found.leads_to)


def test_the_command_counts_over_the_store(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "seeker.yaml").write_text(
        "email: seeker@example.org\ncredentials: [{id: aapc-cpc-a}]\ntraining: []\nexperience: []\neducation: hs\n"
        "place: {zip: '62521', radius_miles: 5}\nworkplace: [onsite]\n"
    )
    about = "<p>We look after the bills and the records of three counties and answer every letter on the day on which it comes in.</p>"
    texts = {
        "a1": f"{about}<h3>Requirements</h3><ul><li>CPC required.</li></ul>",
        "a2": f"{about}<h3>Requirements</h3><ul><li>High school diploma required.</li></ul>",
        "a3": f"{about}<h3>Requirements</h3><ul><li>CPB required.</li></ul>",
    }
    address = f"sqlite:///{tmp_path / 'a.db'}"
    database = open_database(address)
    with database.write() as connection:
        postings.save(
            connection, [crawled(key, title="Medical coder", description=text) for key, text in texts.items()], now=NOON
        )
    database.close()
    before = ["--config", str(tmp_path), "--database", address, "--now", "2026-11-21", "doors"]
    run = CliRunner().invoke(firstrung, [*before, "--profile", "seeker", "--json"])
    found = {row["change"]: row for row in map(json.loads, run.stdout.splitlines())}

    assert run.exit_code == 0, run.output
    assert [one["id"] for one in found["without-a:CPC-A"]["openings"]] == ["a1"]
    assert (found["credential:aapc-cpc"]["adds"], found["credential:aapc-cpc"]["usd"]) == (1, 425)
    assert found["credential:aapc-cpb"]["as_of"] == "2026-11-21"
    people = CliRunner().invoke(firstrung, [*before, "--profile", "seeker"])
    assert "CPC-A to CPC (as of 2026-11-21): 24 of 24 months are left" in people.stderr
    everyone = CliRunner().invoke(firstrung, [*before, "--json"])
    steps = {row["change"]: row for row in map(json.loads, everyone.stdout.splitlines())}
    assert steps["credential:aapc-cpb"] == {
        "change": "credential:aapc-cpb",
        "says": "CPB earned",
        "people": 1,
        "openings": 1,
        "months": 6,
        "usd": 425,
        "as_of": "2026-11-21",
    }
    assert "Would add nothing by itself: 10 more miles" in people.stderr
    shown = CliRunner().invoke(firstrung, before)
    assert "Which step would help the most people: one profile, 3 openings" in shown.stderr
