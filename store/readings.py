"""Readings as rows: which postings have not been read by this matcher yet, and the open ones with what they ask for."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, or_, select

from model.posting import Posting
from model.reading import Reading
from store.postings import BATCH, posting_of
from store.rows import PostingRow, ReadingRow
from store.upserts import upsert

_READING = TypeAdapter(Reading)


def unread(connection: Connection, read_with: str, *, limit: int) -> list[tuple[int, str, Posting]]:
    """Postings without a reading of their present version by `read_with`, open and newest first: (number, content, posting)."""
    stale = or_(
        ReadingRow.posting.is_(None), ReadingRow.content != PostingRow.content, ReadingRow.read_with != read_with
    )
    query = (
        select(PostingRow.__table__)
        .outerjoin(ReadingRow, ReadingRow.posting == PostingRow.number)
        .where(stale)
        .order_by(PostingRow.closed_at.is_not(None), PostingRow.number.desc())
        .limit(limit)
    )
    return [(row.number, row.content, posting_of(row)) for row in connection.execute(query)]


def save(connection: Connection, readings: Sequence[tuple[int, str, Reading]]) -> None:
    """Write readings, each with its posting's number and the version (`content`) that was read."""
    if not readings:
        return
    statement = upsert(connection, ReadingRow)
    fresh = {name: statement.excluded[name] for name in ("content", "read_with", "body")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["posting"], set_=fresh),
        [
            {
                "posting": number,
                "content": content,
                "read_with": reading.read_with,
                "body": _READING.dump_json(reading, exclude_defaults=False).decode(),
            }
            for number, content, reading in readings
        ],
    )


def versions(connection: Connection) -> dict[int, tuple[str, str]]:
    """The open postings that have been read, by number: which version of the text, read with which version of the matcher."""
    query = (
        select(PostingRow.number, PostingRow.content, ReadingRow.read_with)
        .join(ReadingRow, ReadingRow.posting == PostingRow.number)
        .where(PostingRow.closed_at.is_(None), ReadingRow.content == PostingRow.content)
    )
    return {row.number: (row.content, row.read_with) for row in connection.execute(query)}


def each_open(
    connection: Connection, numbers: Collection[int] | None = None
) -> Iterator[tuple[int, Posting, Reading, datetime]]:
    """The open postings that have been read: (number, posting, reading, first seen), oldest first; all, or those numbered."""
    if numbers is None:
        yield from _each_open(connection, None)
        return
    chosen = sorted(numbers)
    for begin in range(0, len(chosen), BATCH):
        yield from _each_open(connection, chosen[begin : begin + BATCH])


def _each_open(
    connection: Connection, numbers: Sequence[int] | None
) -> Iterator[tuple[int, Posting, Reading, datetime]]:
    query = (
        select(PostingRow.__table__, ReadingRow.body)
        .join(ReadingRow, ReadingRow.posting == PostingRow.number)
        .where(PostingRow.closed_at.is_(None), ReadingRow.content == PostingRow.content)
        .order_by(PostingRow.number)
    )
    if numbers is not None:
        query = query.where(PostingRow.number.in_(numbers))
    for row in connection.execution_options(yield_per=BATCH).execute(query):
        yield row.number, posting_of(row), _READING.validate_json(row.body), row.first_seen
