"""Throwing away what is old, by policy: payloads, closed postings, the bytes of old mail, old runs. In batches, safe to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, select, update

from store.database import Database
from store.rows import DeliveryRow, PayloadRow, PostingRow, RunRow, SaidRow, ShownRow

BATCH = 500
KEPT_RUNS = 30  # of each source, whatever their age: closing looks back at them


@dataclass(frozen=True, slots=True)
class Limits:
    """What was closed, sent or run before these moments may go; None keeps everything."""

    payloads: datetime | None
    closed: datetime | None
    mail: datetime | None
    runs: datetime | None


def retain(database: Database, limits: Limits) -> dict[str, int]:
    """Throw away what is older; how many of each."""
    steps: dict[str, tuple[Callable[[Connection, datetime], int], datetime | None]] = {
        "closed postings": (_closed, limits.closed),
        "payloads": (_payloads, limits.payloads),
        "mail bytes": (_mail, limits.mail),
        "runs": (_runs, limits.runs),
    }
    counts: dict[str, int] = {}
    for name, (step, before) in steps.items():
        while before is not None:
            with database.write() as connection:
                done = step(connection, before)
            counts[name] = counts.get(name, 0) + done
            if done < BATCH:
                break
    return counts


def _closed(connection: Connection, before: datetime) -> int:
    """Closed postings with their readings, payloads and who was shown them: a row number may be given out again."""
    query = select(PostingRow.number).where(PostingRow.closed_at < before).order_by(PostingRow.number).limit(BATCH)
    numbers = list(connection.execute(query).scalars())
    connection.execute(delete(ShownRow).where(ShownRow.posting.in_(numbers)))
    connection.execute(delete(SaidRow).where(SaidRow.posting.in_(numbers)))
    connection.execute(delete(PostingRow).where(PostingRow.number.in_(numbers)))
    return len(numbers)


def _payloads(connection: Connection, before: datetime) -> int:
    """Payloads of postings closed before then, and of versions that were replaced before then."""
    old = and_(PostingRow.changed_at < before, PayloadRow.content != PostingRow.content)
    query = (
        select(PayloadRow.posting, PayloadRow.content)
        .join(PostingRow, PostingRow.number == PayloadRow.posting)
        .where((PostingRow.closed_at < before) | old)
        .limit(BATCH)
    )
    rows = connection.execute(query).all()
    for posting, content in rows:
        connection.execute(delete(PayloadRow).where(PayloadRow.posting == posting, PayloadRow.content == content))
    return len(rows)


def _mail(connection: Connection, before: datetime) -> int:
    """The bytes of mails that were sent or will not be; the rows stay, since they are what keeps a digest from going out twice."""
    over = DeliveryRow.state.in_(("sent", "failed", "expired", "withdrawn"))
    sent = (over, DeliveryRow.created_at < before, func.length(DeliveryRow.mime) > 0)
    numbers = list(connection.execute(select(DeliveryRow.number).where(*sent).limit(BATCH)).scalars())
    connection.execute(update(DeliveryRow).where(DeliveryRow.number.in_(numbers)).values(mime=b""))
    return len(numbers)


def _runs(connection: Connection, before: datetime) -> int:
    place = func.row_number().over(partition_by=RunRow.source, order_by=RunRow.number.desc()).label("place")
    ranked = select(RunRow.number, RunRow.started_at, place).subquery()
    query = select(ranked.c.number).where(ranked.c.place > KEPT_RUNS, ranked.c.started_at < before).limit(BATCH)
    numbers = list(connection.execute(query).scalars())
    connection.execute(delete(RunRow).where(RunRow.number.in_(numbers)))
    return len(numbers)
