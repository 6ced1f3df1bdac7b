"""A database with the tables of the program, and a recording to ask about."""

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade
from contrafact.rights.values import Holder, Subject
from tests.support.consent import song_of_one

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
    return Subject(
        recording_id="rec_1",
        work_id="wrk_1",
        title="Let's Go",
        artist="The Fishers",
        master=(Holder(party_id="pty_label", share=Fraction(2, 3)), Holder(party_id="pty_band", share=Fraction(1, 3))),
        work=(Holder(party_id="pty_writer", share=Fraction(1, 2)), Holder(party_id="pty_band", share=Fraction(1, 2))),
        performers=("pty_singer",),
    )


@pytest.fixture
def solo() -> Subject:
    """One holds everything and sings."""
    return song_of_one("1")
