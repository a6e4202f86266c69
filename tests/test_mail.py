"""Mail beyond the digest's words: signatures, headers, returns and complaints, what Postfix took, limits, and the doctor."""

import base64
import email
import email.policy
import html
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dnslib import QTYPE, RR, TXT
from dnslib.server import BaseResolver, DNSServer

from digest.desk import Addressee, Desk
from digest.dkim import Signer, load_key
from digest.doctor import ask_dns, examine
from digest.mime import header, mime
from digest.notes import note
from digest.postfix_log import PostfixLog
from digest.returns import enhanced, meaning, read_return
from digest.sending import Limits, Pace, Sent, send_waiting
from model.errors import ConfigError, DeliveryError
from model.posting import Pay
from model.service import Bounces, Dkim, Mail, PerDomain
from scheduler import alarms
from scheduler.mailing import Mailroom
from scheduler.returning import take
from scheduler.signing import signer_of
from store import alarms as kept_alarms
from store import deliveries, people
from store.database import Database, open_database
from tests.fakes import ScriptedChannel
from tests.samples import NOON
from tests.webhouse import add_openings, client_of, joined, mails, tomorrow, web_house
from web.app import create_app

OVER_SIGNED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Content-Type",
    "MIME-Version",
)
MAIL = Mail.model_validate(
    {
        "sender": "digest@example.org", "sender_name": "Job digest", "postal_address": "1 Main St", "public_url": "https://pages.example.org",
        "unsubscribe_mail": "stop@example.org", "bounces": {"address": "bounces@example.org"}, "dkim": {"selector": "s1"},
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    """A signing key."""
    return generate_private_key(65537, 2048)


def published(key: RSAPrivateKey) -> bytes:
    """Its record in DNS."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def signed(key: RSAPrivateKey, subject: str = "hello", text: str = "one  line \n\nanother\n\n\n") -> bytes:
    """A signed mail with every header that is over-signed."""
    desk = Desk(MAIL, b"secret", Signer("example.org", "s1", key))
    return desk.seal((subject, text, "<p>hi</p>"), Addressee("ann", "ann@example.com", "w:1"), now=NOON).mime


def verifies(mail: bytes, key: RSAPrivateKey) -> bool:
    """What an independent verifier says."""
    found: bool = dkim.verify(mail, dnsfunc=lambda _name, timeout=5: published(key))
    return found


@pytest.mark.parametrize("subject", ["hello", "Señora’s ✓ " * 9, "long words " * 20, "x" * 300])
def test_a_signature_holds_for_an_independent_verifier(key: RSAPrivateKey, subject: str) -> None:
    mail = signed(key, subject)

    assert verifies(mail, key)
    assert mail.isascii()
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert signed(key, subject) == mail


@pytest.mark.parametrize("name", OVER_SIGNED)
def test_altering_or_adding_a_signed_header_breaks_the_signature(key: RSAPrivateKey, name: str) -> None:
    mail = signed(key)
    assert f"\r\n{name}: ".encode() in mail
    added = mail.replace(b"\r\nFrom: ", f"\r\n{name}: <https://evil.example/>\r\nFrom: ".encode(), 1)
    altered = mail.replace(f"\r\n{name}: ".encode(), f"\r\n{name}: x".encode(), 1)

    assert not verifies(added, key)
    assert not verifies(altered, key)
    assert not verifies(mail.replace(b"another", b"anothex"), key)


def test_a_weak_or_wrong_key_is_a_fault(tmp_path: Path) -> None:
    weak = generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="1024 bits"):
        load_key(weak)
    mail = MAIL.model_copy(update={"dkim": Dkim(selector="s1", key_file="no.pem")})
    with pytest.raises(ConfigError, match=r"dkim\.key_file"):
        signer_of(mail, {}, tmp_path)
    with pytest.raises(ConfigError, match="FIRSTRUNG_DKIM_KEY is not set"):
        signer_of(MAIL, {}, tmp_path)
    with pytest.raises(ConfigError, match="not a private key"):
        signer_of(MAIL, {"FIRSTRUNG_DKIM_KEY": "hello"}, tmp_path)


@pytest.mark.parametrize("value", ["a\r\nBcc: all@example.org", "a\nb", "a\x00b", "ñ\r\n\r\nbody"])
def test_no_value_can_begin_another_header(value: str) -> None:
    raw = mime([("Subject", value), ("From", "a@example.org")], text="t", html="", seed="s")
    parsed = email.message_from_bytes(raw, policy=email.policy.SMTP)

    assert set(parsed.keys()) == {"Subject", "From", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    assert parsed.get_payload(decode=True) == b"t"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Hello.\n.\nBye.\n", "7bit"),
        ("Café, “quoted”\n", "quoted-printable"),
        ("x" * 990 + "\n", "7bit"),
        ("x" * 991 + "\n", "quoted-printable"),
        ("a\nFrom here on\n", "quoted-printable"),
        ("a\x00b\n", "quoted-printable"),
    ],
    ids=["plain", "letters", "as long as may be", "too long", "a mailbox would alter it", "nul"],
)
def test_a_part_stands_as_it_is_only_where_nobody_on_the_way_would_alter_it(text: str, encoding: str) -> None:
    raw = mime([("Subject", "s"), ("From", "a@example.org")], text=text, html="", seed="s")
    found = email.message_from_bytes(raw, policy=email.policy.SMTP)

    assert (found["Content-Transfer-Encoding"], found.defects) == (encoding, [])
    assert found.get_content().replace("\r\n", "\n") == text
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_html_is_ascii_and_means_the_same() -> None:
    page = '<p title="é">Tagesgeld für “Ärzte” · 👩🏽‍⚕️ &amp; Co</p>'
    raw = mime([("Subject", "s"), ("From", "a@example.org")], text="t", html=page, seed="s")
    found = email.message_from_bytes(raw, policy=email.policy.SMTP)
    part = found.get_body(preferencelist=("html",))

    assert raw.isascii()
    assert part is not None
    assert part["Content-Transfer-Encoding"] == "7bit"
    assert html.unescape(part.get_content().strip()) == html.unescape(page)


def test_long_ids_and_lists_are_folded_where_they_may_be() -> None:
    way = header(
        "List-Unsubscribe", f"<https://pages.example.org/stop/{'a' * 70}>, <mailto:stop@example.org?subject=stop>"
    )

    assert all(len(line) <= 130 for line in way.split(b"\r\n"))
    assert b">,\r\n <mailto" in way


@pytest.mark.parametrize("kind", ["confirm", "login", "watching"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_short_mails_are_right(kind: Any, language: str) -> None:
    to = Addressee("ann", "ann@example.org", "x:1", language)
    message = note(kind, to, Desk(MAIL, b"s"), now=NOON, url="https://pages.example.org/x/1", code="123456", openings=7)
    parsed = email.message_from_bytes(message.mime, policy=email.policy.SMTP)

    assert parsed.defects == []
    assert ("List-Unsubscribe" in parsed) == (kind == "watching")
    assert "https://pages.example.org/x/1" in message.text
    assert "https://pages.example.org/x/1" in message.html
    assert "{" not in message.text
    assert (message.sender.startswith("bounces+"), message.sender.endswith("@example.org")) == (True, True)


def report(
    status: str, action: str = "failed", *, token: str = "a" * 32, to: str = "bounces+{}@example.org", says: str = ""
) -> bytes:
    """A delivery report as Postfix writes it (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: {to.format(token)}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        'Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; ann@example.com\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {says or f'550 {status} no'}\r\n\r\n--B--\r\n"
    ).encode()


COMPLAINT = (
    b"From: fbl@mx.example.org\r\nTo: abuse@example.org\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/report; report-type=feedback-report; boundary="B"\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B\r\n'
    b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n"
    b"Original-Mail-From: <bounces+%b@example.org>\r\n\r\n--B--\r\n"
)
VACATION = (
    b"From: ann@example.com\r\nTo: bounces+"
    + b"a" * 32
    + b"@example.org\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n"
    b"\r\nI am away. 550 5.1.1 is my room.\r\n"
)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (report("5.1.1"), "hard"), (report("5.1.10"), "hard"), (report("5.2.2"), "soft"), (report("5.2.1"), "soft"), (report("5.7.1"), "policy"),
        (report("5.7.515"), "policy"), (report("5.3.4"), "policy"), (report("4.4.1", "delayed"), "later"), (report("5.0.0"), "soft"),
        (COMPLAINT % (b"a" * 32), "complaint"), (VACATION, None), (b"", None), (b"\xff\x00", None), (b"Content-Type: multipart/report\r\n\r\n", None),
        (report("nonsense"), None), (report("5.0.0", says="550 5.1.1 no such user"), "hard"), (report("5.0.0", says="554 blocked by bl.example.net"), "policy"),
        (report("5.1.1", says="550 5.1.1 rejected as spam"), "policy"), (report("5.2.1", says="550 mailbox disabled"), "soft"),
        (report("5.0.0", says="550 client host [192.0.2.7] blocked using sbl.example.net"), "policy"), (report("5.1.1", says="550 the mailbox is blocked"), "hard"),
    ],
)  # fmt: skip
def test_returns_are_told_apart(raw: bytes, kind: str | None) -> None:
    found = read_return(raw, "bounces@example.org")

    assert (found.kind if found else None) == kind
    if found is not None:
        assert found.token == "a" * 32


@pytest.mark.parametrize(
    ("code", "answer", "recipient", "means"),
    [
        (550, "5.1.1 unknown", True, "hard"), (550, "no such user", True, "hard"), (550, "relay not permitted", True, "policy"),
        (551, "User unknown here", True, "hard"), (550, "authentication required", True, "policy"), (550, "spam", False, "policy"), (552, "full", False, "soft"),
        (552, "5.2.2 full", True, "soft"), (451, "4.7.1 greylisted", True, "policy"), (451, "4.2.0 later", True, "later"),
        (550, "5.7.515 not authenticated", False, "policy"), (554, "rejected", False, "policy"), (550, "5.1.1 sender listed: spam", True, "policy"), (421, "busy", True, "later"),
    ],
)  # fmt: skip
def test_answers_are_told_apart(code: int, answer: str, recipient: bool, means: str) -> None:
    assert meaning(code, enhanced(answer), answer, about_recipient=recipient) == means


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Mailroom]:
    """A service whose one person joined by the web and got a digest."""
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    house = web_house(tmp_path, database)
    joined(client_of(create_app(house)), house)
    tomorrow(house)
    yield Mailroom(house)
    database.close()


def token_of(database: Database) -> str:
    """The bounce token of the newest digest."""
    with database.read() as connection:
        newest = next(one for one in deliveries.each(connection) if one.kind == "digest")
    return newest.sender.split("+")[1].split("@")[0]


def refused(room: Mailroom) -> str | None:
    """Why the person's address gets no more."""
    with room.house.database.read() as connection:
        return people.suppressed(connection, people.address_mark(room.secret, "ana@example.org"))


def test_a_mailbox_that_is_not_there_ends_the_mails(room: Mailroom) -> None:
    assert take(room, report("5.1.1", token=token_of(room.house.database))) == "stopped"
    assert refused(room) == "bounced"


def test_a_full_mailbox_ends_them_on_the_third_day_only(room: Mailroom) -> None:
    outcomes = []
    for number in range(50, 53):
        raw = report("5.2.2", token=token_of(room.house.database))
        outcomes += [take(room, raw), take(room, raw)]
        add_openings(room.house, [number])
        tomorrow(room.house)

    assert outcomes == ["soft"] * 4 + ["stopped"] * 2


def test_a_report_that_is_read_again_on_other_days_counts_once(room: Mailroom) -> None:
    raw = report("5.2.2", token=token_of(room.house.database))
    outcomes = []
    for _ in range(5):
        outcomes.append(take(room, raw))
        room.house.clock.move(days=1)  # type: ignore[attr-defined]

    assert outcomes == ["soft"] * 5


def test_policy_delays_forgeries_and_absence_never_hurt_an_address(room: Mailroom) -> None:
    token = token_of(room.house.database)
    raws = [
        report("5.7.1", token=token),
        report("4.4.1", "delayed", token=token),
        report("5.1.1", token="b" * 32),
        VACATION,
    ]

    assert [take(room, raw) for raw in raws] == ["policy", "later", "unknown", "ignored"]
    assert refused(room) is None


def test_the_same_patience_holds_for_the_servers_answer_and_for_returned_mail(room: Mailroom) -> None:
    """Two days of two that the settings name: one told by the server at once, one by a returned mail."""
    service = room.house.configuration.service
    assert service.mail is not None
    bounces = Bounces(address="bounces@example.org", days=2)
    mail = service.mail.model_copy(update={"bounces": bounces})
    configuration = replace(room.house.configuration, service=service.model_copy(update={"mail": mail}))
    house = replace(room.house, configuration=configuration)
    assert take(Mailroom(house), report("5.2.2", token=token_of(house.database))) == "soft"
    add_openings(house, [50])
    house.clock.move(days=1)  # type: ignore[attr-defined]
    assert Mailroom(house).queue_due() == {"queued": 1}
    full = DeliveryError("552 5.2.2 full", permanent=True, about="room")
    limits = Limits(patience=house.mail.patience)
    send_waiting(house.database, ScriptedChannel(full), house.clock, grace=timedelta(0), limits=limits)

    assert refused(room) == "bounced"


def raised(room: Mailroom) -> dict[str, str]:
    """The alarms that hold after a tick."""
    alarms.settle(room.house)
    with room.house.database.read() as connection:
        return {one.key: one.says for one in kept_alarms.still_open(connection)}


def test_a_refusal_of_us_is_told_to_the_operator_and_over_when_mail_goes_through_again(room: Mailroom) -> None:
    token = token_of(room.house.database)
    assert take(room, report("5.7.1", token=token)) == "policy"
    assert take(room, report("5.7.1", token=token)) == "policy"

    assert raised(room) == {"refused:example.org": "example.org refuses mail from us (5.7.1)"}
    assert refused(room) is None
    room.house.clock.move(days=1)  # type: ignore[attr-defined]
    add_openings(room.house, [50])
    assert tomorrow(room.house) == {"queued": 1}
    room.house.clock.move(days=1)  # type: ignore[attr-defined]
    assert "refused:example.org" in raised(room)
    room.house.clock.move(days=1.1)  # type: ignore[attr-defined]
    assert "refused:example.org" not in raised(room)


def test_a_refusal_after_which_nothing_is_mailed_is_forgotten_after_eight_days(room: Mailroom) -> None:
    assert take(room, report("5.7.1", token=token_of(room.house.database))) == "policy"
    room.house.clock.move(days=7.9)  # type: ignore[attr-defined]
    assert "refused:example.org" in raised(room)
    room.house.clock.move(days=0.2)  # type: ignore[attr-defined]
    assert "refused:example.org" not in raised(room)


@pytest.mark.parametrize(("code", "told_at"), [(550, 1), (451, 3)])
def test_a_server_that_refuses_us_raises_the_same_alarm(room: Mailroom, code: int, told_at: int) -> None:
    """For good at once; for now (it may be greylisting) at the third time."""
    add_openings(room.house, [50])
    room.house.clock.move(days=1)  # type: ignore[attr-defined]
    assert room.queue_due() == {"queued": 1}
    for attempt in range(1, 4):
        error = DeliveryError(f"DATA was answered {code} {code // 100}.7.1 no", permanent=code >= 500, about="us")
        sent = send_waiting(room.house.database, ScriptedChannel(error), room.house.clock, grace=timedelta(0))
        assert sent == Sent(refused_us=1)
        assert ("refused:example.org" in raised(room)) == (attempt >= told_at)
        room.house.clock.move(hours=1.2)  # type: ignore[attr-defined]


def test_a_complaint_ends_the_mails_at_once(room: Mailroom) -> None:
    assert take(room, COMPLAINT % token_of(room.house.database).encode()) == "stopped"
    assert refused(room) == "complained"


def test_what_changed_is_told_once(room: Mailroom) -> None:
    house = room.house
    add_openings(house, [0], pay=Pay(min=21.0, max=23.0, period="hour"))
    add_openings(house, [7])
    assert tomorrow(house) == {"queued": 1}
    body = mails(house)[-1].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "WHAT CHANGED" in text
    assert "Pay is now $21.00 to $23.00 an hour; it was $17.50 to $19.00 an hour." in text
    add_openings(house, [8])
    assert tomorrow(house) == {"queued": 1}
    again = mails(house)[-1].get_body(("plain",))
    assert again is not None
    assert "WHAT CHANGED" not in again.get_content()


def test_after_a_month_of_nothing_one_short_mail_says_so(room: Mailroom) -> None:
    counts = [tomorrow(room.house) for _ in range(35)]

    assert [one for one in counts if "still watching" in one] == [{"still watching": 1}]
    assert mails(room.house)[-1]["Subject"] == "Still watching for you"


def test_postfix_took_it_only_when_both_lines_say_so(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(
        "Nov 21 12:00:01 mx postfix/cleanup[11]: 4AB12: message-id=<one@example.org>\n"
        "Nov 21 12:00:01 mx postfix/qmgr[12]: 4AB12: from=<d@example.org>, size=99, nrcpt=1 (queue active)\n"
        "Nov 21 12:00:02 mx postfix/cleanup[11]: 4AB13: message-id=<two@example.org>\n"
    )
    record = PostfixLog(log)

    assert [record.accepted(f"<{name}@example.org>") for name in ("one", "two", "three")] == [True, False, False]
    with log.open("a") as file:
        file.write(
            "Nov 21 12:00:03 mx postfix/qmgr[12]: 4AB13: from=<d@example.org>, size=99, nrcpt=1 (queue active)\n"
        )
    assert record.accepted("<two@example.org>") is True
    assert PostfixLog(tmp_path / "nowhere").accepted("<one@example.org>") is None


def test_a_domain_gets_no_more_than_its_share() -> None:
    seconds = [0.0]
    pace = Pace(PerDomain(at_once=2, a_minute=3), lambda: seconds[0])
    pace.begin("a.example")
    pace.begin("a.example")
    assert pace.full() == ["a.example"]
    pace.end("a.example")
    assert pace.full() == []
    pace.begin("a.example")
    pace.end("a.example")
    pace.end("a.example")
    assert pace.full() == ["a.example"]
    seconds[0] = 61.0
    assert pace.full() == []


class Zone(BaseResolver):  # type: ignore[misc]
    """A name server that knows what it is told."""

    def __init__(self, records: dict[tuple[str, str], list[str]]) -> None:
        self.records = records

    def resolve(self, request: Any, handler: Any) -> Any:
        reply = request.reply()
        name, kind = str(request.q.qname).rstrip("."), QTYPE[request.q.qtype]
        for value in self.records.get((name, kind), []):
            chunks = [value[start : start + 200] for start in range(0, len(value), 200)]
            reply.add_answer(
                RR(request.q.qname, QTYPE.TXT, rdata=TXT(chunks))
                if kind == "TXT"
                else RR.fromZone(f"{name}. 60 {kind} {value}")[0]
            )
        return reply


GOOD = {
    ("example.org", "TXT"): ["v=spf1 mx -all"],
    ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none; rua=mailto:d@example.org"],
    ("example.org", "MX"): ["10 mx.example.org."],
    ("mx.example.org", "A"): ["192.0.2.7"],
    ("7.2.0.192.in-addr.arpa", "PTR"): ["mx.example.org."],
}


def grades(key: RSAPrivateKey, changes: dict[tuple[str, str], list[str]]) -> dict[str, str]:
    """What the doctor says with these records, asked over real DNS on this machine."""
    records = {**GOOD, ("s1._domainkey.example.org", "TXT"): [published(key).decode()], **changes}
    server = DNSServer(Zone(records), address="127.0.0.1", port=0)
    server.start_thread()
    try:
        port = server.server.server_address[1]
        mail = MAIL.model_copy(
            update={
                "channel": "smtp",
                "smtp": MAIL.model_validate({**MAIL.model_dump(), "smtp": {"host": "mx.example.org"}}).smtp,
            }
        )
        found = examine(
            mail,
            Signer("example.org", "s1", key),
            lambda name, kind: ask_dns(name, kind, ["127.0.0.1"], port),
            reach=False,
        )
        return {one.rule.split(" (")[0]: one.grade for one in found}
    finally:
        server.stop()
        server.thread.join()
        server.server.server_close()


def test_the_doctor_finds_nothing_where_all_is_right(key: RSAPrivateKey) -> None:
    assert grades(key, {}) == dict.fromkeys(
        ("RFC 8058 one click", "SPF", "DKIM", "DMARC", "PTR", "returns can arrive"), "right"
    )


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("SPF", {("example.org", "TXT"): []}), ("SPF", {("example.org", "TXT"): ["v=spf1 +all"]}),
        ("SPF", {("example.org", "TXT"): ["v=spf1 mx -all", "v=spf1 a -all"]}), ("DKIM", {("s1._domainkey.example.org", "TXT"): []}),
        ("DKIM", {("s1._domainkey.example.org", "TXT"): ["v=DKIM1; k=rsa; p=AAAA"]}), ("DMARC", {("_dmarc.example.org", "TXT"): []}),
        ("DMARC", {("_dmarc.example.org", "TXT"): ["v=DMARC1; p=maybe"]}), ("PTR", {("7.2.0.192.in-addr.arpa", "PTR"): []}),
        ("PTR", {("7.2.0.192.in-addr.arpa", "PTR"): ["other.example."]}), ("returns can arrive", {("example.org", "MX"): []}),
    ],
)  # fmt: skip
def test_the_doctor_names_the_rule_that_fails(
    key: RSAPrivateKey, rule: str, changes: dict[tuple[str, str], list[str]]
) -> None:
    assert [name for name, grade in grades(key, changes).items() if grade == "wrong"] == [rule]


def test_message_ids_do_not_repeat() -> None:
    desk = Desk(MAIL, b"secret")
    ids = {desk._message_id(Addressee(f"p{number % 1000}", "", f"d:{number // 1000}")) for number in range(100_000)}

    assert len(ids) == 100_000
