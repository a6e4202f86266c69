"""A sentence for people that remembers how it was made, so that it can be said in another language.

`Said("Asks for {name}.", name="CPC")` is the string "Asks for CPC." wherever a string is wanted; `template` and `values` are what a
catalogue of messages needs. Values may be sentences themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any


class Said(str):
    """A string with the template and the values that it was made from."""

    template: str
    values: Mapping[str, Any]
    __slots__ = ("template", "values")

    def __new__(cls, template: str, **values: Any) -> "Said":
        """Fill the template's {fields}. Raises KeyError for a field without a value."""
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template = template
        made.values = values
        return made


class Day(date):
    """A day that formats as people write it, "3 March 2027", and is still a date for another language."""

    def __new__(cls, day: date) -> "Day":
        """The same day."""
        return super().__new__(cls, day.year, day.month, day.day)

    def __format__(self, spec: str) -> str:
        """In English, unless a pattern is given."""
        return (
            format(date(self.year, self.month, self.day), spec)
            if spec
            else f"{self.day} {date.strftime(self, '%B %Y')}"
        )


def joined(*parts: str) -> str:
    """Sentences one after the other, each of which can still be said in another language; empty ones are left out."""
    present = {f"part{number}": part for number, part in enumerate(parts) if part}
    if len(present) == 1:
        return next(iter(present.values()))
    return Said("".join(f"{{{name}}}" for name in present), **present)


def listed(words: Sequence[str]) -> str:
    """ "one", "one and two", "one, two and three"."""
    if len(words) < 2:
        return words[0] if words else ""
    rest = {f"word{number}": word for number, word in enumerate(words[:-1])}
    first = Said(", ".join(f"{{{name}}}" for name in rest), **rest)
    return Said("{some} and {last}", some=first, last=words[-1])
