"""Statements: the page read line by line, each sentence's asks hung together, with what runs over line ends.

In: a page with its tokens. Out: the nodes that decide, and every leaf that is asked for in whatever way. Handles what one sentence
alone cannot know: lists under "one of the following", lines that end or begin with "or", semicolon clauses that speak of the clause
before, and ways in for people without experience.
"""

import re
from dataclasses import dataclass, field
from functools import partial

from matcher.alternatives import add_accepted, add_equivalence, add_other_ways, substitute, substitutes
from matcher.asking import PERSON_SOUGHT, SHORT, Asking
from matcher.bars import bar_of
from matcher.clauses import Node, count_asked, nodes_of
from matcher.grades import grades_of
from matcher.joining import add_parts, asked_for_itself, joinable, mark_parts, terms, whole
from matcher.later import later_licences
from matcher.leaves import Leaf, Sentence
from matcher.modality import Cue
from matcher.open_ways import excepted_experience, refused_experience, wants_work, wished_experience
from matcher.page import Page
from matcher.scanning import CUE, LEAF, Tokens
from matcher.sections import Heading, Headings, Placed, Section, inside, place_lines
from matcher.sentences import clause_spans, sentence_spans
from matcher.taxonomy import Taxonomy

FARTHEST_SUBJECT = 200
MOST_LEAVES = 400
MOST_NONE = 24
ENTRY_NOTES = ("entry level", "entry-level", "entry level!", "entry-level!")
LONGEST_NOTE = 20
LONGEST_KEY = 40
THAT_IS = re.compile(r"\W*(?:that's|that is|that would be|it's|it is|this is|these are|those are|both are|they are)\b")
NONE_WORDS = ("none", "but none")
BARE_EXPERIENCE = (": experience", ": prior experience", ": previous experience")
BULLETS = "•-*·●▪✔~+⭐"
OR_LINES = frozenset({"or", "- or", "-or-", "or:", "+ or", "* or", "or,"})


@dataclass(slots=True)
class Statements:
    """What the page says: nodes for what has to be met, leaves for everything asked, sections by line for those who need them."""

    nodes: list[Node] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    no_experience: tuple[int, int] | None = None
    open_ways: list[tuple[int, int]] = field(default_factory=list)


class StatementReader:
    """Reads pages' statements; compiled once from a taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Compile what the sentences need."""
        self.taxonomy = taxonomy
        self.asking = Asking(taxonomy)
        self.headings = Headings(taxonomy)
        self._finite = frozenset(taxonomy.phrases("sentence-words"))
        self._numbered = frozenset(taxonomy.phrases("numbered-words"))

    def is_fragment(self, lower: str) -> bool:
        """Whether a stretch is a bare note ("BLS current.") and not a sentence about somebody."""
        words = lower.split()
        return len(words) <= LONGEST_NOTE and self._finite.isdisjoint(words)

    def read(self, page: Page, tokens: Tokens, title: str) -> Statements:
        """Every statement of the page; `title` in small letters settles ambiguous words."""
        grades = grades_of(page, title, self._numbered)
        found = Statements(placed=place_lines(page, self.headings, partial(tokens.has, LEAF), grades))
        walk = _Walk(self, page, tokens, title, found)
        for number, placed in enumerate(found.placed):
            if len(found.leaves) > MOST_LEAVES:
                break
            if placed.heading:
                walk.open_heading(placed)
            else:
                walk.read_line(number, placed)
        _drop_echoes(found)
        for leaf in later_licences(page, found.leaves, title):
            found.leaves.append(leaf)
            asking = [node for node in found.nodes if any(one.value == leaf.value for one in node.leaves)]
            for node in asking:
                node.add_way([leaf])
            if not asking:
                found.nodes.append(Node([[leaf]]))
        return found


@dataclass(slots=True)
class _Walk:
    """One page being read, and what is remembered from line to line."""

    reader: StatementReader
    page: Page
    tokens: Tokens
    title: str
    found: Statements
    one_of: Node | None = None
    one_of_pending: bool = False
    wanted: int = 1
    list_section: Section | None = None
    list_items: bool = False
    joined: bool = False
    last_node: Node | None = None
    last_leaves: list[Leaf] = field(default_factory=list)
    last_nodes: list[Node] = field(default_factory=list)
    last_line: int = -2
    bare_line: int = -2

    def open_heading(self, placed: Placed) -> None:
        """A heading ends lists; one that says "one of the following" opens one."""
        self.one_of, self.joined, self.list_section = None, False, None
        self.wanted = count_asked(self.page.lower[placed.line.start : placed.line.end])
        self.one_of_pending = self.wanted > 1 or self.tokens.has("one-of", placed.line.start, placed.line.end)

    def read_line(self, number: int, placed: Placed) -> None:
        """A line that is no heading."""
        start, end = placed.body, placed.line.end
        lower = self.page.lower[start:end].strip()
        if lower in OR_LINES:
            self.joined = True
            return
        if self.one_of_pending and self._list_ended(placed, lower):
            self.one_of, self.one_of_pending = None, False
        if not self.tokens.states(start, end) and placed.section.topic != "experience":
            if number - self.last_line <= 1 and self.tokens.has("help-after-hire", start, end):
                _note_help(self.last_leaves)
            return
        wanted = count_asked(lower) if lower.endswith(":") else 1
        opens = lower.endswith(":") and (wanted > 1 or self._introduces(start, end))
        self._read_sentences(number, placed, lower)
        if lower.endswith((" or", ",or", "/or", " or,")):
            self.joined = True
        if opens:
            self._open_list(number)
            self.wanted = wanted

    def _read_sentences(self, number: int, placed: Placed, lower: str) -> None:
        """The line's sentences, each under the section that its own key may open."""
        section, short = placed.section, len(lower.split()) <= SHORT
        item = placed.line.item or lower[:1] in BULLETS
        for begin, stop in sentence_spans(self.page.text, placed.body, placed.line.end):
            heading = self._inline_heading(begin, stop, first=begin == placed.body)
            section = inside(placed.section, heading) if heading else section
            if len(self.found.leaves) > MOST_LEAVES:
                return
            for start, end in self._clauses(begin, stop):
                brief = short or self.reader.is_fragment(self.page.lower[start:end])
                self._read_clause(
                    number, Sentence(self.page, self.tokens, start, end, section, self.title, item, brief)
                )

    def _introduces(self, start: int, end: int) -> bool:
        """Whether a line's last words are "one of the following:", so that the choices stand below and not in the line itself."""
        found = self.tokens.within("one-of", start, end)
        return bool(found) and ":" not in self.page.lower[found[-1].end : end].rstrip(" :*")

    def _open_list(self, number: int) -> None:
        """The lines that follow are choices; a programme that introduces them gives way to them."""
        self.one_of, self.one_of_pending, self.list_section, self.list_items = None, True, None, False
        nodes = self.found.nodes
        if nodes and nodes[-1].section == number and nodes[-1].leaves[0].rule == "completed-program":
            gone = nodes.pop()
            self.found.leaves = [leaf for leaf in self.found.leaves if leaf not in gone.leaves]

    def _list_ended(self, placed: Placed, lower: str) -> bool:
        """Whether a line stands behind a list of choices: another section, or no item where the others were."""
        item = placed.line.item or lower[:1] in BULLETS
        if self.list_section is None:
            self.list_section, self.list_items = placed.section, item
            return False
        return placed.section != self.list_section or (self.list_items and not item)

    def _clauses(self, start: int, end: int) -> list[tuple[int, int]]:
        """A sentence's clauses; a bare list with semicolons is one."""
        if self.page.lower.find(";", start, end) < 0:
            return [(start, end)]
        asked = any(self.tokens.has(channel, start, end) for channel in (CUE, "substitute"))
        if asked or bar_of(self.page.lower[start:end]):
            return clause_spans(self.page.text, start, end)
        return [(start, end)]

    def _inline_heading(self, start: int, end: int, *, first: bool) -> Heading | None:
        """A key inside a line: "… Required: HS diploma.", "THE PERSON. You have …", "**About you.** You have …"."""
        if end - start <= LONGEST_KEY:
            text = self.page.text[start:end].strip()
            if text.endswith((".", "*")) and (text.startswith("**") or text.isupper()):
                found = self.reader.headings.meaning(text)
                return found if found and found.unknown <= 1 else None
        colon = -1 if first else self.page.text.find(":", start, min(end, start + 50))
        found = self.reader.headings.meaning(self.page.text[start:colon]) if colon > start else None
        return found if found and found.unknown_share <= 0.34 else None

    def _read_clause(self, number: int, sentence: Sentence) -> None:
        """One clause: its open ways, its asks, or what it says of the clause before."""
        if sentence.section.kind == "conditional":
            if sentence.lower.strip(" .!•-*").endswith(BARE_EXPERIENCE) and len(sentence.lower.split()) <= SHORT:
                self.found.no_experience = self.found.no_experience or (sentence.start, sentence.end)
            return
        self._note_open_ways(sentence)
        if sentence.section.kind == "benefit":
            return
        if not self.tokens.mentions(sentence.start, sentence.end):
            self._speak_of_last(number, sentence)
            return
        leaves, cues = self.reader.asking.leaves(sentence)
        if not leaves:
            if sentence.has("substitute") and sentence.has("equivalent-experience"):
                add_equivalence(self.found.nodes, sentence)
            self._speak_of_last(number, sentence)
            return
        if substitutes(sentence):
            asked = substitute(sentence, leaves, self.found.nodes)
            if asked is not None:
                self.found.leaves += asked
                return
        self._keep(number, sentence, leaves, cues)

    def _keep(self, number: int, sentence: Sentence, leaves: list[Leaf], cues: list[Cue]) -> None:
        """Leaves and nodes of an ordinary clause, joined to what came before where the text says so."""
        self.found.leaves += leaves
        mark_parts(leaves, sentence)
        deciding = [leaf for leaf in leaves if leaf.modality in ("required", "obtain") and not leaf.part]
        accepted = [leaf for leaf in leaves if leaf.modality == "accepted"]
        beside = terms(accepted, deciding, sentence)
        deciding = [leaf for leaf in deciding if leaf not in beside]
        nodes = nodes_of(deciding, sentence, self.reader.taxonomy)
        add_parts(nodes, leaves)
        add_other_ways(nodes, sentence)
        add_accepted(nodes, accepted, self.last_node, beside)
        nodes = self._hung_together(number, sentence, nodes, bare=not cues and len(leaves) == 1)
        self.joined = False
        bar = bar_of(sentence.lower)
        for node in nodes:
            node.section, node.workplace = number, bar
        self.found.nodes += nodes
        if nodes:
            self.last_node = nodes[-1]
        self.last_leaves, self.last_nodes, self.last_line = leaves, nodes, number

    def _hung_together(self, number: int, sentence: Sentence, nodes: list[Node], *, bare: bool) -> list[Node]:
        """The clause's nodes that stand for themselves; the others have become ways of nodes before them."""
        if not nodes:
            return nodes
        begins_or = sentence.lower.lstrip(" -•*·+").startswith(("or ", "or,"))
        if (self.joined or begins_or) and self.last_node is not None and joinable(self.last_node, nodes[0]):
            return self._joined_to_last(number, nodes, self.last_node)
        if self.one_of_pending and self.one_of is not None and asked_for_itself(sentence, nodes):
            self.one_of, self.one_of_pending = None, False
        if self.one_of_pending:
            return self._into_list(nodes)
        if bare and self._continues_bare_list(number, sentence, nodes[0]) and self.last_node is not None:
            for way in nodes[0].ways:
                self.last_node.add_way(way)
            return nodes[1:]
        return nodes

    def _joined_to_last(self, number: int, nodes: list[Node], last: Node) -> list[Node]:
        """What "or" over a line end joins: two single choices become one, two whole lines become two ways."""
        before = [node for node in self.found.nodes if node.section == last.section and node.section != number] or [
            last
        ]
        if len(before) == 1 and len(nodes) == 1:
            for way in nodes[0].ways:
                last.add_way(way)
            return []
        merged = Node([*whole(before), *whole(nodes)], section=last.section)
        self.found.nodes = [node for node in self.found.nodes if not any(node is one for one in before)]
        return [merged]

    def _into_list(self, nodes: list[Node]) -> list[Node]:
        """Items under "one of the following" are ways of one node; what one item joins belongs to one way."""
        ways = whole(nodes) if len(nodes) > 1 else nodes[0].ways
        if self.one_of is None:
            self.one_of = Node(ways, at_least=self.wanted)
            return [self.one_of]
        for way in ways:
            self.one_of.add_way(way)
        return []

    def _continues_bare_list(self, number: int, sentence: Sentence, node: Node) -> bool:
        """Neighbouring lines that hold nothing but one office credential each are a choice, as in a list with commas."""
        leaf = node.leaves[0]
        if (
            leaf.kind != "credential"
            or len(sentence.lower.split()) > 7
            or self.reader.taxonomy.cluster(leaf.value) != "office"
        ):
            return False
        continued = self.bare_line == number - 1 and self.last_line == number - 1
        self.bare_line = number
        return continued

    def _speak_of_last(self, number: int, sentence: Sentence) -> None:
        """A clause without a subject of its own ("required within 18 months") speaks of the clause before."""
        credentials = [leaf for leaf in self.last_leaves if leaf.kind == "credential"]
        if number - self.last_line <= 1:
            _note_remarks(credentials, sentence)
        if number == self.last_line and THAT_IS.match(sentence.lower):
            self._wish_last(sentence)
            return
        if not credentials or self.last_line != number or sentence.start - credentials[-1].end > FARTHEST_SUBJECT:
            return
        if not sentence.lower.lstrip(" -,(").startswith(self.reader.taxonomy.phrases("without-subject")):
            return
        months = max((frame.months for frame in self.reader.asking.frames(sentence)), default=None)
        if months is None or not any(token.value in ("obtain", "required") for token in sentence.find(CUE)):
            return
        later: list[Leaf] = []
        for leaf in credentials:
            if leaf.modality == "preferred":
                later.append(_earned_later(leaf, months))
            else:
                leaf.modality, leaf.within, leaf.eligible = "obtain", max(months, leaf.within or 0), False
        self.found.leaves += later
        if sentence.lower.lstrip(" -,(").startswith("both"):
            self.found.nodes += [Node([[leaf]]) for leaf in later]
        elif later:
            self.found.nodes.append(Node([[leaf] for leaf in later]))

    def _wish_last(self, sentence: Sentence) -> None:
        """ "That's a plus", "it is preferred": what was named just before is only wished for."""
        words = {token.value for token in sentence.find(CUE)}
        if "preferred" not in words or "required" in words:
            return
        for leaf in self.last_leaves:
            leaf.modality = "preferred"
        gone = self.last_nodes
        self.found.nodes = [node for node in self.found.nodes if not any(node is one for one in gone)]

    def _note_open_ways(self, sentence: Sentence) -> None:
        """Ways in without experience: said outright, or by name of new graduates."""
        section, found = sentence.section, self.found
        said = sentence.lower.strip(" .•-*·+")
        if (
            section.topic == "experience"
            and section.kind == "required"
            and said.endswith("none")
            and len(said) < MOST_NONE
        ):
            found.no_experience = (sentence.start, sentence.end)
        if said in ENTRY_NOTES:
            found.no_experience = found.no_experience or (sentence.start, sentence.end)
        about = section.topic == "experience" or "experience" in sentence.lower
        for token in sentence.find("no-experience")[:1]:
            if about or not sentence.lower.startswith(NONE_WORDS, token.start - sentence.start):
                found.no_experience = found.no_experience or (token.start, token.end)
        if found.no_experience is None:
            found.no_experience = refused_experience(sentence) or wished_experience(sentence)
        if not sentence.has("not-new-graduates"):
            found.open_ways += [
                (token.start, token.end)
                for token in sentence.find("new-graduates")
                if not wants_work(sentence, token.end)
            ]
        if excepted := excepted_experience(sentence):
            found.open_ways.append(excepted)
        found.open_ways += [
            (token.start, token.end)
            for token in sentence.find("if-less")
            if not sentence.tokens.has(
                "graduate-of", sentence.start, token.start
            )  # only the schooling is asked of some
        ]


def _drop_echoes(found: Statements) -> None:
    """Who is looked for where the posting opens asks for nothing more where the requirements name the same credential."""
    named = {leaf.value for leaf in found.leaves if leaf.rule != PERSON_SOUGHT}
    echoes = [leaf for leaf in found.leaves if leaf.rule == PERSON_SOUGHT and leaf.value in named]
    if echoes:
        found.leaves = [leaf for leaf in found.leaves if leaf not in echoes]
        found.nodes = [node for node in found.nodes if any(leaf not in echoes for leaf in node.leaves)]


def _note_remarks(credentials: list[Leaf], sentence: Sentence) -> None:
    """ "No apprentices", "apprentices welcome", help after hire: the credentials before remember it."""
    if sentence.has("help-after-hire"):
        _note_help(credentials)
    if sentence.has("apprentice-excluded"):
        for leaf in credentials:
            leaf.apprentice = "excluded"
    elif sentence.has("apprentice-accepted"):
        for leaf in credentials:
            leaf.apprentice = "accepted"


def _note_help(leaves: list[Leaf]) -> None:
    """ "We can assist in obtaining this after hire": the credentials before need not be held."""
    for leaf in leaves:
        if leaf.kind == "credential" and leaf.modality == "required":
            leaf.modality = "obtain"


def _earned_later(leaf: Leaf, months: int) -> Leaf:
    """The same credential as something to be earned after hire."""
    return Leaf("credential", leaf.start, leaf.end, leaf.value, "obtain", months, rule="later-clause", direct=True)
