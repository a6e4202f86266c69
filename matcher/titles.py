"""Titles: the credential that a job's own name asks for, when the text beneath says nothing of its own about it.

In: a title and what the body asks. Out: the nodes that the title adds. "LPN" and "RN/LPN" are held by whoever does the job; a school's
class, or a body that only prefers the credential, speaks against it.
"""

from matcher.clauses import Node
from matcher.leaves import Leaf, LeafFinder, Sentence
from matcher.scanning import Lexicon
from matcher.sections import Section
from matcher.taxonomy import Taxonomy


class TitleReader:
    """Reads the credentials of titles."""

    def __init__(self, taxonomy: Taxonomy, lexicon: Lexicon) -> None:
        """Keep what sentences need."""
        self._finder = LeafFinder(taxonomy)
        self._taxonomy = taxonomy
        self._lexicon = lexicon

    def nodes(self, title: str, body: list[Leaf]) -> list[Node]:
        """The title's node, or none when the body has settled the matter."""
        page, tokens = self._lexicon.scan_name(title)
        end = len(page.text)
        if tokens.has("training-title", 0, end):
            return []
        sentence = Sentence(page, tokens, 0, end, Section("required"), page.lower)
        leaves = [leaf for leaf in self._finder.leaves(sentence) if leaf.kind == "credential" and self._counts(leaf)]
        asked = {leaf.value for leaf in body if leaf.kind == "credential" and self._settles(leaf)}
        if not leaves or any(self._settled(leaf.value, asked) for leaf in leaves):
            return []
        if any(cue.kind == "after" and cue.value == "preferred" for cue in tokens.within("cue", 0, end)):
            return []
        for leaf in leaves:
            leaf.modality, leaf.rule, leaf.confidence = "required", "title", 0.8
        ways = [[leaf] for leaf in _distinct(leaves)]
        node = Node(ways, section=-1)
        jobs = [
            job
            for job in tokens.all("uncertified-jobs")
            if not any(leaf.start <= job.start < leaf.end for leaf in leaves)
        ]
        if jobs and any(mark in page.lower for mark in ("/", " or ", "&", ",")):
            node.add_way([Leaf("other", 0, end, "another job of the title", "required", rule="title")])
        return [node]

    def _settles(self, leaf: Leaf) -> bool:
        """Whether the body's ask outweighs the title: always, but for a nurse's licence under a heading of mere wishes."""
        entry = self._taxonomy.credential(leaf.value)
        return leaf.modality != "preferred" or leaf.direct or entry is None or entry.family != "nursing"

    def _counts(self, leaf: Leaf) -> bool:
        """Courses and driving licences in titles are no licences of the job."""
        return self._taxonomy.cluster(leaf.value) in ("office", "care") or leaf.value.startswith("other:")

    def _settled(self, value: str, asked: set[str]) -> bool:
        """Whether the body asks for it, or for one that a wildcard in the title stands for."""
        if value in asked:
            return True
        if value.startswith("any:"):
            return any(value in self._taxonomy.holders_satisfy(one) for one in asked)
        return False


def _distinct(leaves: list[Leaf]) -> list[Leaf]:
    kept: dict[str, Leaf] = {}
    for leaf in leaves:
        kept.setdefault(leaf.value, leaf)
    return list(kept.values())
