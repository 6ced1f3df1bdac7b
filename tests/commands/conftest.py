"""A home with one song in it, taken in by the real command; made once for all tests of a worker."""

import os
import sys
from pathlib import Path

import pytest

from contrafact.assets import AssetStore
from tests.support.audio_files import write_wav
from tests.support.commands import Command, Home, Outcome, finished, started
from tests.support.songs import make_song

SECTIONS = (("intro", 2), ("verse", 4), ("chorus", 4))


@pytest.fixture(scope="session")
def song_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-one seconds of music with a voice."""
    song = make_song(seed=3, bpm=120.0, key="A minor", sections=SECTIONS)
    return write_wav(tmp_path_factory.mktemp("songs") / "rain.wav", song.audio.samples)


@pytest.fixture(scope="session")
def twins(
    song_file: Path, asset_store: AssetStore, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, list[Outcome]]:
    """A home into which two processes took the same file at the same moment, and what became of them."""
    home = Home(tmp_path_factory.mktemp("twins") / "home", asset_store.root)
    call = ("ingest", str(song_file), "--artist", "Ada", "--title", "Rain", "--isrc", "SEAAA2600001")
    pair = [started(home, *call, "--json") for _ in range(2)]
    return home, [finished(process) for process in pair]


@pytest.fixture(scope="session")
def ungranted(twins: tuple[Home, list[Outcome]]) -> Home:
    """A home with one song with which nothing may be done yet; to be copied, not changed."""
    made, outcomes = twins
    assert [outcome.code for outcome in outcomes] == [0, 0], outcomes
    return made


@pytest.fixture(scope="session")
def home(ungranted: Home, song_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one song that its owner allows everything with."""
    made = ungranted.copy(tmp_path_factory.mktemp("granted") / "home")
    done = finished(started(made, "ingest", song_file, "--grant", "mine", "--json"))
    assert (done.code, done.document["known"]) == (0, True), done
    return made


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process, as the console script would."""
    return Command(monkeypatch)


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    """A home in which nothing is: no song, no assets."""
    return Home(tmp_path / "home", None)


@pytest.fixture
def new_home(tmp_path: Path, asset_store: AssetStore) -> Home:
    """A home with the assets but without songs."""
    return Home(tmp_path / "home", asset_store.root)


@pytest.fixture(scope="session")
def script() -> Path:
    """The installed console script."""
    path = Path(sys.executable).with_name("contrafact")
    assert os.access(path, os.X_OK), f"{path} is missing: install the project"
    return path
