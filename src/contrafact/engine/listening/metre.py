"""How many beats make a bar, which beat is the first, and where the metre changes."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

METRES = (2, 3, 4, 5, 6, 7)
_HANDICAP = {2: 0.18, 3: 0.15, 4: 0.0, 5: 0.1, 6: 0.19, 7: 0.18}
"""What each metre must be better by, per beat, than four: rarer metres need more evidence."""
_HANDICAP_OF_THIRDS = {2: 0.0, 3: 0.02, 4: 0.0, 5: 0.1, 6: 0.05, 7: 0.15}
"""The same where beats divide by three."""
_SLIP = -7.5
"""Log-probability of a bar that is cut short or lengthened."""
_CHANGE = -2.5
"""Log-probability of going on in another metre."""
_FIRST = -0.29
_DOWNBEAT, _BEAT = 0.102, -0.163
_CHANGE_HERE, _CHANGE_NEXT, _CHANGE_BEFORE = 3.49, -1.79, -1.28
_BASS = 0.141
"""Log-odds that a beat is the first of its bar: a logistic model of the network's two activations (logarithms), of the
change of harmony here and at its neighbours (where a chord is heard late or early, both change) and of the bass. All
are a third of what was fitted beat by beat: beats are no independent witnesses."""
_SHORTEST_BARS = 4
_DEARER = (1.0, 2.0, 4.0)
"""A passage in another metre of fewer bars is a slip of the ear: then changes cost more, and at last there are none."""


@dataclass(frozen=True, slots=True, eq=False)
class CountedPositions:
    """``positions`` (1, 2, 3 …) of every beat and the metre it is in, shape (beats,) both.

    ``beats_per_bar`` is the metre of the most bars, ``confidence`` how far ahead of the next best it is (0..1).
    """

    positions: Ints
    metres: Ints
    beats_per_bar: int
    confidence: float


def count_positions(
    beat: Doubles, downbeat: Doubles, chord_change: Doubles, bass: Doubles | None = None, division: int = 2
) -> CountedPositions:
    """Number the beats.

    Parameters
    ----------
    beat, downbeat : float64, shape (beats,)
        What the network says at each beat: an inner beat, a first beat.
    chord_change : float64, shape (beats,)
        0 to 1: how much the harmony changes there. Chords mostly change where bars begin.
    bass : float64, shape (beats,), optional
        How strongly something low is struck there; any scale.
    division : int
        What most beats divide into, 2 or 3.
    """
    if beat.size == 0:
        return CountedPositions(np.empty(0, np.int64), np.empty(0, np.int64), 4, 0.0)
    handicap = _HANDICAP_OF_THIRDS if division == 3 else _HANDICAP
    first, inner = downbeat_odds(beat, downbeat, chord_change, bass), np.zeros(beat.size)
    possible = [metre for metre in METRES if beat.size >= 2 * metre or metre == 4]
    scores = {metre: _follow(first, inner, {metre: handicap[metre]})[2] / beat.size for metre in possible}
    best = max(scores, key=lambda metre: scores[metre])
    # Two and four, three and six tell the same story: only strangers contest the metre, and only they may follow it:
    # three or four, not their half or double.
    strangers = [metre for metre in possible if max(metre, best) % min(metre, best)]
    lead = scores[best] - max((scores[metre] for metre in strangers), default=scores[best])
    allowed = [best, *(metre for metre in strangers if metre not in (2, 6))]
    for dearer in _DEARER:
        positions, metres, _ = _follow(first, inner, {metre: handicap[metre] for metre in allowed}, dearer * _CHANGE)
        if _shortest(positions, metres, best) >= _SHORTEST_BARS:
            break
    else:
        positions, metres, _ = _follow(first, inner, {best: 0.0})
    return CountedPositions(positions, metres, best, float(1.0 / (1.0 + np.exp(-(lead - 0.04) / 0.05))))


def downbeat_odds(beat: Doubles, downbeat: Doubles, chord_change: Doubles, bass: Doubles | None = None) -> Doubles:
    """How much speaks for each beat as the first of its bar; parameters as those of :func:`count_positions`."""
    change = chord_change - chord_change.mean()
    following, before = np.append(change[1:], change[-1:]), np.append(change[:1], change[:-1])
    odds: Doubles = (
        _FIRST
        + _DOWNBEAT * np.log(np.maximum(downbeat, 1e-3))
        + _BEAT * np.log(np.maximum(beat, 1e-3))
        + _CHANGE_HERE * change
        + _CHANGE_NEXT * following
        + _CHANGE_BEFORE * before
        + _BASS * _standard(bass, beat.size)
    )
    return odds


def _standard(line: Doubles | None, size: int) -> Doubles:
    if line is None or float(line.std()) < 1e-9:
        return np.zeros(size)
    scaled: Doubles = np.clip((line - line.mean()) / line.std(), -2.0, 2.0)
    return scaled


def _shortest(positions: Ints, metres: Ints, usual: int) -> int:
    """Bars in the shortest passage that is not in the usual metre; a large number when there is none."""
    edges = np.flatnonzero(np.diff(metres, prepend=-1, append=-1))
    bars = [
        int((positions[start:stop] == 1).sum()) for start, stop in itertools.pairwise(edges) if metres[start] != usual
    ]
    return min(bars, default=1_000_000)


def _follow(
    first: Doubles, inner: Doubles, handicap: dict[int, float], change: float = _CHANGE
) -> tuple[Ints, Ints, float]:
    """Viterbi over the positions of all metres asked for: positions, metres and the score.

    Each position follows the last; a bar may be cut short or stretched at a price, and after a bar another metre may
    follow, at a price.
    """
    names = list(handicap)
    starts = np.concatenate(([0], np.cumsum(names)))[:-1]
    ends = starts + np.array(names) - 1
    states = int(ends[-1]) + 1
    owner = np.repeat(np.arange(len(names)), names)
    cost = np.repeat([handicap[metre] for metre in names], names)
    usual = np.arange(states) - 1
    usual[starts] = ends
    count = first.size
    came_from = np.empty((count, states), np.int8)
    score = inner[0] - cost
    score[starts] = first[0] - cost[starts]
    for index in range(1, count):
        step, origin = score[usual], usual.copy()
        at_end = int(ends[score[ends].argmax()])
        for start, end in zip(starts, ends, strict=True):
            if score[at_end] + change > step[start]:
                step[start], origin[start] = score[at_end] + change, at_end
            own = start + int(score[start : end + 1].argmax())
            if score[own] + _SLIP > step[start]:
                step[start], origin[start] = score[own] + _SLIP, own
            if score[end] + _SLIP > step[end]:
                step[end], origin[end] = score[end] + _SLIP, end
        came_from[index] = origin
        score = step + inner[index] - cost
        score[starts] += first[index] - inner[index]
    path = np.empty(count, np.int64)
    path[-1] = int(score.argmax())
    for index in range(count - 1, 0, -1):
        path[index - 1] = came_from[index, path[index]]
    positions = path - starts[owner[path]] + 1
    for index in range(1, count):
        # A stretched bar counts on: 1, 2, 3, 4, 5.
        positions[index] = 1 if positions[index] == 1 else positions[index - 1] + 1
    return positions, np.array(names)[owner[path]], float(score.max())
