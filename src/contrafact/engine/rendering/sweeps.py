"""Knobs that move: automation as curves, and filters whose cutoff follows one."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.timeline import AutomatedKnob, Automation
from contrafact.engine.audio import filtering
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import amplitude

_STEP: Final = 256
"""Frames (6 ms) between two settings of a moving filter."""
_CENTS: Final = 10.0
"""A filter is set on this grid: a finer movement is not heard."""
_SMOOTH_DB: Final = 64
"""Frames between two exact values of a gain curve; straight lines between."""
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 20_000.0

Sections = Callable[[float], NDArray[np.float64]]


def curve_of(automation: tuple[Automation, ...], knob: AutomatedKnob) -> Automation | None:
    """The automation of a knob, if it has any; of two for one knob the last one counts."""
    found = [item for item in automation if item.knob == knob and item.points]
    return found[-1] if found else None


def values(automation: Automation, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """The knob's value at absolute frames; frequencies move in octaves."""
    times, levels = (np.array(side, dtype=np.float64) for side in zip(*automation.points, strict=True))
    if automation.knob.endswith("_hz"):
        octaves = np.log2(np.clip(levels, _LOWEST_HZ, _HIGHEST_HZ))
        return np.asarray(2.0 ** np.interp(frames / SAMPLE_RATE, times, octaves))
    return np.interp(frames / SAMPLE_RATE, times, levels)


def factors(automation: Automation | None, base_db: float, start: int, stop: int) -> np.float32 | Samples:
    """Factors of a level in dB over a span: one number where it stands still, else one per frame.

    -60 dB and below is silence, as for every gain.
    """
    if automation is None:
        return np.float32(amplitude(base_db))
    marks = np.arange(start, stop + _SMOOTH_DB, _SMOOTH_DB)
    levels = values(automation, marks) + base_db
    if float(levels.max() - levels.min()) == 0.0:
        return np.float32(amplitude(float(levels[0])))
    gains = np.where(levels > -60.0, 10.0 ** (levels / 20.0), 0.0)
    return np.interp(np.arange(start, stop), marks, gains).astype(np.float32)


class SweptFilter:
    """A second-order filter whose cutoff follows an automation, in steps of 6 ms and a tenth of a semitone.

    Parameters
    ----------
    automation : Automation
    sections : callable
        Cutoff in Hz to second-order sections.
    at : int
        The absolute frame of the first sample that will be processed, a multiple of the step.
    """

    def __init__(self, automation: Automation, sections: Sections, at: int) -> None:
        self._automation, self._sections, self._at = automation, sections, at
        self._state = np.zeros((2, 1, 2))

    def process(self, sound: Samples) -> Samples:
        frames = sound.shape[1]
        marks = np.arange(0, frames, _STEP)
        hertz = values(self._automation, self._at + marks)
        cents = np.rint(1200.0 * np.log2(hertz / _LOWEST_HZ) / _CENTS).astype(np.int64)
        out = np.empty_like(sound)
        edges = [0, *(np.flatnonzero(np.diff(cents)) + 1).tolist(), len(marks)]
        for first, last in pairwise(edges):
            start, stop = first * _STEP, min(frames, last * _STEP)
            setting = self._sections(_LOWEST_HZ * 2.0 ** (int(cents[first]) * _CENTS / 1200.0))
            out[:, start:stop] = filtering.filtered(setting, sound[:, start:stop], self._state)
        self._at += frames
        return out


def remembered_s(automation: Automation) -> float:
    """How long a swept filter's past matters."""
    lowest = max(_LOWEST_HZ, min(value for _, value in automation.points))
    return 12.0 / (math.pi * lowest)
