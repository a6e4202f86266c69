"""Licensed professions: a job's name that presupposes a licence which the text does not ask for ("Pharmacist. Two years preferred.").

In: a title and what the body asks for. Out: the licences of which one is presupposed. Postings that break off, or take it for granted,
would else be told to everybody as jobs that they qualify for.
"""

import re
from collections.abc import Iterable
from typing import Final

from matcher.clauses import Node
from matcher.leaves import Leaf
from matcher.scanning import PROFESSION, Lexicon
from matcher.taxonomy import Taxonomy

_SUPPORT: Final = re.compile(
    r"[^-–,(|/:]*\b(?:aide|assistant|receptionist|scheduler|scheduling|biller|billing|coder|coding|secretary|recruiter|recruitment|office"
    r"|liaison|support|clerk|representative|credentialing|relations|services|practice|extern|externship|intern|tech|technician|staffing"
    r"|apprentice|helper|scribe|transcriptionist|administrative|benefits|claims|sales|success|marketing|outreach|engagement)\b"
)
"""Words behind a profession's name that make it a job for others ("Physician Billing Specialist", "Nurse Recruiter")."""
_ANOTHER: Final = re.compile(r"\b(?:coder|coding|biller|billing|preferred)\b")
"""A title that holds one of these is another job, or only wishes for the licence."""
ANY_NURSE: Final = "nurse"
CLOSED: Final = ("training-title", "uncertified-jobs")


class ProfessionReader:
    """Finds the licences that titles presuppose."""

    def __init__(self, taxonomy: Taxonomy, lexicon: Lexicon) -> None:
        """Keep the professions by name."""
        self._taxonomy, self._lexicon = taxonomy, lexicon
        self._licences = {one.name: one.licences for one in taxonomy.credentials.professions}

    def presupposed(self, title: str, nodes: Iterable[Node]) -> list[Leaf]:
        """The licences, with their place in the title; none when the text asks for one of them, or the job is open to others."""
        page, tokens = self._lexicon.scan_name(title)
        named = [
            token
            for token in tokens.all(PROFESSION)
            if token.kind == "licensed" and not _SUPPORT.match(page.lower[token.end :])
        ]
        if not named or _ANOTHER.search(page.lower) or any(tokens.all(channel) for channel in CLOSED):
            return []
        exact = [token for token in named if token.value != ANY_NURSE] or named
        licences = {one: token for token in reversed(exact) for one in self._licences[token.value]}
        if any(all(any(self._asked(leaf, licences) for leaf in way) for way in node.ways) for node in nodes):
            return []
        new = bool(tokens.all("graduate-title"))  # whoever has finished school may still have to sit the exam
        return [
            Leaf(
                "credential",
                token.start,
                token.end,
                one,
                "obtain" if new else "required",
                eligible=new,
                rule=PROFESSION,
                confidence=0.7,
            )
            for one, token in licences.items()
        ]

    def _asked(self, leaf: Leaf, licences: Iterable[str]) -> bool:
        """Whether the text asks for one of the licences, or for another licence that stands in the way all the same."""
        if leaf.kind != "credential" or not (leaf.modality == "required" or leaf.eligible):
            return False
        entry = self._taxonomy.credential(leaf.value)
        return leaf.value in licences or (entry is not None and entry.kind == "license")
