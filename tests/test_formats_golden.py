"""Goldens: for each format at least an ordinary and an empty board, as pages in a folder, with what must come out beside them.

`tests/golden/pages/<format>/<case>/`: `source.json` (the source), `pages.json` (address -> file), the files, `expected.json`.
`pytest --rewrite-golden` writes all of them anew from the boards of our own making; look at the difference before you keep it.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from crawler import formats
from crawler.trying import told
from tests.boards.crawling import Crawl, read_from
from tests.boards.made import BOARDS
from tests.boards.openings import openings

PAGES = Path(__file__).parent / "golden" / "pages"
CASES = {"ordinary": 3, "empty": 0}
ENVIRONMENT = {
    "USAJOBS_KEY": "k",
    "USAJOBS_EMAIL": "me@example.org",
    "ADZUNA_APP_ID": "a",
    "ADZUNA_APP_KEY": "b",
    "CAREERONESTOP_USER": "u",
    "CAREERONESTOP_TOKEN": "t",
}


def folders(kind: str) -> list[Path]:
    """The cases of a format."""
    return sorted(path for path in (PAGES / kind).iterdir() if path.is_dir()) if (PAGES / kind).is_dir() else []


def expected_of(crawl: Crawl) -> dict[str, Any]:
    """What a golden keeps of a crawl."""
    shown = told(crawl.report, crawl.crawled)
    return {name: value for name, value in shown.items() if name not in ("seconds", "coverage")}


def write(kind: str, case: str, count: int) -> None:
    """Write one golden from the board of our own making."""
    made = BOARDS[kind](openings(count))
    crawl = read_from(made.handler, **made.fields)
    folder = PAGES / kind / case
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    pages = {}
    for address, body in crawl.brought.items():
        name = hashlib.sha256(address.encode()).hexdigest()[:8] + ".page"
        (folder / name).write_bytes(body)
        pages[address] = name
    for name, value in (("source", made.fields), ("pages", pages), ("expected", expected_of(crawl))):
        (folder / f"{name}.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def _rewritten(request: pytest.FixtureRequest) -> None:
    """Write the goldens anew if that is asked for."""
    if request.config.getoption("--rewrite-golden"):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in ENVIRONMENT.items():
                patch.setenv(name, value)
            for kind in formats.kinds():
                for case, count in CASES.items():
                    write(kind, case, count)


@pytest.mark.parametrize("kind", formats.kinds())
def test_a_format_has_goldens(kind: str) -> None:
    assert {"ordinary", "empty"} <= {folder.name for folder in folders(kind)}, (
        f"{kind}: pages for an ordinary and an empty board"
    )


@pytest.mark.parametrize(
    "folder", [pytest.param(folder, id=f"{kind}-{folder.name}") for kind in formats.kinds() for folder in folders(kind)]
)
def test_a_golden_comes_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    pages = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
    source = json.loads((folder / "source.json").read_text(encoding="utf-8"))
    crawl = read_from({address: (folder / name).read_bytes() for address, name in pages.items()}, **source)
    assert expected_of(crawl) == json.loads((folder / "expected.json").read_text(encoding="utf-8"))
