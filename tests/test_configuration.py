"""Configuration: strict, all faults at once, each with its place and the nearest allowed word."""

import json
from pathlib import Path

import pytest

from model.errors import ConfigError
from scheduler.configuration import load, load_profile
from store import yamlfile
from tests.conftest import ROOT

SERVICE = "mail: {sender: digest@example.org, postal_address: 1 Main Street, unsubscribe_mail: stop@example.org}\n"
SOURCE = "sources:\n  - {name: mercy, kind: greenhouse, url: 'https://boards.greenhouse.io/mercy'}\n"


def write(folder: Path, **files: str) -> Path:
    """A configuration folder with these files ("sources__a" is sources/a.yaml)."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[str]:
    """Every fault of a folder as one line each, without the folder's own path."""
    with pytest.raises(ConfigError) as told:
        load(folder)
    return [str(fault).replace(f"{folder}/", "") for fault in told.value.faults]


def test_an_empty_folder_is_a_working_service(tmp_path: Path) -> None:
    found = load(tmp_path)

    assert (found.service.database, found.sources, dict(found.profiles)) == ("sqlite:///firstrung.db", (), {})


def test_a_right_configuration(tmp_path: Path) -> None:
    profile = "email: a@example.org\nplace: {zip: 01001}\ndigest: {at: 10:30}\n"
    found = load(write(tmp_path, service=SERVICE, sources__a=SOURCE, profiles__ann=profile))

    assert [source.name for source in found.sources] == ["mercy"]
    assert found.profiles["ann"].digest.at.isoformat() == "10:30:00"


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        service="crawl: {contact: ftp://x}\nmial: 1\n",
        sources__a="sources:\n  - {name: A b, kind: grenhouse, url: nowhere}\n  - {name: b, kind: lever, url: 'https://jobs.lever.co/b', evry: 6h}\n",
        sources__b=SOURCE
        + "  - {name: mercy, kind: lever, url: 'https://jobs.lever.co/m', every: 6 hours, expect: {min: 5, max: 1}}\n",
        profiles__ann="email: nobody\neducation: associates\ncredentials:\n  - {id: aapc-cpc, state: hold}\nexperience: [{area: front-dsk, months: 3}]\n",
        profiles__bob="email: bob@example.org\ncredentials:\n  - {id: aapc-cpcc}\n",
    )

    told = faults(folder)

    assert any(line.startswith("service.yaml: crawl.contact: not a web address") for line in told)
    assert any(line.startswith("service.yaml: mial: unknown key 'mial' (did you mean 'mail'?") for line in told)
    assert any(
        "sources/a.yaml: sources.0.kind: unknown kind 'grenhouse' (did you mean 'greenhouse'?" in line for line in told
    )
    assert any("sources/a.yaml: sources.1.evry: unknown key 'evry' (did you mean 'every'?" in line for line in told)
    assert any("sources/b.yaml: sources.1.every: not a period such as 30m, 6h, 1d or 1w" in line for line in told)
    assert any("profiles/ann.yaml: email: not a mail address" in line for line in told)
    assert any(
        "profiles/ann.yaml: education: unknown word 'associates' (did you mean 'associate'?" in line for line in told
    )
    assert any(
        "profiles/ann.yaml: credentials.0.state: unknown word 'hold' (did you mean 'held'?" in line for line in told
    )
    assert any(
        "profiles/ann.yaml: experience.0: unknown id 'front-dsk' (did you mean 'front-desk'" in line for line in told
    )
    assert any(line.startswith("sources/a.yaml: sources.0.url: not a web address") for line in told)
    assert any("sources/b.yaml: sources.1.expect: max (1) is less than min (5)" in line for line in told)
    assert any(
        "profiles/bob.yaml: credentials.0: unknown id 'aapc-cpcc' (did you mean 'aapc-cpc" in line for line in told
    )


def test_a_name_is_unique_over_all_files(tmp_path: Path) -> None:
    (told,) = faults(write(tmp_path, sources__a=SOURCE, sources__b=SOURCE))

    assert "sources/b.yaml: sources.0.name: the name 'mercy' is taken by" in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1, 2", "not YAML"),
        ("a: 1\na: 2\n", "the key 'a' stands twice"),
        ("a: !!python/object/apply:os.system [ls]", "not YAML"),
        ("- 1\n- 2\n", "valid dictionary"),
        ("\x00", "not YAML"),
    ],
)
def test_files_that_are_no_yaml_are_told_with_their_place(tmp_path: Path, text: str, says: str) -> None:
    (told,) = faults(write(tmp_path, service=text))

    assert told.startswith("service.yaml")
    assert says in told


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_bytes(b"zone: \xff\xfe")

    assert faults(tmp_path) == ["service.yaml: not UTF-8 text (byte 6) (save it as UTF-8)"]


def test_dates_may_be_quoted_or_not(tmp_path: Path, taxonomy: object) -> None:
    text = 'email: a@example.org\ncredentials:\n  - {id: aapc-cpc, since: "2026-06"}\n  - {id: ahima-cca, since: 2026-06-02}\n'
    write(tmp_path, ann=text)

    profile = load_profile(tmp_path / "ann.yaml", taxonomy)  # type: ignore[arg-type]

    assert [held.since.isoformat() for held in profile.credentials or () if held.since] == ["2026-06-01", "2026-06-02"]


def test_a_booked_exam_may_leave_its_day_out(tmp_path: Path) -> None:
    text = "email: a@example.org\ncredentials:\n  - {id: ahima-cca, state: booked}\n"

    (held,) = load(write(tmp_path, profiles__ann=text)).profiles["ann"].credentials or ()

    assert (held.state, held.on) == ("booked", None)


@pytest.mark.parametrize("since", ["2024", "June", "2026-13", "2026-6-1"])
def test_what_is_no_date_is_told_with_an_example(tmp_path: Path, since: str) -> None:
    text = f"email: a@example.org\ncredentials:\n  - {{id: ahima-cca, since: {since}}}\n"

    (told,) = faults(write(tmp_path, profiles__ann=text))

    assert "profiles/ann.yaml: credentials.0.since: not a date such as 2026-06 or 2026-06-15" in told


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("folder", ["config", "cli/starter"])
def test_the_shipped_configurations_are_right(folder: str) -> None:
    found = load(ROOT / folder)

    assert found.service.mail is not None


def test_the_published_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    from cli.commands.configuring import write_schemas

    written = {path.name: json.loads(path.read_text()) for path in write_schemas(tmp_path)}
    published = {path.name: json.loads(path.read_text()) for path in (ROOT / "config" / "schema").glob("*.json")}

    assert published == written, "run: make schema"


def test_the_nearest_word_is_named() -> None:
    assert (
        yamlfile.nearest("grenhouse", ["ashby", "greenhouse"]) == "did you mean 'greenhouse'? known: ashby, greenhouse"
    )
    assert yamlfile.nearest("zzz", ["ashby"]) == "known: ashby"


def test_the_starter_set_is_large_untried_and_switched_off() -> None:
    found = load(ROOT / "config")
    starter = [source for source in found.sources if not source.verified]

    assert len(starter) >= 150
    assert len({source.kind for source in starter}) >= 12
    assert all(not source.enabled and source.employer for source in starter)
