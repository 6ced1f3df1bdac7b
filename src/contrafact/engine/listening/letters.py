"""Which sections are the same material.

Sections are compared whole, along the diagonal that fits best, in every transposition, and grouped by average linkage.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bar_features import BarFeatures
from contrafact.engine.listening.likeness import Lags, bar_likeness

Doubles = NDArray[np.float64]

_SAME = 0.68
"""Likeness in the song's own units above which two sections are one material."""
_PHRASE_BARS = 4
_ENOUGH = 0.75
"""Share of the shorter section that a diagonal must cover."""
_MOVES = (1, 2, 3, 4, 8, 9, 10, 11)
"""Semitones by which a repetition may be moved; a fourth or fifth is more often another progression in one key."""
_MOVE_PRICE = 0.15
_MOST_SECTIONS = 400


def name_letters(features: BarFeatures, lags: Lags, cuts: Sequence[int]) -> list[str]:
    """A letter per section, ``A`` first; equal letters are the same material.

    Parameters
    ----------
    cuts : sequence of int
        First bars of the sections, and the number of bars.
    """
    spans = list(itertools.pairwise(cuts))
    groups = _linked(_likenesses(features, lags, spans))
    order: dict[int, str] = {}
    for group in groups:
        order.setdefault(group, letter(len(order)))
    return [order[group] for group in groups]


def letter(index: int) -> str:
    """``A`` to ``Z``, then ``A1``, ``B1`` …"""
    return chr(ord("A") + index % 26) + (str(index // 26) if index >= 26 else "")


def _likenesses(features: BarFeatures, lags: Lags, spans: Sequence[tuple[int, int]]) -> Doubles:
    count = len(spans)
    parts = [features.rows(np.arange(start, stop)) for start, stop in spans]
    found = np.eye(count)
    for one, two in itertools.combinations(range(count), 2):
        if two - one > _MOST_SECTIONS:
            continue
        found[one, two] = found[two, one] = likeness(parts[one], parts[two], lags)
    return found


def likeness(one: BarFeatures, two: BarFeatures, lags: Lags) -> float:
    """How alike two sections are in the song's own units (0 arbitrary, 1 its best repetition), 0 to about 1."""
    best = _along(bar_likeness(one, two), one.bars, two.bars)
    moved = max(_along(bar_likeness(one, two, semitones), one.bars, two.bars) for semitones in _MOVES)
    scale = lags.reach - lags.common
    return max((best - lags.common) / scale, (moved - lags.common) / scale - _MOVE_PRICE)


def _along(block: Doubles, first: int, second: int) -> float:
    """Mean likeness along the best diagonal that begins with both, or a whole number of phrases into one of them."""
    enough = max(1, int(_ENOUGH * min(first, second)))
    offsets = range(-_PHRASE_BARS * (first // _PHRASE_BARS), second, _PHRASE_BARS)
    lines = [np.diagonal(block, offset) for offset in offsets]
    return max((float(line.mean()) for line in lines if line.size >= enough), default=0.0)


def _linked(likenesses: Doubles) -> list[int]:
    """Group numbers by agglomeration: the two groups with the highest mean likeness are joined while it is enough."""
    count = likenesses.shape[0]
    members: list[list[int]] = [[index] for index in range(count)]
    mean = likenesses.copy()
    np.fill_diagonal(mean, -np.inf)
    alive = np.ones(count, bool)
    for _ in range(count - 1):
        one, two = np.unravel_index(int(np.argmax(mean)), mean.shape)
        if mean[one, two] < _SAME:
            break
        sizes = len(members[one]), len(members[two])
        joined = (sizes[0] * mean[one] + sizes[1] * mean[two]) / sum(sizes)
        members[one] += members[two]
        alive[two] = False
        mean[one], mean[:, one] = joined, joined
        mean[two], mean[:, two] = -np.inf, -np.inf
        mean[one, one] = -np.inf
    groups = np.zeros(count, np.int64)
    for number in np.flatnonzero(alive):
        groups[members[number]] = number
    return [int(group) for group in groups]
