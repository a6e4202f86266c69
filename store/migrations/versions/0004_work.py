"""The clock and its workers: pieces of work, the leader, alarms, tallies and marks."""

import sqlalchemy as sa
from alembic import op

from store.rows import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "work",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(timezone=True), nullable=False),
        sa.Column("not_before", Instant(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    op.create_table(
        "leader",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("since", Instant(timezone=True), nullable=False),
        sa.Column("seen_at", Instant(timezone=True), nullable=False),
        sa.Column("tick_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )
    op.create_table(
        "alarm",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("mend", sa.Text(), nullable=False),
        sa.Column("raised_at", Instant(timezone=True), nullable=False),
        sa.Column("told_at", Instant(timezone=True), nullable=True),
        sa.Column("cleared_at", Instant(timezone=True), nullable=True),
        sa.Column("clear_told_at", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sqlite_strict=True,
    )
    still_open = sa.text("cleared_at IS NULL")
    op.create_index(
        "alarm_once_open", "alarm", ["key"], unique=True, sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_table(
        "tally",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.REAL().with_variant(sa.DOUBLE_PRECISION(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("name", "label"),
        sqlite_strict=True,
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    for table in ("mark", "tally", "alarm", "leader", "work"):
        op.drop_table(table)
