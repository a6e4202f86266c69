"""What mails and pages say, in the reader's language: English as written in templates and code, others from `catalogue/LANGUAGE.po`.

A sentence that the matcher made (`model.said.Said`) is said again from its template; a message that a catalogue lacks stays English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.pofile import read_po

from model.said import Said

CATALOGUES = Path(__file__).parent / "catalogue"
LANGUAGES = ("en", *sorted(path.stem for path in CATALOGUES.glob("*.po")))


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: str
    messages: Mapping[str, str]

    def say(self, template: str, **values: Any) -> str:
        """A sentence with its {fields} filled in; values that are sentences are said in this language too."""
        said = self.messages.get(template, template)
        return said.format(**{name: self.again(value) for name, value in values.items()}) if values else said

    def count(self, number: int, one: str, many: str, **values: Any) -> str:
        """The sentence for one or for many; `{number}` is the figure."""
        return self.say(one if number == 1 else many, number=number, **values)

    def again(self, value: Any) -> Any:
        """A value as it is, a sentence in this language."""
        if isinstance(value, Said):
            if not self.messages:  # it is English already
                return str(value)
            return self.say(value.template, **value.values) if value.values else self.say(value.template)
        return self.day(value) if isinstance(value, date) else value

    def day(self, day: date, *, weekday: bool = False) -> str:
        """A day: "3 March 2027", with its weekday "Wednesday, 3 March 2027"."""
        return _day(self.language, date(day.year, day.month, day.day), weekday)


@lru_cache(maxsize=1024)
def _day(language: str, day: date, weekday: bool) -> str:
    months = {"en": "d MMMM y", "es": "d 'de' MMMM 'de' y"}.get(language, "long")
    return format_date(day, ("EEEE, " if weekday else "") + months, locale=language)


@cache
def words_in(language: str) -> Words:
    """The words of a language; English for one that has no catalogue."""
    path = CATALOGUES / f"{language}.po"
    if language == "en" or not path.exists():
        return Words("en", {})
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    messages = {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
    return Words(language, messages)
