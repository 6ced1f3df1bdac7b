"""A running service over a real installation, shared by the tests of one worker."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from fastapi.testclient import TestClient

from contrafact.assets import AssetStore
from contrafact.kit.clock import FixedClock
from contrafact.service.app import create_app
from contrafact.service.workshop import Workshop
from tests.support.home import add_song, copy_home, new_home, open_home

# AnyIO imports its parts when they are first used, here in the server's thread, and pytest parses what it imports.
# Python 3.11 cannot parse in two threads at once ("AST constructor recursion depth mismatch"): so all of it now.
for _name in dir(anyio):
    getattr(anyio, _name)


@dataclass
class Service:
    """The service as a client sees it, with the clock that it runs by."""

    client: TestClient
    workshop: Workshop
    clock: FixedClock
    song: str
    refused_song: str

    @property
    def owner(self) -> TestClient:
        """Whoever sits at the machine."""
        return TestClient(self.client.app, base_url="http://localhost", client=("127.0.0.1", 50_000))

    def wait(self, seconds: float) -> None:
        """Let time pass on the service's clock."""
        self.clock.at += timedelta(seconds=seconds)


NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def two_songs(asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A home with two songs, to be copied; and the songs' ids."""
    folder = tmp_path_factory.mktemp("two_songs")
    with open_home(new_home(folder / "home", asset_store), FixedClock(NOON)) as installation:
        song = add_song(installation, folder / "one")
        refused = add_song(installation, folder / "two", grant="none", title="Not yours", seed=1)
    return folder / "home", song, refused


@pytest.fixture(scope="module")
def service(two_songs: tuple[Path, str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    template, song, refused = two_songs
    clock = FixedClock(NOON)
    installation = open_home(copy_home(template, tmp_path_factory.mktemp("service") / "home"), clock)
    workshop = Workshop(installation, workers=1)
    with TestClient(create_app(workshop), base_url="http://localhost") as client:
        yield Service(client, workshop, clock, song, refused)
