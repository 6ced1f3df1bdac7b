"""Landmarks to keys: numbers that two versions of a sound share, by which one is found among many.

A key is made of three landmarks: two differences of pitch and two of time. It holds no pitch itself, so a version in
another key has the same keys (Fenet et al. 2011). A version at another speed has other times: they are undone by asking
again with each speed of :data:`SPEEDS`, on the landmarks, which costs nothing beside the sound. Of all keys only a
sample is kept, and which ones is told by the keys themselves, so that both sides keep the same.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.fingerprint.landmarks import Floats, Landmarks

Numbers = NDArray[np.int64]

SPEED_STEP: Final = 1.02
SPEEDS: Final[tuple[float, ...]] = tuple(SPEED_STEP**power for power in sorted(range(-12, 13), key=abs))
"""Playing speeds of a query against its original, 0.79 to 1.27 in steps of 2 %, the nearest to 1 first."""
SAMPLE: Final = 32
"""One key of so many is kept."""
_NEAREST: Final = 6
"""Landmarks after an anchor that keys are made with."""
_LEAST_S: Final = 0.08
_MOST_S: Final = 2.0
_TIME_BIN_S: Final = 0.05
_PITCH_BIN: Final = 0.5
_WIDEST: Final = 24.0
"""Semitones."""
_TIME_BINS: Final = 64
_PITCH_BINS: Final = 128
_EDGE: Final = 0.28
"""A query that lies nearer to its bin's edge than this share of the bin asks for the neighbour, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """Sampled keys with the landmark that each begins at: equal lengths."""

    keys: Numbers
    """0 to 2**26 - 1."""
    times_s: Floats
    pitches: Floats

    def __len__(self) -> int:
        return len(self.keys)


def reference_keys(marks: Landmarks) -> Keys:
    """The keys under which a sound is kept."""
    return _keys(marks, 1.0, probing=False)


def query_keys(marks: Landmarks, speed: float) -> Keys:
    """The keys to ask for, if the sound is its original played at ``speed``; times are those of the original."""
    return _keys(marks, speed, probing=True)


def _keys(marks: Landmarks, speed: float, probing: bool) -> Keys:
    times = marks.times_s.astype(np.float64) * speed
    anchor, first, second = _triples(times, marks.pitches.astype(np.float64))
    pitches = marks.pitches.astype(np.float64)
    values = (
        (pitches[first] - pitches[anchor] + _WIDEST) / _PITCH_BIN,
        (pitches[second] - pitches[anchor] + _WIDEST) / _PITCH_BIN,
        (times[first] - times[anchor]) / _TIME_BIN_S,
        (times[second] - times[anchor]) / _TIME_BIN_S,
    )
    sizes = (_PITCH_BINS, _PITCH_BINS, _TIME_BINS, _TIME_BINS)
    keys = np.zeros(len(anchor), np.int64)
    origin = anchor
    left = [np.asarray(value) for value in values]
    for number, size in enumerate(sizes):
        value = left[number]
        near = np.floor(value + 0.5)
        offset = value - near
        bins = np.clip(near, 0, size - 1).astype(np.int64)
        if probing:
            again = np.abs(offset) > 0.5 - _EDGE
            other = np.clip(near[again] + np.sign(offset[again]), 0, size - 1).astype(np.int64)
            keys = np.concatenate([keys * size + bins, keys[again] * size + other])
            origin = np.concatenate([origin, origin[again]])
            left = [np.concatenate([each, each[again]]) for each in left]
        else:
            keys = keys * size + bins
    chosen = _scrambled(keys) % SAMPLE == 0
    keys, origin = keys[chosen], origin[chosen]
    return Keys(keys, times[origin].astype(np.float32), pitches[origin].astype(np.float32))


def _triples(times: NDArray[np.float64], pitches: NDArray[np.float64]) -> tuple[Numbers, Numbers, Numbers]:
    """Indices (anchor, first, second) of landmarks that follow each other in time."""
    count = len(times)
    found: list[tuple[Numbers, Numbers, Numbers]] = []
    index = np.arange(count)
    begin = np.searchsorted(times, times + _LEAST_S, "left")
    for one in range(_NEAREST - 1):
        for two in range(one + 1, _NEAREST):
            first, second = begin + one, begin + two
            fits = second < count
            a, b, c = index[fits], first[fits], second[fits]
            fits = times[c] - times[a] <= _MOST_S
            fits &= (np.abs(pitches[b] - pitches[a]) <= _WIDEST) & (np.abs(pitches[c] - pitches[a]) <= _WIDEST)
            found.append((a[fits], b[fits], c[fits]))
    if not found:
        return index, index, index
    return (
        np.concatenate([item[0] for item in found]),
        np.concatenate([item[1] for item in found]),
        np.concatenate([item[2] for item in found]),
    )


def _scrambled(keys: Numbers) -> Numbers:
    """A number that has nothing to do with what the key means (Knuth's multiplicative hash)."""
    return np.asarray((keys * 2_654_435_761 & 0xFFFFFFFF) >> 15, np.int64)
