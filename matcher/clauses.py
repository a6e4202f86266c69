"""Clauses: how the things that a sentence asks for hang together: all of them, any of them, at least two of them.

In: a sentence's required leaves in order. Out: `Node` values, each a list of ways (any one will do) of leaves (all of them).
Leaves of one kind that "or" joins are one choice; "or" between different kinds is looser than "and"; commas with a new kind are looser
still. A list without "and" or "or" is a choice when its members are alternatives by nature (one cluster of credentials).
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from matcher.leaves import Leaf, Sentence
from matcher.taxonomy import Taxonomy
from model.posting import Workplace
from model.reading import EDUCATION_ORDER

Link = Literal["or", "and", "comma", "detail", "with", "either"]
LEAST_RUNGS: Final = 2
FARTHEST_WORD: Final = 46
LONGEST_ARTICLE: Final = 12
_OR = re.compile(r"(?<![a-z])or(?![a-z])|(?<![a-z])/(?![a-z])|/|(?<![a-z])unless(?![a-z])|(?<![a-z])versus(?![a-z])")
_AND = re.compile(r"(?<![a-z])(?:and|with|plus|as well as|along with|in addition to)(?![a-z])|&|\+")
_NUMBERS: Final = {"two": 2, "2": 2, "three": 3, "3": 3}
MOST_COUNTED: Final = 8
_COUNT = re.compile(r"(?:at least |any )?(two|three|2|3)(?: or more)? of(?: the following)?")


@dataclass(slots=True)
class Node:
    """One thing that must be met: any of the ways, each of which is all of its leaves. `topic_only`: nothing but a repeat."""

    ways: list[list[Leaf]]
    section: int = 0
    at_least: int = 1
    conditional: bool = False
    workplace: Workplace | None = None
    leaves: list[Leaf] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the leaves together for quick looks."""
        self.leaves = [leaf for way in self.ways for leaf in way]

    def add_way(self, way: list[Leaf]) -> None:
        """Another way to meet it."""
        self.ways.append(way)
        self.leaves += way


def nodes_of(leaves: list[Leaf], sentence: Sentence, taxonomy: Taxonomy) -> list[Node]:
    """The nodes of a sentence's required leaves."""
    if not leaves:
        return []
    if counted := _counted(leaves, sentence):
        return counted
    links = [_link(first, second, sentence) for first, second in pairwise(leaves)]
    links = _resolved(
        leaves,
        [_near_enough(*pair, link, sentence, taxonomy) for pair, link in zip(pairwise(leaves), links, strict=True)],
        sentence,
        taxonomy,
    )
    links = _lower_degree_with_years(leaves, links, sentence)
    segments = _segments(leaves, links)
    if _is_ladder([leaves for leaves, _ in segments]):
        return [Node([leaves for leaves, _ in segments])]
    return [node for segment in segments for node in _segment_nodes(segment)]


def _lower_degree_with_years(leaves: list[Leaf], links: list[Link], sentence: Sentence) -> list[Link]:
    """ "A bachelor's degree, or a high school diploma and four years": the years make up for the lower degree, "or" is looser."""
    lower, changed = sentence.page.lower, list(links)
    for number, (one, two) in enumerate(pairwise(links)):
        first, second, third = leaves[number : number + 3]
        if one != "or" or two not in ("and", "with") or third.kind != "experience":
            continue
        if first.kind != "education" or second.kind != "education" or _level(first) <= _level(second):
            continue
        if "," in lower[second.end : third.start] or "," not in lower[first.end : second.start]:
            continue
        changed[number] = "either"
    return changed


def _is_ladder(segments: list[list[Leaf]]) -> bool:
    """ "A bachelor's degree and eight years, an associate degree plus ten": lower degrees with more years are ways of one ask."""
    rungs = [_rung(leaves) for leaves in segments]
    if len(rungs) < LEAST_RUNGS:
        return False
    return all(one and two and one[0] > two[0] and one[1] < two[1] for one, two in pairwise(rungs))


def _rung(leaves: list[Leaf]) -> tuple[int, int] | None:
    """The level and the months of one degree with one amount of experience."""
    levels = [_level(leaf) for leaf in leaves if leaf.kind == "education"]
    months = [leaf.amount.low for leaf in leaves if leaf.kind == "experience" and leaf.amount and leaf.amount.low]
    return (levels[0], months[0]) if len(levels) == len(months) == 1 and len(leaves) == LEAST_RUNGS else None


def _level(leaf: Leaf) -> int:
    return next(number for number, level in enumerate(EDUCATION_ORDER) if level == leaf.value)


def _counted(leaves: list[Leaf], sentence: Sentence) -> list[Node]:
    """ "At least two of A, B, C": one node that asks for a number of its ways."""
    found = _COUNT.search(sentence.lower) if " of" in sentence.lower else None
    if found is None:
        return []
    listed = [leaf for leaf in leaves if leaf.kind == "credential" and leaf.start >= sentence.start + found.end()]
    if len(listed) < 3 or len(listed) > MOST_COUNTED:
        return []
    rest = [leaf for leaf in leaves if leaf not in listed]
    return [Node([[leaf] for leaf in listed], at_least=_NUMBERS[found[1]]), *(Node([[leaf]]) for leaf in rest)]


def count_asked(lower: str) -> int:
    """How many of the things that follow a line asks for ("two of the following:"); one when it names no number."""
    found = _COUNT.search(lower) if " of" in lower else None
    return _NUMBERS[found[1]] if found else 1


def _link(first: Leaf, second: Leaf, sentence: Sentence) -> Link:
    """How two neighbours are joined: the last joining word before the second decides, or the first after the first."""
    lower = sentence.page.lower
    text = lower[first.end : second.start]
    if not text.strip(" ()"):
        return "detail"
    tail = text[-FARTHEST_WORD:]
    head = text[:FARTHEST_WORD]
    last_or, last_and = _last(_OR, tail), _last(_AND, tail)
    last_comma = max(tail.rfind(","), tail.rfind(";"))
    if last_or < 0 and last_and < 0 and last_comma < 0 and len(text) > FARTHEST_WORD:
        last_or, last_and, last_comma = _last(_OR, head), _last(_AND, head), head.rfind(",")
    if "and/or" in text or "and / or" in text:
        return "or"
    if last_or > max(last_and, -1):
        rest = tail[last_or + 2 :]
        if "," in rest:
            return "comma"
        return "or"
    if tail.strip() in ("with", "with a", "with an", "with active", "with current") and first.kind == "experience":
        return "with"
    if last_and >= 0 and last_and > last_or:
        return "comma" if "," in text[: len(text) - len(tail) + last_and] and first.kind != second.kind else "and"
    return "comma"


def _near_enough(first: Leaf, second: Leaf, link: Link, sentence: Sentence, taxonomy: Taxonomy) -> Link:
    """An "or" joins credentials of different clusters only right before the second ("RN, or CPR"), else it is another's."""
    if (
        link != "or"
        or not first.kind == second.kind == "credential"
        or taxonomy.cluster(first.value) == taxonomy.cluster(second.value)
    ):
        return link
    text = sentence.page.lower[first.end : second.start]
    position = _last(_OR, text)
    return link if position >= 0 and len(text[position + 2 :].strip()) <= LONGEST_ARTICLE else "comma"


def _last(pattern: re.Pattern[str], text: str) -> int:
    position = -1
    for found in pattern.finditer(text):
        position = found.start()
    return position


def _one_list(leaves: list[Leaf], links: list[Link], number: int, sentence: Sentence) -> bool:
    """Whether bare commas lead from here to an "or": "RN, RHIA or RHIT" is one list, whatever its members."""
    lower = sentence.page.lower
    for place in range(number, len(links)):
        between = lower[leaves[place].end : leaves[place + 1].start].strip()
        if between in ("or", ", or"):
            return True
        if between != ",":
            return False
    return False


def _listed(leaves: list[Leaf], links: list[Link], number: int, sentence: Sentence) -> bool:
    """Whether a comma stands in a list of degrees that ends in "or": "a master's degree, a DNP or a PhD"."""
    lower = sentence.page.lower
    if " or " in lower[leaves[number + 1].start : leaves[number + 1].end]:
        return True
    for place in range(number, len(links)):
        if leaves[place + 1].kind != "education" or lower[leaves[place].end : leaves[place + 1].start].count(",") > 1:
            return False
        if links[place] == "or":
            return True
    return False


def _resolved(leaves: list[Leaf], links: list[Link], sentence: Sentence, taxonomy: Taxonomy) -> list[Link]:
    """Commas inside a list of one kind take the list's own word; without one, alternatives by nature are a choice."""
    resolved = list(links)
    for number, link in enumerate(links):
        first, second = leaves[number], leaves[number + 1]
        if link == "comma" and first.kind == second.kind == "education" and _listed(leaves, links, number, sentence):
            resolved[number] = "or"
        if link not in ("comma", "detail") or first.kind != "credential" or second.kind != "credential":
            continue
        if taxonomy.cluster(first.value) != taxonomy.cluster(second.value):
            resolved[number] = "or" if _one_list(leaves, links, number, sentence) else "comma"
            continue
        following = next((one for one in links[number + 1 :] if one in ("or", "and")), None)
        resolved[number] = "and" if following == "and" else "or"
    return resolved


def _segments(leaves: list[Leaf], links: list[Link]) -> list[tuple[list[Leaf], list[Link]]]:
    """The leaves cut at loose commas."""
    segments: list[tuple[list[Leaf], list[Link]]] = [([leaves[0]], [])]
    for leaf, link in zip(leaves[1:], links, strict=True):
        if link == "comma":
            segments.append(([leaf], []))
        else:
            segments[-1][0].append(leaf)
            segments[-1][1].append(link)
    return segments


def _segment_nodes(segment: tuple[list[Leaf], list[Link]]) -> list[Node]:
    """One segment's nodes: choices of one kind first, then "and", then "or" between what is left."""
    leaves, links = segment
    items: list[list[Leaf]] = [[leaves[0]]]
    joins: list[Link] = []
    for number, joined in enumerate(links):
        leaf, link = leaves[number + 1], joined
        if link == "with":
            if len(items[-1]) > 1:
                items.append([items[-1].pop()])
                joins.append("or")
            link = "and"
        same = items[-1][-1].kind == leaf.kind
        if same and link in {"or", "detail"} and (leaf.kind != "experience" or _alternatives(items[-1][-1], leaf)):
            items[-1].append(leaf)
        else:
            items.append([leaf])
            joins.append("and" if link == "detail" else "or" if link == "either" else link)
    if "or" not in joins:
        return [Node([[leaf] for leaf in item]) for item in items]
    ways: list[list[list[Leaf]]] = [[items[0]]]
    for item, join in zip(items[1:], joins, strict=True):
        if join == "or":
            ways.append([item])
        else:
            ways[-1].append(item)
    return [Node([list(way) for alternative in ways for way in _products(alternative)])]


def _products(alternative: list[list[Leaf]]) -> list[list[Leaf]]:
    """One alternative's choices multiplied out: (A or B) and C gives A with C and B with C."""
    products: list[list[Leaf]] = [[]]
    for item in alternative:
        products = [[*way, leaf] for way in products for leaf in item][:16]
    return products


def _alternatives(first: Leaf, second: Leaf) -> bool:
    """Whether two experience leaves are a choice: only when both are measured."""
    return first.amount is not None and second.amount is not None
