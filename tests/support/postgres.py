"""Databases of PostgreSQL for tests, each with the tables of the program."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade


@contextmanager
def fresh(server_url: str, name: str) -> Iterator[Database]:
    """A new database of this name; it goes with its server."""
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    made = Database(make_url(server_url).set(database=name).render_as_string(hide_password=False))
    upgrade(made)
    yield made
    made.close()


def somebody_waits(database: Database) -> bool:
    """Whether a transaction waits for what another one has."""
    with database.reading() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
