"""Activations to beats and bars: the most likely sequence of beat lengths.

The model is the bar-pointer hidden Markov model of F. Krebs, S. Böck and G. Widmer, "An efficient state space model for
joint tempo and meter tracking" (ISMIR 2015), with the observation model of Böck, Krebs and Widmer (ISMIR 2016). Inside
a beat that model only counts frames, so it is decided here once per beat instead of once per state and frame (a
semi-Markov recursion over beat lengths), which finds the same path some thirty times faster in NumPy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

OBSERVATION_LAMBDA = 16
TRANSITION_LAMBDA = 100.0
_TINY = 1e-6
_RENORMALISE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """One reading of the activations.

    ``frames`` are fractional beat positions in frames, ``positions`` count 1, 2, 3 … in the bar.
    """

    frames: Doubles
    positions: Ints
    beats_per_bar: int
    log_likelihood: float


def decode(
    activations: Doubles,
    beats_per_bar: Sequence[int],
    min_interval: int,
    max_interval: int,
    transition_lambda: float = TRANSITION_LAMBDA,
) -> tuple[Decoded, ...]:
    """The best reading for each metre.

    Parameters
    ----------
    activations : float64, shape (frames, 2)
        Likelihood of a beat that is not the first, and of a downbeat.
    beats_per_bar : sequence of int
        Metres to try; each is decoded on its own.
    min_interval, max_interval : int
        Shortest and longest beat, in frames, inclusive.
    transition_lambda : float
        Higher prefers a constant tempo.

    Returns
    -------
    one ``Decoded`` per metre, in the order asked
        With no frames each is empty.
    """
    frames = activations.shape[0]
    if frames == 0 or not beats_per_bar:
        return tuple(Decoded(np.empty(0), np.empty(0, np.int64), metre, -np.inf) for metre in beats_per_bar)
    intervals = np.arange(min_interval, max_interval + 1)
    # A beat may have begun before the first frame or end after the last: unheard frames cost nothing either way.
    pad = max_interval
    scores = _beat_scores(activations, intervals, pad)
    switch = _switch_costs(intervals, transition_lambda)
    metres = list(beats_per_bar)
    starts = np.concatenate(([0], np.cumsum(metres)))
    rows = int(starts[-1])
    previous = np.arange(rows) - 1
    before = np.zeros(rows, np.int64)
    for index in range(len(metres)):
        previous[starts[index]] = starts[index + 1] - 1
        before[(starts[index] + 1) if metres[index] > 1 else starts[index]] = 1

    offset = 0.0
    total = frames + 2 * pad
    width = intervals.size
    # Only the last ``pad`` frames can still be continued: the table of best stories is a ring.
    ring = pad + 1
    best = np.zeros((ring, rows, width), np.float32)
    came_from = np.zeros((total + 1, rows, width), np.int16)
    options = np.empty((rows, width, width), np.float32)
    columns = np.arange(width)
    row_lookup = previous[:, None] * width + columns[None, :]
    score_lookup = before[:, None] * scores[0].size - intervals[None, :] * width + columns[None, :]
    flat_best, flat_scores = best.reshape(-1), scores.reshape(-1)
    pick = np.arange(rows * width) * width
    for time in range(pad + 1, total + 1):
        # best[t, b, i]: the best story in which beat b starts at frame t and lasts intervals[i] frames.
        began = ((time - intervals) % ring) * (rows * width)
        ended = flat_best.take(row_lookup + began[None, :]) + flat_scores.take(score_lookup + time * width)
        np.add(ended[:, None, :], switch, out=options)
        chosen = options.argmax(axis=2)
        came_from[time] = chosen
        best[time % ring] = options.reshape(-1).take(pick + chosen.reshape(-1)).reshape(rows, width)
        if time % _RENORMALISE == 0:
            # float32 keeps its precision near zero: move the window of live stories up by their common level.
            level = best[time % ring].max()
            best -= level
            offset += float(level)

    ending = best[np.arange(pad + frames, total + 1) % ring]
    results = []
    for index, metre in enumerate(metres):
        last = ending[:, starts[index] : starts[index + 1]]
        flat = int(last.argmax())
        later, row, column = np.unravel_index(flat, last.shape)
        results.append(
            _trace(
                came_from,
                intervals,
                previous,
                (pad + frames + int(later), int(starts[index]) + int(row), int(column)),
                (int(starts[index]), metre),
                (pad, frames),
                offset + float(last.flat[flat]),
            )
        )
    return tuple(results)


def _beat_scores(activations: Doubles, intervals: Ints, pad: int) -> NDArray[np.float32]:
    """Log-likelihood of a whole beat, shape (2, start frame, interval); first index 1 for a downbeat."""
    beat, down = (np.clip(activations[:, column], _TINY, 1.0) for column in (0, 1))
    rest = np.clip(1.0 - activations.sum(axis=1), _TINY, 1.0) / (OBSERVATION_LAMBDA - 1)
    sums = [
        np.concatenate((np.zeros(pad + 1), np.cumsum(np.log(density)), np.zeros(2 * pad)))
        for density in (beat, down, rest)
    ]
    frames = activations.shape[0]
    for line in sums:
        line[pad + 1 + frames :] = line[pad + frames]
    starts = np.arange(frames + 2 * pad + 1)
    heads = -(-intervals // OBSERVATION_LAMBDA)
    middle = starts[:, None] + heads[None, :]
    limit = sums[0].size - 1
    middle = np.minimum(middle, limit)
    ends = np.minimum(starts[:, None] + intervals[None, :], limit)
    rests = sums[2][ends] - sums[2][middle]
    heard = [line[middle] - line[starts][:, None] + rests for line in sums[:2]]
    return np.stack(heard).astype(np.float32)


def _switch_costs(intervals: Ints, transition_lambda: float) -> NDArray[np.float32]:
    """Log-probability of going from beat length j to i, shape (i, j); rows of each j sum to one over i."""
    ratio = intervals[:, None] / intervals[None, :]
    probability = np.exp(-transition_lambda * np.abs(ratio - 1.0))
    probability[probability <= np.spacing(1)] = 0.0
    probability /= probability.sum(axis=0, keepdims=True)
    return np.log(np.maximum(probability, 1e-300)).astype(np.float32)


def _trace(
    came_from: NDArray[np.int16],
    intervals: Ints,
    previous: Ints,
    end: tuple[int, int, int],
    metre: tuple[int, int],
    span: tuple[int, int],
    log_likelihood: float,
) -> Decoded:
    time, row, column = end
    first_row, beats_per_bar = metre
    pad, frames = span
    times: list[int] = []
    rows: list[int] = []
    while time > pad:
        column = int(came_from[time, row, column])
        time -= int(intervals[column])
        row = int(previous[row])
        times.append(time)
        rows.append(row)
    at = np.array(times[::-1], dtype=np.float64) - pad
    positions = np.array(rows[::-1], dtype=np.int64) - first_row + 1
    inside = (at >= 0) & (at < frames)
    return Decoded(at[inside], positions[inside], beats_per_bar, log_likelihood)
