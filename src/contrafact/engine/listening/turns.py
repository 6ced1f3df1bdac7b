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

CUES = ("level", "colour", "strokes", "voice", "unlike", "begins", "ends")
"""Columns of :func:`find_cues`."""

_HALVES = (1, 2, 4)
_USUAL = {"level": 2.0, "colour": 12.0, "strokes": 25.0, "voice": 0.5}
"""A step that counts as much, in each cue's own unit; more where the song itself keeps changing."""
_RUN = 4
_BREAK = 2
"""A repetition is four bars that agree; it begins or ends where the two bars next to them do not."""
_NEAR_LAGS = (1, 2, 4, 8)
_FEWEST_LAGS = 4


def find_cues(features: BarFeatures, lags: Lags) -> Doubles:
    """How much speaks for a section beginning at each bar.

    Returns
    -------
    float64, shape (bars, 7)
        Columns as :data:`CUES`, each 0 (nothing) to 1; the first bar's are 0.

        ``level``, ``colour``, ``strokes``, ``voice``: how far the means of 1, 2 and 4 bars before and after lie apart.
        ``unlike``: the next four bars are not what was played a phrase ago, nor the last four what is played a phrase
        later. ``begins``, ``ends``: here begins what is also played elsewhere, here it ends.

        The mean harmony before and after is no cue: within one key it tells the chords of a phrase apart, not sections.
    """
    count = features.bars
    cues = np.zeros((count, len(CUES)))
    if count < 2:
        return cues
    rows = {
        "level": features.level_db[:, None],
        "colour": features.colour,
        "strokes": features.strokes,
        "voice": features.voice[:, None],
    }
    for column, (name, values) in enumerate(rows.items()):
        step = np.mean([_step(values, half) for half in _HALVES], axis=0)
        usual = max(_USUAL[name], float(np.median(step[1:])))
        cues[:, column] = 1.0 - np.exp(-step / usual)
    cues[:, 4] = _unlike(lags)
    cues[:, 5], cues[:, 6] = _repetitions(lags)
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
    result: Doubles = 1.0 - 0.5 * (np.clip(after, 0.0, 1.0) + np.clip(before, 0.0, 1.0))
    return result


def _repetitions(lags: Lags) -> tuple[Doubles, Doubles]:
    """How clearly a repetition begins, and ends, at the start of each bar: the best over all distances, 0 to 1."""
    alike = lags.alike.astype(np.float64)
    count, width = alike.shape
    begins, ends = np.zeros(count), np.zeros(count)
    for lag in range(_FEWEST_LAGS, width):
        line = alike[lag:, lag]
        if line.size < _RUN:
            continue
        sums = np.concatenate(([0.0], np.cumsum(line)))
        place = np.arange(line.size + 1)
        ahead = np.minimum(line.size, place + _RUN)
        behind = np.maximum(0, place - _RUN)
        after = (sums[ahead] - sums[place]) / _RUN
        before = (sums[place] - sums[behind]) / _RUN
        low, high = np.maximum(0, place - _BREAK), np.minimum(line.size, place + _BREAK)
        just_before = (sums[place] - sums[low]) / np.maximum(1, place - low)
        just_after = (sums[high] - sums[place]) / np.maximum(1, high - place)
        starting, ending = after - just_before, before - just_after
        # Both places are turns: where it is played again, and where it was played first.
        for shift in (0, lag):
            inside = place[: count - shift] if shift else place
            inside = inside[inside + shift < count]
            np.maximum.at(begins, inside + shift, starting[inside])
            np.maximum.at(ends, inside + shift, ending[inside])
    return np.clip(begins, 0.0, 1.0), np.clip(ends, 0.0, 1.0)
