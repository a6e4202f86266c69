"""Alembic's entry: it migrates on the connection that `store.database.upgrade` hands over."""

from alembic import context
from sqlalchemy import Connection

from store import rows_work
from store.rows import Row

assert rows_work.WorkRow.metadata is Row.metadata  # imported for its tables

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Row.metadata, render_as_batch=True, compare_type=True)
context.run_migrations()
