"""Requirements: the statements of a page put together as one tree, and the plain facts that follow from it.

In: statements and the title's own asks. Out: the tree, the groups, the months and the levels that the gold form shows.
"""

from dataclasses import dataclass, field
from itertools import combinations, product

from matcher.clauses import MOST_COUNTED, Node
from matcher.leaves import Leaf
from model.reading import EDUCATION_ORDER, EducationLevel

MOST_WAYS = 24
MOST_GROUPS = 40


@dataclass(slots=True)
class Months:
    """The fewest months by any way, those of the main way, and whether experience is asked for without a number."""

    least: int | None = None
    headline: int | None = None
    unnumbered: bool = False


@dataclass(slots=True)
class Outcome:
    """What the nodes amount to."""

    groups: list[tuple[str, ...]] = field(default_factory=list)
    months: Months = field(default_factory=Months)
    education: EducationLevel | None = None


def outcome_of(nodes: list[Node]) -> Outcome:
    """Groups, months and education of the nodes."""
    return Outcome(groups_of(nodes), months_of(nodes), education_of(nodes))


def groups_of(nodes: list[Node]) -> list[tuple[str, ...]]:
    """Every choice of credentials that has to be met, each once, without those that another one implies."""
    groups: list[tuple[str, ...]] = []
    for node in nodes:
        if any(leaf.kind == "credential" for leaf in node.leaves):
            for group in _node_groups(node):
                if group not in groups and any(not atom.startswith("@") for atom in group):
                    groups.append(group)
    sets = [frozenset(group) for group in groups]
    kept = [
        group
        for number, group in enumerate(groups)
        if not any(
            other < sets[number] or (other == sets[number] and place < number) for place, other in enumerate(sets)
        )
    ]
    return kept[:MOST_GROUPS]


def _node_groups(node: Node) -> list[tuple[str, ...]]:
    """A node's ways turned inside out: one credential of each way, in every combination."""
    if node.at_least > 1:
        values = list(dict.fromkeys(leaf.value for leaf in node.leaves if leaf.kind == "credential"))
        return list(combinations(values[:MOST_COUNTED], max(1, min(len(values), MOST_COUNTED) - node.at_least + 1)))
    choices: list[list[str]] = []
    for way in node.ways[:MOST_WAYS]:
        credentials = list(dict.fromkeys(leaf.value for leaf in way if leaf.kind == "credential"))
        choices.append(credentials or [_atom(way)])
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > MOST_GROUPS:
        choices = [choice[:1] for choice in choices]
    return [tuple(dict.fromkeys(combination)) for combination in product(*choices)]


def _atom(way: list[Leaf]) -> str:
    """What stands in a group for a way without credentials."""
    for leaf in way:
        if leaf.kind == "experience" and leaf.amount is not None and leaf.amount.low is not None:
            return f"@experience:{leaf.amount.low}"
    for leaf in way:
        if leaf.kind == "education":
            return "@training" if leaf.value == "training" else f"@education:{leaf.value}"
    return "@other"


def months_of(nodes: list[Node]) -> Months:
    """Over all nodes the most, over a node's ways and the ways of working the least; a way without experience needs none."""
    bars = {node.workplace for node in nodes if node.workplace and _measures(node)}
    if not bars:
        return _months(nodes)
    common = [node for node in nodes if node.workplace is None]
    if len(bars) == 1 and any(_measures(node) for node in common):
        return _months(common)
    each = [_months([*common, *(node for node in nodes if node.workplace == bar)]) for bar in sorted(bars)]
    first = next(node.workplace for node in nodes if node.workplace and _measures(node))
    best = min(each, key=lambda months: (months.least is None, months.least or 0))
    return Months(best.least, each[sorted(bars).index(first)].headline, best.unnumbered)


def _measures(node: Node) -> bool:
    return any(leaf.kind == "experience" for leaf in node.leaves)


def _months(nodes: list[Node]) -> Months:
    """The months of nodes that all hold for the same people."""
    total = Months()
    for node in nodes:
        if node.conditional or not any(leaf.kind == "experience" for leaf in node.leaves):
            continue
        ways = [_way_months(way) for way in node.ways]
        known = [months for months, unnumbered in ways if months is not None or not unnumbered]
        unnumbered = all(flag for _, flag in ways)
        total.unnumbered = total.unnumbered or unnumbered
        if not unnumbered:
            least = min((months or 0) for months in known) if known else None
            total.least = _most(total.least, least)
        first_months, first_unnumbered = ways[0]
        if not first_unnumbered:
            total.headline = _most(total.headline, first_months or 0)
    return total


def _way_months(way: list[Leaf]) -> tuple[int | None, bool]:
    """A way's months, and whether it asks for experience without saying how much."""
    numbers = [
        leaf.amount.low for leaf in way if leaf.kind == "experience" and leaf.amount and leaf.amount.low is not None
    ]
    if numbers:
        return max(numbers), False
    return None, any(leaf.kind == "experience" for leaf in way)


def _most(first: int | None, second: int | None) -> int | None:
    if first is None or second is None:
        return second if first is None else first
    return max(first, second)


def education_of(nodes: list[Node]) -> EducationLevel | None:
    """Over all nodes the highest, over a node's ways the lowest; experience in its place makes it `none`."""
    highest: EducationLevel | None = None
    for node in nodes:
        level = _node_education(node)
        if level and (highest is None or EDUCATION_ORDER.index(level) > EDUCATION_ORDER.index(highest)):
            highest = level
    return highest


def _node_education(node: Node) -> EducationLevel | None:
    levels: list[EducationLevel] = []
    for way in node.ways:
        in_way = [leaf.value for leaf in way if leaf.kind == "education"]
        if in_way:
            levels.append(max(in_way, key=EDUCATION_ORDER.index))  # type: ignore[arg-type]
        elif any(leaf.kind == "credential" for leaf in way):
            continue
        else:
            levels.append("none")
    if not any(leaf.kind == "education" for leaf in node.leaves):
        return None
    if not any(leaf.kind == "education" for leaf in node.ways[0]) and len(node.ways) > 1:
        return None
    if any(leaf.kind == "credential" for leaf in node.leaves) and not all(
        any(leaf.kind == "education" for leaf in way) for way in node.ways
    ):
        return None
    return min(levels, key=EDUCATION_ORDER.index) if levels else None
