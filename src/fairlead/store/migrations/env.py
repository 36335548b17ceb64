"""Where Alembic starts: a connection is handed in, one transaction holds the whole way."""

from alembic import context

from fairlead.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
