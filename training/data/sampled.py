"""Recorded bass notes and textures of the one-shots, laid under and between what is played."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from benchmarks.truth.band import Strike
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.chance import Chance, between, one_of

_BASSES: Final[Mapping[str, int]] = {
    "bass_dnb_f": 29,
    "bass_hard_c": 36,
    "bass_hit_c": 36,
    "bass_thick_c": 36,
    "bass_trance_c": 36,
    "bass_voxy_hit_c": 36,
    "bass_woodsy_c": 36,
}
"""Recordings and the key that each is taken for."""
_TEXTURES: Final = (
    *("ambi_dark_woosh", "ambi_drone", "ambi_glass_hum", "ambi_glass_rub", "ambi_haunted_hum", "ambi_lunar_land"),
    *("ambi_piano", "ambi_soft_buzz", "ambi_swoosh", "guit_e_fifths", "guit_e_slide", "guit_em9", "guit_harmonics"),
    *("elec_chime", "elec_beep", "elec_bong", "elec_twang", "elec_blip2", "vinyl_hiss"),
)
"""No choir among them."""
_RELEASE: Final = SAMPLE_RATE // 12


@lru_cache(maxsize=128)
def _read(path: Path, semitones: int) -> NDArray[np.float32]:
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    sound = np.repeat(sound[:, :1], 2, axis=1) if sound.shape[1] == 1 else sound[:, :2]
    moved = soxr.resample(sound, rate * 2.0 ** (semitones / 12.0), SAMPLE_RATE).T
    return np.ascontiguousarray(moved / max(1e-9, float(np.abs(moved).max())), dtype=np.float32)


def play_bass(folder: Path, strikes: Sequence[Strike], frames: int, chance: Chance) -> Samples:
    """A bass line on one of the recorded notes; float32 (2, frames)."""
    name = one_of(chance, sorted(_BASSES))
    out = np.zeros((2, frames), np.float32)
    for strike in strikes:
        start = round(strike.start_s * SAMPLE_RATE)
        if not 0 <= start < frames:
            continue
        sound = _read(folder / f"{name}.flac", strike.key - _BASSES[name])
        held = max(1, round((strike.end_s - strike.start_s) * SAMPLE_RATE))
        sound = sound[:, : min(frames - start, held + _RELEASE)].copy()
        after = np.arange(sound.shape[1]) - held
        sound *= np.exp(-np.maximum(0, after) / (0.2 * _RELEASE)).astype(np.float32)
        out[:, start : start + sound.shape[1]] += np.float32((strike.velocity / 127.0) ** 1.3) * sound
    return out


def textures(folder: Path, frames: int, chance: Chance) -> Samples:
    """A recorded texture or two, now and then and again; float32 (2, frames)."""
    out = np.zeros((2, frames), np.float32)
    for _ in range(int(chance.integers(1, 3))):
        sound = _read(folder / f"{one_of(chance, _TEXTURES)}.flac", int(chance.integers(-7, 8)))
        every = max(sound.shape[1] * 0.7, between(chance, 1.5, 9.0) * SAMPLE_RATE)
        for start in np.arange(between(chance, 0.0, 4.0) * SAMPLE_RATE, frames - 1, every).astype(int):
            piece = sound[:, : frames - start]
            out[:, start : start + piece.shape[1]] += np.float32(between(chance, 0.5, 1.0)) * piece
    return out
