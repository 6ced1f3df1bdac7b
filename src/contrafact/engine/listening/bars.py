"""Beats to bars: which beat is the first, where pickups and tails go, and how fast each bar runs."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Bar, Beat, MetreSpan, TempoPoint
from contrafact.engine.listening.grid import BeatGrid

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CountedBeats:
    """Beat times (float64 s) and their positions in the bar (1, 2, 3 …), from the first sound to the last."""

    times_s: Doubles
    positions: Ints


@dataclass(frozen=True, slots=True, eq=False)
class MetredBeats(CountedBeats):
    """The same with the metre (beats per bar, int64) that each beat is in."""

    metres: Ints


def fill_gaps(grid: BeatGrid) -> Doubles:
    """Times of every beat from the first heard to the last, missed ones in between included."""
    numbers = np.arange(int(grid.numbers[0]), int(grid.numbers[-1]) + 1)
    times: Doubles = np.interp(numbers, grid.numbers, grid.times_s)
    return times


def cover(counted: MetredBeats, period_s: float | None, first_s: float, last_s: float) -> MetredBeats:
    """Add beats before and after, as far as the song is heard (``first_s`` to ``last_s``) and no further.

    They run at ``period_s``, or at the tempo of the nearest eight beats when it is None, and count on.
    """
    times_s, positions, metres = counted.times_s, counted.positions, counted.metres
    edge = min(8, times_s.size - 1)
    head = period_s or float(times_s[edge] - times_s[0]) / edge
    tail = period_s or float(times_s[-1] - times_s[-1 - edge]) / edge
    before = max(0, int(np.floor((times_s[0] - max(0.0, first_s - 0.1 * head)) / head + 1e-6)))
    after = max(0, int(np.floor((last_s - times_s[-1]) / tail + 1e-6)))
    front = times_s[0] - head * np.arange(before, 0, -1)
    back = times_s[-1] + tail * np.arange(1, after + 1)
    all_times = np.concatenate((front, times_s, back))
    all_positions = np.concatenate(
        (
            (positions[0] - 1 - np.arange(before, 0, -1)) % metres[0] + 1,
            positions,
            (positions[-1] - 1 + np.arange(1, after + 1)) % metres[-1] + 1,
        )
    )
    all_metres = np.concatenate((np.full(before, metres[0]), metres, np.full(after, metres[-1])))
    keep = (all_times >= 0.0) & (all_times < last_s)
    return MetredBeats(all_times[keep], all_positions[keep].astype(np.int64), all_metres[keep].astype(np.int64))


def end_with(counted: MetredBeats, last_onset_s: float) -> MetredBeats:
    """The same without the bars in which nothing is struck any more: a last chord that rings on has no beat."""
    struck = int(np.searchsorted(counted.times_s, last_onset_s, side="right"))
    later = np.flatnonzero(counted.positions[struck:] == 1)
    if later.size == 0:
        return counted
    stop = max(1, struck + int(later[0]))
    return MetredBeats(counted.times_s[:stop], counted.positions[:stop], counted.metres[:stop])


def lay_bars(counted: CountedBeats, duration_s: float) -> tuple[tuple[Beat, ...], tuple[Bar, ...]]:
    """Beats and bars of the chart; a first bar that does not begin on position 1 is a pickup."""
    times, positions = counted.times_s, counted.positions
    if times.size == 0:
        return (), ()
    starts = [0, *(int(index) for index in np.nonzero(positions[1:] == 1)[0] + 1)]
    bars = []
    for index, start in enumerate(starts):
        stop = starts[index + 1] if index + 1 < len(starts) else times.size
        gap = float(times[stop - 1] - times[stop - 2]) if stop > 1 else duration_s - float(times[stop - 1])
        end = float(times[stop]) if stop < times.size else min(duration_s, float(times[stop - 1]) + gap)
        bars.append(
            Bar(
                index=index,
                start_s=float(times[start]),
                end_s=end,
                beats_s=tuple(float(time) for time in times[start:stop]),
            )
        )
    beats = tuple(
        Beat(time_s=float(time), position=int(position)) for time, position in zip(times, positions, strict=True)
    )
    return beats, tuple(bars)


def metre_spans(
    counted: MetredBeats, bars: tuple[Bar, ...], division: Literal[2, 3], confidence: float
) -> tuple[MetreSpan, ...]:
    """The metres of the song in order, in whole bars; the metre of a bar is that of its first beat."""
    spans: list[MetreSpan] = []
    beat = 0
    for bar in bars:
        # A pickup belongs to the metre that it leads into, and so do all its beats.
        metre = int(counted.metres[beat])
        beat += len(bar.beats_s)
        begun = {"start_s": bar.start_s, "first_bar": bar.index}
        if spans and spans[-1].beats_per_bar == metre:
            last = spans.pop()
            begun = {"start_s": last.start_s, "first_bar": last.first_bar}
        spans.append(
            MetreSpan(
                beats_per_bar=metre,
                division=division,
                confidence=confidence,
                end_s=bar.end_s,
                last_bar=bar.index,
                **begun,
            )
        )
    return tuple(spans)


def tempo_curve(bars: tuple[Bar, ...], steady_bpm: float | None) -> tuple[TempoPoint, ...]:
    """Tempo at each bar's start: the one tempo of a steady song, else each bar's own, lightly smoothed."""
    if not bars:
        return ()
    if steady_bpm is not None:
        return (TempoPoint(time_s=bars[0].start_s, bpm=steady_bpm),)
    tempi = np.array([60.0 * len(bar.beats_s) / max(1e-3, bar.end_s - bar.start_s) for bar in bars])
    if tempi.size >= 3:
        padded = np.concatenate((tempi[:1], tempi, tempi[-1:]))
        tempi = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    return tuple(TempoPoint(time_s=bar.start_s, bpm=float(bpm)) for bar, bpm in zip(bars, tempi, strict=True))
