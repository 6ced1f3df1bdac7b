"""How well a stem was found."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.listening.drum_model import load_model
from contrafact.engine.listening.strokes import find_strokes
from contrafact.engine.separation.spectra import Grid

SILENT_DB = -50.0
"""A stem whose truth is softer than this against its mix counts as absent."""
_STROKE, _NEAR_S = 0.5, 0.025
_GRID = Grid(4096)
_TILE_FRAMES = 86
"""One second."""
_TILE_HZ = (0, 120, 250, 500, 1000, 2000, 4000, 8000, 22_050)

Seconds = NDArray[np.float64]


def sdr_db(truth: Samples, estimate: Samples) -> float:
    """Power of the truth against that of what is wrong, over both channels and the whole excerpt."""
    error = float(np.square(truth - estimate, dtype=np.float64).sum())
    return float(10 * np.log10(float(np.square(truth, dtype=np.float64).sum()) / max(error, 1e-20)))


def level_db(part: Samples, mix: Samples) -> float:
    """Power of a part against the mix."""
    return float(
        10 * np.log10(np.square(part, dtype=np.float64).sum() / np.square(mix, dtype=np.float64).sum() + 1e-12)
    )


def leak_db(source: Samples, estimate: Samples) -> float:
    """How much of a source is in the estimate of another: in tiles of a second by an octave or so, the gain with which
    the source is found there (least squares over both channels), as power against the source's.

    What merely resembles the source by chance adds about a thousandth of the estimate's own power.
    """
    frames = _GRID.frames(source.shape[1])
    edges = (np.array(_TILE_HZ) / SAMPLE_RATE * _GRID.size).round().astype(int)
    found = whole = 0.0
    for first in range(0, frames, _TILE_FRAMES):
        true, heard = (_GRID.analyse(sound, first, min(frames, first + _TILE_FRAMES)) for sound in (source, estimate))
        for low, high in pairwise(edges):
            part = true[:, :, low : high + 1]
            power = float(np.square(np.abs(part)).sum())
            if power > 0.0:
                likeness = complex((part.conj() * heard[:, :, low : high + 1]).sum())
                found += abs(likeness) ** 2 / power
            whole += power
    return float(10 * np.log10(found / max(whole, 1e-20) + 1e-12))


def stroke_times(drums: Samples) -> Seconds:
    """When the drum network hears a stroke, in order; float64 (strokes,)."""
    model = load_model()
    times, impressions, odds = [], [], []
    for _, strokes in find_strokes(Audio(drums)):
        seen, first = model.glance(strokes.pictures)
        times.append(strokes.times_s)
        impressions.append(seen)
        odds.append(first)
    if not sum(map(len, times)):
        return np.zeros(0)
    chances = model.compare(np.concatenate(impressions), np.concatenate(odds)).max(axis=1)
    return np.sort(np.concatenate(times)[chances >= _STROKE])


def paired(truth: Seconds, estimate: Seconds, near_s: float = _NEAR_S) -> tuple[float, float]:
    """F-measure of moments that lie near each other, each paired once, and the median distance of the pairs in ms.

    Both must be in order.
    """
    pairs, at = [], 0
    for time_s in truth:
        while at < estimate.size and estimate[at] < time_s - near_s:
            at += 1
        if at < estimate.size and estimate[at] <= time_s + near_s:
            pairs.append(abs(float(estimate[at] - time_s)))
            at += 1
    if not pairs:
        return 0.0, float("nan")
    return 2 * len(pairs) / (truth.size + estimate.size), 1000 * float(np.median(pairs))


def summed(values: Sequence[float], *, high_is_bad: bool = False) -> Mapping[str, float]:
    """Mean, median and the worst decile's border."""
    return {
        "mean": round(float(np.mean(values)), 2),
        "median": round(float(np.median(values)), 2),
        "worst_decile": round(float(np.percentile(values, 90 if high_is_bad else 10)), 2),
        "count": len(values),
    }
