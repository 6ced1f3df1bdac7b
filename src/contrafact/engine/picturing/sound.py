"""The outline of a sound: what a waveform is drawn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import Audio

Doubles = NDArray[np.float64]

_FRAMES_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Equal spans of a sound, each with its largest absolute sample and its root mean square; float64 (n,)."""

    peaks: Doubles
    levels: Doubles


def outline(audio: Audio, count: int) -> Outline:
    """The outline of a sound in ``count`` spans, read a stretch at a time."""
    peaks, powers = np.zeros(count), np.zeros(count)
    if audio.frames == 0:
        return Outline(peaks, powers)
    edges = np.arange(count + 1) * audio.frames // count
    at = 0
    while at < count:
        upto = max(at + 1, int(np.searchsorted(edges, edges[at] + _FRAMES_AT_ONCE, "right")) - 1)
        inside = audio.samples[:, edges[at] : edges[upto]]
        starts = edges[at:upto] - edges[at]
        kept = np.append(np.diff(starts) > 0, inside.shape[1] > starts[-1])
        if kept.any():
            sizes = np.diff(edges[at : upto + 1])[kept]
            peaks[at:upto][kept] = np.maximum.reduceat(np.abs(inside).max(axis=0), starts[kept])
            square = np.square(inside, dtype=np.float64).mean(axis=0)
            powers[at:upto][kept] = np.add.reduceat(square, starts[kept]) / sizes
        at = upto
    return Outline(peaks, np.sqrt(powers))


def outline_of_peaks(values: Doubles) -> Outline:
    """Stored peaks, 0 to 1, as an outline; their level is taken to be half of them."""
    peaks = np.abs(np.nan_to_num(np.asarray(values, dtype=np.float64)))
    return Outline(peaks, 0.5 * peaks)
