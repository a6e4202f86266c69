"""A service with pages, for tests: a store with a few openings, mail into a folder, a clock moved by hand."""

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select

from scheduler import configuration
from scheduler.mailing import Mailroom
from scheduler.steps import House, read_new
from store import people, postings
from store.database import Database
from store.rows import Row
from tests.fakes import ByHand
from tests.samples import crawled

PUBLIC = "https://pages.example.org"
SERVICE = """
mail:
  sender: d@example.org
  sender_name: Job digest
  postal_address: 1 Main Street
  public_url: https://pages.example.org
  unsubscribe_mail: stop@example.org
  folder: '{folder}'
  bounces: {{address: bounces@example.org}}
"""
JOIN = {
    "email": "ana@example.org", "yes": "1", "zip": "62521", "radius": "30", "education": "hs", "credential_1": "aapc-cpc-a",
    "area_1": "front-desk", "months_1": "14", "kind_1": "paid", "digest_cadence": "daily", "digest_at": "07:00",
    "digest_zone": "America/Chicago", "digest_max": "20", "digest_language": "en",
}  # fmt: skip


def web_house(folder: Path, database: Database, *, count: int = 3, extra: str = "") -> House:
    """A service whose store holds `count` openings that a newcomer gets."""
    for name in ("sources", "profiles"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "service.yaml").write_text(SERVICE.format(folder=folder / "out") + extra)
    house = House(configuration.load(folder), database, ByHand(), {"FIRSTRUNG_SECRET": "a key for tests"})
    add_openings(house, range(count))
    return house


def add_openings(house: House, numbers: Any, **changes: Any) -> None:
    """Openings with these numbers, read."""
    batch = [
        crawled(f"k{number}", employer=f"Home {number}", title=f"Records clerk {number}", **changes)
        for number in numbers
    ]
    with house.database.write() as connection:
        postings.save(connection, batch, now=house.clock())
    read_new(house)


def client_of(app: Any) -> TestClient:
    """A browser without scripts, on the service's own address. Like any browser of today it says where its forms stand."""
    return TestClient(app, base_url=PUBLIC, follow_redirects=False, headers={"Sec-Fetch-Site": "same-origin"})


def mails(house: House) -> list[EmailMessage]:
    """What was sent so far, oldest first."""
    paths = sorted(Path(house.mail.folder).glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    found: list[EmailMessage] = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths
    ]
    return found


def links_in(message: EmailMessage) -> list[str]:
    """Every web address in the text part."""
    body = message.get_body(("plain",))
    assert body is not None
    return re.findall(r"https?://\S+", body.get_content())


def ours(message: EmailMessage, purpose: str) -> str:
    """The path of our own page of that purpose in a mail."""
    return next(link.removeprefix(PUBLIC) for link in links_in(message) if link.startswith(f"{PUBLIC}/{purpose}/"))


def token_in(page: str, name: str = "form_token") -> str:
    """A hidden field's value."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, page[:2000]
    return found[1]


def join(client: TestClient, **changes: str) -> Any:
    """Fill in the form and send it."""
    token = token_in(client.get("/").text)
    return client.post("/join", data={"form_token": token, **JOIN, **changes})


def joined(client: TestClient, house: House, **changes: str) -> people.Member:
    """Someone who joined and confirmed."""
    assert join(client, **changes).status_code == 200
    assert client.post(ours(mails(house)[-1], "confirm")).status_code == 200
    with house.database.read() as connection:
        member = people.by_address(connection, changes.get("email", JOIN["email"]))
    assert member is not None
    return member


def digested(client: TestClient, house: House, **changes: str) -> Any:
    """Someone who joined, and their first digest."""
    joined(client, house, **changes)
    tomorrow(house)
    return mails(house)[-1]


def tomorrow(house: House) -> dict[str, int]:
    """The clock's next day: what is due is queued and sent."""
    assert isinstance(house.clock, ByHand)
    room = Mailroom(house)
    room.due()
    house.clock.move(hours=24)
    counts = room.queue_due()
    room.send()
    return counts


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """The whole database, but for the counters of how often somebody asked."""
    with database.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in Row.metadata.sorted_tables
            if table.name != "counted"
        }


def sign_in(client: TestClient, house: House) -> None:
    """By the link in the mail."""
    token = token_in(client.get("/login").text)
    client.post("/login", data={"form_token": token, "email": "ana@example.org"})
    link = ours(mails(house)[-1], "login")
    assert client.get(link).status_code == client.get(link).status_code == 200
    entered = client.post(link)
    assert (entered.status_code, entered.headers["location"]) == (303, "/me")
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith("__Host-firstrung=")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    assert client.post(link).status_code == 404


def digits_asked(client: TestClient, house: House) -> tuple[str, dict[str, str]]:
    """Ask to sign in: the digits in the mail, and the fields of the form on the page that was given."""
    token = token_in(client.get("/login").text)
    asked = client.post("/login", data={"form_token": token, "email": "ana@example.org"}).text
    body = mails(house)[-1].get_body(("plain",))
    assert body is not None
    digits = re.findall(r"^\s+(\d{6})\s*$", body.get_content(), re.MULTILINE)[0]
    return digits, {"form_token": token_in(asked), "asked": token_in(asked, "asked")}
