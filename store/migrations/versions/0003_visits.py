"""What pages said about themselves; the warnings of runs; dictionaries are made anew, of another kind."""

import sqlalchemy as sa
import zstandard
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
    op.add_column("run", sa.Column("warnings", sa.Text(), nullable=True))
    _forget_trained_dictionaries()


def _forget_trained_dictionaries() -> None:
    """Write payloads without the dictionaries that were trained so far; the next crawl of each source makes its new one."""
    connection = op.get_bind()
    payload = sa.table("payload", *map(sa.column, ("posting", "content", "dictionary", "body")))
    dictionary = sa.table("dictionary", *map(sa.column, ("number", "body")))
    for number, body in connection.execute(sa.select(dictionary.c.number, dictionary.c.body)).all():
        trained = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(body))
        written = sa.select(payload).where(payload.c.dictionary == number)
        for row in connection.execute(written).all():
            key = (payload.c.posting == row.posting) & (payload.c.content == row.content)
            plain = zstandard.compress(trained.decompress(row.body))
            connection.execute(sa.update(payload).where(key).values(dictionary=None, body=plain))
        connection.execute(sa.delete(dictionary).where(dictionary.c.number == number))


def downgrade() -> None:
    op.drop_column("run", "warnings")
    op.drop_table("visit")
