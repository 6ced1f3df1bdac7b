"""The picture of a sound: peaks for drawing."""

import numpy as np

from contrafact.engine.audio.value import Audio


def peaks(audio: Audio, count: int) -> list[float]:
    """The largest absolute sample in each of ``count`` equal spans, 0 to 1, rounded to 4 places."""
    if audio.frames == 0:
        return [0.0] * count
    loudest = np.abs(audio.samples).max(axis=0)
    starts = np.arange(count) * audio.frames // count
    found = np.maximum.reduceat(loudest, starts)
    return [round(float(value), 4) for value in np.minimum(found, 1.0)]
