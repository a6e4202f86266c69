"""The command line's contracts: what other people's scripts rely on."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from demo.server import CONFIGURATION, DemoBoard
from model.verdict import ANSWERS
from tests.conftest import ROOT
from tests.samples import NOON

COMMAND = [sys.executable, "-m", "firstrung"]
LINE = {
    "id": "p1",
    "title": "Billing clerk",
    "description": "Requirements\nOne year of medical billing experience. CPC preferred.",
}


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: str, folder: Path, given: str = "", now: str | None = None) -> Done:
    """The command as a person or a script would run it in `folder`, without the cost of a new interpreter."""
    from cli.main import firstrung

    at = ["--now", now] if now else []
    with contextlib.chdir(folder):
        result = CliRunner(env={"COLUMNS": "120"}).invoke(firstrung, [*at, *words], input=given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def rows(text: str) -> list[dict[str, Any]]:
    """JSON Lines as values."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def board() -> Iterator[DemoBoard]:
    """The made-up county's boards."""
    with DemoBoard(today=NOON.date()) as running:
        yield running


@pytest.fixture
def folder(board: DemoBoard, tmp_path: Path) -> Path:
    """A folder with a configuration of two of the county's boards and one person who wants daily mail."""
    return configured(tmp_path, board)


@pytest.fixture(scope="module")
def crawled_once(board: DemoBoard, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the two boards were crawled."""
    there = configured(tmp_path_factory.mktemp("crawled"), board)
    assert run("crawl", folder=there).returncode == 0
    return there / "firstrung.db"


@pytest.fixture
def crawled(folder: Path, crawled_once: Path) -> Path:
    """The folder, with its boards crawled."""
    shutil.copy(crawled_once, folder)
    return folder


def configured(folder: Path, board: DemoBoard) -> Path:
    """Write the configuration of two boards and one person into `folder`."""
    config = folder / "config"
    (config / "sources").mkdir(parents=True)
    (config / "profiles").mkdir()
    (config / "service.yaml").write_text((CONFIGURATION / "service.yaml").read_text() + "schedule: {tick_seconds: 1}\n")
    source = "kind: {kind}, url: '{url}', employer: {employer}, api: '{api}', every: 1h"
    lines = [
        source.format(
            kind="greenhouse", url="https://boards.greenhouse.io/prairieregional", employer="Prairie", api=board.url
        ),
        source.format(kind="lever", url="https://jobs.lever.co/clearledger", employer="ClearLedger", api=board.url),
    ]
    text = "sources:\n" + "".join(f"  - {{name: s{number}, {line}}}\n" for number, line in enumerate(lines))
    (config / "sources" / "all.yaml").write_text(text)
    profile = (CONFIGURATION / "profiles" / "seeker.yaml").read_text().split("digest:")[0]
    (config / "profiles" / "seeker.yaml").write_text(
        profile + 'digest: {cadence: daily, at: "07:00", zone: America/Chicago}\n'
    )
    return folder


def test_read_prints_a_reading_a_line_in_order_and_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    bad = ["not json", "[1]", '{"id": "p2"}', '{"description": "x"}', '{"id": "p3", "description": 7}', ""]
    given = "\n".join([json.dumps(LINE), *bad, json.dumps({**LINE, "id": 9})]) + "\n"

    done = run("read", folder=tmp_path, given=given)
    found = rows(done.stdout)

    assert (done.returncode, len(found)) == (1, 7)
    assert (found[0]["id"], found[-1]["id"]) == ("p1", "9")
    assert found[0]["experience"]["required_min_months"] == 12
    assert [row["line"] for row in found if "error" in row] == [2, 3, 4, 5, 6]
    assert list(found[0]) == [
        "id", "credentials", "required_groups", "experience", "education", "entry_level", "settings", "underserved",
        "workplace", "pay", "suspicious",
    ]  # fmt: skip


def test_lines_that_gave_nothing_are_listed_most_frequent_first(tmp_path: Path) -> None:
    odd = "Requirements\nHigh school diploma\nJuggles seven burning ledgers at once\nLoves the smell of very old paper"
    given = "".join(
        json.dumps({"id": str(number), "description": text}) + "\n"
        for number, text in enumerate([odd, odd.rpartition("\n")[0]])
    )

    found = rows(run("read", "--unread", folder=tmp_path, given=given).stdout)

    assert found[0] == {"line": "Juggles seven burning ledgers at once", "count": 2}
    assert all("diploma" not in row["line"] for row in found)


def test_read_streams(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "read"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(LINE) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == "p1"
        process.stdin.close()
        assert process.wait(20) == 0


def test_compare_prints_a_verdict_a_line(folder: Path) -> None:
    done = run("compare", "--profile", "config/profiles/seeker.yaml", folder=folder, given=json.dumps(LINE) + "\n")
    (found,) = rows(done.stdout)

    assert done.returncode == 0
    assert list(found) == ["id", "verdict", "gaps", "flags", "reasons"]
    assert (found["verdict"], found["gaps"][0]["kind"], set(found["flags"])) == (
        "close",
        "experience",
        {"entry_level", "underserved"},
    )
    assert set(found["gaps"][0]) == {"kind", "want", "have", "fix"}
    assert all(set(reason) == {"says", "quote"} for reason in found["reasons"])


def test_an_empty_profile_is_never_given_a_score(folder: Path) -> None:
    (folder / "nobody.yaml").write_text("email: nobody@example.org\n")

    done = run("compare", "--profile", "nobody.yaml", folder=folder, given=json.dumps(LINE) + "\n")

    assert rows(done.stdout)[0]["verdict"] == "unclear"


def test_check_tells_every_fault_and_exits_2(folder: Path) -> None:
    assert run("check", folder=folder).returncode == 0
    (folder / "config" / "sources" / "bad.yaml").write_text("sources:\n  - {name: x, kind: grenhouse, url: nowhere}\n")

    done = run("check", folder=folder)

    assert done.returncode == 2
    assert (
        "config/sources/bad.yaml: sources.0.kind: unknown kind 'grenhouse' (did you mean 'greenhouse'?" in done.stderr
    )
    assert "Traceback" not in done.stderr


def test_init_writes_a_configuration_that_is_right_and_never_over_another(tmp_path: Path) -> None:
    assert run("init", "mine", folder=tmp_path).returncode == 0
    assert run("--config", "mine", "check", folder=tmp_path).returncode == 0
    assert (tmp_path / "mine" / "schema" / "sources.schema.json").exists()
    assert run("init", "mine", folder=tmp_path).returncode == 2


def test_usage_that_is_wrong_exits_2(folder: Path) -> None:
    assert run("frobnicate", folder=folder).returncode == 2
    assert run("crawl", "nowhere", folder=folder).returncode == 2
    assert run("--config", "nowhere", "check", folder=folder).returncode == 2
    assert run("match", "--profile", "nobody.yaml", folder=folder).returncode == 2


def stored(folder: Path) -> list[dict[str, Any]]:
    """What the store holds, without the moments at which it was seen."""
    moments = ("first_seen", "last_seen")
    found = rows(run("postings", "--json", folder=folder).stdout)
    return sorted(
        ({k: v for k, v in row.items() if k not in moments} for row in found),
        key=lambda row: (row["source"], row["id"]),
    )


def test_a_second_crawl_finds_nothing_new(folder: Path) -> None:
    first, second = (run("crawl", "--json", folder=folder) for _ in range(2))
    found, again = rows(first.stdout), rows(second.stdout)

    assert (first.returncode, second.returncode) == (0, 0)
    assert sum(row["new"] for row in found) == len(stored(folder)) >= 15
    assert [(row["new"], row["changed"], row["closed"]) for row in again] == [(0, 0, 0)] * 2
    assert list(again[0]) == [
        "source", "run", "complete", "advertised", "seen", "new", "changed", "closed", "unchanged", "requests", "seconds",
        "failure",
    ]  # fmt: skip


@pytest.mark.long
def test_a_board_that_fails_is_told_and_the_others_go_on(folder: Path, board: DemoBoard) -> None:
    text = (folder / "config" / "sources" / "all.yaml").read_text()
    extra = f"  - {{name: gone, kind: greenhouse, url: 'https://boards.greenhouse.io/nobody', api: '{board.url}'}}\n"
    extra += "  - {name: off, kind: lever, url: 'https://jobs.lever.co/off', api: 'http://127.0.0.1:9'}\n"
    (folder / "config" / "sources" / "all.yaml").write_text(text + extra)

    done = run("crawl", "--json", folder=folder)
    found = {row["source"]: row for row in rows(done.stdout)}

    assert done.returncode == 1
    assert found["gone"]["failure"]["class"] == "not_found"
    assert found["gone"]["failure"]["mend"]
    assert found["off"]["failure"] is not None
    assert found["s0"]["failure"] is None
    assert run("crawl", "gone", folder=folder).returncode == 3


def test_match_ranks_what_the_store_holds(crawled: Path) -> None:
    folder = crawled

    found = rows(run("match", "--profile", "seeker", "--json", "--limit", "0", folder=folder).stdout)
    table = run("match", "--profile", "seeker", folder=folder).stderr

    order = ["qualifies", "close", "short", "unclear"]
    answers = [row["verdict"] for row in found]
    assert answers == sorted(answers, key=order.index)
    assert found[0]["title"].split()[0] in table
    assert "open:" in table


def test_a_digest_goes_out_once(crawled: Path) -> None:
    folder = crawled

    first = run("digest", "send", "--json", folder=folder, now="2026-11-21T15:00:00")
    again = run("digest", "send", "--json", folder=folder, now="2026-11-21T18:00:00")
    tomorrow = run("digest", "send", "--json", folder=folder, now="2026-11-22T15:00:00")

    assert [rows(done.stdout)[0]["outcome"] for done in (first, again)] == ["sent", "there already"]
    mails = sorted((folder / "outbox").glob("*.eml"))
    assert len(mails) == 1 + (rows(tomorrow.stdout)[0]["outcome"] == "sent")
    assert "sent" in run("digest", "status", "--json", folder=folder).stdout


def test_a_preview_sends_and_notes_nothing(crawled: Path) -> None:
    folder = crawled

    done = run("digest", "preview", "--profile", "seeker", "--out", "seen", folder=folder)

    assert done.returncode == 0
    assert sorted(path.name for path in (folder / "seen").iterdir()) == ["digest.eml", "digest.html", "digest.txt"]
    assert not (folder / "outbox").exists()
    assert rows(run("digest", "send", "--json", folder=folder).stdout)[0]["outcome"] == "sent"


def test_nothing_is_sent_without_an_address(folder: Path) -> None:
    (folder / "config" / "service.yaml").write_text("mail: {sender: digest@example.org}\n")

    done = run("digest", "send", folder=folder)

    assert done.returncode == 2
    assert "mail.postal_address: missing" in done.stderr


def test_an_old_database_is_refused_with_the_command(folder: Path) -> None:
    import sqlite3

    run("postings", folder=folder)
    with sqlite3.connect(folder / "firstrung.db") as connection:
        connection.execute("DROP TABLE alembic_version")
    connection.close()

    done = run("postings", folder=folder)

    assert (done.returncode, "firstrung store upgrade" in done.stderr) == (3, True)


def started(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """`firstrung run` in a group of its own."""
    with log.open("ab") as stream:
        return subprocess.Popen(
            [*COMMAND, "run"],
            cwd=folder,
            stderr=stream,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )


def wait_for(what: Any, seconds: float = 60) -> None:
    """Wait until `what()` is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


@pytest.mark.long
def test_the_service_crawls_reads_and_ends_cleanly(folder: Path) -> None:
    log = folder / "log"
    process = started(folder, log)
    wait_for(lambda: log.read_text().count("crawl finished") >= 2 and "postings read" in log.read_text())

    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 0
    assert "stopped" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert "seeker@example.org" not in log.read_text()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_at_any_moment_the_service_goes_on(folder: Path, board: DemoBoard) -> None:
    """kill -9 of the whole service and its crawls at random moments; then what stands equals an undisturbed world's."""
    log = folder / "log"
    for seconds in (1.1, 1.7, 2.2, 2.9, 3.4):
        process = started(folder, log)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    process = started(folder, log)
    wait_for(lambda: len(stored(folder)) >= 19, 120)
    time.sleep(3)
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    run("crawl", folder=folder)
    disturbed = stored(folder)

    for name in ("firstrung.db", "firstrung.db-wal", "firstrung.db-shm"):
        (folder / name).unlink(missing_ok=True)
    run("crawl", folder=folder)

    assert disturbed == stored(folder)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_crawl_killed_at_five_moments_leaves_what_an_undisturbed_one_leaves(folder: Path) -> None:
    for seconds in (0.6, 0.9, 1.2, 1.6, 2.1):
        process = subprocess.Popen(
            [*COMMAND, "crawl"],
            cwd=folder,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    run("crawl", folder=folder)
    disturbed = stored(folder)
    for name in ("firstrung.db", "firstrung.db-wal", "firstrung.db-shm"):
        (folder / name).unlink(missing_ok=True)
    run("crawl", folder=folder)

    assert len(disturbed) >= 15
    assert disturbed == stored(folder)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_the_demo_runs_from_an_empty_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "demo", "--out", "out"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert {"digest.eml", "digest.html", "matches.json"} <= {path.name for path in (tmp_path / "out").iterdir()}
    found = json.loads((tmp_path / "out" / "matches.json").read_text())
    assert len(found) >= 60
    assert found[0]["flags"] == {"entry_level": True, "underserved": True}
    counts = ", ".join(f"{sum(one['verdict'] == word for one in found)} {word}" for word in ANSWERS)
    assert f"{len(found)} open: {counts}." in (ROOT / "docs" / "demo.txt").read_text(), (
        "docs/demo.txt is what the demo prints"
    )
    assert date.fromisoformat(found[0]["date_posted"]).year >= 2026
