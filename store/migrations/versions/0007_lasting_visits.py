"""What is believed for a time only: robots.txt, whole answers, postings that a board lists and says to be gone."""

import sqlalchemy as sa
from alembic import op

from store.rows import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("visit", sa.Column("kind", sa.Text(), nullable=False, server_default="page"))
    op.add_column("visit", sa.Column("told", sa.Text(), nullable=True))
    op.add_column("visit", sa.Column("fetched_at", Instant(timezone=True), nullable=True))
    only = sa.text("kind = 'robots'")
    op.create_index("visit_robots", "visit", ["url"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("visit_robots", "visit")
    for column in ("fetched_at", "told", "kind"):
        op.drop_column("visit", column)
