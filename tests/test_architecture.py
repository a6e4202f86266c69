"""Promises of the house that no linter knows: small functions and files, names, homes of libraries, documented commands."""

import ast
import importlib.metadata
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, firstrung
from crawler import formats
from digest import channels
from tests.conftest import ROOT

PACKAGES = ("model", "matcher", "store", "crawler", "digest", "scheduler", "cli", "demo")
LONGEST_FUNCTION, LONGEST_FILE = 50, 450
BANNED = re.compile(r"(^|_)(utils?|helpers?|managers?|handlers?|processors?|misc|common)(_|$)", re.IGNORECASE)


def sources() -> Iterator[Path]:
    """Every Python file of the house."""
    for package in PACKAGES:
        yield from (path for path in sorted((ROOT / package).rglob("*.py")) if path.parent.name != "versions")


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_fit_a_screen_and_have_plain_names(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LONGEST_FILE, f"{path}: split it"
    assert ast.get_docstring(tree) or not text.strip(), f"{path}: say in one sentence what it is"
    assert not BANNED.search(path.stem), path
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert not BANNED.search(node.name), f"{path}: {node.name}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{path}: {node.name} has {length} lines"
            public = not node.name.startswith("_")
            assert ast.get_docstring(node) or not public or _is_nested(tree, node), f"{path}: {node.name} says nothing"


def _is_nested(tree: ast.Module, wanted: ast.AST) -> bool:
    """True for a function inside a function, or a click command's own body, which its help text documents."""
    outer = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return any(wanted is not one and wanted in ast.walk(one) for one in outer)


def test_config_holds_data_only() -> None:
    assert list((ROOT / "config").rglob("*.py")) == []


def test_no_installed_package_takes_one_of_our_names() -> None:
    provided = importlib.metadata.packages_distributions()
    taken = {name: provided[name] for name in (*PACKAGES, "web", "config") if name in provided}

    assert taken == {}


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield from commands(found, (*path, name))
    else:
        yield path, group


def test_every_command_has_help_and_stands_in_the_handbook() -> None:
    handbook = (ROOT / "README.md").read_text() + "".join(path.read_text() for path in (ROOT / "docs").rglob("*.md"))
    for words, command in commands(firstrung):
        assert command.help, words
        assert f"firstrung {' '.join(words)}" in handbook, f"firstrung {' '.join(words)} is not in README or docs"
    assert len(list(commands(firstrung))) >= len(COMMANDS)


def test_formats_are_found_by_their_presence() -> None:
    files = {path.stem for path in (ROOT / "crawler" / "formats").glob("*.py")} - {"__init__"}

    assert set(formats.kinds()) == files


def test_every_channel_opens_by_its_name() -> None:
    found = {module.name for module in pkgutil.iter_modules(channels.__path__)}

    assert found == {"eml", "smtp"}


def test_nothing_that_is_committed_records_an_index_address() -> None:
    hosts = (
        "pypi" + ".org",
        "python" + "hosted",
        "registry.npm" + "js",
        "deb.debian" + ".org",
        "--index" + "-url",
        "--extra-index",
    )
    kept = [path for pattern in ("*.toml", "requirements/*.lock", "Makefile", "**/*.md") for path in ROOT.glob(pattern)]
    for path in kept:
        if ".venv" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert not [host for host in hosts if host in text], path
