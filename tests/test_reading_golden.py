"""Whole readings as files: a posting of our own and the reading that a person has looked at, side by side."""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from matcher.gold_form import gold_form, posting_from_line
from matcher.reading import Reader, reader_of
from scheduler.configuration import load_taxonomy
from tests.conftest import ROOT

FOLDER = Path(__file__).parent / "golden" / "readings"
POSTINGS = sorted(FOLDER.glob("*.posting.json"))


@lru_cache
def reader() -> Reader:
    return reader_of(load_taxonomy(ROOT / "config"))


def shown(path: Path) -> dict[str, Any]:
    """The reading as the file keeps it: the gold form, the tree, and the facts beside it; not the taxonomy's version."""
    reading = reader().read(posting_from_line(json.loads(path.read_text(encoding="utf-8"))))
    whole = asdict(reading)
    beside = ("requirements", "underserved", "workplace_states", "shift", "gates", "contradictions", "thin")
    kept: dict[str, Any] = json.loads(
        json.dumps({"form": gold_form(reading), **{name: whole[name] for name in beside}})
    )
    return kept


@pytest.mark.parametrize("path", POSTINGS, ids=lambda path: path.name.removesuffix(".posting.json"))
def test_reading_is_the_one_that_a_person_has_looked_at(path: Path, request: pytest.FixtureRequest) -> None:
    expected = path.with_name(path.name.replace(".posting.", ".reading."))
    found = shown(path)
    if request.config.getoption("--rewrite-golden"):
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    assert found == json.loads(expected.read_text(encoding="utf-8"))


def test_there_are_goldens() -> None:
    assert len(POSTINGS) >= 4
