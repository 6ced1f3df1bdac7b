"""Real recordings whose tempo is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks._sounds import read_sound
from contrafact.assets import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.listen import listen

_SECTOID = (("escape-from-chaosland", 135), ("feelings", 95), ("metal-madness", 150), ("war-of-freedom", 140))


@dataclass(frozen=True, slots=True)
class Heard:
    song: str
    true_bpm: float
    bpm: float
    confidence: float
    steady: bool
    metre: str
    key: str
    sung_s: float

    @property
    def right(self) -> bool:
        return abs(self.bpm - self.true_bpm) <= 0.2


def hear(store: AssetStore, named: Sequence[str]) -> Iterator[Heard]:
    """The four demo songs whose tempo their own score states, and ``FILE=BPM`` of the command line."""
    for song, audio, bpm in (*_sectoid(store), *_files(named)):
        chart = listen(audio, store)
        yield Heard(
            song,
            bpm,
            chart.tempo.bpm,
            chart.tempo.confidence,
            chart.tempo.steady,
            chart.metre.signature,
            chart.key.label,
            sum(region.end_s - region.start_s for region in chart.vocal_regions),
        )


def _files(named: Sequence[str]) -> Iterator[tuple[str, Audio, float]]:
    for item in named:
        path, _, bpm = item.rpartition("=")
        yield Path(path).name, read_sound(Path(path)), float(bpm)


def _sectoid(store: AssetStore) -> Iterator[tuple[str, Audio, float]]:
    """Mixed as the catalogue mixes them; one that has not been fetched is left out."""
    for name, bpm in _SECTOID:
        asset = f"sectoid-{name}"
        if not store.has(asset):
            continue
        parts = [read_sound(store.path(asset, file)) for file in store.info(asset).outputs if file.endswith(".ogg")]
        frames = min(part.frames for part in parts)
        mix = 0.45 * sum((part.samples[:, :frames] for part in parts), np.zeros((2, frames), np.float32))
        yield asset, Audio(mix, parts[0].sample_rate), float(bpm)
