"""Excerpts of generated songs with their true stems: as they are, under a real voice, and without some instruments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.truth import load, settings_of
from benchmarks.truth.song import Split
from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.separation.separate import separate

CHECKOUT = Path(__file__).resolve().parents[2]
VOICE = CHECKOUT.parent / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"
EXCERPT_S = 30
FIRST_PART = 0.3
"""Where in a song its excerpt begins, of what is left when the excerpt is taken off."""
_REAL_MIXES, _VOICE_FROM_S, _VOICE_LEVEL = 4, 16, 0.8
_STRIPPED = 3

Parts = Mapping[str, Samples]
"""Some of vocals, drums, bass and other."""


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """A piece of a recording whose stems are known."""

    name: str
    kind: str
    """``song``, ``real voice``, ``tracker``, or ``without`` one or more of its stems."""
    truth: Parts

    @property
    def mix(self) -> Samples:
        return np.asarray(np.sum([self.truth[name] for name in STEM_NAMES], axis=0), dtype=np.float32)


def rendered(split: str, count: int, store: AssetStore, home: Path) -> Iterator[Excerpt]:
    """Excerpts of songs spread evenly over a split; real voices and stripped songs from every third of them."""
    if split not in get_args(Split):
        raise SystemExit(f"there is no split {split!r}: name tuning or reported")
    names = [settings.name for settings in settings_of(split)]  # type: ignore[arg-type]
    chosen = {names[int(at)] for at in np.linspace(0, len(names) - 1, min(count, len(names)))}
    length = EXCERPT_S * SAMPLE_RATE
    voice = real_voice(store) if VOICE.exists() else None
    songs = load(split, store, home / "truth", lambda settings: settings.name in chosen)  # type: ignore[arg-type]
    for number, song in enumerate(songs):
        first = int(FIRST_PART * max(0, song.stems.vocals.frames - length))
        truth: Parts = {name: song.stems[name].samples[:, first : first + length] for name in STEM_NAMES}
        yield Excerpt(song.name, "song", truth)
        if number % 3 == 1 and number // 3 < _STRIPPED:
            yield from _stripped(song.name, truth)
        if voice is not None and number % 3 == 0 and number // 3 < _REAL_MIXES:
            yield Excerpt(f"{song.name} real voice", "real voice", sung_over(truth, voice, number // 3))


def _stripped(song: str, truth: Parts) -> Iterator[Excerpt]:
    for name in ("vocals", "drums", "bass"):
        yield Excerpt(f"{song} without {name}", "without", {**truth, name: np.zeros_like(truth[name])})
    for name in ("vocals", "drums", "bass", "other"):
        alone = {each: part if each == name else np.zeros_like(part) for each, part in truth.items()}
        if alone[name].any():
            yield Excerpt(f"{song} only {name}", "without", alone)


def real_voice(store: AssetStore) -> Samples:
    """The voice of a real song as Spleeter's networks find it, silent between its phrases."""
    sung = separate(decode(VOICE), store, separator="spleeter").vocals.samples
    power = np.square(sung).mean(axis=0)
    loud = np.sqrt(np.convolve(power, np.ones(8820, np.float32) / 8820, "same"))
    gate = np.convolve(loud > 0.02 * loud.max(), np.ones(2205) / 2205, "same")
    return np.asarray(sung * gate, dtype=np.float32)


def sung_over(truth: Parts, voice: Samples, number: int) -> Parts:
    """The same band under the ``number``-th piece of a voice, at 0.8 of the band's level."""
    frames = truth["drums"].shape[1]
    first = (_VOICE_FROM_S + number * EXCERPT_S) * SAMPLE_RATE
    sung = np.zeros_like(truth["drums"])
    part = voice[:, first : first + frames]
    sung[:, : part.shape[1]] = part
    band = truth["drums"] + truth["bass"] + truth["other"]
    sung *= _VOICE_LEVEL * np.sqrt(np.square(band).mean() / max(float(np.square(sung).mean()), 1e-12))
    return {**truth, "vocals": sung}
