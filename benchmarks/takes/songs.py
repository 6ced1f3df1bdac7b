"""Songs to remix: those of a library, with what was heard in them and their stems."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.demo.songs import demo_songs
from contrafact.engine.audio.stem_files import StemFiles
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import silent
from contrafact.kit.home import Home
from contrafact.remixes.installation import Installation
from contrafact.remixes.songs.demo import ingest_one
from contrafact.remixes.songs.library import IngestCall, ingest_file

SUNG = Path(__file__).resolve().parents[3] / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"
"""A real song with a real voice, where a developer has it beside the checkout."""
USUAL = ("own-song", "happy", "mentalgroove", "feelings", "awakening")


@dataclass(frozen=True, slots=True)
class Song:
    """A recording of the library, ready to be remixed."""

    id: str
    title: str
    sha256: str
    chart: Chart
    stems: StemFiles
    stem_paths: dict[StemName, Path]

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.sha256,)

    def mix(self) -> Samples:
        """The recording as its stems sum to it, float32 (2, n)."""
        total = np.zeros((2, self.stems.frames), np.float32)
        for name in STEM_NAMES:
            total += self.stems.read(name, 0, self.stems.frames)
        return total


@contextmanager
def opened(files: tuple[Path, ...] = (), count: int = 5) -> Iterator[tuple[list[Song], AssetStore]]:
    """The songs of ``$CONTRAFACT_HOME``: the given files, or the usual ones; taken in where they are not there yet."""
    with Installation(Home.from_environment()) as installation:
        wanted = _taken_in(installation, files, count)
        songs = []
        with installation.database.reading() as session:
            for recording_id in wanted:
                recording = catalogue.get(session, recording_id)
                chart = catalogue.chart_of(recording, installation.blobs)
                paths = {name: installation.blobs.path(sha256) for name, sha256 in recording.stems.items()}
                songs.append(Song(recording.id, recording.title, recording.sha256, chart, StemFiles(paths), paths))
        try:
            yield songs, installation.assets
        finally:
            for song in songs:
                song.stems.close()


def _taken_in(installation: Installation, files: tuple[Path, ...], count: int) -> list[str]:
    if files:
        return [str(ingest_file(installation, path, IngestCall(grant="mine"), silent)["id"]) for path in files]
    ids = []
    if SUNG.is_file():
        ids.append(str(ingest_file(installation, SUNG, IngestCall(grant="mine"), silent)["id"]))
    known = {song.slug: song for song in demo_songs(installation.assets)}
    for slug in USUAL:
        if len(ids) < count:
            ids.append(ingest_one(installation, known[slug], silent).recording.id)
    return ids
