"""What people have had so far, for a whole batch of them at once: what a digest must know before it is composed."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from store.people import Member, Said, members
from store.rows import DeliveryRow, SaidRow, ShownRow, SuppressionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One person's. `facts`: by posting, what it was when it was last told of, as kept (""; that was not kept).

    `refused`: why the address gets no digests. `issued`: the issues asked about for which the person, or their address under whatever
    name (one of a file may have joined, too), has a digest in whatever state.
    """

    facts: Mapping[int, str] = field(default_factory=dict)
    said: Mapping[int, Said] = field(default_factory=dict)
    refused: str | None = None
    member: Member | None = None
    issued: frozenset[str] = frozenset()

    def told(self) -> dict[int, dict[str, Any]]:
        """What was told of each posting of which that was kept."""
        return {posting: json.loads(facts) for posting, facts in self.facts.items() if facts}


def of(connection: Connection, marks: Mapping[str, str], issues: Collection[str]) -> dict[str, Past]:
    """The past of each person. `marks`: the keyed hash of each one's address; `issues`: what `issued` is to tell of."""
    keys, addresses = list(marks), list(set(marks.values()))
    facts: dict[str, dict[int, str]] = defaultdict(dict)
    for row in connection.execute(select(ShownRow.__table__).where(ShownRow.person.in_(keys))):
        facts[row.person][row.posting] = row.facts
    said: dict[str, dict[int, Said]] = defaultdict(dict)
    for row in connection.execute(select(SaidRow.__table__).where(SaidRow.person.in_(keys))):
        said[row.person][row.posting] = row.says
    refusals = select(SuppressionRow.address_mark, SuppressionRow.why).where(SuppressionRow.address_mark.in_(addresses))
    refused = {row.address_mark: row.why for row in connection.execute(refusals)}
    known = members(connection, keys)
    issued = _issued(connection, marks, list(issues))
    return {
        person: Past(
            facts=facts.get(person, {}),
            said=said.get(person, {}),
            refused=refused.get(mark),
            member=known.get(person),
            issued=frozenset(issued[person] | issued[mark]),
        )
        for person, mark in marks.items()
    }


def _issued(connection: Connection, marks: Mapping[str, str], issues: list[str]) -> dict[str, set[str]]:
    """The issues of persons and of addresses, by either."""
    found: dict[str, set[str]] = defaultdict(set)
    columns = (DeliveryRow.person, DeliveryRow.address_mark, DeliveryRow.issue, DeliveryRow.kind)
    for which in (DeliveryRow.person.in_(list(marks)), DeliveryRow.address_mark.in_(list(set(marks.values())))):
        for row in connection.execute(select(*columns).where(which, DeliveryRow.issue.in_(issues))):
            found[row.person].add(row.issue)
            if row.kind == "digest":
                found[row.address_mark].add(row.issue)
    return found
