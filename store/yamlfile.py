"""Read a YAML file that a person wrote, strictly: every fault at once, with its place and the nearest allowed word."""

import difflib
import re
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from model.errors import ConfigError, Fault

T = TypeVar("T")
LARGEST_FILE = 8 * 1024 * 1024


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML's safe types only; a key that is written twice is a fault, not a silent overwrite.

    `on`, `off`, `yes` and `no` are words, as in YAML 1.2: `on: 2027-02-10` is the key "on", not the key True.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {
        letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, (str, int)) and key in seen:
            problem = f"the key {key!r} stands twice"
            raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
        if isinstance(key, (str, int)):
            seen.add(key)
    loader.flatten_mapping(node)
    return {
        loader.construct_object(key, deep=True): loader.construct_object(value, deep=True) for key, value in node.value
    }


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load(path: Path) -> Any:
    """The plain value in the file (None when it is empty). Raises ConfigError with line and column when it is not YAML."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ConfigError(Fault(str(path), f"larger than {LARGEST_FILE:,} bytes", "split it"))
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(Fault(str(path), "no such file")) from None
    except UnicodeDecodeError as error:
        raise ConfigError(Fault(str(path), f"not UTF-8 text (byte {error.start})", "save it as UTF-8")) from error
    except OSError as error:
        raise ConfigError(Fault(str(path), error.strerror or "cannot be read")) from error
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (a subclass of the safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise ConfigError(Fault(place, f"not YAML: {error.problem or error.context}")) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(Fault(str(path), f"not YAML: {str(error).splitlines()[0]}")) from error


def read(path: Path, form: type[T]) -> T:
    """The file as a value of `form`. Raises ConfigError with every fault that pydantic finds."""
    return check(load(path), form, place=str(path))


@cache
def _adapter(form: Any) -> TypeAdapter[Any]:
    """Pydantic's checker of a type: it takes longer to make than most files to check."""
    return TypeAdapter(form)


def check(value: Any, form: type[T] | TypeAdapter[T], *, place: str, joint: str = ": ") -> T:
    """A plain value as a value of `form`; `place` and `joint` stand before each fault's path."""
    adapter: TypeAdapter[T] = form if isinstance(form, TypeAdapter) else _adapter(form)  # type: ignore[arg-type]  # a type is hashable
    try:
        return adapter.validate_python({} if value is None else value)
    except ValidationError as error:
        schema = adapter.json_schema()
        raise ConfigError(*(_fault(found, value, schema, place + joint) for found in error.errors())) from error


def _fault(found: Any, value: Any, schema: dict[str, Any], place: str) -> Fault:
    """One of pydantic's errors in our words: the path as a person would write it, and the nearest allowed word."""
    path = _written(found["loc"], value)
    kind, given, context = found["type"], found.get("input"), found.get("ctx", {})
    if kind == "extra_forbidden":
        allowed = sorted(_properties(schema, schema, path[:-1]))
        says, mend = f"unknown key {path[-1]!r}", nearest(path[-1], allowed)
    elif kind in ("literal_error", "enum"):
        allowed = [word.strip("'") for word in re.split(r", | or ", str(context.get("expected", "")))]
        says, mend = f"unknown word {given!r}", nearest(given, allowed)
    elif kind == "union_tag_invalid":
        allowed = [word.strip("'") for word in str(context.get("expected_tags", "")).split(", ")]
        discriminator = str(context.get("discriminator", "kind")).strip("'")
        path.append(discriminator)
        says, mend = f"unknown {discriminator} {context.get('tag')!r}", nearest(context.get("tag"), allowed)
    elif kind == "missing":
        says, mend = "missing", "must be given"
    else:
        says, mend = (
            found["msg"].removeprefix("Value error, "),
            "" if isinstance(given, dict) else f"given: {given!r:.80}",
        )
    steps = ".".join(str(step) for step in path)
    return Fault(f"{place}{steps}" if steps else place.rstrip(": ."), says[:1].lower() + says[1:], mend)


def nearest(word: Any, allowed: list[str]) -> str:
    """The mend for an unknown word: the nearest allowed one, and (up to forty of) the allowed ones."""
    close = difflib.get_close_matches(str(word), allowed, n=1, cutoff=0.6)
    known = f"known: {', '.join(allowed[:40])}{', …' if len(allowed) > 40 else ''}" if allowed else ""
    return f"did you mean {close[0]!r}? {known}" if close else known


def _written(location: tuple[int | str, ...], value: Any) -> list[int | str]:
    """The path as it stands in the file: without the names of union members that pydantic puts between."""
    path: list[int | str] = []
    for position, step in enumerate(location):
        inside = isinstance(value, dict | list) and (
            step in value if isinstance(value, dict) else isinstance(step, int)
        )
        if inside:
            value = value[step]
        if inside or position == len(location) - 1:
            path.append(step)
    return path


def _properties(root: dict[str, Any], schema: dict[str, Any], path: list[Any]) -> set[str]:
    """The keys that are allowed at `path` (over all branches of a union)."""
    if "$ref" in schema:
        return _properties(root, root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], path)
    found: set[str] = set()
    for branch in schema.get("anyOf", []) + schema.get("oneOf", []):
        found |= _properties(root, branch, path)
    if not path:
        return found | set(schema.get("properties", {}))
    step, rest = path[0], path[1:]
    if step in schema.get("properties", {}):
        return found | _properties(root, schema["properties"][step], rest)
    inside = schema.get("items") if isinstance(step, int) else schema.get("additionalProperties")
    if isinstance(inside, dict):
        return found | _properties(root, inside, rest)
    # a union's tag stands in pydantic's path but not in the file
    return found | (_properties(root, schema, rest) if path and not found else set())
