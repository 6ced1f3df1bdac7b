"""A whole installation for tests: real database, real blobs, the shared assets, and songs with known truth."""

import shutil
from pathlib import Path

from contrafact.assets import AssetStore
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.stem_files import write_stems
from contrafact.engine.progress import silent
from contrafact.kit.clock import Clock
from contrafact.kit.home import Home
from contrafact.remixes.installation import Installation
from contrafact.remixes.songs.library import IngestCall, ingest_file
from contrafact.rights.presets import Preset
from tests.support.songs import make_song

SHORT = (("verse", 4), ("chorus", 4))
"""Eight bars: about 16 s at 120 BPM."""


def new_home(folder: Path, assets: AssetStore) -> Home:
    """An empty home that reads the shared assets."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assets").symlink_to(assets.root.resolve())
    return Home(folder)


def copy_home(template: Path, folder: Path) -> Home:
    """A home of a test's own with all that lies in another, which no process has open: listening takes longer."""
    shutil.copytree(template, folder, symlinks=True)
    return Home(folder)


def open_home(home: Home, clock: Clock | None = None) -> Installation:
    return Installation(home, clock)


def add_song(
    installation: Installation,
    folder: Path,
    *,
    grant: Preset = "mine",
    title: str = "Rain",
    seed: int = 0,
    sections: tuple[tuple[str, int], ...] = SHORT,
    licence: str | None = None,
) -> str:
    """Take a generated song in with its true stems; returns its id."""
    song = make_song(seed=seed, bpm=120.0, sections=sections)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{title}.flac"
    encode(song.audio, path)
    write_stems(folder / "stems", song.stems)
    call = IngestCall(grant=grant, title=title, artist="Ada Lovelace", stems_dir=folder / "stems", licence=licence)
    return str(ingest_file(installation, path, call, silent)["id"])
