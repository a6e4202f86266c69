"""The tables of the clock and its workers: what is being done, who leads, what was told to the operator, and the tallies."""

from datetime import datetime

from sqlalchemy import DOUBLE_PRECISION, REAL, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.rows import STRICT, Row


class WorkRow(Row):
    """A piece of work that was begun and has not ended well. A row goes away when its piece ends well.

    `state`: running, failed (waits until `not_before`) or set_aside (until a person runs it again).
    """

    __tablename__ = "work"
    __table_args__ = (STRICT,)

    number: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    what: Mapped[str]
    state: Mapped[str]
    starts: Mapped[int]
    worker: Mapped[str]
    started_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    reason: Mapped[str | None]


class LeaderRow(Row):
    """Who leads, for people to see: the lock itself is an advisory lock or a locked file."""

    __tablename__ = "leader"
    __table_args__ = (STRICT,)

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    engine: Mapped[str]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    tick_seconds: Mapped[int]


class AlarmRow(Row):
    """Something that the operator must know: raised once, told once, cleared once. One open alarm for each key."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "alarm_once_open",
            "key",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        STRICT,
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    says: Mapped[str]
    mend: Mapped[str]
    raised_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    clear_told_at: Mapped[datetime | None]


class RefusalRow(Row):
    """A receiving domain that refuses us as senders: since when, when it last did, and its status code."""

    __tablename__ = "refusal"
    __table_args__ = (STRICT,)

    domain: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    since: Mapped[datetime]
    last_at: Mapped[datetime]


class TallyRow(Row):
    """A counter that only grows, whoever counts: runs by outcome, requests by host, seconds of reading."""

    __tablename__ = "tally"
    __table_args__ = (STRICT,)

    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True, default="", server_default="")
    amount: Mapped[float] = mapped_column(REAL().with_variant(DOUBLE_PRECISION(), "postgresql"))


class MarkRow(Row):
    """A moment that the program remembers by name: re-reading was paused, old things were last thrown away."""

    __tablename__ = "mark"
    __table_args__ = (STRICT,)

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
