"""Licensed professions: a job's name that presupposes a licence which the text does not ask for ("Pharmacist. Two years preferred.").

In: a title and what the body asks for. Out: the licences of which one is presupposed. Postings that break off, or take it for granted,
would else be told to everybody as jobs that they qualify for.
"""

import re
from collections.abc import Iterable
from typing import Final

from matcher.clauses import Node
from matcher.leaves import Leaf
from matcher.page import Page
from matcher.scanning import PROFESSION, Lexicon, Token, Tokens
from matcher.taxonomy import Taxonomy

_PARTING: Final = re.compile(r"[-–,(|/:]")
ANY_NURSE: Final = "nurse"
CLOSED: Final = ("training-title", "uncertified-jobs", "other-title")
"""Words with which a title is another job, or open to others, or only wishes for the licence."""


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
            if token.kind == "licensed" and not self._of_support(page, tokens, token)
        ]
        if not named or any(tokens.all(channel) for channel in CLOSED):
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
                eligible=new,
                rule=PROFESSION,
                confidence=0.7,
            )
            for one, token in licences.items()
        ]

    @staticmethod
    def _of_support(page: Page, tokens: Tokens, token: Token) -> bool:
        """Whether words behind a profession's name make it a job for others ("Physician Billing Specialist", "Nurse Recruiter")."""
        parting = _PARTING.search(page.lower, token.end)
        return tokens.has("support-title", token.end, parting.start() if parting else len(page.lower))

    def _asked(self, leaf: Leaf, licences: Iterable[str]) -> bool:
        """Whether the text asks for one of the licences, or for another licence that stands in the way all the same."""
        if leaf.kind != "credential" or not (leaf.modality == "required" or leaf.eligible):
            return False
        entry = self._taxonomy.credential(leaf.value)
        return leaf.value in licences or (entry is not None and entry.kind == "license")
