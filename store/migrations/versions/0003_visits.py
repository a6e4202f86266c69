"""What pages of postings said about themselves, so that unchanged ones need not be sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("listed_as", sa.Text(), nullable=True),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "url"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("visit")
