"""Every message that people may be shown, collected from code, templates and data: what each catalogue has to hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

from digest import cards, notes, rendering
from matcher.taxonomy import Taxonomy
from tests.conftest import ROOT
from web import forms, leaving

SAYING = {"Said", "say", "count", "number_of"}


def in_code(folder: Path) -> Iterator[str]:
    """Templates given to Said(…) and say(…), also where one of two is chosen or a name holds them."""
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            target.id: value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target, value in _pairs(node)
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in (
                SAYING if folder.name in ("digest", "web") else {"Said"}
            ):
                for argument in node.args[: 3 if _name(node.func) in ("count", "number_of") else 1]:
                    yield from _texts(argument, named)


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _texts(node: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _texts(node.body, named)
            yield from _texts(node.orelse, named)
        case ast.Name(id=name) if isinstance(named.get(name), ast.Constant):
            yield from _texts(named[name], {})


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def in_templates(folder: Path) -> Iterator[str]:
    """Texts given to say(…) and number_of(…) in templates."""
    for path in sorted(folder.glob("*")):
        html = path.name.endswith(".html") and folder.parent.name == "digest"
        marks = {"block_start_string": "<!--%", "block_end_string": "%-->"} if html else {}
        tree = Environment(**marks).parse(path.read_text(encoding="utf-8"))  # type: ignore[arg-type]
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in SAYING:
                yield from (argument.value for argument in call.args if isinstance(argument, nodes.Const))
        for pair in tree.find_all(nodes.Tuple):  # labels in lists of choices: (value, label)
            texts = [item.value for item in pair.items if isinstance(item, nodes.Const)]
            if len(texts) == len(pair.items) == 2 and all(isinstance(text, str) for text in texts):
                yield texts[1]


def in_data(taxonomy: Taxonomy, contacts: list[str]) -> Iterator[str]:
    """Labels and reasons of the taxonomy, and what resources.yaml says."""
    yield from (one.label for one in taxonomy.care_settings.care_settings)
    for area in taxonomy.areas.areas:
        yield area.label
        yield area.id.replace("-", " ")
        yield from (counts.reason for counts in area.counts_towards)
    yield from (wide.label for wide in taxonomy.ladders.file.wide_areas)
    yield from (door.why for door in taxonomy.ladders.file.first_doors)
    yield from contacts


def in_tables() -> Iterator[str]:
    """Messages that stand in tables of the code."""
    yield from (text for pair in rendering.TITLES.values() for text in pair)
    for table in (
        rendering.CHANGES,
        cards.PERIODS,
        cards.HOURS,
        cards.BASIS,
        notes.TITLES,
        notes.LABELS,
        notes.AFTER,
        forms.SAYS,
        leaving.TOLD,
    ):
        yield from table.values()
    yield from (line for lines in notes.LINES.values() for line in lines)
    for choices in (forms.EDUCATION, forms.STATES, forms.KINDS, forms.ZONES):
        yield from (label for _, label in choices)
    yield from forms.DAYS
    yield from ("place", "workplace", "pay", "care setting", "employer", "employment type", "shift")


def every(taxonomy: Taxonomy, contacts: list[str]) -> list[str]:
    """All of them, each once, in a settled order. Bare templates of joints ("{part0}{part1}") say nothing."""
    found: dict[str, None] = {}
    for folder in (ROOT / "model", ROOT / "matcher", ROOT / "digest", ROOT / "web"):
        found |= dict.fromkeys(in_code(folder))
        if (folder / "templates").is_dir():
            found |= dict.fromkeys(in_templates(folder / "templates"))
    found |= dict.fromkeys((*in_tables(), *in_data(taxonomy, contacts)))
    return [text for text in found if any(letter.isalpha() for letter in _bare(text))]


def _bare(text: str) -> str:
    return "".join(part.split("}", 1)[-1] for part in ("}" + text).split("{"))
