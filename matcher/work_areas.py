"""Fields of work: a posting's own words ("two years of A/R or billing") to areas of the taxonomy, and what counts towards them.

Weights are whole hundredths, so that sums never depend on their order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from matcher.taxonomy import Taxonomy
from model.reading import ExperienceAsk
from model.said import Said

FULL = 100
STRONG = 50
"""Related experience of at least this weight counts on its own; a weaker one makes up half of what is asked for at most."""
ANY_WORK = frozenset(
    {
        "work",
        "working",
        "experience",
        "professional",
        "relevant",
        "related",
        "similar",
        "prior",
        "previous",
        "job",
        "proven",
    }
)
_FILLERS = (
    "and|or|the|a|an|in|of|with|only|this|must have|related|relevant|prior|previous|general|recent|direct|directly|proven|similar"
    "|comparable"
)
_STOP = re.compile(rf"^(?:(?:{_FILLERS})(?:\s+|$))+|\s+(?:is|are|and|or|in|of|with)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """What a statement of experience asks for: a label for people, and the weight and reason of each area; None: cannot be told."""

    label: str
    weights: Mapping[str, tuple[int, str]] | None
    anything: bool = False

    def weight(self, area: str) -> int:
        """How much a month in `area` counts, in hundredths."""
        if self.anything:
            return FULL
        return self.weights.get(area, (0, ""))[0] if self.weights else 0

    def reason(self, area: str) -> str:
        """Why `area` counts ("" when it is the field itself)."""
        return self.weights.get(area, (0, ""))[1] if self.weights else ""


class WorkAreas:
    """Finds the fields that words name; made once from a taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Compile the synonyms, the longest first."""
        self.taxonomy = taxonomy
        self._known: dict[tuple[str | None, str | None], Field] = {}

    def field(self, ask: ExperienceAsk) -> Field:
        """The field that a statement asks for: by the reader's own id, else by the posting's words."""
        key = (ask.area_id, ask.area)
        if key not in self._known:
            self._known[key] = self._field(ask.area_id, ask.area)
        return self._known[key]

    def _field(self, area_id: str | None, words: str | None) -> Field:
        if area_id is not None:
            entry = self.taxonomy.area(area_id)
            return Field(entry.label if entry else area_id, self._weights((area_id,)))
        cleaned = _cleaned(words or "")
        found = self.named(cleaned)
        lower = cleaned.lower()
        beyond = any(word in lower for word in self.taxonomy.ladders.file.beyond_areas)
        if found and not beyond:
            labels = " or ".join(dict.fromkeys(self._label(one) for one in found))
            return Field(labels, self._weights(found))
        if not cleaned or all(word in ANY_WORK for word in cleaned.lower().split()):
            return Field("", None, anything=True)
        return Field(cleaned if len(cleaned) <= 60 else f"{cleaned[:57]}…", None)

    def named(self, words: str) -> tuple[str, ...]:
        """Areas and wide areas that the words name; an exact area stands before a wide one unless they are alternatives."""
        found: list[str] = []
        rest = words.lower()
        for pattern, area in self._patterns:
            if area not in found and pattern.search(rest):
                found.append(area)
                rest = pattern.sub(" | ", rest)
        if " or " in words.lower() or "/" in words:
            return tuple(found)
        return tuple([one for one in found if self.taxonomy.area(one)] or found)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        words = {
            (synonym.lower(), entry.id)
            for entry in self.taxonomy.areas.areas
            for synonym in (*entry.synonyms, entry.label)
        }
        taken = {word for word, _ in words}
        wide = {(word.lower(), wide.id) for wide in self.taxonomy.ladders.file.wide_areas for word in wide.words}
        both = sorted(words | {pair for pair in wide if pair[0] not in taken}, key=lambda pair: (-len(pair[0]), pair))
        return [(re.compile(rf"(?<![\w-]){re.escape(word)}(?:s|ing)?(?![\w-])"), area) for word, area in both]

    @cached_property
    def _wide(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        return {wide.id: (wide.label, wide.areas) for wide in self.taxonomy.ladders.file.wide_areas}

    def _label(self, area: str) -> str:
        entry = self.taxonomy.area(area)
        return entry.label if entry else self._wide[area][0]

    def _weights(self, areas: tuple[str, ...]) -> dict[str, tuple[int, str]]:
        """Of several fields ("billing or coding") the one towards which a month counts most."""
        weights: dict[str, tuple[int, str]] = {}
        counting: dict[str, tuple[int, str]]
        for area in areas:
            if area in self._wide:
                counting = dict.fromkeys(
                    self._wide[area][1], (FULL, Said("it is {field}", field=Said(self._wide[area][0])))
                )
            else:
                counts = self.taxonomy.areas_counting_towards(area)
                counting = {one: (round(weight * FULL), why) for one, (weight, why) in counts.items()}
                counting[area] = (FULL, "")
            for one, (weight, why) in sorted(counting.items()):
                if weight > weights.get(one, (0, ""))[0]:
                    weights[one] = (weight, why)
        return weights


def _cleaned(words: str) -> str:
    """The words without fillers at their ends."""
    text = re.sub(r"\s+", " ", words).strip(" ,.;:()")
    for _ in range(3):
        text = _STOP.sub("", text).strip()
    return text
