"""Which sections are the same material.

Sections are compared whole, along the diagonal that fits best, in every transposition, and grouped by average linkage.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bar_features import BarFeatures, stacked
from contrafact.engine.listening.likeness import Lags, bar_likeness, transposed_likeness

Doubles = NDArray[np.float64]

_SAME = 0.68
"""Likeness in the song's own units above which two sections are one material."""
_PHRASE_BARS = 4
_ENOUGH = 0.75
"""Share of the shorter section that a diagonal must cover."""
_MOVES = (1, 2, 3, 4, 8, 9, 10, 11)
"""Semitones by which a repetition may be moved; a fourth or fifth is more often another progression in one key."""
_MOVE_PRICE = 0.15


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
    """How alike every two sections are, shape (sections, sections), 1 with themselves.

    Each section is slid, in every transposition, along those that are not shorter than it; where one is over, what
    they share so far counts if it is enough.
    """
    count = len(spans)
    found = np.zeros((count, count))
    lengths = np.array([stop - start for start, stop in spans])
    for one, (start, stop) in enumerate(spans):
        others = [
            two for two in range(count) if lengths[two] > lengths[one] or (lengths[two] == lengths[one] and two > one)
        ]
        if not others:
            continue
        part = features.rows(np.arange(start, stop))
        beside = [features.rows(np.arange(*spans[two])) for two in others]
        edges = np.concatenate(([0], np.cumsum([other.bars for other in beside])))
        blocks = _blocks(part, stacked(beside))
        for two, first, last in zip(others, edges[:-1], edges[1:], strict=True):
            value = _best(blocks[:, :, first:last], lags)
            found[one, two] = found[two, one] = value
    np.fill_diagonal(found, 1.0)
    return found


def likeness(one: BarFeatures, two: BarFeatures, lags: Lags) -> float:
    """How alike two sections are in the song's own units (0 arbitrary, 1 its best repetition), to about 1.5."""
    short, long = (one, two) if one.bars <= two.bars else (two, one)
    return _best(_blocks(short, long), lags)


def _blocks(part: BarFeatures, others: BarFeatures) -> Doubles:
    """Raw likeness of bars, as they are and transposed by each of ``_MOVES``; shape (1 + moves, bars, other bars)."""
    return np.stack([bar_likeness(part, others), *transposed_likeness(part, others, _MOVES)])


def _best(blocks: Doubles, lags: Lags) -> float:
    """The best diagonal that begins a whole number of phrases into the longer section."""
    short, long = blocks.shape[1:]
    enough = max(1, int(_ENOUGH * short))
    means = []
    for offset in range(0, long, _PHRASE_BARS):
        size = min(short, long - offset)
        if size < enough:
            break
        rows = np.arange(size)
        means.append(blocks[:, rows, offset + rows].mean(axis=1))
    best = (np.max(means, axis=0) - lags.common) / (lags.reach - lags.common)
    return float(max(best[0], best[1:].max() - _MOVE_PRICE))


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
