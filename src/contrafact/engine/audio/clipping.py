"""Rounding off the tips of peaks, without the harsh overtones that a plain clipper folds back into the band."""

from typing import Final

import numpy as np
import soxr

from contrafact.engine.audio.value import Samples

_OVERSAMPLING: Final = 4
_PIECE: Final = 1 << 16
_AROUND: Final = 256
"""Frames on both sides of a piece that its samples can depend on."""
_KNEE: Final = 0.6
"""Below this part of the level nothing is touched."""


def shave(samples: Samples, level_db: float) -> Samples:
    """Sound whose peaks bend towards a level and do not pass it (but for a hair between samples).

    Computed at four times the rate, so that the overtones of the bend do not fold back. Pieces without a peak are
    copied.

    Parameters
    ----------
    samples : float32, shape (channels, frames)
    level_db : float
        dB of full scale.
    """
    level = np.float32(10.0 ** (level_db / 20.0))
    out = samples.copy()
    frames = samples.shape[1]
    for start in range(0, frames, _PIECE):
        stop = min(frames, start + _PIECE)
        first, last = max(0, start - _AROUND), min(frames, stop + _AROUND)
        span = np.ascontiguousarray(samples[:, first:last].T)
        if float(np.abs(span).max(initial=0.0)) <= _KNEE * level:
            continue
        fine = soxr.resample(span, 1, _OVERSAMPLING, quality="HQ")
        coarse = soxr.resample(fine * _gain(np.abs(fine).max(axis=1), level)[:, None], _OVERSAMPLING, 1, quality="HQ")
        out[:, start:stop] = coarse[start - first : start - first + stop - start].T
    return out


def _gain(height: Samples, level: np.float32) -> Samples:
    """What bends the loudest channel to below the level; the others go with it, so that the picture stays."""
    knee = np.float32(_KNEE) * level
    over = np.maximum(height - knee, np.float32(0.0)) / (level - knee)
    bent = np.minimum(height, knee) + (level - knee) * np.tanh(over)
    return np.asarray(bent / np.maximum(height, np.float32(1e-9)), dtype=np.float32)
