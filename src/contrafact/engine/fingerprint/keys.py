"""Landmarks to keys: numbers that two versions of a sound share, by which one is found among many.

A key is made of three landmarks: two differences of pitch and two of time. It holds no pitch itself, so a version in
another key has the same keys (Fenet et al. 2011). A version at another speed has other times: they are undone by asking
again with each speed of :data:`SPEEDS`, on the landmarks, which costs nothing beside the sound. Of all keys only a
sample is kept, and which ones is told by the keys themselves, so that both sides keep the same.
"""

from collections.abc import Iterator, Sequence
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
_FACTOR: Final = np.uint32(2_654_435_761)
"""A key times this, modulo 2**32, has nothing to do with what the key means (Knuth's multiplicative hash)."""
_CHOSEN: Final = np.uint32((SAMPLE - 1) << 15)
"""Keys of which the product has none of these bits are kept."""
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
    times, pitches = marks.times_s.astype(np.float64) * speed, marks.pitches.astype(np.float64)
    anchor, first, second = _triples(times, pitches)
    rises = [_bins((pitches[one] - pitches[anchor] + _WIDEST) / _PITCH_BIN, _PITCH_BINS) for one in (first, second)]
    lags = [_bins((times[one] - times[anchor]) / _TIME_BIN_S, _TIME_BINS) for one in (first, second)]
    every = np.arange(len(anchor))
    found, origins = [], []
    # What pitch gives, and what time gives, are each put together once, and then each with each. So is the product by
    # which the sample is chosen: that of a sum is the sum of both.
    of_time = [(time, time * _FACTOR, other) for time, other in _pairs(lags, _TIME_BINS, probing)]
    for pitches_of, one in _pairs(rises, _PITCH_BINS, probing):
        rows = every if one is None else np.flatnonzero(one)
        pitch = pitches_of[rows] * np.uint32(_TIME_BINS**2)
        scrambled = pitch * _FACTOR
        for time, product, other in of_time:
            chosen = (scrambled + product[rows]) & _CHOSEN == 0
            if other is not None:
                chosen &= other[rows]
            at = np.flatnonzero(chosen)
            origin_rows = rows[at]
            found.append(pitch[at] + time[origin_rows])
            origins.append(origin_rows)
    keys, origin = np.concatenate(found), anchor[np.concatenate(origins)]
    return Keys(keys.astype(np.int64), times[origin].astype(np.float32), marks.pitches[origin])


@dataclass(frozen=True, slots=True, eq=False)
class _Bins:
    """The bin of each value, the neighbour that it may have fallen into, and whether it lies near enough to that."""

    own: NDArray[np.uint32]
    beside: NDArray[np.uint32]
    near: NDArray[np.bool_]


def _bins(values: NDArray[np.float64], count: int) -> _Bins:
    middle = np.floor(values + 0.5)
    offset = values - middle
    own, beside = (np.clip(each, 0, count - 1).astype(np.uint32) for each in (middle, middle + np.sign(offset)))
    return _Bins(own, beside, np.abs(offset) > 0.5 - _EDGE)


def _pairs(
    two: Sequence[_Bins], count: int, probing: bool
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.bool_] | None]]:
    """Two bins as one number; where it is probed with neighbours, with the rows for which that one counts."""
    (one, other), size = two, np.uint32(count)
    yield one.own * size + other.own, None
    if probing:
        yield one.beside * size + other.own, one.near
        yield one.own * size + other.beside, other.near
        yield one.beside * size + other.beside, one.near & other.near


def _triples(times: NDArray[np.float64], pitches: NDArray[np.float64]) -> tuple[Numbers, Numbers, Numbers]:
    """Indices (anchor, first, second) of landmarks that follow each other in time."""
    count = len(times)
    begin = np.searchsorted(times, times + _LEAST_S, "left")
    ones, twos = np.triu_indices(_NEAREST, 1)
    first, second = begin[:, None] + ones, begin[:, None] + twos
    there = second < count
    anchor = np.broadcast_to(np.arange(count)[:, None], there.shape)[there]
    first, second = first[there], second[there]
    near = times[second] - times[anchor] <= _MOST_S
    near &= np.abs(pitches[first] - pitches[anchor]) <= _WIDEST
    near &= np.abs(pitches[second] - pitches[anchor]) <= _WIDEST
    return anchor[near], first[near], second[near]
