"""Transactions commit whole or not at all, and moments keep their timezone."""

import multiprocessing
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contrafact.kit.db import Database, UtcDateTime
from contrafact.kit.errors import StorageFull


class _Base(DeclarativeBase):
    pass


class _Moment(_Base):
    __tablename__ = "moments"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database.at(tmp_path / "test.db")
    _Base.metadata.create_all(made.engine)
    return made


def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    tokyo = timezone(timedelta(hours=9))
    with database.transaction() as session:
        session.add(_Moment(id=1, at=datetime(2026, 1, 1, 9, tzinfo=tokyo)))
    with database.transaction() as session:
        row = session.get(_Moment, 1)
        assert row is not None
        assert row.at == datetime(2026, 1, 1, tzinfo=UTC)
        assert row.at.tzinfo == UTC
    database.close()


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="timezone"), database.transaction() as session:
        session.add(_Moment(id=1, at=datetime(2026, 1, 1)))
    database.close()


def test_an_error_rolls_everything_back(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as session:
            session.add(_Moment(id=1, at=datetime(2026, 1, 1, tzinfo=UTC)))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.transaction() as session:
        assert session.get(_Moment, 1) is None
    database.close()


def test_a_full_disk_is_told_and_nothing_is_kept(database: Database) -> None:
    """SQLite's own page limit stands in for the disk's."""

    def fill() -> None:
        with database.transaction() as session:
            session.execute(text("PRAGMA max_page_count = 4"))
            session.execute(text("CREATE TABLE big (data BLOB)"))
            session.execute(text("INSERT INTO big VALUES (zeroblob(1000000))"))

    with pytest.raises(StorageFull, match="disk is full"):
        fill()
    with database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'big'")).scalar() == 0
    database.close()


def _open_each(folder: str, barrier: Barrier, count: int) -> None:
    for number in range(count):
        barrier.wait()
        opened = Database.at(Path(folder) / f"{number}.db")
        with opened.reading() as session:
            session.execute(text("SELECT count(*) FROM sqlite_master"))
        opened.close()


def test_processes_that_open_a_new_database_at_once_wait_for_each_other(tmp_path: Path) -> None:
    # Of 200 rounds, about ten failed when nobody waited.
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    workers = [context.Process(target=_open_each, args=(str(tmp_path), barrier, 200)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60.0)
        assert worker.exitcode == 0
