"""The way in and out, as a browser without scripts and as the things that follow links in mails."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from model.errors import ConfigError
from scheduler import configuration
from scheduler.configuration import load_taxonomy
from scheduler.issues import issue_at
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store import people
from tests.fakes import ByHand
from tests.samples import seeker
from tests.webhouse import (
    JOIN,
    PUBLIC,
    add_openings,
    client_of,
    digested,
    digits_asked,
    everything,
    join,
    joined,
    links_in,
    mails,
    ours,
    sign_in,
    token_in,
    tomorrow,
)
from web import forms
from web.app import create_app


def test_joining_asks_by_mail_and_mails_only_after_the_yes(client: TestClient, house: House) -> None:
    assert "Look into your mail" in join(client).text
    (question,) = mails(house)
    assert question["To"] == "ana@example.org"
    assert tomorrow(house) == {}

    page = client.get(ours(question, "confirm"))
    assert "Do you want these mails?" in page.text
    assert tomorrow(house) == {}
    assert "You are in" in client.post(ours(question, "confirm")).text
    assert tomorrow(house) == {"queued": 1}
    digest = mails(house)[-1]
    assert digest["Subject"] == "3 first doors that are open to you"
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<{PUBLIC}/stop/" in digest["List-Unsubscribe"]


def test_nothing_that_only_looks_changes_anything(client: TestClient, house: House) -> None:
    """Scanners, previews and prefetchers replay every link of a digest and of the mails before it."""
    digest = digested(client, house)
    before = everything(house.database)
    tried = 0
    for message in [*mails(house), digest]:
        for link in links_in(message):
            if link.startswith(PUBLIC):
                for method in ("GET", "HEAD", "OPTIONS"):
                    client.request(method, link.removeprefix(PUBLIC))
                    tried += 1
    assert tried > 12
    assert everything(house.database) == before


def test_one_click_needs_no_cookie_no_form_and_no_redirect(client: TestClient, house: House) -> None:
    digest = digested(client, house)
    (url,) = re.findall(r"<(https://[^>]+)>", digest["List-Unsubscribe"])
    path = url.removeprefix(PUBLIC)

    answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example.net"})
    again = client.post(path, files={"List-Unsubscribe": (None, "One-Click")})

    assert (answer.status_code, again.status_code) == (200, 200)
    add_openings(house, range(10, 12))
    assert tomorrow(house) == {}
    with house.database.read() as connection:
        assert people.each(connection)[0].state == "stopped"


def test_what_waits_when_one_stops_is_never_sent(client: TestClient, house: House) -> None:
    joined(client, house)
    assert isinstance(house.clock, ByHand)
    room = Mailroom(house)
    room.due()
    house.clock.move(hours=24)
    assert room.queue_due() == {"queued": 1}
    before = len(mails(house))
    with house.database.read() as connection:
        (member,) = people.each(connection)
    client.post(f"/stop/{room.desk.links.token('stop', member.handle)}")

    assert room.send().sent == 0
    assert len(mails(house)) == before


def test_starting_again_after_a_mistake(client: TestClient, house: House) -> None:
    digest = digested(client, house)
    client.post(ours(digest, "stop"))
    settings = ours(digest, "settings")
    page = client.get(settings)
    assert "You stopped these mails" in page.text
    client.post(settings, data={"form_token": token_in(page.text), "action": "resume"})
    add_openings(house, range(20, 21))

    assert tomorrow(house) == {"queued": 1}


def test_a_pause_ends_by_itself(client: TestClient, house: House) -> None:
    digest = digested(client, house)
    settings = ours(digest, "settings")
    page = client.get(settings)
    told = client.post(settings, data={"form_token": token_in(page.text), "action": "pause", "weeks": "1"})
    assert "Paused." in told.text
    add_openings(house, range(30, 31))
    assert tomorrow(house) == {}
    assert isinstance(house.clock, ByHand)
    house.clock.move(days=7)
    assert tomorrow(house) == {"queued": 1}


def test_tokens_open_only_what_they_were_made_for(client: TestClient, house: House) -> None:
    digest = digested(client, house)
    stop, settings, said = (ours(digest, purpose) for purpose in ("stop", "settings", "said"))
    token = stop.rsplit("/", 1)[1]
    before = everything(house.database)
    wrong = [
        f"/settings/{token}", f"/confirm/{token}", f"/said/{token}", f"/stop/{token[:-1]}", f"/stop/{token}x", "/stop/a.b", "/stop/" + "a" * 5000,
        f"/stop/{said.rsplit('/', 1)[1]}", f"/said/{settings.rsplit('/', 1)[1]}", "/login/nothing", f"/stop/{token.replace('.', '.7.', 1)}",
    ]  # fmt: skip
    answers = [(client.get(path), client.post(path)) for path in wrong]

    assert {one.status_code for pair in answers for one in pair} == {404}
    assert len({one.text.replace(path, "") for path, pair in zip(wrong, answers, strict=True) for one in pair[1:]}) == 1
    assert everything(house.database) == before


def test_not_for_me_is_left_out_and_undo_restores_exactly(client: TestClient, house: House) -> None:
    digest = digested(client, house)
    said = ours(digest, "said")
    before = everything(house.database)
    page = client.get(said)
    assert "Records clerk" in page.text
    noted = client.post(said, data={"form_token": token_in(page.text), "says": "not_for_me"})
    assert "Noted: not for you" in noted.text
    assert everything(house.database)["said"] != before["said"]
    client.post(said, data={"form_token": token_in(page.text), "says": "undo"})

    assert everything(house.database) == before


def test_known_and_unknown_addresses_get_the_same_answer(client: TestClient, house: House) -> None:
    joined(client, house)
    assert isinstance(house.clock, ByHand)
    house.clock.move(hours=2)
    new, known = join(client, email="new@example.org"), join(client)
    assert (new.status_code, new.text) == (known.status_code, known.text)

    def sign_in(address: str) -> Any:
        token = token_in(client.get("/login").text)
        return client.post("/login", data={"form_token": token, "email": address})

    answers = [sign_in(address) for address in ("ana@example.org", "nobody@example.org")]
    plain = [re.sub(r'value="[^"]+"', "", one.text) for one in answers]
    assert answers[0].status_code == answers[1].status_code == 200
    assert plain[0] == plain[1]


def test_floods_end_in_few_mails_and_a_429(client: TestClient, house: House) -> None:
    answers = [join(client).status_code for _ in range(32)]

    assert len(mails(house)) == 1
    assert answers[:30] == [200] * 30
    assert answers[30:] == [429, 429]


def test_signing_in_by_a_link_that_works_once_and_changing_the_profile(client: TestClient, house: House) -> None:
    joined(client, house)
    sign_in(client, house)
    page = client.get("/me").text
    assert "3 open postings fit this now." in page
    assert 'value="62521"' in page
    fields = {**JOIN, "form_token": token_in(page), "zip": "10001", "radius": "5"}
    assert client.post("/me", data=fields).headers["location"] == "/me?saved=1"
    assert "0 open postings fit this now." in client.get("/me?saved=1").text
    refused = client.post("/me", data={**fields, "zip": "no"})
    assert refused.status_code == 422
    assert "ZIP code of five digits" in refused.text


def test_signing_in_by_digits_on_the_device_where_one_asked(client: TestClient, house: House) -> None:
    joined(client, house)
    digits, fields = digits_asked(client, house)
    wrong = "000000" if digits != "000000" else "000001"

    assert client.post("/code", data={**fields, "digits": wrong}).status_code == 422
    assert client.post("/code", data={**fields, "digits": digits}).headers["location"] == "/me"


OLD_BROWSERS = {
    "names its own page": ({"Origin": PUBLIC}, 303),
    "names its own page, with the port": ({"Origin": f"{PUBLIC}:443"}, 303),
    "tells the page before": ({"Referer": f"{PUBLIC}/"}, 303),
    "another site": ({"Origin": "https://evil.example"}, 403),
    "another site that begins like ours": ({"Origin": f"{PUBLIC}.evil.example"}, 403),
    "our host without TLS": ({"Origin": PUBLIC.replace("https", "http")}, 403),
    "another site, told by the page before": ({"Referer": "https://evil.example/x"}, 403),
    "hidden by another site's policy": ({"Origin": "null"}, 403),
    "hidden, though the page before is ours": ({"Origin": "null", "Referer": f"{PUBLIC}/"}, 403),
    "nothing": ({}, 403),
    "no address": ({"Origin": "https://[::1"}, 403),
}


@pytest.mark.parametrize("name", OLD_BROWSERS)
def test_nobody_is_signed_in_by_a_form_on_another_site(client: TestClient, house: House, name: str) -> None:
    """Browsers without Sec-Fetch-Site. The link and the digits of whoever attacks are right: only where the form stood is wrong."""
    says, status = OLD_BROWSERS[name]
    joined(client, house)
    digits, fields = digits_asked(client, house)
    fields["digits"] = digits
    link = ours(mails(house)[-1], "login")
    del client.headers["Sec-Fetch-Site"]
    before = everything(house.database)
    assert client.get(link).status_code == 200
    assert everything(house.database) == before

    answers = [client.post(link, headers=says), client.post("/code", data=fields, headers=says)]
    assert [one.status_code for one in answers] == [status] * 2
    assert ["set-cookie" in one.headers for one in answers] == [status == 303] * 2
    if status == 403:
        assert everything(house.database) == before
        assert "We take a form from our own pages only." in answers[0].text


def test_what_has_a_token_of_its_own_needs_no_site(client: TestClient, house: House) -> None:
    """A browser that says nothing can still join, confirm, and stop; one click from a mail program always works."""
    del client.headers["Sec-Fetch-Site"]
    joined(client, house)
    tomorrow(house)
    digest = mails(house)[-1]
    assert (
        client.post(ours(digest, "said"), data={"form_token": "x"}, headers={"Origin": "https://e.example"}).status_code
        == 403
    )
    assert client.post(ours(digest, "stop"), headers={"Origin": "https://mail.example"}).status_code == 200


def test_digits_are_void_after_five_wrong_tries(client: TestClient, house: House) -> None:
    joined(client, house)
    right, fields = digits_asked(client, house)
    for guess in range(5):
        client.post("/code", data={**fields, "digits": f"{(int(right) + guess + 1) % 1_000_000:06d}"})

    assert client.post("/code", data={**fields, "digits": right}).status_code == 422


def test_pages_of_ones_own_want_a_session_and_forms_their_token(client: TestClient, house: House) -> None:
    joined(client, house)
    assert [client.get(path).headers["location"] for path in ("/me", "/me/data.json", "/me/delete")] == ["/login"] * 3
    assert client.post("/me/delete").headers["location"] == "/login"
    sign_in(client, house)
    for path in ("/me", "/me/delete", "/me/logout", "/join", "/login", "/code"):
        assert client.post(path, data=JOIN).status_code == 403, path
        cross = client.post(path, data=JOIN, headers={"Sec-Fetch-Site": "cross-site"})
        assert cross.status_code == 403, path
    with house.database.read() as connection:
        assert len(people.each(connection)) == 1


def test_the_export_holds_every_table_that_names_a_person_and_deleting_leaves_none(
    client: TestClient, house: House
) -> None:
    digest = digested(client, house)
    said = ours(digest, "said")
    client.post(said, data={"form_token": token_in(client.get(said).text), "says": "applied"})
    sign_in(client, house)
    answer = client.get("/me/data.json")
    kept = json.loads(answer.text)

    assert set(kept) == {table.name for table, _ in people.tables_of_people()}
    assert set(kept) >= {"person", "delivery", "shown", "said", "bounce", "entry"}
    assert kept["person"][0]["address"] == "ana@example.org"
    assert kept["said"][0]["says"] == "applied"
    assert len(kept["shown"]) == 3

    page = client.get("/me/delete")
    assert "Deleted" in client.post("/me/delete", data={"form_token": token_in(page.text)}).text
    left = json.dumps(everything(house.database), default=str)
    assert "ana@example.org" not in left
    assert kept["person"][0]["key"] not in left
    with house.database.read() as connection:
        assert people.suppressed(connection, people.address_mark(b"a key for tests", "Ana@example.org")) == "deleted"


def test_someone_who_deleted_everything_may_join_again(client: TestClient, house: House) -> None:
    joined(client, house)
    sign_in(client, house)
    client.post("/me/delete", data={"form_token": token_in(client.get("/me/delete").text)})
    assert isinstance(house.clock, ByHand)
    house.clock.move(hours=30)
    joined(client, house)

    assert tomorrow(house) == {"queued": 1}


@pytest.mark.parametrize("way", ["deleted", "stopped"])
def test_a_refused_address_is_asked_once_in_thirty_days(client: TestClient, house: House, way: str) -> None:
    """Whoever types it in, hour after hour: one mail goes there, and nothing is kept of the other tries. What the pages promise."""
    digest = digested(client, house)
    if way == "deleted":
        sign_in(client, house)
        page = client.post("/me/delete", data={"form_token": token_in(client.get("/me/delete").text)}).text
        assert "at most once in 30 days" in page
    else:
        client.post(ours(digest, "stop"))
    assert "at most once in 30 days" in client.get("/privacy").text
    assert isinstance(house.clock, ByHand)
    before = len(mails(house))
    for _ in range(40):
        house.clock.move(hours=17.5)
        answer = join(client)
        assert (answer.status_code, "Look into your mail" in answer.text) == (200, True)
    assert len(mails(house)) == before + 1
    if way == "deleted":
        with house.database.write() as connection:
            people.purge_unconfirmed(connection, now=house.clock())
        assert "ana@example.org" not in json.dumps(everything(house.database), default=str)

    house.clock.move(days=2)
    join(client)
    assert len(mails(house)) == before + 2


def test_an_address_that_refuses_nothing_is_asked_as_often_as_before(client: TestClient, house: House) -> None:
    assert isinstance(house.clock, ByHand)
    for _ in range(3):
        join(client)
        house.clock.move(hours=2)

    assert len(mails(house)) == 3


def test_every_page_carries_the_headers_and_no_script(client: TestClient, house: House) -> None:
    digest = digested(client, house)
    pages = [
        "/",
        "/login",
        "/privacy",
        "/nowhere",
        "/static/style.css",
        *(ours(digest, one) for one in ("stop", "settings", "said")),
    ]
    for path in pages:
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script" not in policy, path  # noqa: PT018
        assert answer.headers["referrer-policy"] == "strict-origin"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "set-cookie" not in answer.headers
        if "html" in answer.headers["content-type"]:
            assert answer.headers["cache-control"] == "no-store"
            assert not re.search(r"<script|<img|\son\w+=|javascript:|style=", answer.text), path
            assert set(re.findall(r'(?:src|href)="(https?:[^"]+)"', answer.text)) == set(), path


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "not an address", "Write an address"),
        ("email", "a@b@c", "Write an address"),
        ("email", "x\r\nBcc: all@example.org", "Write an address"),
        ("zip", "1234", "ZIP code"),
        ("months_1", "many", "months are a whole number"),
        ("pay", "a lot", "Write the pay as a number"),
        ("digest_at", "25:99", "how often you want mail"),
        ("digest_zone", "Mars/Olympus", "how often you want mail"),
        ("yes", "", "Tick this"),
    ],
)
def test_a_form_with_a_fault_says_which_and_keeps_the_rest(
    client: TestClient, house: House, field: str, value: str, says: str
) -> None:
    answer = join(client, **{field: value})

    assert answer.status_code == 422
    assert says in answer.text
    assert mails(house) == []
    if field != "zip":
        assert 'value="62521"' in answer.text


def test_hostile_forms_are_told_no(client: TestClient) -> None:
    token = token_in(client.get("/").text)
    huge = client.post(
        "/join", content=b"a=" + b"x" * 70_000, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    many = client.post("/join", data={f"f{number}": "x" for number in range(300)} | {"form_token": token})
    script = client.post("/join", data={"form_token": token, **JOIN, "name": "<script>alert(1)</script>", "zip": "no"})

    assert huge.status_code == 413
    assert many.status_code == 400
    assert "<script>" not in script.text
    assert "&lt;script&gt;" in script.text


def test_someone_of_the_yaml_profiles_can_stop_and_is_not_mailed_again(
    tmp_path: Path, client: TestClient, house: House
) -> None:
    (tmp_path / "profiles" / "ann.yaml").write_text(
        "email: ann@example.org\ncredentials: []\nexperience: []\neducation: hs\ndigest: {cadence: daily}\n"
    )

    again = House(configuration.load(tmp_path), house.database, house.clock, house.environ)
    pages = client_of(create_app(again))
    assert tomorrow(again) == {"queued": 1}
    digest = mails(again)[-1]
    assert "Sign in to change" not in pages.get(ours(digest, "settings")).text
    assert "Stopped" in pages.post(ours(digest, "stop")).text
    add_openings(again, range(40, 42))

    assert tomorrow(again) == {}
    issue = issue_at(again.configuration.profiles["ann"].digest, again.clock())
    assert Mailroom(again).queue("ann", again.configuration.profiles["ann"], issue) == "stopped (unsubscribed)"


def test_without_a_way_out_there_are_no_pages(tmp_path: Path, house: House) -> None:
    (tmp_path / "service.yaml").write_text("mail: {sender: d@example.org, postal_address: 1 Main St}\n")

    bare = House(configuration.load(tmp_path), house.database, house.clock, {})
    with pytest.raises(ConfigError, match="no way to stop the mail"):
        create_app(bare)


def test_people_who_never_confirm_are_forgotten_after_a_week(client: TestClient, house: House) -> None:
    join(client)
    assert isinstance(house.clock, ByHand)
    house.clock.move(days=8)
    with house.database.write() as connection:
        assert people.purge_unconfirmed(connection, now=house.clock()) == 1

    assert "ana@example.org" not in json.dumps(everything(house.database), default=str)


def test_the_profile_that_the_form_makes_is_the_one_that_it_shows() -> None:

    person = seeker(
        workplace=["onsite", "remote"], pay_floor={"amount": 17.5}, employment_type=["FULL_TIME"], training=None
    )
    values = forms.shown(person)
    many = {name: values[name] for name in ("workplace", "employment_type", "prefer")}
    again = forms.read_form(values, many, email=person.email, taxonomy=load_taxonomy())

    assert again.faults == {}
    assert again.profile is not None
    assert forms.shown(again.profile) == values
