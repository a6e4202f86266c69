"""From one to two hundred hostile items, and a million Message-IDs: no mail is clipped, none loses its way out, no id comes twice."""

import email
import email.policy
import html
import re
from typing import Any

import pytest

from digest.desk import Addressee, Desk
from digest.rendering import LARGEST_ENCODED, LARGEST_HTML, _parts, render
from matcher.taxonomy import Taxonomy
from model.digest import Change, Digest, Message
from model.posting import Place
from tests.samples import NOON, seeker
from tests.test_digest import made, opening
from tests.test_mail import MAIL

CLIPPED_AT = 80_000
HOSTILE = {
    "plain": "Clerk",
    "wide": "Ü" * 300,
    "marks": "<b>&\"'" * 60,
    "endless": "x" * 10_000,
    "lines": "Clerk\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>" * 20,
    "turned": "\u202eevil\u202c\u2066\u200b" * 50,
    "astral": "👩🏽‍⚕️" * 100,
    "templates": "{{ 7 * 7 }}{% raw %}<!--% if x %-->" * 20,
    "controls": "a\x00b\x07c\x1b[31m\ufeff" * 50,
}
COUNTS = [1, 2, 5, 10, 20, 40, 80, 120, 160, 200]


def hostile(number: int, text: str) -> Any:
    """An opening whose every word is hostile."""
    long_url = f"https://jobs.example.org/{number}?q=" + "a&b=" * 400
    return opening(
        number, "close" if number % 3 == 0 else "qualifies", title=text, employer=f"{text} {number}", url=long_url, locations=(Place(text=text),)
    )  # fmt: skip


def mailed(digest: Digest, taxonomy: Taxonomy) -> Message:
    """The mail with links to our pages."""
    return render(digest, Addressee("ann", "ann@example.org", "w:1"), Desk(MAIL, b"s"), taxonomy, now=NOON)[1]


def sizes(message: Message) -> tuple[int, int, int]:
    """Bytes of the HTML, of its encoded part, and where in the HTML the way out begins."""
    found = email.message_from_bytes(message.mime, policy=email.policy.SMTP)
    assert found.defects == []
    (part,) = [one for one in found.iter_parts() if one.get_content_type() == "text/html"]
    page = message.html.encode()
    stop = re.search(rb'href="https://pages\.example\.org/stop/', page)
    assert stop is not None
    return len(page), len(part.as_bytes()), stop.end()


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", HOSTILE)
def test_any_number_of_hostile_items_fits(taxonomy: Taxonomy, kind: str) -> None:
    text = HOSTILE[kind]
    changes = tuple(
        Change(kind="closed", number=n, title=text, employer=text, url="https://jobs.example.org/" + "c" * 1500)
        for n in range(8)
    )
    largest = (0, 0, 0)
    for count in COUNTS:
        many = seeker(digest={"max_openings": 100})
        digest = made(*(hostile(number, text) for number in range(count)), profile=many)
        with_changes = Digest(
            **{name: getattr(digest, name) for name in Digest.__dataclass_fields__} | {"changes": changes}
        )
        message = mailed(with_changes, taxonomy)
        largest = max(largest, sizes(message))
        page = html.unescape(re.sub(r"<!DOCTYPE.*?<body", "", message.html, flags=re.DOTALL))

        assert sizes(message)[0] <= LARGEST_HTML
        assert sizes(message)[1] <= LARGEST_ENCODED
        assert sizes(message)[2] <= CLIPPED_AT
        assert message.html.count("<h3") >= 1
        assert "<script" not in message.html
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f]", page + message.text)
        assert b"\r\nBcc:" not in message.mime.split(b"\r\n\r\n", 1)[0]
    print(kind, largest)  # noqa: T201


def test_the_measuring_sees_a_mail_that_is_too_large(taxonomy: Taxonomy) -> None:
    """The control: a mail that nobody cut is over both limits, and its way out is where mail programs clip it."""
    many = seeker(digest={"max_openings": 100})
    digest = made(*(hostile(number, HOSTILE["wide"]) for number in range(200)), profile=many)
    to, desk = Addressee("ann", "ann@example.org", "w:1"), Desk(MAIL, b"s")
    page, encoded, stop = sizes(desk.seal(_parts(digest, to, desk, taxonomy), to, now=NOON))

    assert page > LARGEST_HTML
    assert encoded > LARGEST_ENCODED
    assert stop > CLIPPED_AT


@pytest.mark.long
def test_a_million_message_ids_do_not_repeat() -> None:
    """People and dates that a careless joint of the two would mix up are among them."""
    desk = Desk(MAIL, b"secret")
    ids = {
        desk._message_id(Addressee(f"p{number % 10_000}", "", f"d:{number // 10_000}")) for number in range(1_000_000)
    }
    joints = {
        desk._message_id(Addressee(*pair)) for pair in (("p1", "", "1d:1"), ("p11", "", "d:1"), ("p1", "", "11d:"))
    }

    assert len(ids) == 1_000_000
    assert len(ids | joints) == 1_000_002  # one of the joints is among the million
