"""A database with the tables of the program, and a clock that stands where it is put."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contrafact.assets import AssetStore
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade
from tests.support.house import House, build_house, open_house


@pytest.fixture(scope="session")
def empty_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with all tables and nothing in them, to be copied: making the tables takes longer."""
    path = tmp_path_factory.mktemp("empty") / "contrafact.db"
    made = Database.at(path)
    upgrade(made)
    made.close()
    return path


@pytest.fixture
def database(empty_library: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "remixes.db"
    shutil.copyfile(empty_library, path)
    made = Database.at(path)
    yield made
    made.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def built_house(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    return build_house(tmp_path_factory.mktemp("built"), asset_store, FixedClock(NOON))


@pytest.fixture(scope="module")
def house(built_house: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all tests of a module: each test says anew what the owners allow, and has listeners of its own."""
    made = open_house(built_house, tmp_path_factory.mktemp("house"), FixedClock(NOON))
    yield made
    made.installation.close()
