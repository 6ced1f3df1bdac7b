"""The take's own grid: target bars, the groove bars that patterns are played on, chords and singing in target time."""

import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise

from contrafact.engine.arranging.chords import ChordTones, parse_chord, tonic_class
from contrafact.engine.arranging.layout import BarRole, Form, Slot, placed
from contrafact.engine.arranging.pack import TempoRange
from contrafact.engine.arranging.timeline import TargetBar
from contrafact.engine.listening.chart import Chart

SURE_CHORD = 0.4
"""Below this confidence only root and fifth are played: the recording knows better than we do."""


@dataclass(frozen=True, slots=True)
class GrooveBar:
    """One bar as the style feels it; ``first_beat`` counts the beats of the grid, ``place`` the bars of the section."""

    first_beat: int
    beats: int
    start_s: float
    end_s: float
    section: int
    """Number of the section's appearance in the take, from 0."""
    label: str
    letter: str
    energy: float
    place: int
    places: int
    division: int = 2
    """How a beat divides: 3 in compound time."""
    role: BarRole = "song"
    """``intro`` and ``outro`` are for those who mix: the drums come first and go last; ``build`` leads to a drop."""


@dataclass(frozen=True, slots=True)
class Span:
    """A chord in target time; ``tones`` is None for silence of the harmony, ``sure`` whether it was heard clearly."""

    start_s: float
    end_s: float
    tones: ChordTones | None
    sure: bool


@dataclass(frozen=True)
class Grid:
    """Time as the arranger sees it: beat number <-> seconds, with chords and singing laid along it."""

    bars: tuple[TargetBar, ...]
    groove: tuple[GrooveBar, ...]
    beat_s: tuple[float, ...]
    """Onset of every groove beat, and the end of the last."""
    chords: tuple[Span, ...]
    voice: tuple[tuple[float, float], ...]
    feel: float
    loops: bool = False
    """The last bar leads into the first, or fades: there is no ending to play."""

    def time(self, beat: float) -> float:
        """Seconds of a position counted in groove beats from the start of the grid; clamped to the grid's end."""
        whole = math.floor(beat)
        if whole >= len(self.beat_s) - 1:
            return self.beat_s[-1]
        return self.beat_s[whole] + (beat - whole) * (self.beat_s[whole + 1] - self.beat_s[whole])

    def chord(self, time_s: float) -> Span | None:
        """The chord that sounds at a time, if there is one."""
        place = bisect_right(self._chord_starts, time_s + 1e-9) - 1
        if place < 0 or time_s >= self.chords[place].end_s:
            return None
        return self.chords[place]

    @cached_property
    def _chord_starts(self) -> list[float]:
        return [span.start_s for span in self.chords]

    def sung(self, start_s: float, end_s: float) -> float:
        """Share of a span in which the voice sings, 0..1."""
        if end_s <= start_s:
            return 0.0
        return min(1.0, max(0.0, (self._sung_until(end_s) - self._sung_until(start_s)) / (end_s - start_s)))

    def _sung_until(self, time_s: float) -> float:
        """Seconds sung before a time."""
        starts, before = self._singing
        place = bisect_right(starts, time_s) - 1
        if place < 0:
            return 0.0
        start, end = self.voice[place]
        return before[place] + min(max(0.0, time_s - start), end - start)

    @cached_property
    def _singing(self) -> tuple[list[float], list[float]]:
        """Starts of the sung spans, and the seconds sung before each."""
        lengths = [end - start for start, end in self.voice]
        return [start for start, _ in self.voice], [0.0, *accumulate(lengths)]


def choose_feel(bpm: float, tempo: TempoRange) -> float:
    """0.5, 1 or 2: at which multiple of the song's tempo the style is felt, whichever lies nearest to its range."""

    def distance(feel: float) -> tuple[float, float]:
        felt = bpm * feel
        inside = min(max(felt, tempo.low_bpm), tempo.high_bpm)
        # Too fast sounds hectic, too slow only spacious.
        weight = 2.0 if felt > inside else 1.0
        # Within the range the song's own tempo wins; outside it, nearness in octaves, and then plain time.
        return round(weight * abs(math.log2(felt / inside)), 6), abs(math.log2(feel))

    return min((1.0, 2.0, 0.5), key=distance)


def target_bars(form: Form) -> tuple[TargetBar, ...]:
    """The bars of the take in order, on the beats of the performance."""
    return tuple(
        TargetBar(
            index=number,
            start_s=slot.start_s,
            end_s=slot.end_s,
            beats_s=slot.beats_s,
            section=slot.section.label,
            energy=slot.section.energy,
            source_bar=slot.bar if slot.sounds else None,
        )
        for number, slot in enumerate(form.slots)
    )


def _felt_beats(beats: list[float], feel: float) -> list[float]:
    """Beats of one or two bars (with the end) at another feel: twice as many, or every second."""
    if feel == 2.0:
        return [time for a, b in pairwise(beats) for time in (a, (a + b) / 2)] + beats[-1:]
    if feel == 0.5:
        return beats[:-1:2] + beats[-1:]
    return beats


def _groove(slots: tuple[Slot, ...], feel: float) -> tuple[tuple[GrooveBar, ...], tuple[float, ...]]:
    groove: list[GrooveBar] = []
    times: list[float] = []
    start = 0
    while start < len(slots):
        stop = start
        while stop < len(slots) and slots[stop].appearance == slots[start].appearance:
            stop += 1
        step = 2 if feel == 0.5 else 1
        units: list[list[float]] = []
        for at in range(start, stop, step):
            chunk = slots[at : min(at + step, stop)]
            beats = _felt_beats([beat for bar in chunk for beat in bar.beats_s] + [chunk[-1].end_s], feel)
            half = (len(beats) - 1) // 2
            units += [beats[: half + 1], beats[half:]] if feel == 2.0 and half >= 2 else [beats]
        section = slots[start].section
        for place, beats in enumerate(units):
            groove.append(
                GrooveBar(
                    len(times),
                    len(beats) - 1,
                    beats[0],
                    beats[-1],
                    slots[start].appearance,
                    section.label,
                    section.letter,
                    section.energy,
                    place,
                    len(units),
                    role=slots[start].role,
                )
            )
            times += beats[:-1]
        start = stop
    return tuple(groove), (*times, slots[-1].end_s) if slots else (0.0,)


def _chord_spans(chart: Chart, form: Form, beat_s: tuple[float, ...]) -> tuple[Span, ...]:
    """One chord per beat of the take (the one that fills most of the beat), equal neighbours joined, short silences
    bridged.
    """
    chords = chart.chords
    ends = [chord.end_s for chord in chords]
    tones_of = {chord.label: parse_chord(chord.label) for chord in chords}
    sounding: list[tuple[ChordTones | None, bool]] = []
    for start, end in _source_times(form, beat_s):
        best, best_overlap, at = None, 0.0, bisect_right(ends, start)
        while at < len(chords) and chords[at].start_s < end:
            overlap = min(end, chords[at].end_s) - max(start, chords[at].start_s)
            if overlap > best_overlap + 1e-6:
                best, best_overlap = chords[at], overlap
            at += 1
        tones = tones_of[best.label] if best else None
        if tones and best and best.bass:
            tones = replace(tones, bass=tonic_class(best.bass))
        sounding.append((tones, best is not None and best.confidence >= SURE_CHORD))
    _bridge(sounding)
    spans: list[Span] = []
    for (start, end), (tones, sure) in zip(pairwise(beat_s), sounding, strict=True):
        if spans and spans[-1].tones == tones and spans[-1].sure == sure:
            spans[-1] = Span(spans[-1].start_s, end, tones, sure)
        else:
            spans.append(Span(start, end, tones, sure))
    return tuple(spans)


def _bridge(sounding: list[tuple[ChordTones | None, bool]], most: int = 4) -> None:
    """Let a chord sound on through up to ``most`` beats in which none was heard; longer silences stay silent, but for
    the end of the song, where the last chord always rings on so far.
    """
    at = 0
    while at < len(sounding):
        if sounding[at][0] is not None or at == 0:
            at += 1
            continue
        end = at
        while end < len(sounding) and sounding[end][0] is None:
            end += 1
        if end - at <= most or end == len(sounding):
            bridged = min(most, end - at)
            sounding[at : at + bridged] = [sounding[at - 1]] * bridged
        at = end


def _source_times(form: Form, beat_s: tuple[float, ...]) -> list[tuple[float, float]]:
    """The recording's own time of every groove beat; of a bar that the band plays alone, where its harmony is from."""
    found = []
    place = 0
    slots = form.slots
    for start, end in pairwise(beat_s):
        while place + 1 < len(slots) and start >= slots[place].end_s - 1e-6:
            place += 1
        slot = slots[place]
        beat = max(0, bisect_right(slot.beats_s, start + 1e-6) - 1)
        source = slot.source_s[beat] + (start - slot.beats_s[beat]) * form.ratio
        found.append((source, source + (end - start) * form.ratio))
    return found


def _voice(chart: Chart, form: Form) -> tuple[tuple[float, float], ...]:
    spans = [
        (start, end) for region in chart.vocal_regions for _, start, end in placed(form, region.start_s, region.end_s)
    ]
    return tuple(sorted(spans))


def _divided(groove: tuple[GrooveBar, ...], form: Form, chart: Chart) -> tuple[GrooveBar, ...]:
    """The bars with the division of the metre that holds where they come from."""
    found = []
    for bar in groove:
        slot = form.slot_at(bar.start_s)
        spans = [span for span in chart.metres if slot is not None and span.first_bar <= slot.bar <= span.last_bar]
        found.append(replace(bar, division=spans[0].division if spans else chart.metre.division))
    return tuple(found)


def build_grid(chart: Chart, form: Form, tempo: TempoRange | None) -> Grid:
    """Everything that depends on time, from the chart and the chosen form; ``tempo`` decides half, plain or double
    time.
    """
    bars = target_bars(form)
    feel = choose_feel(chart.tempo.bpm * form.ratio, tempo) if tempo else 1.0
    if chart.metre.division == 3:
        # Half a dotted beat is no beat.
        feel = min(feel, 1.0)
    groove, beat_s = _groove(form.slots, feel)
    groove = _divided(groove, form, chart)
    goes_on = form.loops or form.fades
    return Grid(bars, groove, beat_s, _chord_spans(chart, form, beat_s), _voice(chart, form), feel, goes_on)
