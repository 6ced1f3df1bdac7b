"""Tracker modules, taken apart by instrument: real music whose stems are exact.

Only modules in the public domain whose instruments sum to the whole; those under copyleft are for tests alone.
``I Have No Tomatoes`` (zlib) was tried and left out: its instruments rendered one by one miss the whole (17.7 dB), and
they have no names.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.assets import AssetStore
from contrafact.catalogue.demo.tracker import Tracker
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.chance import Chance, between

_STEMS: Final[tuple[StemName, ...]] = ("drums", "bass", "other")
_LEAST_DB: Final = 40.0
_STEPS: Final = 16_000.0


@dataclass(frozen=True, slots=True)
class Module:
    """A module's name in the manifest of assets and which of its instruments, counted from 0, are what."""

    asset: str
    file: str
    drums: frozenset[int]
    bass: frozenset[int]


MODULES: Final = (
    Module("mentalguy-mentalgroove", "music.s3m", frozenset({0, 10, 12, 19}), frozenset({14})),
    Module("mystra-beyond-the-horizon", "beyond-the-horizon.mod", frozenset(range(8, 13)), frozenset({16})),
)


@dataclass(frozen=True, slots=True, eq=False)
class OpenModule:
    """``sound`` is int16 (3, 2, frames): drums, bass and other of the whole module."""

    name: str
    sound: NDArray[np.int16]


def open_modules(store: AssetStore, folder: Path) -> tuple[OpenModule, ...]:
    """The modules, rendered into the folder the first time.

    Raises
    ------
    ValueError
        When the stems of a module do not sum to it.
    """
    return tuple(
        OpenModule(module.asset, np.load(_rendered(store, module, folder), mmap_mode="r")) for module in MODULES
    )


def _rendered(store: AssetStore, module: Module, folder: Path) -> Path:
    path = folder / f"{module.asset}.npy"
    if path.exists():
        return path
    tracker, source = Tracker(store), store.path(module.asset, module.file)
    every = frozenset(range(len(tracker.instruments(source))))
    mix = tracker.render(source).samples
    drums = tracker.render(source, module.drums).samples
    bass = tracker.render(source, module.bass).samples
    other = tracker.render(source, every - module.drums - module.bass).samples
    missed = mix - drums - bass - other
    exact_db = 10.0 * np.log10(float(np.square(mix).sum()) / max(1e-12, float(np.square(missed).sum())))
    if exact_db < _LEAST_DB:
        raise ValueError(f"the stems of {module.asset} sum to it with {exact_db:.1f} dB only; take it off the list")
    stems = np.stack([drums, bass, other])
    scale = _STEPS / float(np.abs(stems).max())
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{module.asset}-{os.getpid()}.npy"
    np.save(part, np.round(stems * scale).astype(np.int16))
    part.rename(path)
    path.with_suffix(".json").write_text(json.dumps({"exact_db": round(exact_db, 1)}), encoding="utf-8")
    return path


def cut_out(module: OpenModule, frames: int, chance: Chance) -> dict[StemName, Samples]:
    """A place of the module, faster and higher or slower and lower; float32 (2, frames) by stem."""
    speed = 2.0 ** (between(chance, -4.0, 4.0) / 12.0)
    wanted = min(module.sound.shape[2], int(frames * speed) + 1)
    first = int(chance.integers(0, module.sound.shape[2] - wanted + 1))
    found: dict[StemName, Samples] = {}
    for stem, sound in zip(_STEMS, module.sound[:, :, first : first + wanted], strict=True):
        played = soxr.resample(sound.T.astype(np.float32) / np.float32(_STEPS), SAMPLE_RATE * speed, SAMPLE_RATE).T
        whole = np.zeros((2, frames), np.float32)
        whole[:, : played.shape[1]] = played[:, :frames]
        found[stem] = whole
    return found
