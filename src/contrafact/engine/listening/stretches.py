"""The parts of a song that were played to a click, where the whole was not: a free intro, a change of tempo."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_SEED, _STEP, _SHORTEST = 16, 4, 32
_NEAR_S = 0.025
_SHARE = 0.7
_BEND_S = 0.008
_MOST = 0.6
_SAME = 0.007
"""Tempi this close (relative) are one tempo."""
_NEAR, _SOME = 0.01, 0.04
"""A tempo is played at all when this share of the beats is this near to it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Beats ``first`` to ``last`` (indices, inclusive) lie at ``start_s + period_s * number``."""

    first: int
    last: int
    start_s: float
    period_s: float


def straight_stretches(numbers: Ints, times_s: Doubles, weight: Doubles) -> tuple[Stretch, ...]:
    """Find runs of at least 32 beats that lie on a line within 25 ms, and do not bend (a drift does).

    There are none unless they hold most of the song: a drifting tempo is straight too while it turns.

    Parameters
    ----------
    numbers : int64, shape (beats,)
        The number of each beat, ascending; missed beats leave gaps.
    times_s : float64, shape (beats,)
    weight : float64, shape (beats,)
        How clear each beat was.
    """
    found: list[Stretch] = []
    first, count = 0, times_s.size
    while first + _SHORTEST <= count:
        stop, line = first + _SEED, _line(numbers, times_s, weight, first, first + _SEED)
        while line is not None and stop < count:
            longer = _line(numbers, times_s, weight, first, min(count, stop + _STEP))
            if longer is None:
                break
            stop, line = min(count, stop + _STEP), longer
        if line is None or stop - first < _SHORTEST or _bends(numbers, times_s, first, stop, line):
            first += _STEP
            continue
        found.append(Stretch(first, stop - 1, *line))
        first = stop
    held = sum(stretch.last - stretch.first + 1 for stretch in found)
    return tuple(found) if held >= _MOST * count else ()


def main_period(stretches: Sequence[Stretch], periods_s: Doubles) -> float:
    """The usual beat length: the median of all, exactly that of a straight stretch where one has it.

    Where the tempo changes at once the median may lie between two tempi and be the tempo of nothing: then that of the
    longest stretch.
    """
    usual = float(np.median(periods_s))
    if not stretches:
        return usual
    nearest = min(stretches, key=lambda stretch: abs(stretch.period_s - usual))
    if abs(nearest.period_s / usual - 1.0) < _SAME:
        return nearest.period_s
    if float(np.mean(np.abs(periods_s / usual - 1.0) < _NEAR)) >= _SOME:
        return usual
    return max(stretches, key=lambda stretch: stretch.last - stretch.first).period_s


def _line(numbers: Ints, times_s: Doubles, weight: Doubles, first: int, stop: int) -> tuple[float, float] | None:
    """Start and period of the line through beats ``first`` to ``stop``, None if they or their last lie off it."""
    number, time = numbers[first:stop].astype(np.float64), times_s[first:stop]
    trust = 0.1 + weight[first:stop]
    period, start = _fitted(number, time, trust)
    for _ in range(2):
        off = np.abs(time - start - period * number)
        period, start = _fitted(number, time, trust / (1.0 + (off / 0.012) ** 2))
    off = np.abs(time - start - period * number)
    if (off < _NEAR_S).mean() < _SHARE or float(np.median(off[-6:])) > _NEAR_S or float(np.median(off[:6])) > _NEAR_S:
        return None
    return start, period


def _fitted(number: Doubles, time: Doubles, weight: Doubles) -> tuple[float, float]:
    total = weight.sum()
    centre, middle = float((weight * number).sum() / total), float((weight * time).sum() / total)
    apart = number - centre
    slope = float((weight * apart * (time - middle)).sum() / max(1e-12, float((weight * apart**2).sum())))
    return slope, middle - slope * centre


def _bends(numbers: Ints, times_s: Doubles, first: int, stop: int, line: tuple[float, float]) -> bool:
    """Whether a slow drift hides inside the tolerance: the medians of eight beats each must stay near the line.

    The song's last beats may not: a last chord sounds where it likes.
    """
    error = times_s[first:stop] - line[0] - line[1] * numbers[first:stop]
    pieces = np.array_split(error, max(3, error.size // 8))
    inner = pieces[:-1] if stop == times_s.size else pieces
    return max(abs(float(np.median(piece))) for piece in inner) > _BEND_S
