"""The same opening on two boards: one opening with two links. Nothing is dropped; postings are only grouped.

Postings of different sources are one opening when employer and place agree, the titles say the same, and most of the shorter text
stands in the longer one (shingle containment, which truncation and a board's own frame around the text do not lower). The same
text in another city stays apart, and so do sibling requisitions: a group never holds two postings of one source.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from model.posting import Posting

TITLES_AGREE = 80.0
TEXT_CONTAINED = 0.5
WORDS_ALIKE = 75.0
SHINGLE = 5
LARGEST_BLOCK = 60
_WORD = re.compile(r"[a-z0-9]+")
_TAG = re.compile(r"<[^<>]{1,2000}>")
_ORGANISATION = frozenset(
    (
        "the",
        "of",
        "and",
        "inc",
        "llc",
        "llp",
        "ltd",
        "co",
        "corp",
        "corporation",
        "company",
        "pc",
        "pllc",
        "pa",
        "system",
        "systems",
    )
)
_LEVEL = re.compile(r"i{1,3}|iv|v|vi|\d+")
Block = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Face:
    """What decides whether two postings are one opening, worked out once for each posting."""

    index: int
    source: str
    title: tuple[str, ...]
    text: frozenset[int]


def words(text: str) -> list[str]:
    """The text's words and numbers in small letters, without markup."""
    return _WORD.findall(_TAG.sub(" ", text).lower().replace("'", "").replace("’", ""))


def employer_key(employer: str | None) -> str:
    """An employer's name without legal suffixes, filler words and punctuation; "" when unnamed."""
    return " ".join(word for word in words(employer or "") if word not in _ORGANISATION)


def place_keys(posting: Posting) -> tuple[str, ...]:
    """Where the posting is, in a form that two boards share: city and state, or "remote"."""
    places = {
        f"{' '.join(words(place.city))}, {place.region}" for place in posting.locations if place.city and place.region
    }
    if not places and posting.workplace == "remote":
        return ("remote",)
    return tuple(sorted(places)) or tuple(sorted({" ".join(words(place.text)) for place in posting.locations})) or ("",)


def groups(postings: Sequence[Posting]) -> list[tuple[int, ...]]:
    """Groups of indexes that are one opening each, only those with two postings or more, in order of their first."""
    blocks: dict[Block, list[int]] = defaultdict(list)
    for index, posting in enumerate(postings):
        employer = employer_key(posting.employer)
        if employer:
            for place in place_keys(posting):
                blocks[employer, place].append(index)
    crowded = [indexes for indexes in blocks.values() if len({postings[index].source for index in indexes}) > 1]
    faces: dict[int, Face] = {}
    scored: list[tuple[float, int, int]] = []
    for indexes in crowded:
        here = [faces.setdefault(index, _face(index, postings[index])) for index in indexes]
        scored.extend(_pairs(here))
    return _grouped(scored, postings)


def _face(index: int, posting: Posting) -> Face:
    text = words(posting.description)
    spans = range(max(1, len(text) - SHINGLE + 1))
    shingles = frozenset(hash(tuple(text[start : start + SHINGLE])) for start in spans)
    return Face(index, posting.source, tuple(words(posting.title)), shingles)


def _pairs(faces: list[Face]) -> Iterator[tuple[float, int, int]]:
    """The pairs of one block that are one opening, with how sure that is."""
    for part in _parts(faces):
        for one, other in combinations(part, 2):
            if one.source != other.source and titles_agree(one.title, other.title):
                contained = len(one.text & other.text) / max(1, min(len(one.text), len(other.text)))
                if contained >= TEXT_CONTAINED:
                    yield contained, min(one.index, other.index), max(one.index, other.index)


def _parts(faces: list[Face]) -> Iterable[list[Face]]:
    """A block as it is, or, where an employer floods one city, cut by the words of the titles."""
    if len(faces) <= LARGEST_BLOCK:
        return [faces]
    by_word: dict[str, list[Face]] = defaultdict(list)
    for face in faces:
        by_word[min(face.title, key=lambda word: (-len(word), word), default="")].append(face)
    return by_word.values()


def titles_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two titles (as words) name the same job: alike, without a word or level on each side that the other denies."""
    if fuzz.token_set_ratio(" ".join(one), " ".join(other)) < TITLES_AGREE:
        return False
    left, right = set(one) - set(other), set(other) - set(one)
    if {word for word in left if _LEVEL.fullmatch(word)} != {word for word in right if _LEVEL.fullmatch(word)}:
        return False
    if not left or not right:
        return True
    return all(max(fuzz.ratio(word, mate) for mate in right) >= WORDS_ALIKE for word in left)


def _grouped(scored: list[tuple[float, int, int]], postings: Sequence[Posting]) -> list[tuple[int, ...]]:
    """Pairs joined to groups, the surest first; a group never takes a second posting of one source."""
    group_of: dict[int, list[int]] = {}
    for _, one, other in sorted(set(scored), key=lambda pair: (-pair[0], pair[1], pair[2])):
        first, second = group_of.get(one, [one]), group_of.get(other, [other])
        if first is second:
            continue
        sources = [postings[index].source for index in (*first, *second)]
        if len(set(sources)) < len(sources):
            continue
        merged = sorted(first + second)
        group_of.update(dict.fromkeys(merged, merged))
    distinct = {tuple(group) for group in group_of.values()}
    return sorted(distinct)
