"""A requirement tree made plain: parts that all have to be met, each with its ways, each way with all that it wants.

In: the reading's tree and which want implies which. Out: a `Plan`. Equal wants are one, a want that another implies falls away, a way
that an easier one makes idle falls away, and parts that share a want are put together, so that one missing thing is one gap. The
order of the tree's children does not matter. Both the plain comparison and the engine work on plans.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from model.reading import (
    AllOf,
    AnyOf,
    AtLeast,
    CredentialAsk,
    EducationAsk,
    Evidence,
    ExperienceAsk,
    Leaf,
    OtherWay,
    Requirement,
    When,
)

MOST_WAYS = 512
NOWHERE = Evidence(quote="", start=0, end=0, rule="")
Workplaces = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Want:
    """One thing that is wanted: `ask` without its evidence decides what is equal; `evidence` is told to people; `place` orders."""

    ask: Leaf
    evidence: Evidence
    place: tuple[int, str]

    def __eq__(self, other: object) -> bool:
        """Equal asks are one want, wherever they stand."""
        return isinstance(other, Want) and self.ask == other.ask

    def __hash__(self) -> int:
        """By the ask alone."""
        return hash(self.ask)


Way = tuple[Want, ...]
Part = tuple[Way, ...]
Plan = tuple[Part, ...]
Implies = Callable[[Leaf, Leaf], bool]
_Set = frozenset[Want]


def want_of(leaf: Leaf) -> Want:
    """A leaf as a want: the evidence and what does not decide are put aside."""
    ask: Leaf
    match leaf:
        case CredentialAsk():
            ask = replace(leaf, evidence=NOWHERE, fuzzy=False)
        case ExperienceAsk():
            ceiling = leaf.max_months if leaf.ceiling else None
            ask = replace(leaf, evidence=NOWHERE, max_months=ceiling, part_of_previous=False)
        case EducationAsk():
            ask = replace(leaf, evidence=NOWHERE)
        case OtherWay():
            ask = OtherWay(says=leaf.says, evidence=NOWHERE)
    return Want(ask, leaf.evidence, (leaf.evidence.start, repr(ask)))


def place_of(want: Want) -> tuple[int, str]:
    """Where the want stands in the text; equal places are settled by its words."""
    return want.place


def plan_of(tree: AllOf, implies: Implies, workplaces: Workplaces = None) -> Plan:
    """The plan of a tree. `workplaces`: those that the person takes (None: not said), for bars that hold for one of them only."""
    first: dict[Leaf, Want] = {}
    told = _without_later(list(_clauses(tree, workplaces)))
    clauses = [[frozenset(_first(want, first) for want in way) for way in ways] for ways in told]
    clauses = [[frozenset(first[want.ask] for want in way) for way in ways] for ways in clauses]
    parts = sorted((minimal(ways, implies) for ways in clauses), key=lambda ways: [_set_place(way) for way in ways])
    merged = _joined([part for part in parts if part], implies)
    plan = [tuple(sorted((tuple(sorted(way, key=place_of)) for way in part), key=_way_place)) for part in merged]
    return tuple(sorted((part for part in plan if part != ((),)), key=lambda part: _way_place(part[0])))


def _without_later(clauses: list[list[_Set]]) -> list[list[_Set]]:
    """The clauses without a credential that is asked for flatly, where another clause lets it be earned after hire: the same posting
    says "ACLS required" to the experienced and "ACLS within 30 days" to the new, and the narrower word is the truer one."""
    alone = [next(iter(ways[0])).ask if len(ways) == 1 and len(ways[0]) == 1 else None for ways in clauses]
    later = {
        ask.id for ask in alone if isinstance(ask, CredentialAsk) and ask.modality == "obtain" and not ask.eligible
    }
    return [
        ways
        for ways, ask in zip(clauses, alone, strict=True)
        if not (isinstance(ask, CredentialAsk) and ask.modality != "obtain" and ask.id in later)
    ]


def _first(want: Want, first: dict[Leaf, Want]) -> Want:
    """Keep the place where each want stands first in the text."""
    known = first.get(want.ask)
    if known is None or place_of(want) < place_of(known):
        first[want.ask] = want
    return want


def _set_place(way: _Set) -> tuple[object, ...]:
    return tuple(sorted(place_of(want) for want in way))


def _way_place(way: Way) -> tuple[object, ...]:
    return tuple(place_of(want) for want in way)


def _clauses(tree: AllOf, workplaces: Workplaces) -> Iterator[list[_Set]]:
    """What has to be met, each as its ways; bars for one way of working make one part: the easiest that the person takes."""
    bars = [child for child in tree.children if isinstance(child, When)]
    for child in tree.children:
        if isinstance(child, AllOf):
            yield from _clauses(child, workplaces)
        elif not isinstance(child, When):
            yield _ways(child)
    if bars:
        taken = [bar for bar in bars if workplaces is None or bar.workplace in workplaces] or bars
        yield [way for bar in taken for way in _ways(bar.child)]


def _ways(node: Requirement) -> list[_Set]:
    """Every way to meet one part of the tree."""
    match node:
        case AllOf():
            return _all_ways([_ways(child) for child in node.children])
        case AnyOf():
            return [way for child in node.children for way in _ways(child)][:MOST_WAYS] or [frozenset()]
        case AtLeast():
            inner = [_ways(child) for child in node.children]
            chosen = combinations(inner, min(node.n, len(inner)))
            return [way for choice in chosen for way in _all_ways(list(choice))][:MOST_WAYS]
        case When():
            return _ways(node.child)
        case _:
            return [frozenset((want_of(node),))]


def _all_ways(parts: Sequence[list[_Set]]) -> list[_Set]:
    """One way of each part, in every combination."""
    found: list[_Set] = [frozenset()]
    for ways in parts:
        found = [first | second for first, second in product(found, ways)][:MOST_WAYS]
    return found


def minimal(ways: Iterable[_Set], implies: Implies) -> list[_Set]:
    """The ways without what they want twice, and without those that an easier way makes idle."""
    lean = sorted({_lean(way, implies) for way in ways}, key=_set_place)
    kept: list[_Set] = []
    for number, way in enumerate(lean):
        easier = (
            other
            for place, other in enumerate(lean)
            if place != number
            and _easier(other, way, implies)
            and not (_easier(way, other, implies) and number < place)
        )
        if next(easier, None) is None:
            kept.append(way)
    return kept


def _lean(way: _Set, implies: Implies) -> _Set:
    """A way without the wants that another of its wants implies."""
    wants = sorted(way, key=place_of)
    return frozenset(
        want
        for number, want in enumerate(wants)
        if not any(
            place != number and implies(other.ask, want.ask) and not (implies(want.ask, other.ask) and number < place)
            for place, other in enumerate(wants)
        )
    )


def _easier(one: _Set, other: _Set, implies: Implies) -> bool:
    """Whether whoever meets `other` meets `one` too."""
    return all(any(theirs == ours or implies(theirs.ask, ours.ask) for theirs in other) for ours in one)


def _joined(parts: list[list[_Set]], implies: Implies) -> list[list[_Set]]:
    """Parts that have something to do with each other put together, as long as that stays small."""
    done: list[list[_Set]] = []
    for part in parts:
        current = part
        again = True
        while again:
            again = False
            for other in done:
                if len(other) * len(current) <= MOST_WAYS and _related(other, current, implies):
                    done.remove(other)
                    current = minimal((first | second for first, second in product(other, current)), implies)
                    again = True
                    break
        done.append(current)
    return done


def _related(one: list[_Set], other: list[_Set], implies: Implies) -> bool:
    first, second = {want for way in one for want in way}, {want for way in other for want in way}
    return any(
        ours == theirs or implies(ours.ask, theirs.ask) or implies(theirs.ask, ours.ask)
        for ours in first
        for theirs in second
    )
