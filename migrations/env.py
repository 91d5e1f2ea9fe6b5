"""Runs migrations on the connection that `engines.database.migrate` hands over."""

from alembic import context

from chathaven.engines.database.tables import Table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    include_name=lambda name, kind, _parents: (
        kind != "table"
        or name in Table.metadata.tables
        or not (name or "").startswith("procrastinate")
    ),
)
with context.begin_transaction():
    context.run_migrations()
