"""A record of a payload, read field by field: what is taken is noted, so that what nobody knows can be counted and shown."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from model.errors import PageNotUnderstood


class Record:
    """One JSON object of a payload. Every look at a field marks it as known; values of another type read as absent.

    A record made of something that is no object is empty and false, so that chains of looks never fail.
    """

    __slots__ = ("_parts", "fields")

    def __init__(self, fields: object) -> None:
        """Wrap `fields`; anything but a mapping gives an empty record."""
        self.fields: Mapping[str, Any] = fields if isinstance(fields, Mapping) else {}
        self._parts: dict[str, list[Record]] = {}

    def __bool__(self) -> bool:
        """Whether the record holds any field."""
        return bool(self.fields)

    def __contains__(self, name: str) -> bool:
        """Whether the field is there (its value may be null)."""
        return name in self.fields

    def value(self, name: str) -> object:
        """The field as it is, None if absent."""
        self._parts.setdefault(name, [])
        return self.fields.get(name)

    def text(self, *names: str) -> str | None:
        """The first of `names` that holds text or a number, stripped; None if none does."""
        found = None
        for name in names:
            value = self.value(name)
            if found is None and isinstance(value, str | int | float) and not isinstance(value, bool):
                found = str(value).strip() or None
        return found

    def truth(self, name: str) -> bool | None:
        """A boolean, also written as "true", "False", "Y", 1 or 0; None if it says nothing."""
        value = self.value(name)
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in ("true", "yes", "y", "1"):
            return True
        return False if word in ("false", "no", "n", "0") else None

    def whole(self, name: str) -> int | None:
        """A whole number, also written as text ("1,234"); None if it is none."""
        value = self.value(name)
        if isinstance(value, bool):
            return None
        try:
            return int(str(value).replace(",", "").strip())
        except ValueError:
            return None

    def record(self, name: str) -> "Record":
        """The object in the field (the first of a list), or an empty record."""
        every = self.records(name)
        return every[0] if every else Record(None)

    def records(self, name: str) -> list["Record"]:
        """The objects of the list in the field; a single object counts as a list of one."""
        value = self.value(name)
        if not self._parts[name]:
            every = value if isinstance(value, list) else [value]
            self._parts[name] = [Record(part) for part in every if isinstance(part, Mapping)]
        return self._parts[name]

    def texts(self, name: str) -> list[str]:
        """The texts of the list in the field; a single text counts as a list of one."""
        value = self.value(name)
        every = value if isinstance(value, list) else [value]
        return [text.strip() for text in every if isinstance(text, str) and text.strip()]

    def unknown(self, ignored: Iterable[str], path: str = "") -> Iterator[str]:
        """The fields (with their path) that say something, that nobody looked at and that are not ignored by name."""
        ignore = frozenset(ignored)
        for name, value in self.fields.items():
            if name not in self._parts and path + name not in ignore and value not in (None, "", [], {}):
                yield path + name
        for name, parts in self._parts.items():
            for part in () if path + name in ignore else parts:
                yield from part.unknown(ignore, f"{path}{name}.")

    def compact(self) -> bytes:
        """The record as compact JSON in UTF-8."""
        return compact(self.fields)


def names_in(words: str) -> frozenset[str]:
    """Field names, written one after the other."""
    return frozenset(words.split())


def compact(value: object) -> bytes:
    """A JSON value as compact UTF-8 (lone surrogates are replaced)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "replace")


def rows(value: object, where: str, url: str = "") -> list[Record]:
    """The objects of a list that a board must have. Raises PageNotUnderstood if `value` is no list."""
    if not isinstance(value, list):
        raise PageNotUnderstood(f"{where} is {type(value).__name__}, not a list of postings", url=url)
    return [Record(row) for row in value if isinstance(row, Mapping)]
