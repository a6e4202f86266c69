"""Counters as rows: they only grow, whichever process counts, and outlive every process."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from store.rows_work import TallyRow
from store.upserts import upsert


def add(connection: Connection, amounts: Mapping[tuple[str, str], float]) -> None:
    """Add to each (name, label). In one order, so that two workers that add at once cannot wait for each other."""
    for (name, label), amount in sorted(amounts.items()):
        if amount:
            statement = upsert(connection, TallyRow).values(name=name, label=label, amount=amount)
            grown = {"amount": TallyRow.amount + amount}
            connection.execute(statement.on_conflict_do_update(index_elements=["name", "label"], set_=grown))


def every(connection: Connection) -> dict[tuple[str, str], float]:
    """All counters by (name, label)."""
    return {(row.name, row.label): row.amount for row in connection.execute(select(TallyRow.__table__))}
