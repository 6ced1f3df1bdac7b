"""How a drummer plays: the strokes of each bar on an even grid, and how late or early they come.

The grid is one for the whole song, so that bars can be compared. A beat has four steps in straight songs and twelve
where strokes fall between the sixteenths (triplets and swing are then whole steps); a beat that divides by three has
six. Whatever remains is microtiming and stands in ``offsets_ms``.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Bar, Drums, GrooveBar, Hit

Doubles = NDArray[np.float64]

_DRUMS: Final = ("kick", "snare", "hihat")
_STRAIGHT, _FINE, _COMPOUND = 4, 12, 6
_MOST_STEPS = 96
_OFF_GRID = 0.06
"""Share of a beat that a stroke may lie beside a sixteenth and still be one."""
_FEW = 0.2
"""Share of the strokes between the beats that may miss the sixteenths in a straight song."""
_USUAL = 0.5
"""A step belongs to the typical bar when it is struck in at least this share of the bars."""


def find_groove(hits: Sequence[Hit], bars: Sequence[Bar], division: int = 2) -> tuple[GrooveBar, ...]:
    """What is played in each bar.

    Parameters
    ----------
    hits : sequence of Hit
        In order of time.
    bars : sequence of Bar
        Of the chart. Strokes before the first and after the last belong to none.
    division : int
        How a beat divides: 2, or 3 in compound time.

    Returns
    -------
    tuple of GrooveBar
        One for every bar, empty ones included; none at all where there are no hits.
    """
    if not hits or not bars:
        return ()
    times = np.array([hit.time_s for hit in hits])
    beats = np.unique(np.concatenate([[*bar.beats_s, bar.end_s] for bar in bars]))
    per_beat = min(_steps_per_beat(times, beats, division), max(1, _MOST_STEPS // max(len(b.beats_s) for b in bars)))
    grids = [_grid(bar, per_beat) for bar in bars]
    sizes = np.array([grid.size for grid in grids])
    grid = np.concatenate(grids)
    steps_s = np.concatenate([np.diff(np.append(grid, bar.end_s)) for grid, bar in zip(grids, bars, strict=True)])
    nearest = _nearest(times, grid)
    late_s = times - grid[nearest]
    inside = np.abs(late_s) <= 0.75 * steps_s[nearest]

    strengths = np.zeros((len(_DRUMS), grid.size))
    drums = np.array([_DRUMS.index(hit.drum) for hit in hits])
    struck = np.array([hit.strength for hit in hits])
    np.maximum.at(strengths, (drums[inside], nearest[inside]), struck[inside])
    # Rounding a weight up keeps the faintest stroke from having none.
    weight = np.maximum(struck, 0.05) * inside
    total = np.bincount(nearest, weight, grid.size)
    offsets = 1000.0 * np.bincount(nearest, weight * late_s, grid.size) / np.where(total > 0, total, 1.0)

    found = []
    stops = np.cumsum(sizes)
    for bar, start, stop in zip(bars, stops - sizes, stops, strict=True):
        kick, snare, hihat = (_rounded(strengths[at, start:stop], 3) for at in range(len(_DRUMS)))
        found.append(
            GrooveBar(
                bar=bar.index,
                steps=int(stop - start),
                kick=kick,
                snare=snare,
                hihat=hihat,
                offsets_ms=_rounded(offsets[start:stop], 2),
            )
        )
    return tuple(found)


def typical_groove(drums: Drums, first_bar: int, last_bar: int) -> GrooveBar | None:
    """The bar that stands for bars ``first_bar`` to ``last_bar`` (inclusive), numbered as the first of them.

    A step is struck when at least half of the bars strike it, as hard and as late as the median of those that do. Bars
    of another length than most, and bars without any stroke, have no say. None where nothing is played.
    """
    bars = [bar for bar in drums.groove if first_bar <= bar.bar <= last_bar and any(bar.kick + bar.snare + bar.hihat)]
    if not bars:
        return None
    steps = Counter(bar.steps for bar in bars).most_common(1)[0][0]
    bars = [bar for bar in bars if bar.steps == steps]
    rows = np.array([[bar.kick, bar.snare, bar.hihat] for bar in bars])
    usual = (rows > 0).mean(axis=0) >= _USUAL
    strengths = _median_of(rows, rows > 0) * usual
    struck = (rows > 0).any(axis=1) & usual.any(axis=0)
    offsets = _median_of(np.array([bar.offsets_ms for bar in bars]), struck)
    kick, snare, hihat = (_rounded(row, 3) for row in strengths)
    return GrooveBar(bar=first_bar, steps=steps, kick=kick, snare=snare, hihat=hihat, offsets_ms=_rounded(offsets, 2))


def _median_of(rows: Doubles, where: NDArray[np.bool_]) -> Doubles:
    """Median over the first axis of the entries asked for; 0 where there are none."""
    ordered = np.sort(np.where(where, rows, np.inf), axis=0)
    count = where.sum(axis=0)
    low, high = np.maximum(count - 1, 0) // 2, np.maximum(count, 1) // 2
    high = np.minimum(high, np.maximum(count - 1, 0))
    pair = np.take_along_axis(ordered, low[None], 0)[0] / 2 + np.take_along_axis(ordered, high[None], 0)[0] / 2
    return np.where(count > 0, pair, 0.0)


def _rounded(values: Doubles, digits: int) -> tuple[float, ...]:
    return tuple((np.round(values, digits) + 0.0).tolist())


def _grid(bar: Bar, per_beat: int) -> Doubles:
    edges = np.array([*bar.beats_s, bar.end_s])
    share = np.arange(per_beat) / per_beat
    grid: Doubles = (edges[:-1, None] + np.diff(edges)[:, None] * share[None, :]).ravel()
    return grid


def _nearest(times: Doubles, grid: Doubles) -> NDArray[np.int64]:
    after = np.clip(np.searchsorted(grid, times), 1, max(1, grid.size - 1))
    before = after - 1
    after = np.minimum(after, grid.size - 1)
    return np.where(times - grid[before] < grid[after] - times, before, after)


def _steps_per_beat(times: Doubles, beats: Doubles, division: int) -> int:
    if division == 3:
        return _COMPOUND
    inside = times[(times >= beats[0]) & (times < beats[-1])]
    phase = np.interp(inside, beats, np.arange(beats.size)) % 1.0
    between = phase[(phase > 0.1) & (phase < 0.9)]
    beside = np.abs(between - np.round(4.0 * between) / 4.0) > _OFF_GRID
    return _FINE if between.size and float(beside.mean()) > _FEW else _STRAIGHT
