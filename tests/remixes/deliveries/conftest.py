"""A transaction on an empty library."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from contrafact.kit.db import Database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened
