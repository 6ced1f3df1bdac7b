"""Which bars of the recording a take plays, in which order: everything, or a cut or extension to a wanted length.

The recording is cut only between bars, preferably between sections, where the voice rests and the harmony goes on as
if nothing had happened; the way through is the cheapest path found by dynamic programming over (bar, bars played so
far).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.chords import parse_chord
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe

CROSSFADE_S = 0.024
_WORTH = {"chorus": 0.34, "verse": 0.26, "solo": 0.15, "bridge": 0.12}
"""How much a bar of a section is wanted in an edit; the others count nothing."""
_BACK_COST = 3.0
_FORWARD_COST = 1.5
_OFF_BY_A_BAR_COST = 0.8
_MOST_BARS = 4000


@dataclass(frozen=True, slots=True)
class SourceBar:
    """One bar of the recording with the section it belongs to; ``end_s`` is where the next bar begins."""

    index: int
    start_s: float
    end_s: float
    beats_s: tuple[float, ...]
    section: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the recording played without a cut: bars ``first``..``last`` (inclusive), moved by the form and the
    tempo.
    """

    first: int
    last: int
    source_start_s: float
    source_end_s: float
    target_start_s: float
    target_end_s: float


@dataclass(frozen=True, slots=True)
class SectionSpan:
    label: str
    letter: str
    energy: float


@dataclass(frozen=True, slots=True)
class Form:
    """The bars of the song, their sections, and the segments that the take is made of."""

    bars: tuple[SourceBar, ...]
    sections: tuple[SectionSpan, ...]
    segments: tuple[Segment, ...]
    ratio: float

    @property
    def end_s(self) -> float:
        """Where the recording's material ends in the take."""
        return self.segments[-1].target_end_s


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
    for place in range(min(count, _MOST_BARS)):
        start = place * per_bar * beat_s
        found.append((start, start + per_bar * beat_s, tuple(start + beat * beat_s for beat in range(per_bar))))
    return found


def _sectioned(chart: Chart) -> tuple[tuple[SourceBar, ...], tuple[SectionSpan, ...]]:
    raw = _bars_of(chart)
    spans = [SectionSpan(section.label, section.letter, section.energy) for section in chart.sections]
    home: list[int] = []
    for place in range(len(raw)):
        middle = (raw[place][0] + raw[place][1]) / 2
        inside = [number for number, section in enumerate(chart.sections) if section.start_s <= middle < section.end_s]
        # A bar outside every section belongs with the one before it.
        home.append(inside[0] if inside else (home[-1] if home else 0))
    if not spans:
        spans = [SectionSpan("verse", "A", 0.5)]
    bars = tuple(
        SourceBar(place, start, end, beats, section)
        for place, ((start, end, beats), section) in enumerate(zip(raw, home, strict=True))
    )
    return bars, tuple(spans)


def _chord_at(chart: Chart, time_s: float) -> frozenset[int]:
    for chord in chart.chords:
        if chord.start_s <= time_s < chord.end_s:
            tones = parse_chord(chord.label)
            return frozenset(tones.pitch_classes) if tones else frozenset()
    return frozenset()


def _sung(chart: Chart, time_s: float) -> bool:
    return any(region.start_s + 0.1 < time_s < region.end_s - 0.1 for region in chart.vocal_regions)


def _place_cost(bars: tuple[SourceBar, ...]) -> NDArray[np.float64]:
    """How unwelcome a cut is just before every bar: nothing between sections, little between groups of four bars."""
    cost = np.zeros(len(bars))
    start = 0
    for place, bar in enumerate(bars):
        if place == 0 or bars[place - 1].section != bar.section:
            start = place
        cost[place] = 0.0 if place == start else (1.4, 3.6, 2.6, 3.6)[(place - start) % 4]
    return cost


def _jump_costs(chart: Chart, bars: tuple[SourceBar, ...], sections: tuple[SectionSpan, ...]) -> NDArray[np.float64]:
    """What it costs the ear to go from the end of bar ``[out]`` to the start of bar ``[into]``."""
    total = len(bars)
    before = _place_cost(bars)
    leaving = np.append(before[1:], 0.0)
    sung_out = np.array([1.5 * _sung(chart, bar.end_s) for bar in bars])
    sung_in = np.array([1.5 * _sung(chart, bar.start_s) for bar in bars])
    energy = np.array([sections[bar.section].energy for bar in bars])
    classes = np.zeros((total + 1, 12))
    for place, bar in enumerate(bars):
        classes[place, list(_chord_at(chart, bar.start_s + 0.05))] = 1.0
    given, due = classes[:-1], classes[1:]
    common = due @ given.T
    union = due.sum(axis=1)[:, None] + given.sum(axis=1)[None, :] - common
    strange = np.where(union > 0, 1.0 - common / np.maximum(union, 1.0), 0.0)
    strange[-1] = 0.0
    out, into = np.arange(total)[:, None], np.arange(total)[None, :]
    costs = np.where(into > out, _FORWARD_COST, _BACK_COST)
    costs = costs + (leaving + sung_out)[:, None] + (before + sung_in)[None, :]
    costs = costs + 0.6 * strange + 0.5 * np.abs(energy[:, None] - energy[None, :])
    costs[into == out + 1] = np.inf
    return np.asarray(costs)


def _path(
    chart: Chart, bars: tuple[SourceBar, ...], sections: tuple[SectionSpan, ...], count: int, slack: int
) -> list[int]:
    """The cheapest way from the first bar to the last that plays ``count`` bars, or up to ``slack`` more or less."""
    total = len(bars)
    jumps = _jump_costs(chart, bars, sections)
    worth = np.array([_WORTH.get(sections[bar.section].label, 0.0) for bar in bars])
    best: NDArray[np.float64] = np.full(total, np.inf)
    best[0] = -worth[0]
    came = np.zeros((count + slack, total), dtype=np.int32)
    arrivals: dict[int, float] = {}
    for step in range(1, count + slack):
        reached = best[:, None] + jumps
        came[step] = reached.argmin(axis=0)
        following = reached.min(axis=0)
        plain = np.append(np.inf, best[:-1])
        came[step] = np.where(plain <= following, np.arange(total) - 1, came[step])
        best = np.minimum(plain, following) - worth
        if step + 1 >= count - slack:
            # Longer ways collect more worth; compare them by what a bar is worth on average.
            arrivals[step] = float(best[-1] + worth.mean() * step) + _OFF_BY_A_BAR_COST * abs(step + 1 - count)
    last = min(arrivals, key=lambda step: (arrivals[step], step))
    place, path = total - 1, [total - 1]
    for step in range(last, 0, -1):
        place = int(came[step, place])
        path.append(place)
    return path[::-1]


def _order(
    chart: Chart, bars: tuple[SourceBar, ...], sections: tuple[SectionSpan, ...], length_s: float | None, ratio: float
) -> list[int]:
    everything = list(range(len(bars)))
    if length_s is None or not bars:
        return everything
    mean_s = (bars[-1].end_s - bars[0].start_s) / len(bars)
    outside_s = bars[0].start_s + (chart.duration_s - bars[-1].end_s)
    wanted = round((length_s * ratio - outside_s) / mean_s)
    wanted = max(1, min(wanted, _MOST_BARS))
    if wanted == len(bars):
        return everything
    if wanted < 3 or len(bars) < 3:
        return [index % len(bars) for index in range(wanted)]
    best, least_s = everything, abs(mean_s * len(bars) + outside_s - length_s * ratio)
    for slack in (1, 0, 0):
        # Bars differ in length where the tempo drifts: count again, exactly, with what the found way lacks.
        path = _path(chart, bars, sections, wanted, slack)
        lacking_s = length_s * ratio - outside_s - sum(bars[place].end_s - bars[place].start_s for place in path)
        if abs(lacking_s) < least_s:
            best, least_s = path, abs(lacking_s)
        more = round(lacking_s / mean_s)
        if abs(more) <= 1:
            break
        wanted = max(3, min(len(path) + more, _MOST_BARS))
    return best


def choose_form(chart: Chart, recipe: Recipe) -> Form:
    """Lay the recording out in the take.

    ``recipe.length_s`` is met within about a bar; target times are source times divided by ``recipe.tempo.ratio``.
    """
    length_s, ratio = recipe.length_s, recipe.tempo.ratio
    bars, sections = _sectioned(chart)
    if not bars:
        whole = Segment(0, -1, 0.0, chart.duration_s, 0.0, chart.duration_s / ratio)
        return Form(bars, sections, (whole,), ratio)
    order = _order(chart, bars, sections, length_s, ratio)
    runs: list[list[int]] = []
    for index in order:
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    segments: list[Segment] = []
    now_s = 0.0
    for place, run in enumerate(runs):
        # The pickup before the first bar and the tail after the last belong to the outermost runs.
        start_s = 0.0 if place == 0 and run[0] == 0 else bars[run[0]].start_s
        ends = place == len(runs) - 1 and run[-1] == len(bars) - 1
        end_s = chart.duration_s if ends else bars[run[-1]].end_s
        length = (end_s - start_s) / ratio
        segments.append(Segment(run[0], run[-1], start_s, end_s, now_s, now_s + length))
        now_s += length
    return Form(bars, sections, tuple(segments), ratio)


def placed(form: Form, start_s: float, end_s: float) -> Iterator[tuple[Segment, float, float]]:
    """Every place in the take where a span of the recording sounds: its segment, and start and end in target time.

    A span that a cut divides comes in the parts that are left of it.
    """
    for segment in form.segments:
        first, last = max(start_s, segment.source_start_s), min(end_s, segment.source_end_s)
        if last > first:
            yield segment, moved(form, segment, first), moved(form, segment, last)


def moved(form: Form, segment: Segment, time_s: float) -> float:
    """Where a moment of the recording lies in the take, inside one segment."""
    return segment.target_start_s + (time_s - segment.source_start_s) / form.ratio
