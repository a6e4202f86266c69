"""Who refuses us as senders, whose digest could not be made, and when a refused address was last asked whether it wants mail."""

import sqlalchemy as sa
from alembic import op

from store.rows import Instant

revision = "0006"
down_revision = "0005"

MOMENT = Instant(timezone=True)
STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    op.create_table(
        "refusal",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("domain"),
        sqlite_strict=True,
    )
    op.add_column("person", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("person", sa.Column("retry_at", MOMENT, nullable=True))
    op.add_column("suppression", sa.Column("asked_at", MOMENT, nullable=True))
    op.create_index("delivery_claimed", "delivery", ["claimed_at"])


def downgrade() -> None:
    op.drop_index("delivery_claimed", "delivery")
    with op.batch_alter_table("suppression", table_kwargs=STRICT) as suppression:
        suppression.drop_column("asked_at")
    with op.batch_alter_table("person", table_kwargs=STRICT) as person:
        for name in ("retry_at", "failures"):
            person.drop_column(name)
    op.drop_table("refusal")
