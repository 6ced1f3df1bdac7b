"""What the kept voice sings in the take: phrases with their notes, in target time, as far as its clips let it sound."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.arranging.voices import VoiceNote
from contrafact.engine.listening.chart import Chart

_BREATH_S: Final = 0.45
"""A longer silence ends a phrase."""
_BEFORE_S, _AFTER_S = 0.14, 0.18
"""What a phrase has of consonants before its first note, and of release after its last."""
_LONGEST_S: Final = 9.0
_SHORTEST_S: Final = 0.12
_HEARD: Final = 0.25
"""Notes of less confidence are left aside."""
_SAME_S: Final = 0.005


@dataclass(frozen=True, slots=True)
class SungPhrase:
    """``start_s`` to ``end_s`` in the take; ``notes`` are empty where the chart has none.

    ``rest_s`` is when the voice sings next, or the take's voice ends. ``joined`` says that it follows the phrase before
    without a breath.
    """

    start_s: float
    end_s: float
    notes: tuple[VoiceNote, ...]
    section: str
    energy: float
    rest_s: float
    joined: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """Clips that continue one another."""

    sources_s: tuple[float, ...]
    targets_s: tuple[float, ...]
    semitones: float

    def target(self, source_s: float) -> float:
        return float(np.interp(source_s, self.sources_s, self.targets_s))


def sung_phrases(
    chart: Chart, grid: Grid, clips: Sequence[Clip], source: int, semitones: float, end_s: float
) -> tuple[SungPhrase, ...]:
    """Phrases in order; a phrase that a cut divides comes in the parts that are left of it.

    Parameters
    ----------
    chart : Chart
        Of the recording that the voice comes from.
    grid : Grid
        Of the take, for the sections.
    clips : sequence of Clip
        Of all stems.
    source : int
        Which recording of the take the voice comes from.
    semitones : float
        What the take transposes that recording by, on top of the clips.
    end_s : float
        Where the take ends.
    """
    spans: list[tuple[float, float, tuple[VoiceNote, ...]]] = []
    for run in _runs(clips, source):
        spans += _sung(chart, run, semitones)
    spans.sort(key=lambda span: span[0])
    found: list[SungPhrase] = []
    for number, (start_s, stop_s, notes) in enumerate(spans):
        following = spans[number + 1][0] if number + 1 < len(spans) else end_s
        section, energy = _section(grid, 0.5 * (start_s + stop_s))
        joined = number > 0 and start_s - spans[number - 1][1] < 0.02
        found.append(SungPhrase(start_s, stop_s, notes, section, energy, max(stop_s, following), joined))
    return tuple(found)


def _runs(clips: Sequence[Clip], source: int) -> Iterator[_Run]:
    ordered = sorted(
        (clip for clip in clips if clip.stem == "vocals" and clip.source == source and clip.gain_db > -60.0),
        key=lambda clip: clip.target_start_s,
    )
    run: _Run | None = None
    for clip in ordered:
        if run is not None and _continues(run, clip):
            run = replace(
                run,
                sources_s=(*run.sources_s, clip.source_end_s),
                targets_s=(*run.targets_s, clip.target_end_s),
            )
            continue
        if run is not None:
            yield run
        run = _Run((clip.source_start_s, clip.source_end_s), (clip.target_start_s, clip.target_end_s), clip.semitones)
    if run is not None:
        yield run


def _continues(run: _Run, clip: Clip) -> bool:
    return (
        abs(clip.target_start_s - run.targets_s[-1]) < _SAME_S
        and abs(clip.source_start_s - run.sources_s[-1]) < _SAME_S
        and clip.semitones == run.semitones
    )


def _sung(chart: Chart, run: _Run, semitones: float) -> Iterator[tuple[float, float, tuple[VoiceNote, ...]]]:
    """Phrases of one run, in target time."""
    first_s, last_s = run.sources_s[0], run.sources_s[-1]
    low_s, high_s = run.targets_s[0], run.targets_s[-1]
    if chart.melody is None:
        for region in chart.vocal_regions:
            a, b = max(region.start_s, first_s), min(region.end_s, last_s)
            if b - a >= _SHORTEST_S:
                yield from _split(run.target(a), run.target(b), ())
        return
    notes = [
        VoiceNote(
            round(run.target(max(note.start_s, first_s)), 6),
            round(run.target(min(note.end_s, last_s)), 6),
            round(note.pitch_midi + semitones + run.semitones, 4),
        )
        for note in chart.melody.notes
        if note.confidence >= _HEARD and min(note.end_s, last_s) - max(note.start_s, first_s) > 0.04
    ]
    groups: list[list[VoiceNote]] = []
    for note in notes:
        if groups and note.start_s - groups[-1][-1].end_s < _BREATH_S:
            groups[-1].append(note)
        else:
            groups.append([note])
    for number, group in enumerate(groups):
        before_s = groups[number - 1][-1].end_s if number else low_s
        after_s = groups[number + 1][0].start_s if number + 1 < len(groups) else high_s
        start_s = max(group[0].start_s - _BEFORE_S, 0.5 * (before_s + group[0].start_s) if number else low_s)
        end_s = min(
            group[-1].end_s + _AFTER_S,
            0.5 * (after_s + group[-1].end_s) if number + 1 < len(groups) else high_s,
        )
        if end_s - start_s >= _SHORTEST_S:
            yield from _split(start_s, end_s, tuple(group))


def _split(
    start_s: float, end_s: float, notes: tuple[VoiceNote, ...]
) -> Iterator[tuple[float, float, tuple[VoiceNote, ...]]]:
    """A long phrase in parts, between notes where there are any, so that nobody waits for all of it."""
    if end_s - start_s <= _LONGEST_S:
        yield round(start_s, 6), round(end_s, 6), notes
        return
    middle_s = 0.5 * (start_s + end_s)
    between = [
        (0.5 * (one.end_s + two.start_s), two.start_s - one.end_s)
        for one, two in pairwise(notes)
        if abs(two.start_s - middle_s) < 0.25 * (end_s - start_s)
    ]
    # The widest gap, and of equal ones that nearest to the middle.
    cut_s = max(between, key=lambda gap: (round(gap[1], 2), -abs(gap[0] - middle_s)))[0] if between else middle_s
    yield from _split(start_s, cut_s, tuple(note for note in notes if note.start_s < cut_s))
    yield from _split(cut_s, end_s, tuple(note for note in notes if note.start_s >= cut_s))


def _section(grid: Grid, time_s: float) -> tuple[str, float]:
    inside = [bar for bar in grid.bars if bar.start_s <= time_s < bar.end_s]
    if not inside:
        return ("intro" if not grid.bars or time_s < grid.bars[0].start_s else "outro"), 0.5
    return inside[0].section, inside[0].energy
