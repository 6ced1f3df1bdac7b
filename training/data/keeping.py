"""The first guesses of the engine, and mixes kept on disk in the format that training reads.

``<out>/mixes/00042/sound.npy`` is int16 (8, 2, frames) at 44.1 kHz: the true vocals, drums, bass and other, then the
first guesses of them, all in one scale, so that the first four and the last four sum to the same mix up to rounding.
``about.json`` beside it tells where it came from. A folder appears whole, by one rename.
"""

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.progress import silent
from contrafact.engine.separation.accompaniment import split_accompaniment
from contrafact.engine.separation.vocals import VoiceModel, separate_voice
from training.data.mixing import Mix
from training.data.sources import Source, licensed

_STEPS = 32_767.0
_MOST = 0.999


def first_guesses(mix: NDArray[np.float32], model: VoiceModel) -> NDArray[np.float32]:
    """What the engine's first separator makes of a mix (2, frames): float32 (4, 2, frames) that sum to it."""
    vocals = separate_voice(mix, model, silent)
    drums, bass = split_accompaniment(mix - vocals, silent)
    return np.stack([vocals, drums, bass, mix - vocals - drums - bass])


def folder_of(out: Path, number: int) -> Path:
    """Where a mix lies."""
    return out / "mixes" / f"{number:05d}"


def missing(out: Path, numbers: Iterable[int]) -> list[int]:
    """Which of these mixes are not there yet."""
    return [number for number in numbers if not (folder_of(out, number) / "about.json").exists()]


def keep(mix: Mix, guesses: NDArray[np.float32], sources: Mapping[str, Source], out: Path) -> Path:
    """Write one mix; nothing half written is ever seen there.

    Raises
    ------
    ValueError
        When it was made of something that the manifest of sources does not name.
    """
    about = {**mix.about, "sources": licensed(mix.about["sources"], sources)}
    both = np.concatenate([mix.truth, guesses])
    both *= np.float32(min(1.0, _MOST / max(1e-9, float(np.abs(both).max()))))
    target = folder_of(out, mix.about["number"])
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".new-") as name:
        place = Path(name) / target.name
        place.mkdir()
        np.save(place / "sound.npy", np.round(both * np.float32(_STEPS)).astype(np.int16))
        (place / "about.json").write_text(json.dumps(about, indent=1, sort_keys=True), encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        place.rename(target)
    return target
