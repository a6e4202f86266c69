"""What a hostile review of mail and pages found, each as an example."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from digest.channels import Unreachable
from digest.desk import Addressee, Desk
from digest.sending import Sent, send_waiting
from model.errors import ConfigError
from model.profile import Profile
from model.service import Mail
from scheduler import configuration
from scheduler.issues import issue_at
from scheduler.mailing import Mailroom
from scheduler.openings import Openings, Seen
from scheduler.steps import House
from store import deliveries, people
from tests.fakes import ByHand, ScriptedChannel
from tests.samples import NOON, seeker
from tests.test_sending import GRACE, queue, states
from tests.webhouse import add_openings, client_of, join, joined, mails, ours, sign_in, token_in, tomorrow
from web.app import create_app


@given(hour=st.integers(0, 23), minute=st.integers(0, 59), cadence=st.sampled_from(["daily", "weekly"]))
def test_a_profile_comes_back_from_json_as_it_went(hour: int, minute: int, cadence: str) -> None:
    profile = seeker(digest={"at": f"{hour:02d}:{minute:02d}", "cadence": cadence})

    assert Profile.model_validate_json(profile.model_dump_json(exclude_defaults=True)) == profile


def test_any_hour_gets_its_mail(client: TestClient, house: House) -> None:
    joined(client, house, digest_at="18:00")
    assert tomorrow(house) == {"queued": 1}


def test_a_digest_sent_by_hand_can_be_stopped_by_its_link(tmp_path: Path, house: House) -> None:
    (tmp_path / "profiles" / "ann.yaml").write_text(
        "email: ann@example.org\ncredentials: []\nexperience: []\neducation: hs\ndigest: {cadence: daily}\n"
    )
    again = House(configuration.load(tmp_path), house.database, house.clock, house.environ)
    room, profile = Mailroom(again), again.configuration.profiles["ann"]
    room.refresh()
    assert room.queue("ann", profile, issue_at(profile.digest, again.clock())) == "queued"
    room.send()
    (tmp_path / "profiles" / "ann.yaml").rename(tmp_path / "profiles" / "anna.yaml")
    renamed = House(configuration.load(tmp_path), house.database, house.clock, house.environ)

    assert client_of(create_app(renamed)).post(ours(mails(again)[-1], "stop")).status_code == 200
    assert tomorrow(renamed) == {"stopped (unsubscribed)": 1}


def test_an_address_of_another_alphabet_is_kept_in_its_ascii_form(client: TestClient, house: House) -> None:
    assert join(client, email="ana@bücher.example").status_code == 200
    assert mails(house)[-1]["To"] == "ana@xn--bcher-kva.example"
    with pytest.raises(ValueError, match="not a mail address"):
        seeker(email="ana@bücher.example")


def test_stopping_frees_the_openings_and_leaves_the_way_in(client: TestClient, house: House) -> None:
    member = joined(client, house)
    room = Mailroom(house)
    room.due()
    assert isinstance(house.clock, ByHand)
    house.clock.move(hours=24)
    assert room.queue_due() == {"queued": 1}
    token = token_in(client.get("/login").text)
    with house.database.write() as connection:
        people.stop(connection, member.key, address_mark="m", why="unsubscribed", now=house.clock())
        people.resume(connection, member.key, address_mark="m")
        assert people.shown_to(connection, member.key) == {}
    assert client.post("/login", data={"form_token": token, "email": "ana@example.org"}).status_code == 200
    house.clock.move(hours=24)
    assert room.queue_due() == {"queued": 1}


def test_one_digest_a_local_date_whatever_the_wishes_were(client: TestClient, house: House) -> None:
    member = joined(client, house)
    assert tomorrow(house) == {"queued": 1}
    assert member.profile is not None
    weekly = member.profile.model_copy(
        update={"digest": member.profile.digest.model_copy(update={"cadence": "weekly"})}
    )
    add_openings(house, range(60, 62))

    assert (
        Mailroom(house).queue(member.key, weekly, issue_at(weekly.digest, NOON + timedelta(hours=2))) == "there already"
    )


def test_an_address_in_a_file_that_also_joined_gets_one(tmp_path: Path, client: TestClient, house: House) -> None:
    joined(client, house)
    (tmp_path / "profiles" / "ana.yaml").write_text(
        "email: Ana@example.org\ncredentials: []\nexperience: []\neducation: hs\ndigest: {cadence: daily}\n"
    )
    both = House(configuration.load(tmp_path), house.database, house.clock, house.environ)

    assert tomorrow(both) == {"queued": 1, "there already": 1}


def test_after_a_long_pause_the_issue_is_todays(client: TestClient, house: House) -> None:
    member = joined(client, house)
    assert isinstance(house.clock, ByHand)
    room = Mailroom(house)
    room.due()
    house.clock.move(days=26)
    ((_, _, issue),) = room.due()

    assert member.key == room.due()[0][0]
    assert issue.local_date == house.clock().date()


def test_who_deletes_everything_during_a_batch_is_not_written_again(client: TestClient, house: House) -> None:
    joined(client, house)
    room = Mailroom(house)
    room.due()
    assert isinstance(house.clock, ByHand)
    house.clock.move(hours=24)
    due = room.due()
    sign_in(client, house)
    client.post("/me/delete", data={"form_token": token_in(client.get("/me/delete").text)})
    room.queue_due(due)

    with house.database.read() as connection:
        assert people.each(connection) == []
        assert deliveries.each(connection) == []


def test_another_key_is_refused_before_it_breaks_every_link(house: House) -> None:
    assert Mailroom(house).secret == b"a key for tests"
    other = replace(house, environ={"FIRSTRUNG_SECRET": "another"})

    with pytest.raises(ConfigError, match="another key"):
        _ = Mailroom(other).secret


def test_a_late_answer_changes_nothing_that_was_settled(house: House) -> None:
    queue(house.database)
    with house.database.write() as connection:
        claimed = deliveries.claim(connection, now=NOON)
        assert claimed is not None
        deliveries.note_sent(connection, claimed.number, says="found", now=NOON)
        assert not deliveries.still_ours(connection, claimed)
    assert states(house.database) == {"sent": 1}


def test_a_server_that_is_not_there_is_asked_once_a_round(house: House) -> None:
    queue(house.database, 5)
    channel = ScriptedChannel(*[Unreachable("refused")] * 5)

    assert send_waiting(house.database, channel, ByHand(), grace=GRACE) == Sent(put_back=1)


def test_a_way_in_goes_before_digests_and_past_a_domains_limit(house: House) -> None:
    queue(house.database, 2)
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET kind = 'login' WHERE number = 2")
        first = deliveries.claim(connection, now=NOON, not_to=["example.org"])
        assert first is not None
        assert first.kind == "login"
        assert deliveries.claim(connection, now=NOON, not_to=["example.org"]) is None


@pytest.mark.parametrize(
    ("field", "value"), [("radius", "²"), ("months_1", "²"), ("pay", "inf"), ("pay", "nan"), ("digest_max", "²")]
)
def test_strange_numbers_are_told_no_or_left_out(client: TestClient, field: str, value: str) -> None:
    assert join(client, **{field: value}).status_code in (200, 422)


def test_pages_want_their_own_address_and_link_nowhere_else(tmp_path: Path, house: House, client: TestClient) -> None:
    assert 'href="//' not in client.get("//evil.example/x").text
    service = tmp_path / "service.yaml"
    service.write_text(service.read_text().replace("https://pages.example.org", "https://pages.example.org/jobs"))
    with pytest.raises(ConfigError, match="has a path"):
        create_app(House(configuration.load(tmp_path), house.database, house.clock, house.environ))
    service.write_text("mail: {sender: d@example.org, postal_address: 1 Main St, unsubscribe_mail: s@example.org}\n")
    with pytest.raises(ConfigError, match="public_url"):
        create_app(House(configuration.load(tmp_path), house.database, house.clock, house.environ))


def test_a_name_in_another_alphabet_leaves_the_list_id_readable() -> None:
    mail = Mail(
        sender="d@example.org", sender_name="Día de trabajo", postal_address="x", unsubscribe_mail="s@example.org"
    )
    raw = Desk(mail, b"s").seal(("s", "t", "<p>t</p>"), Addressee("a", "a@example.org", "w:1"), now=NOON).mime

    assert b"<digest.example.org>" in raw


def test_far_near_misses_do_not_hide_those_within_reach(house: House) -> None:
    asks = "<p>Bachelor's degree in nursing required.</p>"
    soon = "<p>High school diploma and 14 months of medical billing experience required.</p>"
    add_openings(house, range(100, 114), description=asks)
    add_openings(house, range(200, 202), description=soon)
    person = seeker(
        experience=[{"area": "medical-billing", "months": 12}], education="hs", credentials=[], training=None
    )
    openings = Openings(house.database, house.configuration.taxonomy, house.configuration.service.ranking)
    openings.refresh()
    found, tally = openings.best(
        person, Seen(), room=4, per_employer=3, one_step_months=12, today=NOON.date(), now=NOON
    )
    near = [one for one in found if one.verdict.answer == "close"]

    assert tally.near >= 16
    assert all(0 < one.verdict.months_to_mend <= 12 for one in near)
    assert len(near) == 2


def test_a_doubt_that_no_record_ends_is_ended_by_a_person(house: House) -> None:
    queue(house.database, 2)
    with house.database.write() as connection:
        first, second = deliveries.claim(connection, now=NOON), deliveries.claim(connection, now=NOON)
        assert first is not None
        assert second is not None
        assert deliveries.settle(connection, first.number, sent=True, now=NOON)
        assert deliveries.settle(connection, second.number, sent=False, now=NOON)
        assert not deliveries.settle(connection, first.number, sent=False, now=NOON)
    assert states(house.database) == {"sent": 1, "deferred": 1}
