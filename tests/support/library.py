"""A library in a temporary folder, small songs, and ears that hear quickly."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import soundfile

from contrafact.assets.store import AssetStore
from contrafact.catalogue import service
from contrafact.catalogue.ingest import Ears
from contrafact.catalogue.service import Admission
from contrafact.catalogue.values import IngestOptions
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.listening.chart import Bar, Chart, Key, Metre, Section, Tempo
from contrafact.engine.listening.parts import NO_MELODY
from contrafact.engine.progress import Progress
from contrafact.kit.blobs import BlobStore
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.migrate import upgrade


def sound(seconds: float = 2.0, seed: int = 0, level: float = 0.2) -> Samples:
    """Coloured noise with a tone, float32 (2, frames)."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * SAMPLE_RATE)
    noise = rng.normal(0, level / 2, (2, frames))
    tone = level * np.sin(2 * np.pi * (220 + 20 * seed) * np.arange(frames) / SAMPLE_RATE)
    return (noise + tone).astype(np.float32)


def write(path: Path, samples: Samples) -> Path:
    """A 24-bit file by suffix."""
    subtype = "PCM_24" if path.suffix in (".flac", ".wav") else None
    soundfile.write(path, samples.T, SAMPLE_RATE, subtype=subtype)
    return path


def chart_of(audio: Audio) -> Chart:
    """Four bars and two sections, whatever it is."""
    quarter = audio.duration_s / 4
    bars = tuple(Bar(index=i, start_s=i * quarter, end_s=(i + 1) * quarter, beats_s=(i * quarter,)) for i in range(4))
    common = {"confidence": 1.0}
    sections = tuple(
        Section(
            start_s=half * 2 * quarter,
            end_s=(half + 1) * 2 * quarter,
            first_bar=half * 2,
            last_bar=half * 2 + 1,
            label="verse" if half == 0 else "chorus",
            letter="AB"[half],
            energy=0.3 + 0.6 * half,
            confidence=1.0,
        )
        for half in range(2)
    )
    return Chart(
        duration_s=audio.duration_s,
        content="music",
        content_confidence=1.0,
        tempo=Tempo(bpm=120.0, steady=True, **common),
        tempo_curve=(),
        metre=Metre(beats_per_bar=4, **common),
        beats=(),
        bars=bars,
        key=Key(tonic="A", mode="minor", **common),
        chords=(),
        sections=sections,
        vocal_regions=(),
        loudness=measure_loudness(audio),
    )


def halves(audio: Audio) -> Stems:
    """Stems that sum to the sound: half in the vocals, the rest shared out."""
    part = audio.samples * np.float32(0.5)
    quiet = audio.samples * np.float32(0.125)
    return Stems(Audio(part), Audio(quiet), Audio(quiet), Audio(audio.samples - part - quiet - quiet))


@dataclass
class Library:
    """One installation's catalogue."""

    root: Path
    database: Database
    blobs: BlobStore
    assets: AssetStore
    clock: FixedClock
    heard: list[str] = field(default_factory=list)

    @property
    def ears(self) -> Ears:
        def listen(audio: Audio, _store: AssetStore, progress: Progress) -> Chart:
            progress(1.0, "listened")
            self.heard.append("listen")
            return chart_of(audio)

        def separate(audio: Audio, _store: AssetStore, progress: Progress, _chart: Chart) -> Stems:
            progress(1.0, "separated")
            self.heard.append("separate")
            return halves(audio)

        def hear_parts(chart: Chart, _stems: Stems, _store: AssetStore, progress: Progress) -> Chart:
            progress(1.0, "heard the parts")
            self.heard.append("hear_parts")
            return chart.model_copy(update={"melody": NO_MELODY})

        return Ears(listen, separate, hear_parts, "halves")

    @property
    def scratch(self) -> Path:
        return self.root / "scratch"

    def ingest(self, path: Path, options: IngestOptions | None = None) -> Admission:
        return service.ingest(
            path,
            options or IngestOptions(),
            database=self.database,
            blobs=self.blobs,
            assets=self.assets,
            scratch=self.scratch,
            clock=self.clock,
            ears=self.ears,
        )

    def contents(self) -> tuple[int, int, list[str]]:
        """Recordings, blobs, and unfinished work: what must be as before after an error."""
        with self.database.transaction() as session:
            recordings = len(service.list_recordings(session))
        scratch = sorted(path.name for path in self.scratch.glob("*") if path.name != "locks")
        return recordings, len(list(self.blobs.all())), scratch


def open_library(root: Path) -> Library:
    """A new library below ``root``, or the one that is there."""
    database = Database.at(root / "contrafact.db")
    upgrade(database)
    return Library(
        root,
        database,
        BlobStore(root / "blobs"),
        AssetStore(root / "assets"),
        FixedClock(datetime(2026, 3, 1, tzinfo=UTC)),
    )
