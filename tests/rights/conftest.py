"""A database with the tables of the program, and a recording to ask about."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade
from contrafact.rights.values import Subject
from tests.support.consent import song_of_four, song_of_one

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database.at(tmp_path / "rights.db")
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def song() -> Subject:
    """Two hold the master, two the work, and one sings."""
    return song_of_four()


@pytest.fixture
def solo() -> Subject:
    """One holds everything and sings."""
    return song_of_one("1")
