"""Credentials as they are held (apprentice, expired, enrolled, booked, graduated) against credentials as they are asked for.

Each thing that a person has stands in one relation to what is asked for (`standing`); the best one decides. Months and rules come
from `config/taxonomy/ladders.yaml`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from matcher.outcomes import PER_MONTH, State
from matcher.taxonomy import Taxonomy
from model.profile import HeldCredential, Profile
from model.reading import CredentialAsk

AtomState = Literal["held", "expired", "enrolled", "booked", "sat", "graduated"]
Relation = Literal[
    "held", "accepted apprentice", "eligible", "later", "everyday", "sat", "booked", "graduated", "expired", "often accepted",
    "elsewhere",
    "apprentice", "coming apprentice", "enrolled", "nothing", "not said",
]  # fmt: skip


NEAR, ALONE = 1_000, 1_000_000
"""Orders of what stands in some relation to an ask, and of having nothing that does."""


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    """One thing that a person has: a credential with its state today, or a finished programme that leads to it."""

    id: str
    state: AtomState
    region: str = ""
    on: date = date.min


@dataclass(frozen=True, slots=True)
class Standing:
    """How one atom stands to an ask; the lowest `order` decides."""

    order: int
    state: State
    relation: Relation
    effort: int = 0
    atom: Atom | None = None


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def letters(taxonomy: Taxonomy, credential: str) -> str:
    """What people call a credential: its letters or name; a wildcard's label; the posting's own words."""
    if credential.startswith("other:"):
        return credential.removeprefix("other:")
    entry = taxonomy.credential(credential)
    if entry is None:
        wildcard = taxonomy.wildcard(credential)
        return wildcard.name if wildcard else credential
    return entry.letters[0] if entry.letters else entry.name


def atoms_of(profile: Profile, taxonomy: Taxonomy, today: date) -> tuple[Atom, ...] | None:
    """What the person has, each once, in a settled order; None when the profile does not say."""
    if profile.credentials is None:
        return None
    atoms = {_atom(held, today) for held in profile.credentials}
    for done in profile.training or ():
        if done.completed is not None and done.completed <= today:
            atoms |= {Atom(one, "graduated") for one in _leads_to(done.kind, taxonomy)}
    return tuple(sorted(atoms))


def _atom(held: HeldCredential, today: date) -> Atom:
    here = held.region or ""
    if held.state == "held":
        return Atom(held.id, "held" if holds(held, today) else "expired", here)
    if held.state == "booked" and held.on is not None:
        return Atom(held.id, "booked" if held.on >= today else "sat", here, held.on)
    return Atom(held.id, "enrolled" if held.state == "enrolled" else "expired", here)


def _leads_to(kind: str, taxonomy: Taxonomy) -> Iterable[str]:
    """The credential whose programme a training names ("rhit-programme")."""
    words = set(kind.lower().replace("_", "-").split("-"))
    for entry in taxonomy.credentials.credentials:
        if any(one.lower() in words for one in entry.letters if len(one) > 2):
            yield entry.id


def holds(held: HeldCredential, today: date) -> bool:
    """True when the credential is held today."""
    return held.state == "held" and (held.until is None or held.until >= today)


class Holdings:
    """Answers how what people hold stands to what postings ask; made once from a taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Keep the taxonomy and the months of each state, in hundredths."""
        self.taxonomy = taxonomy
        states = taxonomy.ladders.file.states
        self._effort = {name: round(getattr(states, name) * PER_MONTH) for name in type(states).model_fields}
        self._meets: dict[tuple[str, str, str | None], bool] = {}

    def meets(self, held_id: str, ask: CredentialAsk) -> bool:
        """Whether a holder of `held_id` meets the ask, places aside."""
        key = (held_id, ask.id, ask.apprentice)
        if key not in self._meets:
            self._meets[key] = self._holder_meets(held_id, ask)
        return self._meets[key]

    def _holder_meets(self, held_id: str, ask: CredentialAsk) -> bool:
        ids = {held_id, *self.taxonomy.ladders.same(held_id)}
        reached = {other for one in ids for other in self.taxonomy.holders_satisfy(one)} | ids
        if ask.apprentice == "excluded":
            return not self.is_apprentice(held_id) and ask.id in reached
        if ask.id in reached:
            return True
        return ask.apprentice == "accepted" and self.taxonomy.apprentice_form(ask.id) == held_id

    def is_apprentice(self, credential: str) -> bool:
        """Whether a credential is the apprentice form of another."""
        entry = self.taxonomy.credential(credential)
        return bool(entry and entry.apprentice_of)

    def base(self, ask: CredentialAsk, *, said: bool) -> Standing:
        """How someone stands who has nothing that counts; `said` False: the profile does not tell."""
        if self.waits(ask):
            return Standing(90, "met", "later")
        if not said:
            return Standing(100, "unknown", "not said")
        if ask.id in self.taxonomy.ladders.file.everyday:
            return Standing(ALONE, "met", "everyday")
        months = self._months(ask.id)
        effort = self._effort["unknown_credential"] if months is None else round(months * PER_MONTH)
        return Standing(ALONE + effort, "not_met", "nothing", effort)

    def waits(self, ask: CredentialAsk) -> bool:
        """Whether the ask is no bar for anybody today: it may be earned after hire, and someone who begins now can be expected to."""
        if ask.modality != "obtain":
            return False
        months = self._months(ask.id)
        if ask.eligible:  # a class of a day or two has no programme that one could have finished
            return months is not None and months < 1
        return months is None or self.taxonomy.ladders.in_reach(months, ask.within_months)

    def _months(self, credential: str) -> float | None:
        """Months to earn it, or the quickest that meets an open wording; None for what nothing is known of."""
        if entry := self.taxonomy.credential(credential):
            return self.taxonomy.ladders.months(credential, entry.level)
        return self._easiest(credential) if self.taxonomy.wildcard(credential) else self.taxonomy.schooling(credential)

    def _easiest(self, wildcard: str) -> float:
        """Months to the quickest certification that meets an open wording."""
        entries = (
            entry
            for entry in self.taxonomy.credentials.credentials
            if entry.kind == "certification" and entry.status == "active"
        )
        months = [
            self.taxonomy.ladders.months(entry.id, entry.level)
            for entry in entries
            if wildcard in self.taxonomy.holders_satisfy(entry.id)
        ]
        return min(months, default=self._effort["unknown_credential"] / PER_MONTH)

    def standing(self, ask: CredentialAsk, atom: Atom) -> Standing | None:
        """How one atom stands to the ask; None when it has nothing to do with it."""
        if self.meets(atom.id, ask):
            return self._same(ask, atom)
        if atom.state == "graduated":
            return None
        if self._apprentice_of_asked(atom.id, ask):
            if atom.state == "held":
                excluded = ask.apprentice == "excluded"
                return self._gap("apprentice", "apprentice_excluded" if excluded else "apprentice", atom)
            if atom.state in ("booked", "enrolled", "sat"):
                return self._gap("coming apprentice", "apprentice", atom, also=atom.state)
        if atom.state == "held" and self._often_accepted(atom.id, ask.id):
            return self._gap("often accepted", "accepted", atom)
        return None

    def _often_accepted(self, held_id: str, asked: str) -> bool:
        """Whether employers often take the credential, or one that it implies, in place of what is asked for."""
        return any(asked in self.taxonomy.often_accepted_for(one) for one in self.taxonomy.holders_satisfy(held_id))

    def _apprentice_of_asked(self, held_id: str, ask: CredentialAsk) -> bool:
        entry = self.taxonomy.credential(held_id)
        full = entry.apprentice_of if entry else None
        return bool(full) and (ask.id == held_id or self.meets(full or "", ask))

    def _same(self, ask: CredentialAsk, atom: Atom) -> Standing:
        """The atom is the thing asked for (or implies it), in whatever state."""
        if atom.state == "held":
            if ask.states and atom.region and atom.region not in ask.states:
                return self._gap("elsewhere", "elsewhere", atom)
            accepted = ask.id not in self.taxonomy.holders_satisfy(atom.id) and ask.apprentice == "accepted"
            return Standing(0, "met", "accepted apprentice" if accepted else "held", atom=atom)
        if ask.modality == "obtain":
            if not ask.eligible:
                return Standing(2, "met", "later", atom=atom)
            if atom.state in ("booked", "sat", "graduated"):
                return Standing(3, "met", "eligible", atom=atom)
        return self._gap(atom.state, atom.state, atom)

    def _gap(self, relation: Relation, key: str, atom: Atom, *, also: str | None = None) -> Standing:
        effort = self._effort[key] + (self._effort[also] if also else 0)
        return Standing(NEAR + effort, "not_met", relation, effort, atom)

    def best(self, ask: CredentialAsk, atoms: tuple[Atom, ...] | None) -> Standing:
        """The standing that decides: the lowest order, the first of equals in the atoms' settled order."""
        base = self.base(ask, said=atoms is not None)
        standings = [found for atom in atoms or () if (found := self.standing(ask, atom)) is not None]
        chosen = min([*standings, base], key=lambda one: one.order)
        if chosen.effort > base.effort > 0:  # having begun is never farther than having nothing
            return replace(chosen, effort=base.effort)
        return chosen


def shown(day: date) -> str:
    """A day for people: 3 March 2027."""
    return f"{day:%d %B %Y}".lstrip("0")
