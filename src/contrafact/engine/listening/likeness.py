"""How alike bars and passages are, in the song's own units.

0 is what two arbitrary places of the song have in common (all of it may be in one key and of one band), 1 is what its
best repetitions reach (a band never plays twice the same).

Nothing here is square in the number of bars: bars are compared with those up to ``MOST_LAGS`` later.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bar_features import PARTS, BarFeatures

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_LAGS = 512
"""How many bars later a repetition is still looked for: a quarter of an hour at 2 s to the bar."""

_RUN = 4
_HARMONY, _COLOUR, _STROKES, _LEVEL = 0.55, 0.2, 0.15, 0.1
_COLOUR_DB, _STROKES_DB, _LEVEL_DB = 25.0, 45.0, 6.0
_LEAST_SPREAD = 0.15
_BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Lags:
    """Likeness of each bar to earlier ones: ``alike[b, l]`` is that of bar ``b`` to bar ``b - l``, 0 if there is none.

    ``alike`` float32 (bars, lags + 1), in the song's own units, clipped to 0..1; ``common`` and ``reach`` are the raw
    likeness that became 0 and 1.
    """

    alike: NDArray[np.float32]
    common: float
    reach: float


def bar_likeness(one: BarFeatures, two: BarFeatures, transposed: int = 0) -> Doubles:
    """Raw likeness of every bar of ``one`` with every bar of ``two``, about 0 to 1, shape (bars, bars).

    ``transposed``: how many semitones higher the second lies, 0 to 11.
    """
    harmony = np.clip(one.harmony @ transpose(two.harmony, -transposed).T, 0.0, 1.0)
    colour = np.exp(-_distances(one.colour, two.colour) / _COLOUR_DB)
    strokes = np.exp(-_distances(one.strokes, two.strokes) / _STROKES_DB)
    level = np.exp(-np.abs(one.level_db[:, None] - two.level_db[None, :]) / _LEVEL_DB)
    blend: Doubles = _HARMONY * harmony + _COLOUR * colour + _STROKES * strokes + _LEVEL * level
    return blend


def transposed_likeness(one: BarFeatures, two: BarFeatures, moves: Sequence[int]) -> list[Doubles]:
    """:func:`bar_likeness` for each of several transpositions, what they have in common measured once."""
    rest = bar_likeness(one, two) - _HARMONY * np.clip(one.harmony @ two.harmony.T, 0.0, 1.0)
    return [
        rest + _HARMONY * np.clip(one.harmony @ transpose(two.harmony, -semitones).T, 0.0, 1.0) for semitones in moves
    ]


def transpose(harmony: Doubles, semitones: int) -> Doubles:
    """Rows of pitch classes moved up by some semitones, shape (bars, 48)."""
    shape = harmony.shape
    moved: Doubles = np.roll(harmony.reshape(-1, PARTS, 12), semitones, axis=2).reshape(shape)
    return moved


def compare_lags(features: BarFeatures) -> Lags:
    """Likeness of each bar to those before it."""
    count = features.bars
    lags = min(count - 1, MOST_LAGS)
    raw = np.full((count, lags + 1), np.nan, np.float32)
    for start in range(0, count, _BLOCK):
        stop = min(count, start + _BLOCK)
        low = max(0, start - lags)
        block = bar_likeness(features.rows(np.arange(start, stop)), features.rows(np.arange(low, stop)))
        for bar in range(start, stop):
            near = block[bar - start, max(low, bar - lags) - low : bar - low + 1]
            raw[bar, : near.size] = near[::-1]
    common, reach = _units(raw)
    scaled = np.clip((np.nan_to_num(raw, nan=common) - common) / (reach - common), 0.0, 1.0)
    return Lags(scaled.astype(np.float32), common, reach)


def _units(raw: NDArray[np.float32]) -> tuple[float, float]:
    """What arbitrary pairs of runs of bars share, and what the best repetition of a usual run reaches."""
    count = raw.shape[0]
    if count < 3 * _RUN:
        return 0.4, 0.9
    runs = _along_diagonals(raw)[_RUN - 1 :, 1:]
    known = runs[np.isfinite(runs)]
    if known.size == 0:
        return 0.4, 0.9
    common = float(np.median(known))
    best = np.nanmax(np.where(np.isfinite(runs), runs, -1.0), axis=1)
    reach = float(np.percentile(best, 75))
    # Where all is alike or nothing comes back, the song's own units would magnify what means nothing.
    reach = float(np.clip(max(reach, common + _LEAST_SPREAD), 0.6, 0.97))
    return min(common, reach - _LEAST_SPREAD), reach


def _along_diagonals(raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean over the last four bars at the same lag: row ``b`` holds bars ``b - 3`` to ``b``; rows before are NaN."""
    out = np.full_like(raw, np.nan)
    sums = np.cumsum(np.nan_to_num(raw, nan=0.0), axis=0, dtype=np.float64)
    gone = np.cumsum(~np.isfinite(raw), axis=0)
    sums = np.concatenate((np.zeros((1, raw.shape[1])), sums))
    gone = np.concatenate((np.zeros((1, raw.shape[1]), gone.dtype), gone))
    whole = gone[_RUN:] == gone[:-_RUN]
    out[_RUN - 1 :] = np.where(whole, (sums[_RUN:] - sums[:-_RUN]) / _RUN, np.nan)
    return out


def _distances(one: Doubles, two: Doubles) -> Doubles:
    squares = np.sum(one**2, axis=1)[:, None] + np.sum(two**2, axis=1)[None, :] - 2.0 * one @ two.T
    result: Doubles = np.sqrt(np.maximum(0.0, squares))
    return result
