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
_PLACES: Final = 240
"""How finely the beat is looked at for where strokes gather."""
_GATHER: Final = 3.0
"""Places over which strokes gather: 6 ms at 120 beats a minute."""
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
    starts = [(at, time) for at, bar in enumerate(bars) for time in bar.beats_s]
    bar_of = np.array([at for at, _ in starts])
    beats = np.array([time for _, time in starts])
    ends = np.append(beats[1:], bars[-1].end_s)
    last = np.flatnonzero(np.diff(np.append(bar_of, len(bars))))
    ends[last] = [bar.end_s for bar in bars]
    lengths = np.maximum(ends - beats, 1e-6)

    times = np.array([hit.time_s for hit in hits])
    beat = np.searchsorted(beats, times, "right") - 1
    # Just before the first bar is early in it.
    beat[times >= beats[0] - 0.5 * lengths[0]] = np.maximum(beat, 0)[times >= beats[0] - 0.5 * lengths[0]]
    phase = (times - beats[np.maximum(beat, 0)]) / lengths[np.maximum(beat, 0)]
    inside = (beat >= 0) & (phase < 1.0)
    per_beat = _steps_per_beat(phase[inside], division, max(len(bar.beats_s) for bar in bars))
    step = _steps(phase, inside, per_beat)
    beat, step = beat + step // per_beat, step % per_beat
    inside &= (beat >= 0) & (beat < beats.size)
    late_s = times - beats[np.clip(beat, 0, beats.size - 1)]
    late_s -= step / per_beat * lengths[np.clip(beat, 0, beats.size - 1)]
    nearest = (beat * per_beat + step)[inside]

    strengths = np.zeros((len(_DRUMS), beats.size * per_beat))
    drums = np.array([_DRUMS.index(hit.drum) for hit in hits])[inside]
    struck = np.array([hit.strength for hit in hits])[inside]
    np.maximum.at(strengths, (drums, nearest), struck)
    # Even the faintest stroke has a say in how late its step is.
    weight = np.maximum(struck, 0.05)
    total = np.bincount(nearest, weight, beats.size * per_beat)
    offsets = np.bincount(nearest, weight * late_s[inside], total.size) / np.where(total > 0, total, 1.0)

    found = []
    stops = per_beat * np.cumsum(np.bincount(bar_of, minlength=len(bars)))
    for bar, stop in zip(bars, stops.tolist(), strict=True):
        steps = per_beat * len(bar.beats_s)
        kick, snare, hihat = (_rounded(strengths[at, stop - steps : stop], 3) for at in range(len(_DRUMS)))
        offsets_ms = _rounded(1000.0 * offsets[stop - steps : stop], 2)
        found.append(GrooveBar(bar=bar.index, steps=steps, kick=kick, snare=snare, hihat=hihat, offsets_ms=offsets_ms))
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


def _steps(phase: Doubles, inside: NDArray[np.bool_], per_beat: int) -> NDArray[np.int64]:
    """The step of each stroke, by where strokes of the whole song gather within the beat.

    A swung eighth at 0.62 of the beat lies between two steps of twelve; taken one by one, its strokes would fall now on
    one, now on the other. Each stroke goes to the step nearest to the place that its like gather around.
    """
    share = np.bincount((phase[inside] * _PLACES).astype(np.int64) % _PLACES, minlength=_PLACES)
    wave = np.exp(-0.5 * np.square(np.minimum(np.arange(_PLACES), _PLACES - np.arange(_PLACES)) / _GATHER))
    density = np.fft.irfft(np.fft.rfft(share) * np.fft.rfft(wave), _PLACES)
    around = np.stack([np.roll(density, 1), density, np.roll(density, -1)])
    climb = np.arange(_PLACES) + around.argmax(axis=0) - 1
    # Places are counted on beyond the beat, so that a stroke just before it climbs to its end and not to its start.
    for _ in range(_PLACES.bit_length()):
        climb = climb[climb % _PLACES] + (climb - climb % _PLACES)
    place = np.clip(np.floor(phase * _PLACES), -_PLACES, 2 * _PLACES).astype(np.int64)
    peak = climb[place % _PLACES] + (place - place % _PLACES) + 0.5
    gathered = np.rint(peak / _PLACES * per_beat)
    alone = np.rint(phase * per_beat)
    # Those that gather more than a step away are none of its like.
    chosen: NDArray[np.int64] = np.where(np.abs(gathered - phase * per_beat) < 1.0, gathered, alone).astype(np.int64)
    return chosen


def _steps_per_beat(phase: Doubles, division: int, most_beats: int) -> int:
    between = phase[(phase > 0.1) & (phase < 0.9)]
    beside = np.abs(between - np.round(4.0 * between) / 4.0) > _OFF_GRID
    fine = between.size > 0 and float(beside.mean()) > _FEW
    wanted = _COMPOUND if division == 3 else _FINE if fine else _STRAIGHT
    return max(1, min(wanted, _MOST_STEPS // max(1, most_beats)))
