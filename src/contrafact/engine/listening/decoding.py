"""Activations to beats and bars: the most likely sequence of beat lengths.

The model is the bar-pointer hidden Markov model of F. Krebs, S. Böck and G. Widmer, "An efficient state space model for
joint tempo and meter tracking" (ISMIR 2015), with the observation model of Böck, Krebs and Widmer (ISMIR 2016). Inside
a beat that model only counts frames, so it is decided here once per beat instead of once per state and frame (a
semi-Markov recursion over beat lengths), which finds the same path some thirty times faster in NumPy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

OBSERVATION_LAMBDA = 16
TRANSITION_LAMBDA = 100.0
_TINY = 1e-6
_RENORMALISE = 64
_BLOCK = 4096
"""Frames after which all stories alive agree on the past."""


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
    # Only the last ``pad`` frames can still be continued: the table of best stories is a ring. So are the pointers:
    # stories that are all alive now agree on what lies more than a block back, so that is settled and forgotten.
    ring, kept = pad + 1, 2 * _BLOCK + pad + 1
    best = np.zeros((ring, rows, width), np.float32)
    came_from = np.zeros((kept, rows, width), np.int8 if width < 128 else np.int16)
    told = [_Story(int(starts[index]), metre) for index, metre in enumerate(metres)]
    options = np.empty((rows, width, width), np.float32)
    columns = np.arange(width)
    row_lookup = previous[:, None] * width + columns[None, :]
    flat_best = best.reshape(-1)
    pick = np.arange(rows * width) * width
    for time in range(pad + 1, total + 1):
        if (time - pad - 1) % _BLOCK == 0:
            # Scores of all beats that end in this block; they start up to ``max_interval`` frames before it.
            from_frame = time - max_interval
            flat_scores = scores(from_frame, min(time + _BLOCK, total + 1))
            score_lookup = (
                before[:, None] * (flat_scores.size // 2) - (intervals[None, :] + from_frame) * width + columns[None, :]
            )
            flat_scores = flat_scores.reshape(-1)
        # best[t, b, i]: the best story in which beat b starts at frame t and lasts intervals[i] frames.
        began = ((time - intervals) % ring) * (rows * width)
        ended = flat_best.take(row_lookup + began[None, :]) + flat_scores.take(score_lookup + time * width)
        np.add(ended[:, None, :], switch, out=options)
        chosen = options.argmax(axis=2)
        came_from[time % kept] = chosen
        best[time % ring] = options.reshape(-1).take(pick + chosen.reshape(-1)).reshape(rows, width)
        if time % _RENORMALISE == 0:
            # float32 keeps its precision near zero: move the window of live stories up by their common level.
            level = best[time % ring].max()
            best -= level
            offset += float(level)
        if time % _BLOCK == 0 and time - _BLOCK > pad:
            latest = np.arange(time - pad, time + 1)
            for story in told:
                story.settle(best[latest % ring], int(latest[0]), came_from, intervals, time - _BLOCK)

    latest = np.arange(pad + frames, total + 1)
    results = []
    for story in told:
        likelihood = story.settle(best[latest % ring], int(latest[0]), came_from, intervals, total)
        at = np.array(story.times, dtype=np.float64) - pad
        positions = np.array(story.rows, dtype=np.int64) - story.first_row + 1
        inside = (at >= 0) & (at < frames)
        results.append(Decoded(at[inside], positions[inside], story.beats_per_bar, offset + likelihood))
    return tuple(results)


class _Story:
    """The beats of one metre as far as they are settled."""

    def __init__(self, first_row: int, beats_per_bar: int) -> None:
        self.first_row, self.beats_per_bar = first_row, beats_per_bar
        self.times: list[int] = []
        self.rows: list[int] = []

    def settle(
        self,
        latest: NDArray[np.float32],
        from_time: int,
        came_from: NDArray[np.signedinteger],
        intervals: Ints,
        to: int,
    ) -> float:
        """Follow the likeliest of the stories alive (``latest``, from ``from_time`` on) back; keep beats before ``to``.

        Returns the likelihood of that story, relative to the common level.
        """
        own = latest[:, self.first_row : self.first_row + self.beats_per_bar]
        later, row, column = (int(index) for index in np.unravel_index(int(own.argmax()), own.shape))
        time, kept = from_time + later, came_from.shape[0]
        settled = self.times[-1] if self.times else -1
        times: list[int] = []
        rows: list[int] = []
        # No beat starts before frame 0 of the padded sound, and nothing is known before its first ``pad`` frames.
        while time > max(settled + int(intervals[0]), int(intervals[-1])):
            column = int(came_from[time % kept, self.first_row + row, column])
            time -= int(intervals[column])
            row = (row - 1) % self.beats_per_bar
            times.append(time)
            rows.append(self.first_row + row)
        keep = [index for index in range(len(times) - 1, -1, -1) if settled < times[index] < to]
        self.times += [times[index] for index in keep]
        self.rows += [rows[index] for index in keep]
        return float(own.max())


def _beat_scores(activations: Doubles, intervals: Ints, pad: int) -> Callable[[int, int], NDArray[np.float32]]:
    """Log-likelihoods of whole beats: a function of a range of start frames.

    It gives shape (2, start frame, interval); first index 1 for a downbeat.
    """
    beat, down = (np.clip(activations[:, column], _TINY, 1.0) for column in (0, 1))
    rest = np.clip(1.0 - activations.sum(axis=1), _TINY, 1.0) / (OBSERVATION_LAMBDA - 1)
    sums = [
        np.concatenate((np.zeros(pad + 1), np.cumsum(np.log(density)), np.zeros(2 * pad)))
        for density in (beat, down, rest)
    ]
    frames = activations.shape[0]
    for line in sums:
        line[pad + 1 + frames :] = line[pad + frames]
    heads = -(-intervals // OBSERVATION_LAMBDA)
    limit = sums[0].size - 1

    def between(first: int, stop: int) -> NDArray[np.float32]:
        starts = np.arange(first, stop)
        middle = np.minimum(starts[:, None] + heads[None, :], limit)
        ends = np.minimum(starts[:, None] + intervals[None, :], limit)
        rests = sums[2][ends] - sums[2][middle]
        return np.stack([line[middle] - line[starts][:, None] + rests for line in sums[:2]]).astype(np.float32)

    return between


def _switch_costs(intervals: Ints, transition_lambda: float) -> NDArray[np.float32]:
    """Log-probability of going from beat length j to i, shape (i, j); rows of each j sum to one over i."""
    ratio = intervals[:, None] / intervals[None, :]
    probability = np.exp(-transition_lambda * np.abs(ratio - 1.0))
    probability[probability <= np.spacing(1)] = 0.0
    probability /= probability.sum(axis=0, keepdims=True)
    return np.log(np.maximum(probability, 1e-300)).astype(np.float32)
