"""From decoded beats to beat times: a straight line where the song was made to a click, a smooth curve elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from contrafact.engine.listening.onsets import ONSET_RATE, Onsets

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

STEADY_RESIDUAL_S = 0.018
"""A song is steady when its refined beats lie this close to one line (median of absolute residuals) and never drift."""
_DRIFT_S = 0.030
_REACH_S = 0.045
_MIN_BEATS = 8


@dataclass(frozen=True, slots=True, eq=False)
class BeatGrid:
    """Beat times with the number each would have if none had been missed.

    ``times_s`` float64 ascending; ``numbers`` int64 ascending; ``steady`` when the times lie on one line;
    ``residual_s`` is how far the heard onsets lie from the times (median of absolute values).
    """

    times_s: Doubles
    numbers: Ints
    period_s: float
    steady: bool
    residual_s: float


def fit_grid(decoded_s: Doubles, onsets: Onsets) -> BeatGrid:
    """Place beats where the sound is.

    Parameters
    ----------
    decoded_s : float64, shape (beats,), at least two, ascending
        Beat times as decoded, quantised to 20 ms.
    onsets : Onsets
    """
    strength = onsets.all
    refined, weight = _refine(decoded_s, strength)
    period = float(np.median(np.diff(decoded_s)))
    numbers = _number(refined, period)
    line = _fit_line(numbers, refined, weight)
    if line is not None:
        start, slope = line
        times, shift_residual = _settle(start, slope, numbers, strength)
        line_s: Doubles = times[0] + times[1] * numbers.astype(np.float64)
        return BeatGrid(line_s, numbers, times[1], True, shift_residual)
    curve = _smooth(numbers, refined, weight)
    residual = float(np.median(np.abs(refined - curve)))
    return BeatGrid(curve, numbers, float(np.median(np.diff(curve) / np.diff(numbers))), False, residual)


def _refine(decoded_s: Doubles, strength: Doubles) -> tuple[Doubles, Doubles]:
    """Move each beat to the strongest onset nearby; the weight says how much stronger than its surroundings that is."""
    if strength.size == 0:
        return decoded_s, np.zeros(decoded_s.size)
    reach = round(_REACH_S * ONSET_RATE)
    steps = np.arange(-reach, reach + 1)
    index = np.rint(decoded_s * ONSET_RATE).astype(np.int64)[:, None] + steps[None, :]
    inside = (index >= 1) & (index < strength.size - 1)
    safe = np.clip(index, 1, max(1, strength.size - 2))
    nearness = np.exp(-0.5 * (steps / (0.6 * reach)) ** 2)
    heard = np.where(inside, strength[safe], 0.0) * nearness[None, :]
    choice = heard.argmax(axis=1)
    rows = np.arange(decoded_s.size)
    peak = safe[rows, choice]
    left, centre, right = strength[peak - 1], strength[peak], strength[np.minimum(peak + 1, strength.size - 1)]
    bend = left - 2.0 * centre + right
    shift = np.where(bend < -1e-9, 0.5 * (left - right) / np.where(bend < -1e-9, bend, -1.0), 0.0)
    moved = (peak + np.clip(shift, -0.5, 0.5)) / ONSET_RATE
    contrast = heard[rows, choice] / (heard.mean(axis=1) + 0.05)
    clear = heard[rows, choice] > 0.5
    weight = np.where(clear, np.clip((contrast - 1.5) / 3.0, 0.0, 1.0), 0.0)
    return np.where(weight > 0, moved, decoded_s), weight


def _number(times_s: Doubles, period_s: float) -> Ints:
    """Count beats by the local period, so that a gap of two periods counts as two beats."""
    gaps = np.diff(times_s)
    steps = np.ones(gaps.size, np.int64)
    local = period_s
    for index, gap in enumerate(gaps):
        steps[index] = max(1, round(gap / local))
        if steps[index] == 1 and 0.5 * period_s < gap < 2.0 * period_s:
            local += 0.2 * (gap - local)
    return np.concatenate(([0], np.cumsum(steps)))


def _fit_line(numbers: Ints, times_s: Doubles, weight: Doubles) -> tuple[float, float] | None:
    """Start and period of the line through the beats, or None when one line does not explain them."""
    trusted = weight > 0.15
    if trusted.sum() < max(_MIN_BEATS, 0.3 * numbers.size):
        trusted = np.ones(numbers.size, bool)
    if trusted.sum() < _MIN_BEATS:
        return None
    number, time = numbers[trusted].astype(np.float64), times_s[trusted]
    keep = np.ones(number.size, bool)
    slope = start = 0.0
    for _ in range(8):
        slope, start = np.polyfit(number[keep], time[keep], 1)
        error = np.abs(time - start - slope * number)
        limit = max(0.012, 3.0 * float(np.median(error)))
        fresh = error < limit
        if fresh.sum() < _MIN_BEATS or (fresh == keep).all():
            break
        keep = fresh
    error = time - start - slope * number
    if float(np.median(np.abs(error))) > STEADY_RESIDUAL_S or keep.mean() < 0.6:
        return None
    # A slow drift hides inside a small median: the running median of the error must stay near zero all the way.
    pieces = np.array_split(error, max(4, min(24, error.size // 8)))
    if max(abs(float(np.median(piece))) for piece in pieces) > _DRIFT_S:
        return None
    return float(start), float(slope)


def _settle(start_s: float, period_s: float, numbers: Ints, strength: Doubles) -> tuple[tuple[float, float], float]:
    """Nudge the line so that as much onset strength as possible lies on it; also how far off the peaks remain."""
    times = start_s + period_s * numbers
    if strength.size < 3:
        return (start_s, period_s), 0.0
    axis = np.arange(strength.size) / ONSET_RATE
    half = numbers.size / 2.0

    def caught(shift_s: float, stretch_s: float) -> float:
        # ``stretch`` moves the two ends by that much in opposite directions and leaves the middle.
        at = times + shift_s + stretch_s * (numbers - numbers.mean()) / max(1.0, half)
        return float(np.sqrt(np.interp(at, axis, strength)).sum())

    best = (0.0, 0.0)
    for step in (0.004, 0.002, 0.001, 0.0005):
        options = [(best[0] + i * step, best[1] + j * step) for i in range(-3, 4) for j in range(-3, 4)]
        best = max(options, key=lambda option: (caught(*option), -abs(option[0]) - abs(option[1])))
        best = (float(np.clip(best[0], -0.02, 0.02)), float(np.clip(best[1], -0.02, 0.02)))
    slope = period_s + best[1] / max(1.0, half)
    start = start_s + best[0] - best[1] * float(numbers.mean()) / max(1.0, half)
    settled: Doubles = start + slope * numbers.astype(np.float64)
    refined, weight = _refine(settled, strength)
    off = np.abs(refined - settled)[weight > 0]
    return (start, slope), float(np.median(off)) if off.size else 0.0


def _smooth(numbers: Ints, times_s: Doubles, weight: Doubles) -> Doubles:
    """Whittaker smoothing of the beat times: small third differences, near what was heard where it was clear."""
    count = numbers.size
    if count < 5:
        return times_s.copy()
    trust = 0.15 + weight
    first = times_s
    curve = first.copy()
    for _ in range(3):
        off = np.abs(first - curve)
        limit = max(0.01, 2.5 * float(np.median(off)))
        robust = trust * np.where(off > limit, limit / np.maximum(off, 1e-9), 1.0)
        curve = _whittaker(first, robust, 4.0)
    return np.maximum.accumulate(curve + np.arange(count) * 1e-9)


def _whittaker(values: Doubles, weight: Doubles, stiffness: float) -> Doubles:
    """Minimise sum of w (v - x)^2 + stiffness * sum of (second difference of the local period)^2."""
    count = values.size
    kernel = np.array([-1.0, 3.0, -3.0, 1.0])
    banded = np.zeros((4, count))
    banded[0] = weight
    for row in range(count - 3):
        for left in range(4):
            for right in range(left, 4):
                banded[right - left, row + left] += stiffness * kernel[left] * kernel[right]
    solved: Doubles = solveh_banded(banded, weight * values, lower=True)
    return solved
