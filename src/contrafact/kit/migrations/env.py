"""Run by Alembic: the connection comes from :mod:`contrafact.kit.migrate`, which holds the transaction."""

from alembic import context

from contrafact.kit.migrate import configure, load_models

connection = context.config.attributes["connection"]
configure(context, connection, load_models())
with context.begin_transaction():
    context.run_migrations()
