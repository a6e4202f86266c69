"""Mails and pages in a real browser: accessible in four views, dark when it is dark, no wider than a phone, whole without scripts.

Chromium is the system's; Playwright drives it, axe-core looks. A planted fault shows that the looking sees.
"""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from matcher.taxonomy import Taxonomy
from scheduler import configuration
from scheduler.mailing import Mailroom
from scheduler.steps import House
from store.database import open_database
from tests.conftest import lacking
from tests.fakes import ByHand
from tests.test_digest import fitted, made, opening
from tests.webhouse import add_openings, links_in, mails, web_house
from web.app import create_app

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
VIEWS = [(1000, "light"), (1000, "dark"), (360, "light"), (360, "dark")]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        lacking("chromium is not installed: pages and mails are not looked at")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, House]]:
    """The pages on a port of this machine, with someone's mails behind them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    house = web_house(tmp_path, database)
    text = (tmp_path / "service.yaml").read_text().replace("https://pages.example.org", f"http://127.0.0.1:{port}")
    (tmp_path / "service.yaml").write_text(text)
    house = House(configuration.load(tmp_path), database, house.clock, house.environ)
    server = uvicorn.Server(uvicorn.Config(create_app(house), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", house
    server.should_exit = True
    thread.join()
    database.close()


def looked_at(browser: Browser, show: Any, width: int, scheme: Any) -> tuple[list[str], Page, list[str]]:
    """What axe finds, the page, and every request that left this machine or message on the console."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    noise: list[str] = []
    page.on(
        "request",
        lambda request: (
            None
            if "127.0.0.1" in request.url or request.url.startswith(("about:", "data:"))
            else noise.append(request.url)
        ),
    )
    page.on("console", lambda message: noise.append(message.text))
    show(page)
    context.set_offline(True)
    found = Axe().run(page, options={"runOnly": RULES})
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]], page, noise


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_the_mail_is_accessible_and_fits(browser: Browser, taxonomy: Taxonomy, width: int, scheme: str) -> None:
    html = fitted(made(opening(1), opening(2, "close"), opening(3, title="W" * 300)), taxonomy)[1].html
    faults, page, noise = looked_at(browser, lambda page: page.set_content(html), width, scheme)

    assert faults == []
    assert noise == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(20, 24, 29)" if scheme == "dark" else "rgb(244, 245, 247)"
    )
    page.context.close()


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ('<p style="color:#999">hard to see</p>', "color-contrast"),
        ('<img src="data:,">', "image-alt"),
        ("<h4>x</h4>", "heading-order"),
    ],
)
def test_a_planted_fault_is_found(browser: Browser, taxonomy: Taxonomy, planted: str, rule: str) -> None:
    html = fitted(made(opening(1)), taxonomy)[1].html.replace("</h1>", f"</h1>{planted}")
    faults, page, _ = looked_at(browser, lambda page: page.set_content(html), 1000, "light")

    assert [fault.split(":")[0] for fault in faults] == [rule]
    page.context.close()


def test_every_page_is_accessible_in_four_views(browser: Browser, site: tuple[str, House]) -> None:
    base, house = site
    paths = walk_through(browser, site)
    faults = []
    for path in paths:
        for width, scheme in VIEWS:
            found, page, noise = looked_at(browser, lambda page, path=path: page.goto(base + path), width, scheme)
            wide = page.evaluate("document.documentElement.scrollWidth")
            back = page.evaluate("getComputedStyle(document.body).backgroundColor")
            faults += [(path, width, scheme, fault) for fault in [*found, *(() if path == "/nowhere" else noise)]]
            faults += [(path, width, scheme, f"{wide} wide")] if wide > width else []
            faults += (
                []
                if back == ("rgb(20, 24, 29)" if scheme == "dark" else "rgb(244, 245, 247)")
                else [(path, width, scheme, back)]
            )
            page.context.close()
    assert faults == []
    assert len(paths) >= 7
    assert house.mail.public_url == base


def walk_through(browser: Browser, site: tuple[str, House]) -> list[str]:
    """Join, confirm, get a digest, say something, pause, sign in, change and delete: by keyboard alone and without scripts."""
    base, house = site
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/")
    page.locator("#email").focus()
    page.keyboard.type("ana@example.org")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("62521")
    page.locator("#education").select_option("hs")
    page.locator("#zip").focus()
    page.keyboard.press("Enter")
    sees(page, "Look into your mail")
    page.goto(wait_for_mail(house, "confirm"))
    page.get_by_role("button", name="Yes, send them to me").press("Enter")
    sees(page, "You are in")
    room = Mailroom(house)
    room.due()
    assert isinstance(house.clock, ByHand)
    house.clock.move(days=8)
    assert room.queue_due() == {"queued": 1}
    room.send()
    said, settings, stop = (wait_for_mail(house, purpose) for purpose in ("said", "settings", "stop"))
    page.goto(said)
    page.get_by_role("button", name="I applied").press("Enter")
    sees(page, "Good luck")
    page.goto(settings)
    page.get_by_role("button", name="Pause").press("Enter")
    sees(page, "The mails begin again by themselves")
    page.goto(f"{base}/login")
    page.locator("#email").focus()
    page.keyboard.type("ana@example.org")
    page.keyboard.press("Enter")
    page.goto(wait_for_mail(house, "login"))
    page.get_by_role("button", name="Open my page").press("Enter")
    sees(page, "My page")
    page.get_by_role("button", name="Save").press("Enter")
    sees(page, "Saved.")
    page.get_by_role("link", name="Delete everything").press("Enter")
    sees(page, "cannot be undone")
    context.close()
    add_openings(house, range(50, 51))
    return [
        "/",
        "/?lang=es",
        "/login",
        "/privacy",
        "/nowhere",
        *(url.removeprefix(base) for url in (said, settings, stop)),
    ]


def sees(page: Page, words: str) -> None:
    """The page comes to say this."""
    expect(page.get_by_text(words).first).to_be_visible(timeout=20_000)


def wait_for_mail(house: House, purpose: str) -> str:
    """The address of our own page of that purpose in the newest mail that has one."""
    base = house.mail.public_url or ""
    for _ in range(100):
        for message in reversed(mails(house)):
            for link in links_in(message):
                if link.startswith(f"{base}/{purpose}/"):
                    return link
        time.sleep(0.05)
    raise AssertionError(f"no mail with a link to /{purpose}/")
