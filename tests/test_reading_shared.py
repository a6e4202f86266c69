"""The reader on material that lies beside the checkout: labelled postings with floors for each figure, and real markup read two ways."""

import importlib.util
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from matcher.blocks import blocks_with_lxml, blocks_with_soup, has_block_tags, is_markup
from matcher.gold_form import gold_form, posting_from_line
from matcher.page import Page
from matcher.reading import Reader, reader_of
from scheduler.configuration import load_taxonomy
from tests.conftest import ROOT, SHARED

GOLD, POSTINGS = SHARED / "gold", SHARED / "postings"
FLOORS = {
    "dev": {
        "credentials+modality": 0.96, "required_groups": 0.94, "min_experience": 0.97, "education": 0.94, "entry_level_flag": 0.95,
        "settings": 0.85, "workplace": 0.88, "pay": 0.96, "read_without_a_mistake": 0.88,
    },
    "constructed": {
        "credentials+modality": 0.96, "required_groups": 0.93, "min_experience": 0.97, "obtain_deadlines": 0.95, "education": 0.95,
        "entry_level_flag": 0.96, "settings": 0.88, "underserved_flag": 0.93, "workplace": 0.90, "pay": 0.96, "read_without_a_mistake": 0.85,
    },
    "cases": {"credentials+modality": 0.95, "required_groups": 0.93, "min_experience": 0.96, "obtain_deadlines": 0.95, "education": 0.95},
}  # fmt: skip
CEILINGS = {"dev": 0.01, "constructed": 0.01, "cases": 0.02}


def wanted(path: Path) -> Path:
    if not path.exists():
        pytest.skip(
            f"{path.name} does not lie beside this checkout: the figures on labelled postings are not checked here"
        )
    return path


@lru_cache
def reader() -> Reader:
    return reader_of(load_taxonomy(ROOT / "config"))


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_score", wanted(GOLD / "score.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def records(path: Path) -> Iterator[dict[str, Any]]:
    with wanted(path).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@pytest.mark.parametrize("name", FLOORS)
def test_figures_stay_above_their_floors(name: str) -> None:
    gold = scorer().load(wanted(GOLD / f"{name}.gold.jsonl"))
    read = {
        str(one["id"]): gold_form(reader().read(posting_from_line(one)))
        for one in records(GOLD / f"{name}.postings.jsonl")
    }

    figures = scorer().score(gold, read)

    flat = {key: value["f1"] if isinstance(value, dict) else value for key, value in figures.items()}
    assert {key: flat[key] for key, floor in FLOORS[name].items() if flat[key] < floor} == {}
    assert flat["false_walls"] <= CEILINGS[name]


def markup() -> Iterator[str]:
    for path in (GOLD / "constructed.postings.jsonl", POSTINGS / "corpus.jsonl", POSTINGS / "general.jsonl"):
        for number, record in enumerate(records(path)):
            text = record.get("description")
            if isinstance(text, str) and is_markup(text) and has_block_tags(text) and number < 3000:
                yield text[:60_000]


def test_fast_blocks_are_the_blocks_of_beautifulsoup_on_real_markup() -> None:
    different = [text[:80] for text in markup() if blocks_with_lxml(text) != blocks_with_soup(text)]

    assert different == []


def test_places_in_real_markup_are_found_by_counting() -> None:
    for text in markup():
        page = Page(text)
        for line in page.lines[:: max(1, len(page.lines) // 5)]:
            start, end, quote = page.place(line.start, min(line.end, line.start + 30))
            assert (start, end) != (0, len(page.raw)) or quote == page.seen, quote
