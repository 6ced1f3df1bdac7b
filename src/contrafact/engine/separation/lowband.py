"""The lowest 2.5 kHz of a recording at an eighth of its rate, where kick drum and bass are told apart."""

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Samples

FACTOR = 8
LOW_RATE = SAMPLE_RATE / FACTOR
"""5512.5 Hz."""

Floats = NDArray[np.float32]


def lowered(samples: Samples) -> Samples:
    """Stereo at 44.1 kHz to stereo at :data:`LOW_RATE`, without delay."""
    if samples.shape[1] == 0:
        return samples
    low = soxr.resample(np.ascontiguousarray(samples.T), SAMPLE_RATE, LOW_RATE, quality="HQ")
    return np.ascontiguousarray(low.T, dtype=np.float32)


def raised(low: Samples, frames: int) -> Samples:
    """Back to 44.1 kHz, exactly ``frames`` samples."""
    out = np.zeros((low.shape[0], frames), dtype=np.float32)
    if low.shape[1]:
        full = soxr.resample(np.ascontiguousarray(low.T), LOW_RATE, SAMPLE_RATE, quality="HQ").T
        count = min(frames, full.shape[1])
        out[:, :count] = full[:, :count]
    return out
