"""Sound files as they are, without the limits of what comes from outside."""

from pathlib import Path

import numpy as np
import soundfile

from contrafact.engine.audio.value import Audio


def read_sound(path: Path | str) -> Audio:
    """A sound file at its own rate and with its own channels."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Audio(np.ascontiguousarray(samples.T), rate)
