"""A database with the tables of the program, and a clock that stands where it is put."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database.at(tmp_path / "remixes.db")
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
