"""The demo board: every posting is there in its own format, dates follow `today`, labels stand in the texts."""

import gzip
import html
import http.client
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from demo import records, vendors
from demo.records import Posting
from demo.server import DemoBoard, board_paths

TODAY = date(2026, 11, 21)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
JOB = "{http://www.neogov.com/namespaces/JobListing}"


@pytest.fixture
def board() -> Iterator[DemoBoard]:
    with DemoBoard(today=TODAY) as running:
        yield running


def ask(board: DemoBoard, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """GET a path (or whole address, of which the path counts): status, body, headers."""
    parts, own = urlsplit(path), urlsplit(board.url)
    connection = http.client.HTTPConnection(own.hostname or "", own.port, timeout=10)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply.status, body, dict(reply.getheaders())


def read(board: DemoBoard, path: str) -> bytes:
    status, body, _ = ask(board, path)
    assert status == 200, (path, status)
    return gzip.decompress(body) if path.endswith(".gz") else body


def of_format(board: DemoBoard, kind: str) -> set[str]:
    return {one.id for one in board.postings.values() if board.employers[one.employer].format == kind}


def job_posting(page: str) -> dict[str, Any]:
    """The JobPosting of a page, however its employer spoilt it."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    text = re.sub(r"^\s*//.*$", "", found[1], flags=re.MULTILINE)
    data = json.loads(re.sub(r",\s*}\s*$", "}", text), strict=False)
    rows = data if isinstance(data, list) else data.get("@graph", [data])
    return next(row for row in rows if "JobPosting" in row["@type"])


def spread(board: DemoBoard) -> Counter[str]:
    return Counter(board.employers[one.employer].format for one in board.postings.values())


def test_enough_postings_over_all_formats(board: DemoBoard) -> None:
    assert spread(board) == {
        "greenhouse": 17,
        "lever": 11,
        "json_ld": 17,
        "json_feed": 6,
        "atom": 6,
        "rss": 5,
        "job_xml": 17,
    }
    assert sum(spread(board).values()) >= 72
    assert len({board.employers[one.employer].name for one in board.postings.values()}) >= 16


def test_ids_on_the_boards_are_unique(board: DemoBoard) -> None:
    assert len({vendors.number(key) for key in board.postings}) == len(board.postings)
    assert {board.source_id(key) for key in of_format(board, "lever")} == {
        vendors.lever_id(key) for key in of_format(board, "lever")
    }


def test_greenhouse_serves_each_posting(board: DemoBoard) -> None:
    seen = set()
    for token in ("prairieregional", "lanternridge"):
        reply = json.loads(read(board, f"/v1/boards/{token}/jobs?content=true"))
        assert reply["meta"]["total"] == len(reply["jobs"])
        for job in reply["jobs"]:
            detail = json.loads(read(board, f"/v1/boards/{token}/jobs/{job['id']}"))
            assert detail == job
            assert "<" not in job["content"]
            seen.add((str(job["id"]), html.unescape(job["content"])))
    wanted = of_format(board, "greenhouse")
    assert seen == {(board.source_id(key), records.whole(board.postings[key].body)) for key in wanted}


def test_greenhouse_without_content_is_short(board: DemoBoard) -> None:
    reply = json.loads(read(board, "/v1/boards/prairieregional/jobs"))
    assert not any("content" in job or "offices" in job for job in reply["jobs"])


def test_lever_serves_each_posting_page_by_page(board: DemoBoard) -> None:
    seen: dict[str, Any] = {}
    for site in ("clearledger", "plumbline"):
        skip = 0
        while page := json.loads(read(board, f"/v0/postings/{site}?mode=json&skip={skip}&limit=3")):
            seen |= {row["id"]: row for row in page}
            skip += len(page)
    assert seen.keys() == {board.source_id(key) for key in of_format(board, "lever")}
    trainee = seen[vendors.lever_id("clearledger-trainee")]
    assert [part["text"] for part in trainee["lists"]] == [
        "Who we look for",
        "What the year looks like",
        "What we promise",
    ]
    assert "you owe us nothing" in trainee["additional"]


def test_own_sites_serve_each_posting(board: DemoBoard) -> None:
    robots = read(board, "/robots.txt").decode()
    index = re.search(r"Sitemap: (\S+)", robots)
    assert index
    assert "Disallow: /private/" in robots
    seen, gone = {}, []
    for entry in ET.fromstring(read(board, index[1])).iter(f"{SITEMAP}loc"):
        for place in ET.fromstring(read(board, entry.text or "")).iter(f"{SITEMAP}loc"):
            if "/jobs/" not in (place.text or ""):
                assert read(board, place.text or "")
                continue
            status, body, _ = ask(board, place.text or "")
            if status != 200 or b"no longer available" in body:
                gone.append(status)
                continue
            job = job_posting(body.decode())
            seen[job["identifier"]["value"]] = job
    assert seen.keys() == of_format(board, "json_ld")
    assert sorted(gone) == [200, 404, 410]
    for key, job in seen.items():
        text = html.unescape(html.unescape(job["description"]))
        assert records.plain(text) == records.plain(board.postings[key].body), key


def test_own_sites_list_their_openings(board: DemoBoard) -> None:
    page = read(board, "/sites/meadowbrook/").decode()
    links = set(re.findall(r'href="jobs/([^"]+)"', page))
    assert links == {key for key in board.postings if key.startswith("meadowbrook-")}
    assert b"JobPosting" not in read(board, "/sites/meadowbrook/about")


def test_own_sites_write_json_ld_in_many_hands(board: DemoBoard) -> None:
    own = [board.postings[key] for key in of_format(board, "json_ld")]
    assert {one.shape for one in own} == {
        "plain",
        "graph",
        "array",
        "escaped",
        "double",
        "newline",
        "comma",
        "comment",
    }
    assert {one.place for one in own} == {"object", "list", "text", "country"}
    assert {one.salary for one in own if one.pay} == {"range", "value", "text", "strings"}
    remote = job_posting(read(board, "/sites/sangamotrace/jobs/trace-coder").decode())
    assert remote["jobLocationType"] == "TELECOMMUTE"


def test_feeds_serve_each_posting(board: DemoBoard) -> None:
    rss = ET.fromstring(read(board, "/employment/jobs.rss"))
    assert {(row.findtext("link") or "").rsplit("/", 1)[-1] for row in rss.iter("item")} == of_format(board, "rss")
    assert all("00:00:0" in (row.text or "") for row in rss.iter(f"{JOB}advertiseFromDateUTC"))
    atom = ET.fromstring(read(board, "/careers/jobs.atom"))
    assert {(row.text or "").rsplit("/", 1)[-1] for row in atom.iterfind(f"{ATOM}entry/{ATOM}id")} == of_format(
        board, "atom"
    )
    feed = json.loads(read(board, "/careers.json"))
    assert {item["id"] for item in feed["items"]} == of_format(board, "json_feed")


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_the_exchange_serves_each_posting(board: DemoBoard, ending: str) -> None:
    jobs = list(ET.fromstring(read(board, f"/feeds/exchange/jobs.xml{ending}")).iter("job"))
    assert {job.findtext("referencenumber") for job in jobs} == of_format(board, "job_xml")
    assert len({job.findtext("company") for job in jobs}) == 8


def test_links_of_feeds_lead_to_pages(board: DemoBoard) -> None:
    for key in of_format(board, "rss") | of_format(board, "atom") | of_format(board, "job_xml"):
        address = f"{board.employers[board.postings[key].employer].site}/jobs/{key}"
        assert board.postings[key].title in html.unescape(read(board, address).decode())


@pytest.mark.parametrize("path", ["/v1/boards/nobody/jobs?content=true", "/v0/postings/nobody", "/sites/nobody/", "/x"])
def test_unknown_names_are_not_found(board: DemoBoard, path: str) -> None:
    status, body, _ = ask(board, path)
    assert status == 404
    if path.startswith("/v0"):
        assert json.loads(body) == {"ok": False, "error": "Document not found"}
    if path.startswith("/v1"):
        assert json.loads(body)["status"] == 404


def test_an_unchanged_page_is_not_sent_twice(board: DemoBoard) -> None:
    path = "/v0/postings/plumbline"
    _, _, headers = ask(board, path)
    assert ask(board, path, If_None_Match=headers["ETag"])[:2] == (304, b"")
    assert ask(board, path, If_Modified_Since=headers["Last-Modified"])[0] == 304
    board.change("plumbline-cdi", title="Reviewer")
    assert ask(board, path, If_None_Match=headers["ETag"])[0] == 200
    assert ask(board, path, If_Modified_Since=headers["Last-Modified"])[0] == 200


def test_the_same_day_gives_the_same_board(board: DemoBoard) -> None:
    with DemoBoard(today=TODAY) as other:
        for path in board_paths(board.employers.values()):
            assert read(board, path) == read(other, path)


def test_dates_follow_today(board: DemoBoard) -> None:
    with DemoBoard(today=date(2027, 3, 1)) as later:
        for running, day in ((board, "2026-11-20"), (later, "2027-02-28")):
            page = read(running, "/sites/meadowbrook/jobs/meadowbrook-business-office").decode()
            assert job_posting(page)["datePosted"] == day
            rows = json.loads(read(running, "/v0/postings/clearledger"))
            newest = max(row["createdAt"] for row in rows) / 1000
            assert datetime.fromtimestamp(newest, UTC).date().isoformat() == day


def test_a_closed_opening_is_gone_everywhere(board: DemoBoard) -> None:
    for key in ("prairie-roi", "clearledger-trainee", "meadowbrook-lpn", "county-wic-clerk", "flatbranch-nurse"):
        board.close(key)
    listed = "".join(read(board, path).decode() for path in board_paths(board.employers.values()))
    for title in (
        "Release of Information",
        "Billing &amp; Coding Trainee",
        "LPN - Memory Care",
        "WIC Clinic",
        "RN or LPN",
    ):
        assert f">{title}" not in listed
        assert f'"{title}' not in listed
    assert ask(board, f"/v1/boards/prairieregional/jobs/{vendors.number('prairie-roi')}")[0] == 404
    assert ask(board, "/sites/meadowbrook/jobs/meadowbrook-lpn")[0] == 410
    assert b"meadowbrook-lpn" in read(board, "/sites/meadowbrook/sitemap.xml")


def test_an_opening_can_be_added(board: DemoBoard) -> None:
    new = Posting(id="okaw-cook", employer="okaw", title="Cook", body="<p>Cook.</p>", city="Shelbyville", zip="62565")
    board.add(new)
    assert b"okaw-cook" in read(board, "/sites/okawvalley/")
    assert job_posting(read(board, "/sites/okawvalley/jobs/okaw-cook").decode())["title"] == "Cook"


def test_failures_can_be_switched_on_and_off(board: DemoBoard) -> None:
    board.fail("/v0/", 503)
    assert ask(board, "/v0/postings/clearledger")[0] == 503
    assert ask(board, "/careers.json")[0] == 200
    board.fail("/v0/", 200)
    assert ask(board, "/v0/postings/clearledger")[0] == 200


def test_the_log_remembers_every_request(board: DemoBoard) -> None:
    ask(board, "/robots.txt", User_Agent="tester")
    ask(board, "/nowhere?x=1")
    assert [(one.path, one.status) for one in board.requests] == [("/robots.txt", 200), ("/nowhere?x=1", 404)]
    assert board.requests[0].agent == "tester"
    assert board.requests[0].at <= board.requests[1].at


def test_texts_have_the_length_of_real_ones() -> None:
    assert all(500 <= len(one.body) <= 4200 for one in records.postings())


def test_every_posting_has_a_label_whose_quotes_stand_in_it() -> None:
    labels = records.labels()
    postings = {one.id: one for one in records.postings()}
    assert labels.keys() == postings.keys()
    for key, label in labels.items():
        text = f"{postings[key].title} {records.plain(postings[key].body)}"
        for fact in (*label["credentials"], *label["experience"]["items"]):
            assert fact["quote"] in text, (key, fact["quote"])


def test_labels_hold_together() -> None:
    for key, label in records.labels().items():
        needed = {row["id"] for row in label["credentials"] if row["modality"] != "preferred"}
        grouped = {name for group in label["required_groups"] for name in group if not name.startswith("@")}
        assert needed == grouped, key
        months = label["experience"]["required_min_months"]
        if label["entry_level"] == "yes":
            assert not months, key


def test_labels_agree_with_the_boards_own_pay() -> None:
    labels = records.labels()
    for one in records.postings():
        stated = labels[one.id]["pay"]
        if one.pay:
            high = stated["max"] or stated["min"]
            assert (stated["min"], high, stated["period"]) == (one.pay.low, one.pay.high, one.pay.period), one.id


def test_reading_lines_carry_what_was_labelled() -> None:
    staff = records.employers()
    for one in records.postings():
        line = records.reading_line(one, staff[one.employer])
        assert line["id"] == one.id
        assert line["company"] == staff[one.employer].name
        assert ("salary" in line) == bool(one.pay)


def test_the_sample_person_has_an_answer_for_every_job() -> None:
    answers = json.loads((records.BOARD / "sample-verdicts.json").read_text(encoding="utf-8"))
    labels = records.labels()
    assert answers.keys() == {key for key, label in labels.items() if not label["suspicious"]}
    assert Counter(answers.values()) == {"qualifies": 24, "close": 21, "short": 28, "unclear": 4}
