"""A ledger in a file, a clock, a payout."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Base, Database
from contrafact.royalties import models
from contrafact.royalties.service import Kind, Payee, Payout, SourcePayout, UsageEvent

TABLES = [
    models.UsageEventRow,
    models.TransactionRow,
    models.PostingRow,
    models.ListeningSessionRow,
    models.ClosingRow,
]


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Makes empty ledgers, as many as a test needs."""
    made: list[Database] = []

    def make() -> Database:
        database = Database.at(tmp_path / f"ledger-{len(made)}.db")
        Base.metadata.create_all(database.engine, tables=[Base.metadata.tables[t.__tablename__] for t in TABLES])
        made.append(database)
        return database

    yield make
    for database in made:
        database.close()


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    return new_database()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def payout() -> Payout:
    """One recording: a label and an artist on the master, half of the work's shares known."""
    payees = (
        Payee("pty_label", "Loud Records", "label", "master", Fraction(2, 3)),
        Payee("pty_artist", "Karissa Hobbs", "artist", "master", Fraction(1, 3)),
        Payee("pty_artist", "Karissa Hobbs", "writer", "work", Fraction(1, 2)),
    )
    return Payout((SourcePayout("rec_one", Fraction(1), payees),), "usr_ada", "Ada")


@pytest.fixture
def event(clock: FixedClock) -> Callable[..., UsageEvent]:
    def make(key: str, kind: Kind = "play", remix: str = "rmx_one", user: str = "usr_ben") -> UsageEvent:
        return UsageEvent(kind, key, remix, user, "ab" * 32, clock.now(), 30.0 if kind == "play" else None)

    return make
