"""Statements: the page read line by line, each sentence's asks hung together, with what runs over line ends.

In: a page with its sections. Out: the nodes that decide, and every leaf that is asked for in whatever way. Handles what one sentence
alone cannot know: lists under "one of the following", lines that end or begin with "or", semicolon clauses that speak of the clause
before, substitutions ("experience may stand in for the degree"), and ways in for people without experience.
"""

from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial

from matcher.amounts import number_after
from matcher.asking import SHORT, Asking
from matcher.clauses import Node, nodes_of
from matcher.leaves import Leaf, LeafKind, Sentence
from matcher.modality import Cue
from matcher.page import Page
from matcher.scanning import CUE, LEAF, UNIT, WORK, Tokens
from matcher.sections import Heading, Headings, Placed, Section, inside, place_lines
from matcher.sentences import clause_spans, sentence_spans
from matcher.taxonomy import Taxonomy

CHANNELS = (LEAF, UNIT, WORK, "graduate-of")
TARGETS: tuple[tuple[str, LeafKind], ...] = (
    ("target-education", "education"), ("target-credential", "credential"), ("target-experience", "experience"),
)  # fmt: skip


@dataclass(slots=True)
class Statements:
    """What the page says: nodes for what has to be met, leaves for everything asked, sections by line for those who need them."""

    nodes: list[Node] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    no_experience: tuple[int, int] | None = None
    open_ways: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """What is remembered from line to line."""

    one_of: Node | None = None
    one_of_pending: bool = False
    list_section: Section | None = None
    list_items: bool = False
    joined: bool = False
    last_node: Node | None = None
    last_leaves: list[Leaf] = field(default_factory=list)
    last_line: int = -2
    bare_line: int = -2


class StatementReader:
    """Reads a page's statements."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Compile what the sentences need."""
        self._taxonomy = taxonomy
        self._asking = Asking(taxonomy)
        self._headings = Headings(taxonomy)

    def read(self, page: Page, tokens: Tokens, title: str) -> Statements:
        """Every statement of the page."""
        found = Statements(placed=place_lines(page, self._headings, partial(tokens.has, LEAF)))
        run = _Run()
        for number, placed in enumerate(found.placed):
            if placed.heading:
                self._open_heading(placed, tokens, run)
                continue
            self._read_line(number, placed, page, tokens, title, found, run)
        return found

    def _open_heading(self, placed: Placed, tokens: Tokens, run: _Run) -> None:
        """A heading ends lists; one that says "one of the following" opens one."""
        run.one_of, run.joined, run.list_section = None, False, None
        run.one_of_pending = tokens.has("one-of", placed.line.start, placed.line.end)

    def _read_line(
        self, number: int, placed: Placed, page: Page, tokens: Tokens, title: str, found: Statements, run: _Run
    ) -> None:
        start, end = placed.body, placed.line.end
        lower = page.lower[start:end].strip()
        if lower in ("or", "- or", "-or-", "or:", "+ or", "* or", "or,"):
            run.joined = True
            return
        if not tokens.states(start, end) and placed.section.topic != "experience":
            run.one_of_pending = run.one_of_pending and not self._list_ended(placed, lower, run)
            return
        short = len(lower.split()) <= SHORT
        section = placed.section
        if run.one_of_pending and self._list_ended(placed, lower, run):
            run.one_of, run.one_of_pending = None, False
        opens = tokens.has("one-of", start, end) and lower.endswith(":")
        for begin, stop in sentence_spans(page.text, start, end):
            heading = self._inline_heading(page, begin, stop, first=begin == start)
            section = inside(placed.section, heading) if heading else section
            for clause_start, clause_end in self._clauses(page, tokens, begin, stop):
                sentence = Sentence(
                    page, tokens, clause_start, clause_end, section, title, placed.line.item or _bulleted(lower), short
                )
                self._read_clause(number, sentence, found, run)
        if lower.endswith((" or", ",or", "/or", " or,")):
            run.joined = True
        if opens:
            run.one_of, run.one_of_pending, run.list_section, run.list_items = None, True, None, False
            if (
                found.nodes
                and found.nodes[-1].section == number
                and found.nodes[-1].leaves[0].rule == "completed-program"
            ):
                gone = found.nodes.pop()
                found.leaves = [leaf for leaf in found.leaves if leaf not in gone.leaves]

    def _clauses(self, page: Page, tokens: Tokens, start: int, end: int) -> list[tuple[int, int]]:
        """A sentence's clauses; a bare list with semicolons is one."""
        if tokens.has(CUE, start, end) or tokens.has("substitute", start, end) or tokens.has(UNIT, start, end):
            return clause_spans(page.text, start, end)
        return [(start, end)]

    def _list_ended(self, placed: Placed, lower: str, run: _Run) -> bool:
        """Whether a line stands behind a list of choices: another section, or no item where the others were."""
        item = placed.line.item or _bulleted(lower)
        if run.list_section is None:
            run.list_section, run.list_items = placed.section, item
            return False
        return placed.section != run.list_section or (run.list_items and not item)

    def _inline_heading(self, page: Page, start: int, end: int, *, first: bool) -> Heading | None:
        """A key inside a line: "… Required: HS diploma.", "THE PERSON. You have …", "**About you.** You have …"."""
        text = page.text[start:end].strip()
        if len(text) <= 40 and text.endswith((".", "*")) and (text.startswith("**") or text.isupper()):
            found = self._headings.meaning(text)
            return found if found and found.unknown <= 1 else None
        colon = page.text.find(":", start, min(end, start + 50))
        found = self._headings.meaning(page.text[start:colon]) if colon > start and not first else None
        return found if found and found.unknown_share <= 0.34 else None

    def _read_clause(self, number: int, sentence: Sentence, found: Statements, run: _Run) -> None:
        if sentence.section.kind == "conditional":
            return
        tokens, start, end = sentence.tokens, sentence.start, sentence.end
        self._note_open_ways(sentence, found)
        if not any(tokens.has(channel, start, end) for channel in CHANNELS):
            self._speak_of_last(number, sentence, run, found)
            return
        leaves, cues = self._asking.leaves(sentence)
        if not leaves:
            if tokens.has("substitute", start, end) and tokens.has("equivalent-experience", start, end):
                _add_equivalence(found.nodes, sentence)
            self._speak_of_last(number, sentence, run, found)
            return
        swapped = tokens.has("substituted-by", start, end)
        if (swapped or tokens.has("substitute", start, end)) and not tokens.has("no-substitute", start, end):
            if self._substitute(sentence, leaves, found, swapped=swapped):
                return
        self._keep(number, sentence, leaves, cues, found, run)

    def _keep(
        self, number: int, sentence: Sentence, leaves: list[Leaf], cues: list[Cue], found: Statements, run: _Run
    ) -> None:
        """Leaves and nodes of an ordinary clause, joined to what came before where the text says so."""
        found.leaves += leaves
        _mark_parts(leaves, sentence)
        deciding = [leaf for leaf in leaves if leaf.modality in ("required", "obtain") and not leaf.part]
        accepted = [leaf for leaf in leaves if leaf.modality == "accepted"]
        nodes = nodes_of(deciding, sentence, self._taxonomy)
        self._add_other_ways(nodes, sentence)
        self._add_accepted(nodes, accepted, found, run)
        begins_or = sentence.lower.lstrip(" -•*·+").startswith(("or ", "or,"))
        if (
            nodes
            and (run.joined or begins_or)
            and run.last_node is not None
            and self._joinable(run.last_node, nodes[0])
        ):
            nodes = self._joined(number, nodes, found, run)
        elif nodes and run.one_of_pending:
            nodes = self._into_list(nodes, run)
        elif nodes and self._continues_bare_list(number, sentence, leaves, nodes, cues, run):
            for way in nodes.pop(0).ways:
                run.last_node.add_way(way)  # type: ignore[union-attr]
        run.joined = False
        for node in nodes:
            node.section = number
        found.nodes += [node for node in nodes if not any(node is known for known in found.nodes)]
        if nodes:
            run.last_node = nodes[-1]
        run.last_leaves, run.last_line = leaves, number

    def _joined(self, number: int, nodes: list[Node], found: Statements, run: _Run) -> list[Node]:
        """What "or" over a line end joins: two single choices become one, two whole lines become two ways."""
        last = run.last_node
        assert last is not None
        before = [node for node in found.nodes if node.section == last.section and node.section != number] or [last]
        if len(before) == 1 and len(nodes) == 1:
            for way in nodes[0].ways:
                last.add_way(way)
            return []
        merged = Node([*_whole(before), *_whole(nodes)], section=last.section)
        found.nodes = [node for node in found.nodes if not any(node is one for one in before)]
        return [merged]

    def _joinable(self, last: Node, first: Node) -> bool:
        """Whether "or" over a line end joins two nodes: always, unless one of them is education and the other a credential."""
        kinds = {leaf.kind for leaf in last.leaves}, {leaf.kind for leaf in first.leaves}
        return bool(kinds[0] & kinds[1]) or not ({"education", "credential"} <= kinds[0] | kinds[1])

    def _into_list(self, nodes: list[Node], run: _Run) -> list[Node]:
        """Items under "one of the following" are ways of one node; what one item joins belongs to one way."""
        ways = _whole(nodes) if len(nodes) > 1 else nodes[0].ways
        if run.one_of is None:
            run.one_of = Node(ways)
            return [run.one_of]
        for way in ways:
            run.one_of.add_way(way)
        return []

    def _continues_bare_list(
        self, number: int, sentence: Sentence, leaves: list[Leaf], nodes: list[Node], cues: list[Cue], run: _Run
    ) -> bool:
        """Neighbouring lines that hold nothing but one office credential each are a choice, as in a list with commas."""
        bare = len(leaves) == 1 and leaves[0].kind == "credential" and not cues and len(sentence.lower.split()) <= 7
        bare = bare and self._taxonomy.cluster(leaves[0].value) == "office"
        if not bare:
            return False
        continued = run.bare_line == number - 1 and run.last_node is not None and run.last_line == number - 1
        run.bare_line = number
        return continued

    def _add_other_ways(self, nodes: list[Node], sentence: Sentence) -> None:
        """ "Or equivalent", "or equivalent experience", "experience or education": ways that nobody can judge from here."""
        tokens = sentence.tokens
        for token in tokens.within("or-equivalent", sentence.start, sentence.end):
            if tokens.within("equivalent-experience", token.start, token.start + 1):
                continue
            node = _node_before(nodes, token.start, ("credential",))
            if node and token.start - max(leaf.end for leaf in node.leaves if leaf.end <= token.start) <= 60:
                node.add_way([Leaf("other", token.start, token.end, token.value, "required", rule="or-equivalent")])
        for token in tokens.within("equivalent-experience", sentence.start, sentence.end):
            node = _node_before(nodes, token.start, ("education", "credential"))
            if node and not any(leaf.kind == "experience" and leaf.start >= token.start for leaf in node.leaves):
                node.add_way(
                    [Leaf("other", token.start, token.end, token.value, "required", rule="equivalent-experience")]
                )
        for token in tokens.within("experience-or-education", sentence.start, sentence.end):
            for node in nodes:
                if any(
                    leaf.kind == "experience" and leaf.start < token.end and leaf.end > token.start
                    for leaf in node.leaves
                ):
                    node.add_way(
                        [Leaf("other", token.start, token.end, token.value, "required", rule="experience-or-education")]
                    )
        for token in tokens.within("unless", sentence.start, sentence.end):
            node = _node_before(nodes, token.start, ("credential",))
            if node:
                node.add_way([Leaf("other", token.start, sentence.end, token.value, "required", rule="unless")])

    def _add_accepted(self, nodes: list[Node], accepted: list[Leaf], found: Statements, run: _Run) -> None:
        """A credential that is said to be accepted is a further way of the choice beside it, or of what nobody named."""
        for leaf in accepted:
            leaf.modality = "required"
            target = _node_before(nodes, leaf.start, ("credential",))
            if target is None and run.last_node and any(one.kind == "credential" for one in run.last_node.leaves):
                target = run.last_node
            if target is not None:
                target.add_way([leaf])
            else:
                other = Leaf("other", leaf.start, leaf.end, "accepted", "required", rule="accepted")
                nodes.append(Node([[leaf], [other]]))

    def _speak_of_last(self, number: int, sentence: Sentence, run: _Run, found: Statements) -> None:
        """A clause without a subject of its own ("required within 18 months") speaks of the clause before."""
        credentials = [leaf for leaf in run.last_leaves if leaf.kind == "credential"]
        if not credentials or run.last_line != number or sentence.start - max(leaf.end for leaf in credentials) > 200:
            return
        if not sentence.lower.lstrip(" -,(").startswith(self._taxonomy.phrases("without-subject")):
            return
        frames = self._asking.frames(sentence)
        if not frames:
            return
        months = max(frame.months for frame in frames)
        earns = any(token.value in ("obtain", "required") for token in sentence.find("cue"))
        if not earns:
            return
        for leaf in credentials:
            if leaf.modality == "preferred":
                later = Leaf(
                    "credential", leaf.start, leaf.end, leaf.value, "obtain", months, rule="later-clause", direct=True
                )
                found.leaves.append(later)
                found.nodes.append(Node([[later]]))
            else:
                leaf.modality, leaf.within, leaf.eligible = "obtain", max(months, leaf.within or 0), False

    def _substitute(self, sentence: Sentence, leaves: list[Leaf], found: Statements, *, swapped: bool) -> bool:
        """One thing standing in for another that was asked before or is named here."""
        token = sentence.find("substituted-by" if swapped else "substitute")[0]
        target = self._target(sentence, sentence.start if swapped else token.end)
        if target is None and found.nodes and found.nodes[-1].leaves:
            target = found.nodes[-1].leaves[0].kind
        if target is None:
            return False
        sources = [
            leaf for leaf in leaves if leaf.kind != target and leaf.modality in ("required", "accepted", "preferred")
        ]
        replaced = [leaf for leaf in leaves if leaf.kind == target and leaf.start < token.start and not swapped]
        if replaced or not (sources or sentence.has(WORK)):
            return False
        found.leaves += [leaf for leaf in sources if leaf.amount is not None]
        way = [leaf for leaf in sources if leaf.amount or leaf.kind != "experience"]
        way = way or [Leaf("other", token.start, token.end, "substitute", "required", rule="substitute")]
        for leaf in way:
            leaf.modality = "required"
        spared = self._spared(sentence, token.end, leaves) if target == "experience" else None
        for node in reversed(found.nodes):
            if any(leaf.kind == target for leaf in node.leaves):
                node.add_way(way + _rest_of(node, spared))
                if target != "education":
                    return True
        return True

    def _spared(self, sentence: Sentence, position: int, leaves: list[Leaf]) -> int | None:
        """The months that a substitute stands for when it does not stand for all ("up to six months", "two of the four years")."""
        part = next((leaf.amount for leaf in leaves if leaf.amount and leaf.start >= position), None)
        if part is not None and part.low == 0:
            return part.high
        number = number_after(sentence.page.lower, position, sentence.end)
        return number[0] if number else None

    def _target(self, sentence: Sentence, position: int) -> LeafKind | None:
        """What is stood in for: the first target noun behind the words."""
        best: tuple[int, LeafKind] | None = None
        for channel, kind in TARGETS:
            for token in sentence.tokens.within(channel, position, min(sentence.end, position + 70)):
                if best is None or token.start < best[0]:
                    best = (token.start, kind)
        return best[1] if best else None

    def _note_open_ways(self, sentence: Sentence, found: Statements) -> None:
        """Ways in without experience: said outright, or by name of new graduates."""
        tokens, start, end = sentence.tokens, sentence.start, sentence.end
        if (
            sentence.section.topic == "experience"
            and sentence.section.kind == "required"
            and sentence.lower.strip(" .•-*·+") == "none"
        ):
            found.no_experience = (start, end)
        for token in tokens.within("no-experience", start, end):
            if found.no_experience is None:
                found.no_experience = (token.start, token.end)
        if not tokens.has("not-new-graduates", start, end):
            for token in tokens.within("new-graduates", start, end):
                found.open_ways.append((token.start, token.end))
        for token in tokens.within("if-less", start, end):
            found.open_ways.append((token.start, token.end))


def _rest_of(node: Node, spared: int | None) -> list[Leaf]:
    """What is still needed beside a substitute that stands for some of the months only."""
    whole = next((leaf for leaf in node.leaves if leaf.kind == "experience" and leaf.amount and leaf.amount.low), None)
    if spared is None or whole is None or whole.amount is None or (whole.amount.low or 0) <= spared:
        return []
    rest = copy(whole)
    rest.amount = replace(whole.amount, low=(whole.amount.low or 0) - spared, high=None)
    return [rest]


def _add_equivalence(nodes: list[Node], sentence: Sentence) -> None:
    """ "An equivalent combination may be substituted": every degree asked for so far can be made up for."""
    for node in nodes:
        if node.leaves and node.leaves[0].kind == "education":
            node.add_way(
                [
                    Leaf(
                        "other",
                        sentence.start,
                        sentence.end,
                        "equivalent combination",
                        "required",
                        rule="equivalent-experience",
                    )
                ]
            )


def _whole(nodes: list[Node]) -> list[list[Leaf]]:
    """Several nodes that belong together as the ways to meet them all."""
    ways: list[list[Leaf]] = [[]]
    for node in nodes:
        ways = [[*way, *more] for way in ways for more in node.ways][:16]
    return ways


def _bulleted(lower: str) -> bool:
    return lower[:1] in "•-*·●▪✔~+⭐"


def _node_before(nodes: list[Node], position: int, kinds: tuple[str, ...]) -> Node | None:
    """The last node with a leaf of these kinds before the position."""
    for node in reversed(nodes):
        if any(leaf.kind in kinds and leaf.end <= position + 1 for leaf in node.leaves):
            return node
    return None


def _mark_parts(leaves: list[Leaf], sentence: Sentence) -> None:
    """Experience that is part of the statement before it ("including one year of auditing") adds no months."""
    seen: Leaf | None = None
    for leaf in leaves:
        if leaf.kind != "experience":
            continue
        if seen is not None and sentence.tokens.has("part-of", seen.end, leaf.start + 1):
            leaf.part = True
        seen = leaf
