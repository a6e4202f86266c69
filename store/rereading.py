"""Which stored postings the present matcher has not read yet, by chunks of row numbers, and how far a re-reading is."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from model.posting import Posting
from store.postings import posting_of
from store.rows import PostingRow, ReadingRow


def _stale(read_with: str, *, fresh_only: bool) -> ColumnElement[bool]:
    """Never read in its present version; and, unless `fresh_only`, read by another matcher."""
    never = or_(ReadingRow.posting.is_(None), ReadingRow.content != PostingRow.content)
    return never if fresh_only else or_(never, ReadingRow.read_with != read_with)


def _joined(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(PostingRow).outerjoin(ReadingRow, ReadingRow.posting == PostingRow.number)


def chunks(connection: Connection, read_with: str, *, size: int, fresh_only: bool, limit: int = 100) -> list[int]:
    """The chunks (row number // size) that hold something unread, the newest first."""
    chunk = (PostingRow.number // size).label("chunk")
    query = _joined(chunk).where(_stale(read_with, fresh_only=fresh_only)).group_by(chunk)
    return list(connection.execute(query.order_by(chunk.desc()).limit(limit)).scalars())


def unread_in(
    connection: Connection, read_with: str, *, first: int, last: int, fresh_only: bool
) -> list[tuple[int, str, Posting]]:
    """The unread postings whose row number is `first` to `last`: (number, content, posting), the newest first."""
    query = (
        _joined(PostingRow.__table__)
        .where(PostingRow.number.between(first, last), _stale(read_with, fresh_only=fresh_only))
        .order_by(PostingRow.number.desc())
    )
    return [(row.number, row.content, posting_of(row)) for row in connection.execute(query)]


def versions(connection: Connection) -> dict[str, int]:
    """How many readings each version of the matcher has made that still stand."""
    found = connection.execute(select(ReadingRow.read_with, func.count()).group_by(ReadingRow.read_with))
    return {row[0]: row[1] for row in found}


def left(connection: Connection, read_with: str) -> int:
    """How many postings this version has not read."""
    query = _joined(func.count()).where(_stale(read_with, fresh_only=False))
    return int(connection.execute(query).scalar_one())
