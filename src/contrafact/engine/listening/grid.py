"""From decoded beats to beat times: a straight line where the song was made to a click, a smooth curve elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from contrafact.engine.listening.onsets import ONSET_RATE, Onsets
from contrafact.engine.listening.stretches import Stretch, main_period, straight_stretches

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_NEAR_S = 0.030
"""A heard beat this close to the line lies on it."""
_DRIFT_S = 0.025
_ANCHOR = 20.0
"""How much more a beat on a stretch's line counts than a beat on its own."""
_SHARE_ON_LINE = 0.6
_COHERENCE = 0.55
_SEARCH = 0.05
_REACH_S = 0.045
_MIN_BEATS = 8
_RUN = 8
_LOST_SHARE, _SUPPORT = 0.45, 0.75
"""Where fewer of a run of beats lie near the line, and less is struck there, the song has left it."""
_SLOW_S = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class BeatGrid:
    """Beat times with the number each would have if none had been missed.

    ``times_s`` float64 ascending; ``numbers`` int64 ascending; ``steady`` when the times lie on one line, else
    ``stretches`` are the parts that lie on a line of their own; ``period_s`` is that of the most beats; ``residual_s``
    is how far the heard onsets lie from the times (median of absolute values).
    """

    times_s: Doubles
    numbers: Ints
    period_s: float
    steady: bool
    residual_s: float
    stretches: tuple[Stretch, ...] = ()


def fit_grid(decoded_s: Doubles, onsets: Onsets, likelihood: Doubles, frames_per_second: float) -> BeatGrid:
    """Place beats where the sound is.

    Parameters
    ----------
    decoded_s : float64, shape (beats,), at least two, ascending
        Beat times as decoded, quantised to 20 ms.
    onsets : Onsets
    likelihood : float64, shape (frames,)
        How likely each frame holds a beat, with ``frames_per_second``: decides between a line and the one half a beat
        later, because decoders slip onto the off-beat for a while.
    """
    strength = onsets.all
    refined, weight = _refine(decoded_s, strength)
    period = float(np.median(np.diff(decoded_s)))
    line = _fit_line(refined, weight, period, strength)
    if line is not None:
        start, period = _settle(*line, float(decoded_s[-1]), strength)
        times = _better_part(start, period, decoded_s, likelihood, frames_per_second)
        heard, trust = _refine(times, strength)
        off = np.abs(heard - times)[trust > 0]
        return BeatGrid(times, np.arange(times.size), period, True, float(np.median(off)) if off.size else 0.0)
    numbers = _number(refined, period)
    stretches = straight_stretches(numbers, refined, weight)
    anchored, trust = refined.copy(), weight.copy()
    for stretch in stretches:
        inside = slice(stretch.first, stretch.last + 1)
        anchored[inside] = stretch.start_s + stretch.period_s * numbers[inside]
        trust[inside] = _ANCHOR
    curve = _smooth(numbers, anchored, trust)
    residual = float(np.median(np.abs(refined - curve)))
    usual = main_period(stretches, np.diff(curve) / np.diff(numbers))
    return BeatGrid(curve, numbers, usual, False, residual, stretches)


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


def _fit_line(times_s: Doubles, weight: Doubles, period_s: float, strength: Doubles) -> tuple[float, float] | None:
    """Start and period of the line through the beats, or None when one line does not explain them.

    The period is where the beats, taken as impulses, resound most strongly at two cycles per beat (four where beats are
    slow): that finds the line even where the decoder slipped by half a beat, and does not depend on counting beats.
    """
    trusted = weight > 0.15
    if trusted.sum() < max(_MIN_BEATS, 0.3 * times_s.size):
        trusted = np.ones(times_s.size, bool)
    if trusted.sum() < _MIN_BEATS:
        return None
    cycles = _parts(period_s)
    time, trust = times_s[trusted], weight[trusted] + 0.05
    span = max(1.0, float(time[-1] - time[0]))
    rates = np.arange(1.0 - _SEARCH, 1.0 + _SEARCH, period_s / (8.0 * cycles * span)) * (cycles / period_s)
    resonance = np.array([np.sum(trust * np.exp(-2j * np.pi * rate * time)) for rate in rates])
    best = int(np.abs(resonance).argmax())
    if abs(resonance[best]) < _COHERENCE * trust.sum():
        return None
    part = 1.0 / float(rates[best])
    start = float(-np.angle(resonance[best]) / (2.0 * np.pi)) * part
    error = np.zeros(time.size)
    near = np.ones(time.size, bool)
    for _ in range(4):
        number = np.rint((time - start) / part)
        error = time - start - part * number
        near = np.abs(error) < _NEAR_S
        if near.sum() < _MIN_BEATS:
            return None
        part, start = (float(value) for value in np.polyfit(number[near], time[near], 1, w=trust[near]))
    if near.mean() < _SHARE_ON_LINE or _leaves(time, error, near, strength):
        return None
    # A slow drift hides inside a small median: the running median of the error must stay near zero all the way.
    pieces = np.array_split(error[near], max(3, min(16, int(near.sum()) // 10)))
    if max(abs(float(np.median(piece))) for piece in pieces) > _DRIFT_S:
        return None
    return start, cycles * part


def _parts(period_s: float) -> int:
    """Into how many parts of a beat the decoder may slip."""
    return 4 if period_s > _SLOW_S else 2


def _leaves(time: Doubles, error: Doubles, near: NDArray[np.bool_], strength: Doubles) -> bool:
    """Whether the song leaves the line for a while: beats far from it, and little struck where the line would be.

    Where as much is struck on the line as on the beats, it was the decoder that left it.
    """
    if time.size < 2 * _RUN or strength.size == 0:
        return False
    window = np.full(_RUN, 1.0 / _RUN)
    share = np.convolve(near.astype(np.float64), window, mode="valid")
    struck = np.sqrt(_strongest(strength, time))
    on_line = np.sqrt(_strongest(strength, time - error))
    support = np.convolve(on_line, window, mode="valid") / (np.convolve(struck, window, mode="valid") + 0.1)
    return bool(((share < _LOST_SHARE) & (support < _SUPPORT)).any())


def _strongest(strength: Doubles, times_s: Doubles) -> Doubles:
    """The largest strength within 15 ms of each time."""
    index = np.rint(times_s * ONSET_RATE).astype(np.int64)
    near = [strength[np.clip(index + step, 0, strength.size - 1)] for step in range(-3, 4)]
    largest: Doubles = np.stack(near).max(axis=0)
    return largest


def _better_part(
    start_s: float, period_s: float, decoded_s: Doubles, likelihood: Doubles, frames_per_second: float
) -> Doubles:
    """The beats of the line over the decoded span, or those a part of a beat later if the network heard beats there."""
    axis = np.arange(likelihood.size) / frames_per_second
    best, best_score = np.empty(0), -np.inf
    parts = _parts(period_s)
    for offset in range(parts):
        origin = start_s + offset * period_s / parts
        first = int(np.ceil((decoded_s[0] - 0.3 * period_s - origin) / period_s))
        last = int(np.floor((decoded_s[-1] + 0.3 * period_s - origin) / period_s))
        times: Doubles = origin + period_s * np.arange(first, max(first + 1, last + 1), dtype=np.float64)
        score = float(np.interp(times, axis, likelihood).mean()) if likelihood.size else 0.0
        if score > best_score:
            best, best_score = times, score
    return best


def _settle(start_s: float, period_s: float, last_s: float, strength: Doubles) -> tuple[float, float]:
    """Nudge the line, by at most 20 ms at its ends, so that as much onset strength as possible lies on it."""
    count = max(2, round((last_s - start_s) / period_s) + 1)
    numbers = np.arange(count)
    times = start_s + period_s * numbers
    if strength.size < 3:
        return start_s, period_s
    axis = np.arange(strength.size) / ONSET_RATE
    lever = (numbers - numbers.mean()) / (count / 2.0)

    def caught(shift_s: float, stretch_s: float) -> float:
        # ``stretch`` moves the two ends by that much in opposite directions and leaves the middle.
        return float(np.sqrt(np.interp(times + shift_s + stretch_s * lever, axis, strength)).sum())

    best = (0.0, 0.0)
    for step in (0.004, 0.002, 0.001, 0.0005):
        options = [(best[0] + i * step, best[1] + j * step) for i in range(-3, 4) for j in range(-3, 4)]
        best = max(options, key=lambda option: (caught(*option), -abs(option[0]) - abs(option[1])))
        best = (float(np.clip(best[0], -0.02, 0.02)), float(np.clip(best[1], -0.02, 0.02)))
    slope = best[1] / (count / 2.0)
    return start_s + best[0] - slope * float(numbers.mean()), period_s + slope


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
