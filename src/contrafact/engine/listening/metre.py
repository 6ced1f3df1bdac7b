"""How many beats make a bar, and which beat is the first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_HANDICAP = {2: 0.16, 3: 0.0, 4: 0.0, 5: 0.05, 6: 0.03, 7: 0.08}
"""What each metre must be better by, per beat, than four: rarer metres need more evidence."""
_SLIP = -10.0
"""Log-probability of a bar that is cut short or lengthened."""
_CHORD_WEIGHT = 2.5
_NETWORK_WEIGHT = 0.5
"""The network is surer of its downbeats than it has reason to be."""


@dataclass(frozen=True, slots=True, eq=False)
class CountedPositions:
    """``positions`` (1, 2, 3 …) of every beat, the metre, and how far ahead of the next best it is (0..1)."""

    positions: Ints
    beats_per_bar: int
    confidence: float


def count_positions(beat: Doubles, downbeat: Doubles, chord_change: Doubles) -> CountedPositions:
    """Number the beats.

    Parameters
    ----------
    beat, downbeat : float64, shape (beats,)
        What the network says at each beat: an inner beat, a first beat.
    chord_change : float64, shape (beats,)
        0 to 1: how much the harmony changes there. Chords mostly change where bars begin.
    """
    if beat.size == 0:
        return CountedPositions(np.empty(0, np.int64), 4, 0.0)
    first, inner = (_NETWORK_WEIGHT * np.log(np.maximum(heard, 1e-3)) for heard in (downbeat, beat))
    harmony = chord_change - chord_change.mean()
    first = first + _CHORD_WEIGHT * harmony
    inner = inner - _CHORD_WEIGHT * harmony / 3.0
    readings = {metre: _follow(first, inner, metre) for metre in _HANDICAP if beat.size >= 2 * metre or metre == 4}
    scores = {metre: score / beat.size - _HANDICAP[metre] for metre, (_, score) in readings.items()}
    best = max(scores, key=lambda metre: scores[metre])
    # Two and four, three and six tell the same story: only strangers contest the metre.
    others = [score for metre, score in scores.items() if max(metre, best) % min(metre, best)]
    lead = scores[best] - max(others) if others else 0.0
    return CountedPositions(readings[best][0], best, float(1.0 / (1.0 + np.exp(-(lead - 0.04) / 0.05))))


def _follow(first: Doubles, inner: Doubles, metre: int) -> tuple[Ints, float]:
    """Viterbi over positions 0..metre-1, each following the last; a bar may be cut short or stretched at a price."""
    count, last = first.size, metre - 1
    came_from = np.zeros((count, metre), np.int64)
    usual = (np.arange(metre) - 1) % metre
    score = np.full(metre, inner[0])
    score[0] = first[0]
    for index in range(1, count):
        step = score[usual]
        came_from[index] = usual
        earliest = int(score.argmax())
        if score[earliest] + _SLIP > step[0]:
            step[0], came_from[index, 0] = score[earliest] + _SLIP, earliest
        if score[last] + _SLIP > step[last]:
            step[last], came_from[index, last] = score[last] + _SLIP, last
        score = step + inner[index]
        score[0] += first[index] - inner[index]
    path = np.empty(count, np.int64)
    path[-1] = int(score.argmax())
    for index in range(count - 1, 0, -1):
        path[index - 1] = came_from[index, path[index]]
    positions = path + 1
    for index in range(1, count):
        # A stretched bar counts on: 1, 2, 3, 4, 5.
        positions[index] = 1 if path[index] == 0 else positions[index - 1] + 1
    return positions, float(score.max())
