"""What `source list` and `check` tell an operator about sources: health, history, and crawls that do not fit into their time."""

import json
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from model.source import CrawlRules, Source
from scheduler.capacity import gap_of, tight
from scheduler.configuration import check_source
from tests.boards.server import Answer, Server, serving

JOBS = "/v0/postings/elm"


def board(name: str, every: str = "6h", **more: Any) -> Source:
    """A source at a vendor whose gap is two seconds."""
    fields = {"name": name, "kind": "json_ld", "url": f"https://{name}.vendor.example/jobs", "every": every, **more}
    return check_source(fields, "here")


def firstrung(folder: Path, *words: str) -> Result:
    """The command in `folder`."""
    from cli.main import firstrung as command

    with chdir(folder):
        return CliRunner(env={"COLUMNS": "200"}).invoke(command, [*words])


def configured(folder: Path, server: Server, **more: Any) -> None:
    """A configuration with one Lever board."""
    (folder / "config" / "sources").mkdir(parents=True)
    (folder / "config" / "service.yaml").write_text(
        "crawl: {allow_private_hosts: ['127.0.0.1'], deadline_seconds: 30}\n"
    )
    source = {
        "name": "elm",
        "kind": "lever",
        "url": "https://jobs.lever.co/elm",
        "api": server.url,
        "every": "5m",
        **more,
    }
    (folder / "config" / "sources" / "a.yaml").write_text(f"sources:\n  - {json.dumps(source)}\n")


def test_a_crawl_longer_than_its_deadline_is_told() -> None:
    told = tight([board("elm")], {"elm": 400}, CrawlRules(deadline_seconds=300))
    assert len(told) == 1
    assert "400 requests with 2 s between them take 13 minutes" in told[0]
    assert tight([board("elm")], {"elm": 100}, CrawlRules(deadline_seconds=300)) == []


def test_sources_of_one_vendor_share_its_time() -> None:
    rules = CrawlRules(deadline_seconds=3600)
    county = [board(f"s{number}") for number in range(8)]
    asked = {source.name: 700 for source in county}
    assert tight(county[:7], asked, rules) == []  # each takes 23 minutes of 6 hours
    (told,) = tight(county, asked, rules)
    assert told.startswith("vendor.example: its 8 sources")
    assert "52% of the time" in told


def test_a_source_that_never_ran_is_passed_over_and_gaps_are_the_longer_ones() -> None:
    assert tight([board("elm")], {}, CrawlRules(deadline_seconds=5)) == []
    assert gap_of(board("elm"), CrawlRules()) == 2
    assert gap_of(board("elm"), CrawlRules(delay_seconds=9)) == 9
    own = CrawlRules(allow_private_hosts=("127.0.0.1",))
    assert gap_of(board("elm", api="http://127.0.0.1:9"), own) == 0


@pytest.mark.long
def test_health_tells_never_started_from_nothing_found_and_counts_failures(tmp_path: Path) -> None:
    answers: list[Any] = [[{"id": f"p{number}", "text": "Biller"} for number in range(count)] for count in (3, 2)]
    answers += [Answer(status=403), Answer(status=403), []]
    with serving({JOBS: lambda _: answers[0], "/v0/postings/no-such-employer-7f3a91c2": None}) as server:
        configured(tmp_path, server, verified=False)
        states = [health(tmp_path)["state"]]
        while answers:
            firstrung(tmp_path, "crawl")
            seen = health(tmp_path)
            states.append(seen["state"])
            if len(answers) == 2:
                failing = seen
                shown = firstrung(tmp_path, "source", "list").stderr
            answers.pop(0)
    assert states == ["never started", "right", "right", "forbidden", "forbidden", "nothing found"]
    assert (failing["failures_in_a_row"], failing["trend"], failing["usual"]) == (2, [3, 2, 0, 0], 3)
    assert failing["last_whole"]
    assert (failing["verified"], failing["requests"]) == (False, 1)  # robots.txt is believed for a day
    assert "elm: the board answers 403 (2 times in a row)" in shown
    assert "verified: true" in shown


def health(folder: Path) -> dict[str, Any]:
    """The one source's health."""
    done = firstrung(folder, "source", "list", "--json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_check_warns_of_crawls_that_do_not_fit(tmp_path: Path) -> None:
    with serving({JOBS: [{"id": "p1", "text": "Biller"}], "/v0/postings/no-such-employer-7f3a91c2": None}) as server:
        configured(tmp_path, server)
        before = firstrung(tmp_path, "check")
        assert not (tmp_path / "firstrung.db").exists()
        firstrung(tmp_path, "crawl")
        service = tmp_path / "config" / "service.yaml"
        service.write_text("crawl: {allow_private_hosts: ['127.0.0.1'], deadline_seconds: 30, delay_seconds: 90}\n")
        after = firstrung(tmp_path, "check")
    assert (before.exit_code, after.exit_code) == (0, 0)
    assert "between them" not in before.stderr
    assert "elm: " in after.stderr
    assert "raise `crawl: deadline_seconds`" in after.stderr
    assert "127.0.0.1" in after.stderr


@pytest.mark.parametrize("verified", [True, False])
def test_trying_an_unverified_source_with_success_says_what_to_write(tmp_path: Path, verified: bool) -> None:
    with serving({JOBS: [{"id": "p1", "text": "Biller"}], "/v0/postings/no-such-employer-7f3a91c2": None}) as server:
        configured(tmp_path, server, verified=verified)
        told = firstrung(tmp_path, "source", "try", "elm").stderr
    assert ("`verified: true`" in told) is not verified
