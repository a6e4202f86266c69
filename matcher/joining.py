"""Hanging together: which things of a clause, a line or a list belong to one another.

In: leaves and nodes as the sentences gave them. Out: the same, marked or joined; nothing here reads a page line by line (that is
`statements.py`), and nothing settles what is asked (that is `asking.py`).
"""

from matcher.clauses import Node
from matcher.leaves import Leaf, Sentence
from matcher.scanning import CUE

MOST_WAYS = 16


def add_parts(nodes: list[Node], leaves: list[Leaf]) -> None:
    """What is part of an experience belongs to every way that holds it."""
    whole: Leaf | None = None
    for leaf in leaves:
        if leaf.kind == "experience" and not leaf.part:
            whole = leaf
        elif leaf.part and leaf.modality == "required":
            for node in nodes:
                holding = [way for way in node.ways if any(one is whole for one in way)]
                for way in holding:
                    way.append(leaf)
                node.leaves += [leaf] * bool(holding)


def asked_for_itself(sentence: Sentence, nodes: list[Node]) -> bool:
    """Whether an item of a list of choices says at its end that it is required: the list has ended before it."""
    last = max(leaf.end for node in nodes for leaf in node.leaves)
    return any(cue.value == "required" and cue.start >= last for cue in sentence.find(CUE)) and len(nodes) == 1


def terms(accepted: list[Leaf], deciding: list[Leaf], sentence: Sentence) -> list[Leaf]:
    """What an accepted credential must come with ("CPC-A with one year of billing will be considered")."""
    if not accepted or any(leaf.kind == "credential" for leaf in deciding):
        return []
    last = accepted[-1].end
    return [
        leaf for leaf in deciding if leaf.start >= last and " with " in f"{sentence.page.lower[last : leaf.start]} "
    ]


def joinable(last: Node, first: Node) -> bool:
    """Whether "or" over a line end joins two nodes: not where one is only education and the other only a credential."""
    kinds = {leaf.kind for leaf in last.leaves}, {leaf.kind for leaf in first.leaves}
    return bool(kinds[0] & kinds[1]) or not ({"education", "credential"} <= kinds[0] | kinds[1])


def whole(nodes: list[Node]) -> list[list[Leaf]]:
    """Several nodes that belong together as the ways to meet them all."""
    ways: list[list[Leaf]] = [[]]
    for node in nodes:
        ways = [[*way, *more] for way in ways for more in node.ways][:MOST_WAYS]
    return ways


def mark_parts(leaves: list[Leaf], sentence: Sentence) -> None:
    """Experience that is part of the statement before it ("including one year of auditing") adds no months."""
    seen: Leaf | None = None
    for leaf in leaves:
        if leaf.kind != "experience":
            continue
        if seen is not None and sentence.tokens.has("part-of", seen.end, leaf.start + 1):
            leaf.part = True
        seen = leaf
