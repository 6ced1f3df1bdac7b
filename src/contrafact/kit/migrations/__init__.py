"""Changes to the database's shape, one Alembic revision each."""
