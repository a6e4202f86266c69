"""The tables, as typed rows. They never leave this package: its functions take and return values of `model`.

Only types that SQLite's STRICT tables know are used there (INTEGER, REAL, TEXT, BLOB); instants are text in ISO 8601 with SQLite
and timestamptz with PostgreSQL, always aware and in UTC.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, ForeignKey, Index, Integer, LargeBinary, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware moment in UTC. Refuses naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, timestamptz elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database: UTC, and in SQLite a text whose order is the order of time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        moment = value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database: aware and in UTC."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


class Row(DeclarativeBase):
    """What all tables share."""

    type_annotation_map = {str: Text(), bytes: LargeBinary(), int: Integer(), datetime: Instant()}  # noqa: RUF012


STRICT = {"sqlite_strict": True}


class SourceRow(Row):
    """What the program remembers about a source; its configuration stays in YAML.

    `swept_at`: the last crawl that fetched every posting's page, whatever the list said. `proved_at`: the last proof that the board is
    that employer's.
    """

    __tablename__ = "source"
    __table_args__ = (STRICT,)

    name: Mapped[str] = mapped_column(primary_key=True)
    next_crawl_at: Mapped[datetime | None]
    failures_in_a_row: Mapped[int] = mapped_column(default=0, server_default="0")
    swept_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]


class RunRow(Row):
    """One crawl of one source. `seen_ids` is zstd over the JSON list of the ids that it listed, `warnings` a JSON list of sentences."""

    __tablename__ = "run"
    __table_args__ = (Index("run_of_source", "source", "number"), STRICT)

    number: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    complete: Mapped[int | None]
    advertised: Mapped[int | None]
    seen: Mapped[int] = mapped_column(default=0, server_default="0")
    new: Mapped[int] = mapped_column(default=0, server_default="0")
    changed: Mapped[int] = mapped_column(default=0, server_default="0")
    closed: Mapped[int] = mapped_column(default=0, server_default="0")
    unchanged: Mapped[int] = mapped_column(default=0, server_default="0")
    requests: Mapped[int] = mapped_column(default=0, server_default="0")
    milliseconds: Mapped[int] = mapped_column(default=0, server_default="0")
    failure: Mapped[str | None]
    failure_says: Mapped[str | None]
    failure_mend: Mapped[str | None]
    seen_ids: Mapped[bytes | None]
    warnings: Mapped[str | None]


class PostingRow(Row):
    """A posting as last seen. `facts` is the JSON of what is not searched by column; `content` the hash of all that it says."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("source", "id", name="posting_identity"),
        Index("posting_open", "closed_at", "number"),
        STRICT,
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    id: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    employer: Mapped[str | None]
    employer_named: Mapped[str | None]
    description: Mapped[str]
    facts: Mapped[str]
    content: Mapped[str]
    mark: Mapped[str | None]
    first_seen: Mapped[datetime]
    changed_at: Mapped[datetime]
    last_seen: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None]


class PayloadRow(Row):
    """What the source sent for one version of a posting, zstd-compressed, so that nothing is ever crawled again to be re-read."""

    __tablename__ = "payload"
    __table_args__ = (STRICT,)

    posting: Mapped[int] = mapped_column(ForeignKey("posting.number", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    dictionary: Mapped[int | None] = mapped_column(ForeignKey("dictionary.number"))
    body: Mapped[bytes]


class DictionaryRow(Row):
    """A zstd dictionary trained on one source's payloads."""

    __tablename__ = "dictionary"
    __table_args__ = (STRICT,)

    number: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(index=True)
    body: Mapped[bytes]


class ReadingRow(Row):
    """The reading of one version of a posting, by one version of the matcher and its taxonomy."""

    __tablename__ = "reading"
    __table_args__ = (Index("reading_by_version", "read_with"), STRICT)

    posting: Mapped[int] = mapped_column(ForeignKey("posting.number", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str]
    read_with: Mapped[str]
    body: Mapped[str]


class PersonRow(Row):
    """What the program remembers about a profile; the profile itself stays in YAML. `key` is the file's name."""

    __tablename__ = "person"
    __table_args__ = (STRICT,)

    key: Mapped[str] = mapped_column(primary_key=True)
    next_digest_at: Mapped[datetime | None]
    wishes: Mapped[str] = mapped_column(default="", server_default="")


class DeliveryRow(Row):
    """One digest for one person and local date. Its bytes are frozen before the first try.

    `state`: queued -> sending (committed before the channel is asked) -> sent, or failed. The unique keys, not locks, are what
    keeps a digest from going out twice.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("person", "issue", name="delivery_once_a_date"),
        Index("delivery_waiting", "state", "not_before"),
        STRICT,
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str]
    issue: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    mime: Mapped[bytes]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    says: Mapped[str | None]


class ShownRow(Row):
    """An opening that a person was shown: once, by the primary key."""

    __tablename__ = "shown"
    __table_args__ = (Index("shown_in", "delivery"), STRICT)

    person: Mapped[str] = mapped_column(primary_key=True)
    posting: Mapped[int] = mapped_column(primary_key=True)
    delivery: Mapped[int] = mapped_column(ForeignKey("delivery.number", ondelete="CASCADE"))


class KeptRow(Row):
    """Small things that the program keeps for itself, such as the key that makes Message-IDs unguessable."""

    __tablename__ = "kept"
    __table_args__ = (STRICT,)

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]


class AreaFileRow(Row):
    """An imported file of designations, one of each kind: `as_of` is the file's own date."""

    __tablename__ = "area_file"
    __table_args__ = (STRICT,)

    kind: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[str]
    imported_at: Mapped[datetime]
    areas: Mapped[int]


class AreaRow(Row):
    """One facility or area of such a file."""

    __tablename__ = "area"
    __table_args__ = (STRICT,)

    kind: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    basis: Mapped[str]
    says: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    postal_code: Mapped[str] = mapped_column(default="", server_default="")
    county: Mapped[str] = mapped_column(default="", server_default="")


class VisitRow(Row):
    """What one page of a source said about itself when it was last fetched, as `model.crawl.Visit`. `ids` is a JSON list."""

    __tablename__ = "visit"
    __table_args__ = (STRICT,)

    source: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    listed_as: Mapped[str | None]
    ids: Mapped[str]
