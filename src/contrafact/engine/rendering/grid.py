"""The fixed grid on which everything is computed, whatever blocks the listener asks for.

Every processor sees the take cut at the same absolute frames in the same order. The result can therefore not depend on
block sizes, and blocks put together are the whole, bit by bit.
"""

from typing import Final

from contrafact.engine.audio.value import SAMPLE_RATE

QUANTUM: Final = 16_384
"""Frames (0.37 s)."""
SEGMENT: Final = 8 * QUANTUM
"""Frames (3 s) of a track that are made and kept together."""


def frame(seconds: float) -> int:
    """The frame nearest to a time."""
    return round(seconds * SAMPLE_RATE)


def amplitude(decibels: float) -> float:
    """Factor for a gain in dB; -60 and below is silence."""
    return 0.0 if decibels <= -60.0 else float(10.0 ** (decibels / 20.0))
