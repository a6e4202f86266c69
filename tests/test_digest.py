"""The digest: what it shows, in which order, and that the mail is right to the byte."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from digest.cards import clean, pay_words, web_link
from digest.composing import Rules, Week, compose
from digest.desk import Addressee, Desk, check_mail
from digest.rendering import render
from matcher.ladders import EMPTY, Ladders
from matcher.taxonomy import Taxonomy
from model.digest import Digest, Message, Opening
from model.errors import ConfigError
from model.posting import Pay, Place
from model.profile import Profile
from model.reading import CareSetting, Evidence, Reading, Underserved
from model.service import Mail, Ranking
from model.verdict import Flags, Gap, Preference, Reason, Verdict
from tests.samples import NOON, posting, seeker

SAID = Evidence(quote="No experience needed", start=0, end=20, rule="test")
MAIL = Mail(
    sender="digest@example.org",
    sender_name="Job digest",
    postal_address="1 Main Street, Springfield, IL 62701",
    unsubscribe_mail="stop@example.org",
)
WEEK = Week(
    local_date=date(2026, 11, 23), next_date=date(2026, 11, 30), sources_read=21, sources_failed=("mercy", "oak")
)
STEP = Gap(kind="credential", want="CPC", have="CPC-A", fix="Ask the employer whether CPC-A counts.")


def opening(number: int, answer: Any = "qualifies", **changes: Any) -> Opening:
    """An opening in an assisted living home, with the verdict that is wanted."""
    flags = changes.pop("flags", Flags(entry_level=True, underserved=True, basis=("overlooked",)))
    gaps = (STEP,) if answer == "close" else ()
    verdict = Verdict(
        posting_id=str(number), answer=answer, gaps=gaps, months_to_mend=3.0 if gaps else 0.0, flags=flags,
        reasons=(Reason(says="Open without paid experience.", quote=SAID.quote),),
        preferences=changes.pop("preferences", ()), distance_miles=4.2,
    )  # fmt: skip
    read = Reading(
        id=str(number), read_with="t", care_settings=(CareSetting(id="assisted_living", evidence=SAID),),
        underserved=(Underserved(basis="overlooked", evidence=SAID),), entry_level="yes",
    )  # fmt: skip
    said = {"employer": f"Employer {number}", "title": f"Clerk {number}", **changes}
    return Opening(number=number, posting=posting(f"k{number}", **said), reading=read, verdict=verdict)


def made(*openings: Opening, profile: Profile | None = None, **more: Any) -> Digest:
    """The digest from these openings."""
    return compose(openings, profile or seeker(), WEEK, Rules(MAIL, Ranking(), Ladders(EMPTY)), now=NOON, **more)


def mailed(digest: Digest, taxonomy: Taxonomy) -> Message:
    """The digest as mail."""
    return fitted(digest, taxonomy)[1]


def fitted(digest: Digest, taxonomy: Taxonomy) -> tuple[Digest, Message]:
    """The digest as it fits into a mail, and the mail."""
    return render(digest, Addressee("ann", "ann@example.org", "w:1"), Desk(MAIL, b"s"), taxonomy, now=NOON)


def parsed(message: Message) -> EmailMessage:
    """The mail as a strict reader sees it."""
    found = email.message_from_bytes(message.mime, policy=email.policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def test_what_one_can_get_stands_before_what_is_one_step_away() -> None:
    plain = opening(2, flags=Flags())
    digest = made(opening(3, "close"), plain, opening(1), opening(4, "short"), opening(5, "unclear"))

    assert [(section.kind, [one.number for one in section.openings]) for section in digest.sections] == [
        ("qualifies", [1, 2]),
        ("close", [3]),
    ]


def test_a_far_step_is_not_sold_as_one() -> None:
    nurse = opening(1, "close")
    far = replace(nurse, verdict=replace(nurse.verdict, months_to_mend=48.0))

    assert made(far).openings == ()


def test_an_opening_is_shown_once_and_a_wish_is_counted() -> None:
    unmet = (Preference(wish="pay", met=False, says="up to $12.00 an hour"),)
    digest = made(opening(1), opening(2), opening(3, preferences=unmet), shown=[1])

    assert [one.number for one in digest.openings] == [2]
    assert digest.set_aside == (("pay", 1),)


def test_an_opening_on_two_boards_is_shown_once_with_both_links(taxonomy: Taxonomy) -> None:
    double = replace(opening(1), twins=(7,), also=("https://other.example/1",))

    assert made(double, shown=[7]).openings == ()
    text = mailed(made(double), taxonomy).text
    assert "https://jobs.example.org/k1\n  Also at https://other.example/1" in text


def test_one_employer_cannot_fill_the_mail_and_the_rest_waits() -> None:
    digest = made(*(opening(number, employer="Big Health") for number in range(10)), opening(11))

    assert len(digest.openings) == 4
    assert digest.left_for_later == 7


def test_no_more_than_the_person_wants() -> None:
    few = seeker(digest={"max_openings": 5})

    assert len(made(*(opening(number) for number in range(30)), profile=few).openings) == 5


def test_an_advert_of_a_school_is_no_opening() -> None:
    assert made(opening(1, flags=Flags(suspicious=True))).openings == ()


def test_the_mail_is_right(taxonomy: Taxonomy) -> None:
    found = parsed(mailed(made(opening(1), opening(2, "close")), taxonomy))

    assert found.defects == []
    for header in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe", "List-Id"):
        assert len(found.get_all(header, [])) == 1, header
    assert found["Subject"] == "1 opening you qualify for, 1 one step away"
    assert found["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]


def test_bytes_are_ascii_with_short_lines_and_the_same_each_time(taxonomy: Taxonomy) -> None:
    digest = made(opening(1, title="Señora’s café clerk — “records”"), opening(2, "close"))
    one, other = mailed(digest, taxonomy), mailed(digest, taxonomy)

    assert one == other
    assert one.mime.isascii()
    assert max(len(line) for line in one.mime.split(b"\r\n")) <= 998


def test_both_parts_hold_the_same_titles_links_and_words(taxonomy: Taxonomy) -> None:
    message = mailed(made(opening(1), opening(2, "close")), taxonomy)

    for said in (
        "Clerk 1",
        "Clerk 2",
        "https://jobs.example.org/k1",
        "No experience needed",
        STEP.fix,
        "1 Main Street",
        "2 of 21",
    ):
        assert said in message.text, said
        assert said in message.html, said
    assert max(len(line) for line in message.text.splitlines()) <= 400
    assert not re.search(r"\{\{|\bNone\b|  \w|\(\)", message.text.replace("\n  ", "\n"))


def test_the_reason_and_the_facts_stand_with_the_opening(taxonomy: Taxonomy) -> None:
    text = mailed(made(opening(1)), taxonomy).text

    assert ">> Entry level · overlooked setting" in text
    assert "Decatur, IL, 4 miles" in text
    assert "$17.50 to $19.00 an hour" in text
    assert "Posted 7 days ago" in text


def test_nothing_is_loaded_and_nothing_tracks(taxonomy: Taxonomy) -> None:
    html = mailed(made(opening(1)), taxonomy).html

    assert not re.search(r"<img|<script|<link|src=|url\(|@import|@font-face", html)
    assert set(re.findall(r'href="([a-z]+:[^"?]*)', html)) == {"https://jobs.example.org/k1", "mailto:stop@example.org"}
    assert "prefers-color-scheme: dark" in html
    assert html.count("display: none") == 1


HOSTILE = [
    "<script>alert(1)</script>", "Clerk\r\nBcc: all@example.org", "\u202eevil\u202c", "x" * 10_000, "{{ 7 * 7 }}", "a\x00b", "&amp;lt;b>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_scraped_text_cannot_hurt(taxonomy: Taxonomy, text: str) -> None:
    bad = opening(1, title=text, employer=text, url="javascript:alert(1)", locations=(Place(text=text),))
    message = mailed(made(bad), taxonomy)
    found = parsed(message)

    assert found.get_all("Bcc") is None
    assert "<script" not in message.html
    assert "javascript:" not in message.html + message.text
    assert "\u202e" not in message.html + message.text
    assert "49" not in message.text
    assert len(message.html) < 20_000


@pytest.mark.parametrize("title", ["Clerk", "Ü" * 140, "<b>&\"'" * 40])
def test_a_mail_is_never_clipped_and_what_is_cut_waits(taxonomy: Taxonomy, title: str) -> None:
    many = seeker(digest={"max_openings": 100})
    whole = made(*(opening(number, title=title, employer=title + str(number)) for number in range(200)), profile=many)
    digest, message = fitted(whole, taxonomy)
    (html,) = [part for part in parsed(message).iter_parts() if part.get_content_type() == "text/html"]

    assert len(message.html.encode()) <= 80_000
    assert len(html.as_bytes()) <= 95_000
    assert len(digest.openings) + digest.left_for_later == 200
    assert message.html.count("<h3") == len(digest.openings) >= 15


def test_no_mail_without_an_address_and_a_way_out() -> None:
    with pytest.raises(ConfigError) as told:
        check_mail(Mail(sender="a@example.org"))

    assert len(told.value.faults) == 2
    check_mail(MAIL)


def test_links_are_plain_web_links() -> None:
    assert web_link(" https://a.example/x?y=1 ") == "https://a.example/x?y=1"
    assert web_link('https://a.example/"onmouseover=') == "https://a.example/onmouseover="
    for bad in ("javascript:x", "data:text/html,x", "//x", "", "http://[bad"):
        assert web_link(bad) == ""


def test_pay_is_said_as_stated() -> None:
    assert pay_words(Pay(min=17.5, max=19, period="hour")) == "$17.50 to $19.00 an hour"
    assert pay_words(Pay(min=45000, period="year")) == "$45,000 a year"
    assert pay_words(Pay(min=20)) == "$20.00"
    assert pay_words(None) == ""


def test_long_text_is_cut_at_a_word() -> None:
    assert clean("one two three", 8) == "one two …"


def test_the_age_of_a_posting(taxonomy: Taxonomy) -> None:
    said = {0: "Posted today", 1: "Posted yesterday", 3: "Posted 3 days ago"}
    for days, words in said.items():
        old = opening(1, date_posted=WEEK.local_date - timedelta(days=days))
        assert words in mailed(made(old), taxonomy).text
