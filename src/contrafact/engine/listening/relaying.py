"""Beats and bars laid anew from what an owner knows: a tempo, a first beat, a metre.

Times are float64 seconds from the start of the recording throughout.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.bars import MetredBeats
from contrafact.engine.listening.chart import Bar, Chart

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_AGREEING = 0.7
"""Mean resultant length (0..1) from which on heard times tell where the beats of another tempo lie."""
_FEWEST = 3
_NEAR_S = 0.07
"""How far what a person taps or types may lie from the beat that is meant."""
_ON_LINE_S = 0.005
_GRAIN_S = 1e-6
"""Shorter than a sample: times closer than this are the same time."""


@dataclass(frozen=True, slots=True)
class Count:
    """From the beat nearest to ``anchor_s`` on, bars of ``beats_per_bar`` are counted."""

    anchor_s: float
    beats_per_bar: int


def heard_counts(chart: Chart) -> list[Count]:
    """How the bars of a chart are counted: a new count wherever the metre changes or a bar was cut."""
    counts: list[Count] = []
    whole = True
    for bar in _full_bars(chart):
        beats_per_bar = _beats_per_bar(chart, bar.index)
        if not (counts and counts[-1].beats_per_bar == beats_per_bar and whole):
            counts.append(Count(bar.start_s, beats_per_bar))
        whole = len(bar.beats_s) == beats_per_bar
    if not counts:
        return [Count(chart.beats[0].time_s if chart.beats else 0.0, chart.metre.beats_per_bar)]
    return counts


def one_metre(chart: Chart) -> bool:
    """Whether the whole chart is in one metre."""
    return len({item.beats_per_bar for item in chart.metres}) < 2


def count(times_s: Doubles, counts: Sequence[Count]) -> MetredBeats:
    """Ascending beats with their positions in the bar and their metres; before the first anchor it counts backwards."""
    places = nearest(times_s, np.array([item.anchor_s for item in counts])).tolist()
    positions = np.empty(times_s.size, np.int64)
    metres = np.empty(times_s.size, np.int64)
    for number, (place, item) in enumerate(zip(places, counts, strict=True)):
        start = 0 if number == 0 else place
        positions[start:] = (np.arange(start, times_s.size) - place) % item.beats_per_bar + 1
        metres[start:] = item.beats_per_bar
    return MetredBeats(times_s, positions, metres)


def doubled(chart: Chart) -> Doubles:
    """A beat more between every two, and after the last if the music goes on for so long."""
    heard = heard_beats(chart)
    if heard.size < 2:
        return heard
    times: Doubles = np.interp(np.arange(2 * heard.size - 1) / 2.0, np.arange(heard.size), heard)
    more = heard[-1] + 0.5 * (heard[-1] - heard[-2])
    return np.append(times, more) if more < _end_s(chart) - _GRAIN_S else times


def halved(chart: Chart, from_s: float | None, beats_per_bar: int) -> Doubles:
    """Every second beat: those with the beat nearest to ``from_s``, else those on which most sections begin.

    Without sections to tell, the first full bar's first beat is kept. Bars become twice as long, so which of two first
    beats stays one is asked over ``beats_per_bar`` of the new beats.
    """
    heard = heard_beats(chart)
    if heard.size < 2:
        return heard
    if from_s is None:
        from_s = best_anchor(chart, heard, beats_per_bar, step=2)
    return heard[int(nearest(heard, np.array([from_s]))[0]) % 2 :: 2]


def best_anchor(chart: Chart, times_s: Doubles, beats_per_bar: int, step: int = 1) -> float:
    """The beat among the first ones from which bars are best counted: most sections, then most heard bars begin so.

    ``step`` is how many of ``times_s`` make one beat.
    """
    size = min(times_s.size, beats_per_bar * step)
    numbers = np.arange(times_s.size)
    sections = np.array([section.start_s for section in chart.sections if section.first_bar or not _pickup(chart)])
    downbeats = np.array([bar.start_s for bar in _full_bars(chart)])
    heard = nearest(times_s, downbeats)
    begins = nearest(times_s, sections)

    def score(place: int) -> tuple[int, int, int]:
        on = (numbers - place) % (beats_per_bar * step) == 0
        return int(on[begins].sum()), int(on[heard].sum()), -place

    return float(times_s[max(range(size), key=score)])


def straight(chart: Chart, bpm: float, downbeat_s: float | None) -> Doubles | None:
    """A line of beats at a tempo over the part of the recording in which beats were heard.

    Its phase is that of the heard beats, or of the heard first beats, or of the sections, whichever first agrees on one
    (mean resultant length, N. I. Fisher, "Statistical analysis of circular data", 1993, section 2.3); else that of the
    downbeat. None when nothing tells.
    """
    period = 60.0 / bpm
    phase = _phase(chart, period)
    if downbeat_s is not None and (phase is None or not _means(_off(downbeat_s, phase, period), period)):
        phase = downbeat_s
    if phase is None:
        return None
    first = chart.beats[0].time_s if chart.beats else 0.0
    last = _end_s(chart)
    low = int(np.ceil((min(first, last if downbeat_s is None else downbeat_s) - 0.1 * period - phase) / period))
    high = int(np.ceil((max(last, 0.0 if downbeat_s is None else downbeat_s) - phase) / period + 1.0))
    times: Doubles = phase + period * np.arange(low, max(low, high), dtype=np.float64)
    times = times[(times >= -_GRAIN_S) & ((times < last - _GRAIN_S) | (times <= (downbeat_s or 0.0) + 0.5 * period))]
    return np.maximum(times, 0.0)


def with_downbeat(times_s: Doubles, downbeat_s: float, duration_s: float) -> Doubles:
    """The same beats, or all of them moved, so that one lies where a bar was said to begin.

    What lies as near to a beat as a person taps means that beat. Beats are added when it lies before or after them.
    """
    if times_s.size < 2:
        return times_s
    head, tail = float(times_s[1] - times_s[0]), float(times_s[-1] - times_s[-2])
    before = max(0, int(np.ceil((times_s[0] - downbeat_s) / head - 0.5)))
    after = max(0, int(np.ceil((downbeat_s - times_s[-1]) / tail - 0.5)))
    front = times_s[0] - head * np.arange(before, 0, -1)
    back = times_s[-1] + tail * np.arange(1, after + 1)
    times: Doubles = np.concatenate((front, times_s, back))
    place = int(nearest(times, np.array([downbeat_s]))[0])
    local = float(np.diff(times)[max(0, min(place, times.size - 2))])
    off = downbeat_s - float(times[place])
    if not _means(off, local):
        times = times + off
    return np.maximum(times[(times >= -_GRAIN_S) & (times < duration_s - _GRAIN_S)], 0.0)


def line_through(times_s: Doubles) -> tuple[float, bool]:
    """Tempo of given beats in BPM, and whether they lie on one line: the line's tempo then, else the median's."""
    gaps = np.diff(times_s)
    if times_s.size >= 4:
        numbers = np.arange(times_s.size, dtype=np.float64)
        slope, start = np.polyfit(numbers, times_s, 1)
        if float(np.abs(times_s - start - slope * numbers).max()) <= _ON_LINE_S:
            return 60.0 / float(slope), True
    return 60.0 / float(np.median(gaps)), False


def heard_beats(chart: Chart) -> Doubles:
    """Times of a chart's beats, float64 (beats,)."""
    return np.array([beat.time_s for beat in chart.beats], dtype=np.float64)


def _phase(chart: Chart, period_s: float) -> float | None:
    evidence = (
        [beat.time_s for beat in chart.beats],
        [bar.start_s for bar in _full_bars(chart)],
        [section.start_s for section in chart.sections if section.first_bar],
    )
    for times in evidence:
        if len(times) >= _FEWEST:
            resultant = complex(np.exp(2j * np.pi * np.array(times) / period_s).mean())
            if abs(resultant) >= _AGREEING:
                return float(np.angle(resultant)) / (2.0 * np.pi) * period_s
    return None


def _off(time_s: float, phase_s: float, period_s: float) -> float:
    """How far a time lies from the nearest beat of a line."""
    return (time_s - phase_s + 0.5 * period_s) % period_s - 0.5 * period_s


def _means(off_s: float, period_s: float) -> bool:
    return abs(off_s) <= min(_NEAR_S, 0.25 * period_s)


def _full_bars(chart: Chart) -> tuple[Bar, ...]:
    """The bars without a pickup."""
    return chart.bars[1:] if _pickup(chart) else chart.bars


def _pickup(chart: Chart) -> bool:
    return bool(chart.beats) and chart.beats[0].position != 1


def _beats_per_bar(chart: Chart, bar: int) -> int:
    metre = next((item for item in chart.metres if item.first_bar <= bar <= item.last_bar), chart.metre)
    return metre.beats_per_bar


def _end_s(chart: Chart) -> float:
    """Where the heard bars end; the end of the recording when there are none."""
    return min(chart.duration_s, chart.bars[-1].end_s) if chart.bars else chart.duration_s


def nearest(times_s: Doubles, wanted_s: Doubles) -> Ints:
    """Index of the ascending ``times_s`` nearest to each of ``wanted_s``; of two equally near the earlier."""
    after = np.clip(np.searchsorted(times_s, wanted_s), 1, max(1, times_s.size - 1))
    if times_s.size < 2:
        return np.zeros(wanted_s.size, np.int64)
    found: Ints = np.where(wanted_s - times_s[after - 1] <= times_s[after] - wanted_s, after - 1, after)
    return found
