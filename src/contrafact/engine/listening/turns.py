"""Signs that a section begins at a bar.

Sources: J. Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000 (before against after);
J. Serrà et al., "Unsupervised music structure annotation by time series structure features and segment similarity",
IEEE Trans. Multimedia 2014 (what is repeated, before against after).
"""

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bar_features import BarFeatures
from contrafact.engine.listening.likeness import Lags

Doubles = NDArray[np.float64]

CUES = ("level", "colour", "strokes", "harmony", "voice", "unlike", "repeats")
"""Columns of :func:`find_cues`."""

_HALVES = (1, 2, 4, 8)
_USUAL = {"level": 2.0, "colour": 12.0, "strokes": 25.0, "harmony": 0.5, "voice": 0.5, "repeats": 0.8}
"""A step that counts as much, in each cue's own unit; more where the song itself keeps changing."""
_RUN = 4
_NEAR_LAGS = (1, 2, 4, 8)
_FEWEST_LAGS = 4


def find_cues(features: BarFeatures, lags: Lags) -> Doubles:
    """How much speaks for a section beginning at each bar.

    Returns
    -------
    float64, shape (bars, 7)
        Columns as :data:`CUES`, each 0 (nothing) to 1; the first bar's are 0.

        ``level``, ``colour``, ``strokes``, ``harmony``, ``voice``: how far the means of the 1, 2, 4 and 8 bars
        before and after lie apart. ``unlike``: the next four bars are not what was played a phrase ago, nor the last
        four what is played a phrase later. ``repeats``: what the bars before repeat is not what the bars after repeat.
    """
    count = features.bars
    cues = np.zeros((count, len(CUES)))
    if count < 2:
        return cues
    rows = {
        "level": features.level_db[:, None],
        "colour": features.colour,
        "strokes": features.strokes,
        "harmony": features.harmony,
        "voice": features.voice[:, None],
        "repeats": _structure(lags),
    }
    for column, name in enumerate(CUES):
        if name == "unlike":
            cues[:, column] = _unlike(lags)
            continue
        step = np.mean([_step(rows[name], half) for half in _HALVES], axis=0)
        usual = max(_USUAL[name], float(np.median(step[1:])))
        cues[:, column] = 1.0 - np.exp(-step / usual)
    cues[0] = 0.0
    return cues


def _step(rows: Doubles, half: int) -> Doubles:
    """Distance between the means of up to ``half`` bars before and after the start of each bar; 0 for the first."""
    count = rows.shape[0]
    sums = np.concatenate((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))
    bar = np.arange(1, count)
    start, stop = np.maximum(0, bar - half), np.minimum(count, bar + half)
    before = (sums[bar] - sums[start]) / (bar - start)[:, None]
    after = (sums[stop] - sums[bar]) / (stop - bar)[:, None]
    # One or two bars at an end are not a mean yet.
    trust = np.minimum(1.0, np.minimum(bar - start, stop - bar) / min(4.0, half))
    found = np.zeros(count)
    found[1:] = trust * np.linalg.norm(after - before, axis=1)
    return found


def _unlike(lags: Lags) -> Doubles:
    """How little the coming run of bars has to do with what was played a phrase before it, and the other way round."""
    count = lags.alike.shape[0]
    after, before = np.zeros(count), np.zeros(count)
    for lag in _NEAR_LAGS:
        if lag >= lags.alike.shape[1]:
            continue
        line = lags.alike[:, lag].astype(np.float64)
        sums = np.concatenate(([0.0], np.cumsum(line)))
        bar = np.arange(count)
        stop = np.minimum(count, bar + _RUN)
        after = np.maximum(after, (sums[stop] - sums[bar]) / (stop - bar))
        # Bars b-4 … b-1 against those a lag later: rows b-4+lag … b-1+lag.
        first, last = np.clip(bar - _RUN, 0, None) + lag, bar + lag
        inside = last <= count
        first, last = np.minimum(first, count), np.minimum(last, count)
        mean = (sums[last] - sums[first]) / np.maximum(1, last - first)
        before = np.where(inside & (last > first), np.maximum(before, mean), before)
    near_end = np.arange(count) + 1 > count
    before = np.where(near_end, after, before)
    result: Doubles = 1.0 - 0.5 * (np.clip(after, 0.0, 1.0) + np.clip(before, 0.0, 1.0))
    return result


def _structure(lags: Lags) -> Doubles:
    """Per bar the distances, forwards and backwards, at which its four-bar passage comes again; shape (bars, lags)."""
    alike = lags.alike.astype(np.float64)
    count, width = alike.shape
    passages = np.zeros_like(alike)
    kernel = 2
    sums = np.concatenate((np.zeros((1, width)), np.cumsum(alike, axis=0)))
    for bar in range(count):
        low, high = max(0, bar - kernel), min(count, bar + kernel)
        passages[bar] = (sums[high] - sums[low]) / (high - low)
    strong = np.clip((passages - 0.5) / 0.5, 0.0, 1.0)
    strong[:, :_FEWEST_LAGS] = 0.0
    # A repetition is one of both places: the later bar is like the earlier, and the earlier like the later.
    forwards = np.zeros_like(strong)
    for lag in range(_FEWEST_LAGS, width):
        forwards[: count - lag, lag] = strong[lag:, lag]
    both = np.concatenate((strong, forwards), axis=1)
    blurred: Doubles = both.copy()
    blurred[:, 1:] += 0.5 * both[:, :-1]
    blurred[:, :-1] += 0.5 * both[:, 1:]
    return blurred
