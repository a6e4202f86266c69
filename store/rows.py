"""The tables, as typed rows. They never leave this package: its functions take and return values of `model`.

Only types that SQLite's STRICT tables know are used there (INTEGER, REAL, TEXT, BLOB); instants are text in ISO 8601 with SQLite
and timestamptz with PostgreSQL, always aware and in UTC.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
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
    """A person: planned from a profile in YAML (`profile` None, `key` the file's name), or joined by the web (`profile` its JSON).

    `state`: pending (asked, not confirmed), active, stopped. `handle`: what links in mails know the person by; it tells nothing.
    `outcome`: what the last issue came to, so that who got nothing can be told why. `failures`: how often in a row making their digest
    broke; `retry_at`: when it is tried again.
    """

    __tablename__ = "person"
    __table_args__ = (Index("person_due", "state", "next_digest_at"), STRICT)

    key: Mapped[str] = mapped_column(primary_key=True)
    next_digest_at: Mapped[datetime | None]
    wishes: Mapped[str] = mapped_column(default="", server_default="")
    handle: Mapped[str | None] = mapped_column(index=False)
    state: Mapped[str] = mapped_column(default="active", server_default="active")
    address: Mapped[str | None]
    profile: Mapped[str | None]
    consent: Mapped[str | None]
    paused_until: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    outcome_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    retry_at: Mapped[datetime | None]


Index("person_handle", PersonRow.handle, unique=True)
Index("person_address", PersonRow.address, unique=True)


class SuppressionRow(Row):
    """An address that gets no more digests, known by a keyed hash alone; `why`: unsubscribed, bounced, complained, deleted.

    `asked_at`: when somebody last had it asked whether it wants mail again.
    """

    __tablename__ = "suppression"
    __table_args__ = (STRICT,)

    address_mark: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    at: Mapped[datetime]
    asked_at: Mapped[datetime | None]


class SaidRow(Row):
    """What a person said of an opening: `not_for_me` or `applied`."""

    __tablename__ = "said"
    __table_args__ = (STRICT,)

    person: Mapped[str] = mapped_column(primary_key=True)
    posting: Mapped[int] = mapped_column(primary_key=True)
    says: Mapped[str]
    at: Mapped[datetime]


class BounceRow(Row):
    """A day on which a person's mail came back: one row a day, whatever the number of returns."""

    __tablename__ = "bounce"
    __table_args__ = (STRICT,)

    person: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    at: Mapped[datetime]


class EntryRow(Row):
    """A sign-in that was asked for (`login`) or is going on (`session`), known by a hash of its secret."""

    __tablename__ = "entry"
    __table_args__ = (STRICT,)

    mark: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    person: Mapped[str]
    code: Mapped[str] = mapped_column(default="", server_default="")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class CountedRow(Row):
    """How often something was asked for in a stretch of time; `name` holds hashes, never an address."""

    __tablename__ = "counted"
    __table_args__ = (STRICT,)

    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    count: Mapped[int]


class DeliveryRow(Row):
    """One mail for one person and issue. Its bytes are frozen before the first try.

    `state`: queued -> sending (committed before the channel is asked) -> sent; or failed, expired, withdrawn. The unique keys, not
    locks, are what keeps a digest from going out twice. `kind`: digest, watching, confirm, login. `bounce_token`:
    a part of the envelope's sender.
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
    kind: Mapped[str] = mapped_column(default="digest", server_default="digest")
    sender: Mapped[str] = mapped_column(default="", server_default="")
    bounce_token: Mapped[str | None]
    address_mark: Mapped[str] = mapped_column(default="", server_default="")
    domain: Mapped[str] = mapped_column(default="", server_default="")
    expires_at: Mapped[datetime | None]


Index("delivery_bounce", DeliveryRow.bounce_token, unique=True)
Index("delivery_claimed", DeliveryRow.claimed_at)
Index("delivery_address", DeliveryRow.address_mark, DeliveryRow.issue)


class ShownRow(Row):
    """An opening that a person was shown: once, by the primary key. `facts`: JSON of what was last told of it, to tell changes from."""

    __tablename__ = "shown"
    __table_args__ = (Index("shown_in", "delivery"), STRICT)

    person: Mapped[str] = mapped_column(primary_key=True)
    posting: Mapped[int] = mapped_column(primary_key=True)
    delivery: Mapped[int] = mapped_column(ForeignKey("delivery.number", ondelete="CASCADE"))
    facts: Mapped[str] = mapped_column(default="", server_default="")


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
    """What one page of a source said about itself when it was last fetched, as `model.crawl.Visit`. `ids` is a JSON list.
    `fetched_at` is kept for what is believed for a time only, so for all kinds but "page"."""

    __tablename__ = "visit"
    __table_args__ = (
        Index(
            "visit_robots",
            "url",
            sqlite_where=text("kind = 'robots'"),
            postgresql_where=text("kind = 'robots'"),
        ),
        STRICT,
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    listed_as: Mapped[str | None]
    ids: Mapped[str]
    kind: Mapped[str] = mapped_column(default="page", server_default="page")
    told: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
