"""The sound that flows through the engine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.errors import BadInput

SAMPLE_RATE = 44_100
"""Hz. The engine's own rate: everything is brought to it at decode."""

Samples = NDArray[np.float32]
"""float32, shape (channels, frames), nominally -1..1, never silently clipped."""


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A piece of sound.

    Parameters
    ----------
    samples : float32, shape (channels, frames)
        Nominally -1..1; larger values are kept, never silently clipped. All finite.
    sample_rate : int
        Hz.

    Raises
    ------
    BadInput
        When the shape is not two-dimensional, there is no channel, or a sample is NaN or infinite.
    """

    samples: Samples
    sample_rate: int = SAMPLE_RATE

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.shape[0] < 1:
            raise BadInput(f"audio must have the shape (channels, frames), not {self.samples.shape}")
        if self.samples.dtype != np.float32:
            object.__setattr__(self, "samples", self.samples.astype(np.float32))
        if self.sample_rate <= 0:
            raise BadInput(f"a sample rate of {self.sample_rate} Hz is impossible")
        if not np.isfinite(self.samples).all():
            raise BadInput("the audio holds samples that are not numbers (NaN or infinite); export the file again")

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        return self.frames / self.sample_rate
