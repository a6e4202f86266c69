"""Imported designations: files and their areas."""

import sqlalchemy as sa
from alembic import op

from store.rows import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "area_file",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.Column("imported_at", Instant(timezone=True), nullable=False),
        sa.Column("areas", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind"),
        sqlite_strict=True,
    )
    op.create_table(
        "area",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_code", sa.Text(), server_default="", nullable=False),
        sa.Column("county", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("kind", "id"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("area")
    op.drop_table("area_file")
