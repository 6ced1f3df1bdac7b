"""A library for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.library import Library, open_library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = open_library(tmp_path / "home")
    yield made
    made.database.close()
