"""Pitch marks: one per period, at the same place of every period, without searching for it period by period.

Along the tracked pitch the voice is demodulated: what is left is how the fundamental's phase differs from the track's.
Whole turns of that phase are periods, exact to a fraction of a sample. Within a turn the mark lies where the energy is,
shortly after the glottis closes, so that a grain around it holds one whole response of the throat.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from contrafact.engine.rendering.singing.tracking import DOWN, HOP, RATE, Doubles, Flags, Pitch

_TURNS: Final = 3.0
"""Periods over which the fundamental is looked at."""
_ENERGY_S: Final = 0.06
_PASSING: Final = 256.0
"""Frames of 44.1 kHz between marks where nothing has a pitch."""


@dataclass(frozen=True, slots=True, eq=False)
class Voiced:
    """A stretch with a pitch. ``turns`` of the fundamental and ``place`` of the mark within a turn, both in turns, for
    each frame of :data:`RATE` from ``first`` on.
    """

    first: int
    turns: Doubles
    place: Doubles

    @property
    def last(self) -> int:
        return self.first + self.turns.size


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """``at`` are frames of 44.1 kHz (fractions kept), ``stretch`` the number of the voiced stretch, -1 for none."""

    at: Doubles
    stretch: NDArray[np.int64]
    stretches: tuple[Voiced, ...]


def place_marks(low: Doubles, pitch: Pitch, frames: int) -> Marks:
    """Marks of a phrase; ``low`` is the voice at :data:`RATE`, ``frames`` its length at 44.1 kHz."""
    stretches = _stretches(low, pitch)
    at: list[Doubles] = []
    numbers: list[NDArray[np.int64]] = []
    end = 0.0
    for number, stretch in enumerate(stretches):
        marks = crossings(stretch.turns - stretch.place) + stretch.first
        marks = marks * DOWN
        if marks.size < 3:
            continue
        for some, which in ((_passing(end, float(marks[0])), -1), (marks, number)):
            at.append(some)
            numbers.append(np.full(some.size, which))
        end = float(marks[-1])
    rest = _passing(end, float(frames) + _PASSING)
    at.append(rest)
    numbers.append(np.full(rest.size, -1))
    if not at[0].size or at[0][0] > 0.0:
        at.insert(0, np.zeros(1))
        numbers.insert(0, np.full(1, -1))
    return Marks(np.concatenate(at), np.concatenate(numbers), stretches)


def crossings(turns: Doubles) -> Doubles:
    """Where a rising curve passes whole numbers, as fractional indices."""
    rising = np.maximum.accumulate(turns) + np.arange(turns.size) * 1e-9
    whole = np.arange(np.ceil(rising[0]), np.floor(rising[-1]) + 1.0)
    return np.interp(whole, rising, np.arange(turns.size))


def _passing(start: float, stop: float) -> Doubles:
    """Marks strictly between two places, evenly spaced by about :data:`_PASSING`."""
    count = max(1, round((stop - start) / _PASSING))
    return start + (stop - start) * np.arange(1, count) / count


def _stretches(low: Doubles, pitch: Pitch) -> tuple[Voiced, ...]:
    if not pitch.voiced.any():
        return ()
    hertz = np.interp(
        np.arange(low.size) / HOP, np.arange(pitch.midi.size), 440.0 * 2.0 ** ((pitch.midi - 69.0) / 12.0)
    )
    along = np.cumsum(hertz) / RATE
    wheel = np.exp(-2j * np.pi * along)
    slowest = float(np.percentile(hertz[np.repeat(pitch.voiced, HOP)[: low.size]], 5.0))
    base = fftconvolve(low * wheel, _hann(_TURNS * RATE / slowest), "same")
    energy = np.diff(low, prepend=0.0) ** 2
    pulse = fftconvolve(energy * wheel * np.exp(-1j * np.angle(base)), _hann(_ENERGY_S * RATE), "same")
    drift, place = np.angle(base), -np.angle(pulse)
    return tuple(
        Voiced(
            first,
            along[first:last] + np.unwrap(drift[first:last]) / (2.0 * np.pi),
            np.unwrap(place[first:last]) / (2.0 * np.pi),
        )
        for first, last in _spans(pitch.voiced, low.size)
    )


def _spans(voiced: Flags, frames: int) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(np.int8), [0]])))
    spans = [
        (int(first) * HOP, min(frames, int(last) * HOP)) for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]
    return [(first, last) for first, last in spans if last - first > 2 * HOP]


def _hann(length: float) -> Doubles:
    size = max(3, round(length) | 1)
    window = np.hanning(size + 2)[1:-1]
    return np.asarray(window / window.sum())
