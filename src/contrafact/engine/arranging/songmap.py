"""What choosing a form needs to know of a song, read from its chart once: bars, and per bar harmony, energy, voice."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.chords import parse_chord
from contrafact.engine.arranging.layout import SectionSpan, SourceBar
from contrafact.engine.listening.chart import Chart

Floats = NDArray[np.float64]

MOST_BARS = 4000
_PHRASE_GAP_S = 0.07
"""Notes of a melody closer than this are one word: less is a consonant, not a rest."""
_REACH_BEATS = 1.5
_REACH_S = 1.2
"""How far from a bar line the voice may change over: a pickup is rarely longer."""
_JUST_INSIDE_S = 0.05
_DB_OF_ENERGY = 9.0
"""Decibels between the quietest and the loudest sections of most songs."""
_LEAST_SHARE = 0.4


@dataclass(frozen=True, eq=False)
class SongMap:
    """The song as its bars; arrays have one row per bar.

    ``due`` and ``given`` are pitch classes (0 or 1) of the chord that follows a bar and of the one that it begins with,
    ``last`` and ``first`` number the chords at its end and start (-1 for none). ``free_out`` and ``free_in`` are the
    spans in which the voice is silent around the bar's end and around its start, (bars, 2, 2) seconds relative to the
    line, NaN where there is none within reach.
    """

    duration_s: float
    bars: tuple[SourceBar, ...]
    sections: tuple[SectionSpan, ...]
    lengths_s: Floats
    energy: Floats
    level_db: Floats
    """Estimated: the section's loudness, and what the voice adds to each bar of it."""
    sung: Floats
    """Share of the bar in which somebody sings."""
    struck: Floats | None
    """Drum strokes per beat, None where nobody listened to the drums."""
    given: Floats
    due: Floats
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    place: NDArray[np.int64]
    """Number of the bar inside its section."""
    home: NDArray[np.int64]
    free_out: Floats
    free_in: Floats
    phrases: tuple[tuple[float, float], ...]
    """When somebody sings, in source seconds."""
    voiced: bool
    """Whether that is heard in the take."""

    @property
    def lead_in_s(self) -> float:
        """What sounds before the first bar."""
        return self.bars[0].start_s

    @property
    def tail_s(self) -> float:
        """What sounds after the last bar."""
        return max(0.0, self.duration_s - self.bars[-1].end_s)

    def bars_of(self, section: int) -> list[int]:
        return [int(bar) for bar in np.flatnonzero(self.home == section)]


def _bars_of(chart: Chart) -> list[tuple[float, float, tuple[float, ...]]]:
    """The chart's bars with gaps closed, or an even grid from the tempo when the chart has none."""
    found = []
    if chart.bars:
        for place, bar in enumerate(chart.bars):
            end = chart.bars[place + 1].start_s if place + 1 < len(chart.bars) else min(bar.end_s, chart.duration_s)
            beats = tuple(beat for beat in bar.beats_s if bar.start_s < beat < end - 0.05)
            if end > bar.start_s:
                found.append((bar.start_s, end, (bar.start_s, *beats)))
        return found
    beat_s, per_bar = 60.0 / chart.tempo.bpm, chart.metre.beats_per_bar
    count = int(chart.duration_s // (beat_s * per_bar))
    for place in range(min(count, MOST_BARS)):
        start = place * per_bar * beat_s
        found.append((start, start + per_bar * beat_s, tuple(start + beat * beat_s for beat in range(per_bar))))
    return found


def _homes(chart: Chart, raw: Sequence[tuple[float, float, tuple[float, ...]]]) -> list[int]:
    """The section of every bar; one outside every section belongs with the one before it."""
    starts = [section.start_s for section in chart.sections]
    home: list[int] = []
    for start, end, _ in raw:
        middle = (start + end) / 2
        at = bisect_right(starts, middle) - 1
        inside = at >= 0 and middle < chart.sections[at].end_s
        home.append(at if inside else (home[-1] if home else 0))
    return home


def sung_phrases(chart: Chart) -> tuple[tuple[float, float], ...]:
    """When somebody sings: the melody's notes joined over short gaps within the vocal regions, or the regions as heard
    when nobody listened for notes. A region without notes (speech, shouts) counts whole.
    """
    regions = [(region.start_s, region.end_s) for region in chart.vocal_regions]
    notes = chart.melody.notes if chart.melody else ()
    if not notes:
        return tuple(regions)
    spans: list[tuple[float, float]] = []
    heard = sorted([(note.start_s, note.end_s) for note in notes])
    starts = [start for start, _ in heard]
    for start, end in regions:
        at = bisect_right(starts, end)
        if not any(stop > start for _, stop in heard[max(0, at - 64) : at]):
            spans.append((start, end))
    joined: list[tuple[float, float]] = []
    for start, end in sorted([*spans, *heard]):
        if joined and start - joined[-1][1] < _PHRASE_GAP_S:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def _overlaps(lines: Floats, spans: Sequence[tuple[float, float]]) -> Floats:
    """Seconds of the spans inside each of the intervals between ``lines`` (n, 2)."""
    if not spans:
        return np.zeros(len(lines))
    ordered = np.array(spans)
    covered = np.concatenate([[0.0], np.cumsum(ordered[:, 1] - ordered[:, 0])])

    def until(times: Floats) -> Floats:
        at = np.searchsorted(ordered[:, 0], times, side="right")
        inside = np.where(at > 0, np.maximum(0.0, ordered[at - 1, 1] - times), 0.0)
        return np.asarray(covered[at] - np.where(at > 0, inside, 0.0))

    return until(lines[:, 1]) - until(lines[:, 0])


def _free_spans(lines: Floats, reach: Floats, phrases: Sequence[tuple[float, float]], duration_s: float) -> Floats:
    """Around each line the up to two silences of the voice that lie nearest, (n, 2, 2) relative seconds."""
    found = np.full((len(lines), 2, 2), np.nan)
    starts = np.array([0.0, *(end for _, end in phrases)])
    stops = np.array([*(start for start, _ in phrases), duration_s])
    at = np.searchsorted(stops, lines)
    # The silence that ends at or after the line, and the one before it.
    for place, shift in enumerate((0, -1)):
        number = np.clip(at + shift, 0, len(stops) - 1)
        low, high = starts[number] - lines, stops[number] - lines
        near = (low < reach) & (high > -reach) & (at + shift >= 0) & (high > low)
        found[:, place, 0] = np.where(near, np.maximum(low, -reach), np.nan)
        found[:, place, 1] = np.where(near, np.minimum(high, reach), np.nan)
    return found


def map_song(chart: Chart, voiced: bool = True) -> SongMap:
    """Read a chart.

    Parameters
    ----------
    chart
    voiced
        Whether the voice is part of the take; if not, joins need not care for it.
    """
    raw = _bars_of(chart)[:MOST_BARS]
    home = _homes(chart, raw)
    sections = tuple(SectionSpan(item.label, item.letter, item.energy) for item in chart.sections) or (
        SectionSpan("verse", "A", 0.5),
    )
    bars = tuple(
        SourceBar(place, start, end, beats, section)
        for place, ((start, end, beats), section) in enumerate(zip(raw, home, strict=True))
    )
    count = len(bars)
    lines = np.array([(bar.start_s, bar.end_s) for bar in bars]).reshape(count, 2)
    lengths = lines[:, 1] - lines[:, 0]
    numbers = np.array(home, dtype=np.int64)
    begins = np.concatenate([[True], numbers[1:] != numbers[:-1]]) if count else np.zeros(0, bool)
    firsts = np.maximum.accumulate(np.where(begins, np.arange(count), 0)) if count else np.zeros(0)
    phrases = sung_phrases(chart)
    spoken = phrases if voiced else ()
    reach = np.minimum(_REACH_S, _REACH_BEATS * lengths / np.array([len(bar.beats_s) for bar in bars] or [1])[:count])
    first, given = _chords_at(chart, lines[:, 0] + _JUST_INSIDE_S)
    last, _ = _chords_at(chart, lines[:, 1] - _JUST_INSIDE_S)
    _, due = _chords_at(chart, lines[:, 1] + _JUST_INSIDE_S)
    return SongMap(
        duration_s=chart.duration_s,
        bars=bars,
        sections=sections,
        lengths_s=lengths,
        energy=np.array([sections[section].energy for section in home], dtype=np.float64),
        level_db=_levels(chart, lines, numbers, sections, voiced),
        sung=_overlaps(lines, phrases) / np.maximum(lengths, 1e-6),
        struck=_struck(chart, lines, bars),
        given=given,
        due=due,
        first=first,
        last=last,
        place=np.asarray(np.arange(count) - firsts, dtype=np.int64),
        home=numbers,
        free_out=_free_spans(lines[:, 1], reach, spoken, chart.duration_s),
        free_in=_free_spans(lines[:, 0], reach, spoken, chart.duration_s),
        phrases=phrases,
        voiced=voiced,
    )


def _levels(
    chart: Chart, lines: Floats, home: NDArray[np.int64], sections: tuple[SectionSpan, ...], voiced: bool
) -> Floats:
    """Level of every bar in dB: what accompanies is taken as even within a section, and the notes of the voice lie on
    top of it with the power that they were heard with (on one sung song this explains three quarters of the variance of
    bars within their sections).
    """
    energy = np.array([section.energy for section in sections])[home]
    level_db = max(-40.0, chart.loudness.integrated_lufs) + _DB_OF_ENERGY * (
        energy - (energy.mean() if len(home) else 0)
    )
    notes = chart.melody.notes if chart.melody and voiced else ()
    if not notes or not len(home):
        return np.asarray(level_db, dtype=np.float64)
    seconds = lines[:, 1] - lines[:, 0]
    voice = np.zeros(len(home))
    for note in notes:
        first = max(0, int(np.searchsorted(lines[:, 0], note.start_s, side="right")) - 1)
        last = max(first, int(np.searchsorted(lines[:, 0], note.end_s)) - 1)
        for bar in range(first, last + 1):
            inside = min(note.end_s, lines[bar, 1]) - max(note.start_s, lines[bar, 0])
            voice[bar] += 10.0 ** (note.level_db / 10.0) * max(0.0, inside) / max(seconds[bar], 1e-6)
    usual = np.bincount(home, voice, len(sections)) / np.maximum(np.bincount(home, minlength=len(sections)), 1)
    power = 10.0 ** (level_db / 10.0)
    return np.asarray(10.0 * np.log10(np.maximum(power + voice - usual[home], _LEAST_SHARE * power)))


def _struck(chart: Chart, lines: Floats, bars: tuple[SourceBar, ...]) -> Floats | None:
    if chart.drums is None:
        return None
    hits = np.sort(np.array([hit.time_s for hit in chart.drums.hits]))
    inside = np.searchsorted(hits, lines[:, 1] - 0.03) - np.searchsorted(hits, lines[:, 0] - 0.03)
    return np.asarray(inside / np.array([len(bar.beats_s) for bar in bars]))


def _chords_at(chart: Chart, times: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The number of the chord (by its label; -1 for none) and its pitch classes (n, 12) at every time."""
    labels = sorted({chord.label for chord in chart.chords})
    number = {label: place for place, label in enumerate(labels)}
    classes = np.zeros((len(labels) + 1, 12))
    known = np.zeros(len(labels) + 1, bool)
    for label, place in number.items():
        tones = parse_chord(label)
        if tones is not None:
            classes[place, list(tones.pitch_classes)] = 1.0
            known[place] = True
    if not chart.chords:
        return np.full(len(times), -1, dtype=np.int64), np.zeros((len(times), 12))
    starts = np.array([chord.start_s for chord in chart.chords])
    ends = np.array([chord.end_s for chord in chart.chords])
    names = np.array([number[chord.label] for chord in chart.chords])
    at = np.searchsorted(starts, times, side="right") - 1
    inside = (at >= 0) & (times < ends[np.maximum(at, 0)])
    found = np.where(inside, names[np.maximum(at, 0)], len(labels))
    found = np.where(known[found], found, len(labels))
    return np.where(found == len(labels), -1, found).astype(np.int64), classes[found]
