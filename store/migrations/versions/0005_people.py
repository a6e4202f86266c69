"""People who joined by the web, what stops mail, what people said of openings, and what a digest needs to be sent with care."""

import sqlalchemy as sa
from alembic import op

from store.rows import Instant

revision = "0005"
down_revision = "0004"

MOMENT = Instant(timezone=True)
STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        for column in (
            sa.Column("handle", sa.Text(), nullable=True),
            sa.Column("state", sa.Text(), nullable=False, server_default="active"),
            sa.Column("address", sa.Text(), nullable=True),
            sa.Column("profile", sa.Text(), nullable=True),
            sa.Column("consent", sa.Text(), nullable=True),
            sa.Column("paused_until", MOMENT, nullable=True),
            sa.Column("joined_at", MOMENT, nullable=True),
            sa.Column("confirmed_at", MOMENT, nullable=True),
            sa.Column("mailed_at", MOMENT, nullable=True),
            sa.Column("outcome", sa.Text(), nullable=True),
            sa.Column("outcome_at", MOMENT, nullable=True),
        ):
            person.add_column(column)
    op.create_index("person_handle", "person", ["handle"], unique=True)
    op.create_index("person_address", "person", ["address"], unique=True)
    op.create_index("person_due", "person", ["state", "next_digest_at"])
    with op.batch_alter_table("delivery") as delivery:
        for column in (
            sa.Column("kind", sa.Text(), nullable=False, server_default="digest"),
            sa.Column("sender", sa.Text(), nullable=False, server_default=""),
            sa.Column("bounce_token", sa.Text(), nullable=True),
            sa.Column("address_mark", sa.Text(), nullable=False, server_default=""),
            sa.Column("domain", sa.Text(), nullable=False, server_default=""),
            sa.Column("expires_at", MOMENT, nullable=True),
        ):
            delivery.add_column(column)
    op.create_index("delivery_bounce", "delivery", ["bounce_token"], unique=True)
    op.create_index("delivery_address", "delivery", ["address_mark", "issue"])
    op.add_column("shown", sa.Column("facts", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "suppression",
        sa.Column("address_mark", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address_mark"),
        sqlite_strict=True,
    )
    op.create_table(
        "said",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("posting", sa.Integer(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person", "posting"),
        sqlite_strict=True,
    )
    op.create_table(
        "bounce",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person", "day"),
        sqlite_strict=True,
    )
    op.create_table(
        "entry",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, server_default=""),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark"),
        sqlite_strict=True,
    )
    op.create_table(
        "counted",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    for table in ("counted", "entry", "bounce", "said", "suppression"):
        op.drop_table(table)
    op.drop_index("delivery_address", "delivery")
    op.drop_index("delivery_bounce", "delivery")
    for index in ("person_due", "person_address", "person_handle"):
        op.drop_index(index, "person")
    with op.batch_alter_table("shown", table_kwargs=STRICT) as shown:
        shown.drop_column("facts")
    with op.batch_alter_table("delivery", table_kwargs=STRICT) as delivery:
        for name in ("expires_at", "domain", "address_mark", "bounce_token", "sender", "kind"):
            delivery.drop_column(name)
    with op.batch_alter_table("person", table_kwargs=STRICT) as person:
        for name in (
            *("outcome_at", "outcome", "mailed_at", "confirmed_at", "joined_at", "paused_until", "consent"),
            *("profile", "address", "state", "handle"),
        ):
            person.drop_column(name)
