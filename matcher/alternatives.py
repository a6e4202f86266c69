"""Alternatives: the other ways in that a sentence opens: "or equivalent", "unless", and one thing standing in for another.

In: the nodes so far and a sentence. Out: the same nodes with ways added. A way that cannot be judged from here is an `other` leaf.
"""

from copy import copy
from dataclasses import replace

from matcher.amounts import number_after
from matcher.clauses import Node
from matcher.leaves import Leaf, LeafKind, Sentence
from matcher.scanning import WORK, Token

FARTHEST_EQUIVALENT = 60
TARGETS: tuple[tuple[str, LeafKind], ...] = (
    ("target-education", "education"),
    ("target-credential", "credential"),
    ("target-experience", "experience"),
)


def add_other_ways(nodes: list[Node], sentence: Sentence) -> None:
    """What the sentence adds to its own nodes by "or equivalent" and its kin."""
    _add_equivalents(nodes, sentence)
    _add_equivalent_experience(nodes, sentence)
    for token in sentence.find("experience-or-education"):
        for node in nodes:
            if any(
                leaf.kind == "experience" and leaf.start < token.end and leaf.end > token.start for leaf in node.leaves
            ):
                node.add_way([_other(token, "experience-or-education")])
    for token in sentence.find("unless"):
        if before := node_before(nodes, token.start, ("credential",)):
            before.add_way([_other(token, "unless")])


def _add_equivalents(nodes: list[Node], sentence: Sentence) -> None:
    for token in sentence.find("or-equivalent"):
        if sentence.tokens.within("equivalent-experience", token.start, token.start + 1):
            continue
        node = node_before(nodes, token.start, ("credential",))
        if (
            node
            and token.start - max(leaf.end for leaf in node.leaves if leaf.end <= token.start) <= FARTHEST_EQUIVALENT
        ):
            node.add_way([_other(token, "or-equivalent")])


def _add_equivalent_experience(nodes: list[Node], sentence: Sentence) -> None:
    for token in sentence.find("equivalent-experience"):
        node = node_before(nodes, token.start, ("education", "credential"))
        if node and not any(leaf.kind == "experience" and leaf.start >= token.start for leaf in node.leaves):
            node.add_way([_other(token, "equivalent-experience")])


def add_accepted(nodes: list[Node], accepted: list[Leaf], last: Node | None, terms: list[Leaf]) -> None:
    """A credential that is said to be accepted is a further way of the choice beside it, or of what nobody named."""
    for leaf in accepted:
        leaf.modality = "required"
        target = node_before(nodes, leaf.start, ("credential",))
        if target is None and last and any(one.kind == "credential" for one in last.leaves):
            target = last
        if target is not None:
            target.add_way([leaf, *terms])
            for one in target.leaves:
                if leaf.value == f"{one.value}-a":
                    one.apprentice = "accepted"
        else:
            other = Leaf("other", leaf.start, leaf.end, "accepted", "required", rule="accepted")
            nodes.append(Node([[leaf, *terms], [other]]))


def add_equivalence(nodes: list[Node], sentence: Sentence) -> None:
    """ "An equivalent combination may be substituted": every degree asked for so far can be made up for."""
    for node in nodes:
        if node.leaves and node.leaves[0].kind == "education":
            other = Leaf(
                "other",
                sentence.start,
                sentence.end,
                "equivalent combination",
                "required",
                rule="equivalent-experience",
            )
            node.add_way([other])


def substitutes(sentence: Sentence) -> bool:
    """Whether the sentence lets one thing stand in for another."""
    if sentence.has("no-substitute"):
        return False
    return sentence.has("substitute") or sentence.has("substituted-by")


def substitute(sentence: Sentence, leaves: list[Leaf], nodes: list[Node]) -> list[Leaf] | None:
    """Let the sentence's things stand in for what was asked before; gives what it asks itself, None when nothing fits."""
    swapped = sentence.has("substituted-by")
    token = sentence.find("substituted-by" if swapped else "substitute")[0]
    named = None if swapped else _named_target(leaves, token, sentence)
    if named and any(leaf.kind == named.kind and leaf.end <= token.start for leaf in leaves):
        return _one_for_another(named, token, leaves, nodes)
    target = named.kind if named else _target(sentence, sentence.start if swapped else token.end)
    if target is None and nodes and nodes[-1].leaves:
        target = nodes[-1].leaves[0].kind
    if target is None:
        return None
    before = [leaf for leaf in leaves if leaf.end <= token.start]
    together = target == "education" and not swapped and _together(before, sentence)
    sources = before if together else _sources(leaves, target, None if swapped else token)
    replaced = not swapped and not together and any(leaf.kind == target and leaf.end <= token.start for leaf in leaves)
    if replaced or not (sources or sentence.has(WORK)):
        return None
    way = [leaf for leaf in sources if leaf.amount or leaf.kind != "experience"] or [_other(token, "substitute")]
    for leaf in way:
        leaf.modality = "required"
    spared = _spared(sentence, token.end, leaves) if target == "experience" else None
    for node in reversed(nodes):
        if any(leaf.kind == target and (named is None or leaf.value == named.value) for leaf in node.leaves):
            node.add_way(way + _rest_of(node, spared))
            if target != "education":
                break
    return [leaf for leaf in sources if leaf.amount is not None]


def _sources(leaves: list[Leaf], target: LeafKind, token: Token | None) -> list[Leaf]:
    """What stands in: everything of another kind; behind "in place of the degree" also a second degree."""
    sources = [
        leaf for leaf in leaves if leaf.kind != target and leaf.modality in ("required", "accepted", "preferred")
    ]
    if target == "education" and token is not None:
        degrees = [
            leaf for leaf in leaves if leaf.kind == target and leaf.start > token.end and leaf.modality == "required"
        ]
        sources = sorted([*sources, *degrees[1:]], key=lambda leaf: leaf.start)
    return sources


def _together(before: list[Leaf], sentence: Sentence) -> bool:
    """Whether a degree and years together stand in for a higher degree ("a bachelor's plus five years in lieu of the degree")."""
    if {leaf.kind for leaf in before} != {"education", "experience"}:
        return False
    text = sentence.page.lower[before[0].end : before[-1].start]
    return " plus " in f"{text} " or " and " in f"{text} "


def _one_for_another(named: Leaf, token: Token, leaves: list[Leaf], nodes: list[Node]) -> list[Leaf] | None:
    """One credential that may stand in for another ("ENPC may be substituted for PALS"): a way of what asks for the other."""
    ways = [
        leaf for leaf in leaves if leaf.kind == named.kind and leaf.end <= token.start and leaf.value != named.value
    ]
    target = next((node for node in reversed(nodes) if any(leaf.value == named.value for leaf in node.leaves)), None)
    if target is None or not ways:
        return None
    for leaf in ways:
        leaf.modality = "required"
        target.add_way([leaf])
    return ways


def _named_target(leaves: list[Leaf], token: Token, sentence: Sentence) -> Leaf | None:
    """The thing that stands right behind "in place of" by its own name ("in place of the CPC")."""
    following = next((leaf for leaf in leaves if leaf.start >= token.end), None)
    if following is None or following.kind != "credential":
        return None
    between = sentence.page.lower[token.end : following.start].strip()
    return following if between.removeprefix("for").strip() in ("", "a", "an", "the", "your") else None


def _target(sentence: Sentence, position: int) -> LeafKind | None:
    """What is stood in for: the first target noun behind the place."""
    best: tuple[int, LeafKind] | None = None
    for channel, kind in TARGETS:
        for token in sentence.tokens.within(channel, position, min(sentence.end, position + 70)):
            if best is None or token.start < best[0]:
                best = (token.start, kind)
    return best[1] if best else None


def _spared(sentence: Sentence, position: int, leaves: list[Leaf]) -> int | None:
    """The months that a substitute stands for when it does not stand for all ("up to six months", "two of the four years")."""
    part = next((leaf.amount for leaf in leaves if leaf.amount and leaf.start >= position), None)
    if part is not None and part.low == 0:
        return part.high
    number = number_after(sentence.page.lower, position, sentence.end)
    return number[0] if number else None


def _rest_of(node: Node, spared: int | None) -> list[Leaf]:
    """What is still needed beside a substitute that stands for some of the months only."""
    whole = next((leaf for leaf in node.leaves if leaf.kind == "experience" and leaf.amount and leaf.amount.low), None)
    if spared is None or whole is None or whole.amount is None or (whole.amount.low or 0) <= spared:
        return []
    rest = copy(whole)
    rest.amount = replace(whole.amount, low=(whole.amount.low or 0) - spared, high=None)
    return [rest]


def node_before(nodes: list[Node], position: int, kinds: tuple[str, ...]) -> Node | None:
    """The last node with a leaf of these kinds before the position."""
    for node in reversed(nodes):
        if any(leaf.kind in kinds and leaf.end <= position + 1 for leaf in node.leaves):
            return node
    return None


def _other(token: Token, rule: str) -> Leaf:
    return Leaf("other", token.start, token.end, token.value, "required", rule=rule)
