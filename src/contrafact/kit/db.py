"""The database: SQLAlchemy 2, SQLite in WAL mode by default.

One request or job is one transaction; nobody calls commit inside.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from contrafact.kit.errors import Conflict, ContrafactError, StorageFull
from contrafact.kit.reading import Reading

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: timezone-aware in Python, kept as UTC; SQLite would otherwise hand back a naive one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must say its timezone; pass one from a kit.clock.Clock")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


_READING = "contrafact_reading"
_PRAGMAS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "foreign_keys=ON",
    "synchronous=NORMAL",
    # In KiB, for each connection: the upper pages of all indices of some millions of rows.
    "cache_size=-32768",
)


class Base(DeclarativeBase):
    """The base of every slice's tables; a slice only ever queries its own."""

    metadata = MetaData(naming_convention=NAMING)


class Database:
    """One database; ``transaction()`` gives a session that commits on success and rolls back on any error."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url)
        if self.engine.dialect.name == "sqlite":
            _configure_sqlite(self.engine)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        if self.engine.dialect.name == "postgresql":
            # All that is read is of one moment, as in SQLite; by default each statement would see what is new. And on
            # connections of its own: what is prepared there stays, whatever becomes of those that write.
            self._readers = create_engine(url, isolation_level="REPEATABLE READ", pool_reset_on_return=None)
        else:
            self._readers = self.engine.execution_options(**{_READING: True})

    @classmethod
    def at(cls, path: Path) -> "Database":
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{path}")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed on success, rolled back on any error.

        Raises
        ------
        StorageFull
            When the disk is full; nothing of the transaction was kept.
        ContrafactError
            When the database cannot be opened, written or read, or stays busy.
        """
        with _told(), self._sessions.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, all of it as it was at one moment.

        It never waits for a writer, and whatever is changed in it is rolled back.
        """
        with _told():
            try:
                held = self._readers.raw_connection()
            except self._readers.dialect.loaded_dbapi.Error as error:
                raise DatabaseError("", None, error) from error
            try:
                session = Reading.on(held, self._readers)
                try:
                    yield session
                finally:
                    session.end()
            finally:
                held.close()

    def close(self) -> None:
        self.engine.dispose()
        self._readers.dispose()


_TROUBLES = (
    ("disk is full", StorageFull, "the disk is full; free some space and try again. Nothing was kept"),
    ("disk I/O error", ContrafactError, "the disk refused to read or write the database; check it. Nothing was kept"),
    ("readonly database", ContrafactError, "the database may not be written; check that its folder is yours"),
    ("unable to open", ContrafactError, "the database cannot be opened; check that its folder exists and is yours"),
    ("database is locked", Conflict, "the database was busy for too long; try again in a moment"),
    ("malformed", ContrafactError, "the database is damaged; restore it from a backup"),
    ("not a database", ContrafactError, "the database is damaged, or is none; restore it from a backup"),
)
"""What SQLite says when something outside the program is wrong, and what people are told."""


@contextmanager
def _told() -> Iterator[None]:
    """Tell what is wrong with disk or file in a sentence; a wrong statement stays the defect that it is."""
    try:
        yield
    except DatabaseError as error:
        for words, kind, sentence in _TROUBLES:
            if words in str(error.orig):
                raise kind(sentence) from error
        raise


@contextmanager
def _alone_in(file: str | None) -> Iterator[None]:
    """One process at a time, among those that open the same database.

    Turning WAL on needs the file alone, and SQLite does not wait for that: two processes that open a new database at
    once would refuse each other (https://www.sqlite.org/wal.html, section 9). The lock is the folder's, so that no
    further file lies about, and goes with the process that holds it.
    """
    if not file or file == ":memory:":
        yield
        return
    folder = os.open(Path(file).parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _configure_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, a patient lock, and BEGIN IMMEDIATE so that a read never has to be upgraded to a write."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        with _alone_in(engine.url.database):
            for pragma in _PRAGMAS:
                cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        if connection.get_execution_options().get(_READING, False):
            # It may have begun without the ORM. Takes no lock yet, so that nothing can go wrong that had to be told.
            if not connection.connection.dbapi_connection.in_transaction:
                connection.connection.cursor().execute("BEGIN").close()
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
