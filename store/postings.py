"""Postings as rows: save what a crawl brought, close what is gone, and give them back as values of `model`."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Insert, bindparam, func, select, update

from model.crawl import Crawled
from model.posting import Pay, Place, Posting
from store import payloads
from store.rows import PostingRow
from store.upserts import upsert

BATCH = 500
_PLACES = TypeAdapter(tuple[Place, ...])
_PAY = TypeAdapter(Pay | None)


@dataclass(frozen=True, slots=True)
class Saved:
    """How many postings of a batch were new, changed (or came back) and unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Saved") -> "Saved":
        """The counts of two batches together."""
        return Saved(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True)
class StoredPosting:
    """A posting with what the store knows about it."""

    number: int
    posting: Posting
    content: str
    employer_named: str | None
    first_seen: datetime
    changed_at: datetime
    last_seen: datetime
    closed_at: datetime | None
    closed_because: str | None

    @property
    def status(self) -> str:
        """ "open" or "closed"."""
        return "closed" if self.closed_at else "open"


def storable(text: str) -> str:
    """Text that every database takes: without NUL and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode(errors="replace").decode()
    return text


def save(connection: Connection, batch: Sequence[Crawled], *, now: datetime) -> Saved:
    """Write a batch of one source's postings; a row that says nothing new is not touched."""
    rows = {crawled.posting.id: (crawled, _row(crawled, now)) for crawled in batch}
    if not rows:
        return Saved()
    source = batch[0].posting.source
    known = _known(connection, source, list(rows))
    new = [row for key, (_, row) in rows.items() if key not in known]
    changed = [row for key, (_, row) in rows.items() if key in known and known[key][1:3] != (row["content"], None)]
    same = [row for key, (_, row) in rows.items() if key in known and known[key][1:3] == (row["content"], None)]
    if marked := [row for row in same if known[row["id"]][3] != row["mark"]]:
        statement = update(PostingRow).where(PostingRow.number == bindparam("which"))
        fresh = [{"which": known[row["id"]][0], "told": row["mark"]} for row in marked]
        connection.execute(statement.values(mark=bindparam("told")), fresh)
    if new or changed:
        connection.execute(_save_statement(connection), new + changed)
        written = {row["id"] for row in new + changed}
        numbers = _known(connection, source, list(written))
        kept = ((numbers[key][0], rows[key][1]["content"], rows[key][0]) for key in written)
        payloads.save(
            connection, source, ((number, content, one.payload_kind, one.payload) for number, content, one in kept)
        )
    return Saved(len(new), len(changed), len(rows) - len(new) - len(changed))


def _known(
    connection: Connection, source: str, ids: list[str]
) -> dict[str, tuple[int, str, datetime | None, str | None]]:
    query = select(PostingRow.id, PostingRow.number, PostingRow.content, PostingRow.closed_at, PostingRow.mark).where(
        PostingRow.source == source, PostingRow.id.in_(ids)
    )
    return {row.id: (row.number, row.content, row.closed_at, row.mark) for row in connection.execute(query)}


def marks(connection: Connection, source: str) -> dict[str, str]:
    """What the rows of a source's list looked like for its open postings: their pages need not be fetched again."""
    query = select(PostingRow.id, PostingRow.mark).where(
        PostingRow.source == source, PostingRow.closed_at.is_(None), PostingRow.mark.is_not(None)
    )
    return {row.id: row.mark for row in connection.execute(query)}


def _save_statement(connection: Connection) -> Insert:
    statement = upsert(connection, PostingRow)
    kept = ("number", "source", "id", "first_seen")
    fresh = {column.name: column for column in statement.excluded if column.name not in kept}
    result: Insert = statement.on_conflict_do_update(index_elements=["source", "id"], set_=fresh)
    return result


def _row(crawled: Crawled, now: datetime) -> dict[str, Any]:
    posting = crawled.posting
    facts = {
        "locations": [asdict(place) for place in posting.locations],
        "workplace": posting.workplace,
        "employment_type": posting.employment_type,
        "date_posted": _day(posting.date_posted),
        "valid_through": _day(posting.valid_through),
        "pay": asdict(posting.pay) if posting.pay else None,
        "pay_text": posting.pay_text,
    }
    row: dict[str, Any] = {
        "source": posting.source,
        "id": storable(posting.id),
        "url": storable(posting.url),
        "title": storable(posting.title),
        "employer": storable(posting.employer) if posting.employer else None,
        "employer_named": storable(crawled.employer_named) if crawled.employer_named else None,
        "description": storable(posting.description),
        "mark": crawled.mark,
        "facts": json.dumps(facts, separators=(",", ":"), sort_keys=True),  # ASCII: neither NUL nor surrogates as such
    }
    said = "\x1f".join(str(row[key]) for key in ("url", "title", "employer", "employer_named", "description", "facts"))
    row["content"] = hashlib.sha256(said.encode()).hexdigest()[:32]
    return row | {"first_seen": now, "changed_at": now, "last_seen": now, "closed_at": None, "closed_because": None}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def posting_of(row: Any) -> Posting:
    """A row's posting as a value."""
    facts = json.loads(row.facts)
    return Posting(
        source=row.source,
        id=row.id,
        title=row.title,
        description=row.description,
        url=row.url,
        employer=row.employer,
        locations=_PLACES.validate_python(facts["locations"]),
        workplace=facts["workplace"],
        employment_type=tuple(facts["employment_type"]),
        date_posted=date.fromisoformat(facts["date_posted"]) if facts["date_posted"] else None,
        valid_through=date.fromisoformat(facts["valid_through"]) if facts["valid_through"] else None,
        pay=_PAY.validate_python(facts["pay"]),
        pay_text=facts["pay_text"],
    )


def each(connection: Connection, *, source: str | None = None, only_open: bool = False) -> Iterator[StoredPosting]:
    """The stored postings in the order in which they came, streaming."""
    query = select(PostingRow.__table__).order_by(PostingRow.number)
    if source is not None:
        query = query.where(PostingRow.source == source)
    if only_open:
        query = query.where(PostingRow.closed_at.is_(None))
    for row in connection.execution_options(yield_per=BATCH).execute(query):
        yield StoredPosting(
            row.number,
            posting_of(row),
            row.content,
            row.employer_named,
            row.first_seen,
            row.changed_at,
            row.last_seen,
            row.closed_at,
            row.closed_because,
        )


def count(connection: Connection) -> tuple[int, int]:
    """How many postings are stored, and how many of them are open."""
    query = select(func.count(), func.count().filter(PostingRow.closed_at.is_(None))).select_from(PostingRow)
    total, still_open = connection.execute(query).one()
    return total, still_open


def still_open(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Those of the numbers whose postings are open."""
    query = select(PostingRow.number).where(PostingRow.number.in_(numbers), PostingRow.closed_at.is_(None))
    return set(connection.execute(query).scalars())


def open_ids(connection: Connection, source: str) -> dict[str, tuple[int, datetime]]:
    """The ids that are open in a source, with number and the last time that the row itself was written as seen."""
    query = select(PostingRow.id, PostingRow.number, PostingRow.last_seen).where(
        PostingRow.source == source, PostingRow.closed_at.is_(None)
    )
    return {row.id: (row.number, row.last_seen) for row in connection.execute(query)}


def addresses(connection: Connection, source: str) -> list[tuple[str, str]]:
    """The ids and addresses of a source's open postings."""
    query = select(PostingRow.id, PostingRow.url).where(PostingRow.source == source, PostingRow.closed_at.is_(None))
    return [(row.id, row.url) for row in connection.execute(query)]


def close(connection: Connection, numbers: Sequence[int], *, because: str, now: datetime) -> None:
    """Mark postings as closed. They stay, and open again under the same identity when the board lists them again."""
    if numbers:
        statement = update(PostingRow).where(PostingRow.number == bindparam("which"))
        values = statement.values(closed_at=now, closed_because=because)
        connection.execute(values, [{"which": number} for number in numbers])


def note_last_seen(connection: Connection, numbers: Sequence[int], *, seen: datetime) -> None:
    """Write when postings that are missing now were last listed."""
    if numbers:
        statement = update(PostingRow).where(PostingRow.number == bindparam("which")).values(last_seen=seen)
        connection.execute(statement, [{"which": number} for number in numbers])
