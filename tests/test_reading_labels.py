"""The reader against labels that another hand made: floors, so that a change that reads worse is seen. The texts are read in place."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from matcher.gold_form import gold_form, posting_from_line
from matcher.reading import reader_of
from matcher.taxonomy import Taxonomy
from tests.conftest import ROOT

LABELS = ROOT / "tests" / "labels" / "corpus.jsonl"
FLOORS = {
    "required_groups": 0.85,
    "min_experience": 0.88,
    "education": 0.80,
    "entry_level": 0.88,
    "workplace": 0.86,
    "pay": 0.92,
    "read_without_a_mistake": 0.71,
    "settings": 0.78,
}
HARDER = {"P": {"read_without_a_mistake": 0.66}}

SIZES = {"H": 40} | dict.fromkeys("IJK", 48) | dict.fromkeys("LMNOPQ", 45)


@pytest.fixture(scope="module")
def score(shared: Path) -> Any:
    """The scorer that stands beside the shared labels."""
    spec = importlib.util.spec_from_file_location("score", shared / "gold" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("letter", list("ABCDEFGHIJKLMNOPQ"))
def test_labels_of_another_hand(letter: str, shared: Path, score: Any, taxonomy: Taxonomy) -> None:
    labels = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    gold = {label["id"]: label for label in labels if label["set"] == letter}
    lines = (shared / "postings" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    corpus = (json.loads(line) for line in lines)
    reader = reader_of(taxonomy)
    read = {row["id"]: gold_form(reader.read(posting_from_line(row))) for row in corpus if row["id"] in gold}

    figures = score.score(gold, read)

    assert (len(gold), figures["unread"]) == (SIZES.get(letter, 50), 0)
    reached = {name: one["f1"] if isinstance(one := figures[name], dict) else one for name in FLOORS}
    floors = FLOORS | HARDER.get(letter, {})
    assert {name: reached[name] for name, floor in floors.items() if reached[name] < floor} == {}
    assert figures["false_walls"] <= 0.04
