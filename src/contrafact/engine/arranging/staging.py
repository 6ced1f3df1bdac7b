"""What all layers of a take's voice share: phrases, notes, scales, chords, beats and the singer's register."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.chords import ChordTones, tonic_class
from contrafact.engine.arranging.cutting import Pulse, pulse_of
from contrafact.engine.arranging.form import Form
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.phrases import SungPhrase, sung_phrases
from contrafact.engine.arranging.second_voices import scale_at
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.arranging.voices import VoiceChord, VoiceNote, VoiceScale
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe

_REGISTER_ABOVE, _REGISTER_BELOW = 9, 12
"""Semitones beyond the lead's own register in which a second voice still sounds like a singer."""
_HUSHED_DB: Final = 6.0
_LONGEST_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What all layers share."""

    phrases: tuple[SungPhrase, ...]
    notes: tuple[VoiceNote, ...]
    scales: tuple[VoiceScale, ...]
    own_scales: tuple[VoiceScale, ...]
    """What the lead is tuned to: a locked melody keeps its semitones, whatever the key says."""
    hush_db: float
    """What second voices sing softer by where the melody must measurably stay."""
    chords: tuple[VoiceChord, ...]
    pulse: Pulse
    bpm: float
    a4: float
    register: tuple[int, int]
    median: float
    end_s: float
    chance: Chance


def stage_of(
    chart: Chart, recipe: Recipe, form: Form, grid: Grid, clips: tuple[Clip, ...], source: int, bed: Chart
) -> Stage:
    """Everything about the kept voice that its treatments ask for; parameters as for ``singing.sing``.

    ``bed`` is the chart of the recording whose keys and bars the take has.
    """
    semitones = recipe.transpose_semitones
    phrases = sung_phrases(chart, grid, clips, source, float(semitones) if source == 0 else 0.0, form.end_s)
    notes = tuple(note for phrase in phrases for note in phrase.notes)
    pitches = sorted(note.pitch for note in notes) or [48.0, 60.0, 72.0]
    low, high = pitches[len(pitches) // 20], pitches[-1 - len(pitches) // 20]
    scales = _scales(bed, grid, semitones)
    return Stage(
        phrases=phrases,
        notes=notes,
        scales=scales,
        own_scales=() if "melody" in recipe.locks else scales,
        hush_db=_HUSHED_DB if "melody" in recipe.locks else 0.0,
        chords=_chords(grid, semitones),
        pulse=pulse_of(grid, bed.metre.division),
        bpm=bed.tempo.bpm * form.ratio,
        a4=bed.tuning_cents / 100.0,
        register=(round(low) - _REGISTER_BELOW, round(high) + _REGISTER_ABOVE),
        median=pitches[len(pitches) // 2],
        end_s=form.end_s,
        chance=Chance(recipe.seed, "voices"),
    )


def _scales(chart: Chart, grid: Grid, semitones: int) -> tuple[VoiceScale, ...]:
    """Under every chord what may be sung; a chord that was heard uncertainly bends nothing."""
    found = []
    changes = _keys(chart, grid)
    for span in grid.chords:
        sure = span.tones.transposed(semitones) if span.tones and span.sure else None
        chord = tuple(sorted(set(sure.pitch_classes))) if sure else ()
        for (start_s, (tonic, mode)), (end_s, _) in pairwise((*changes, (_LONGEST_S, changes[0][1]))):
            first_s, last_s = max(span.start_s, start_s), min(span.end_s, end_s)
            if last_s - first_s > 1e-6:
                scale = scale_at((tonic + semitones) % 12, mode, sure)
                found.append(VoiceScale(round(first_s, 6), round(last_s, 6), scale, chord))
    if not found:
        scale = scale_at((tonic_class(chart.key.tonic) + semitones) % 12, chart.key.mode, None)
        return (VoiceScale(0.0, _LONGEST_S, scale),)
    return tuple(found)


def _keys(chart: Chart, grid: Grid) -> list[tuple[float, tuple[int, str]]]:
    """When in the take which key begins, as tonic and mode of the recording: that of the bar that sounds there."""
    usual = (tonic_class(chart.key.tonic), chart.key.mode)
    changes: list[tuple[float, tuple[int, str]]] = [(0.0, usual)]
    for bar in grid.bars if len(chart.keys) > 1 else ():
        key = usual
        if bar.source_bar is not None and bar.source_bar < len(chart.bars):
            heard = chart.bars[bar.source_bar]
            middle_s = 0.5 * (heard.start_s + heard.end_s)
            held = next((span for span in chart.keys if span.start_s <= middle_s < span.end_s), None)
            key = (tonic_class(held.tonic), held.mode) if held else usual
        if key != changes[-1][1]:
            changes.append((bar.start_s, key))
    return changes


def _chords(grid: Grid, semitones: int) -> tuple[VoiceChord, ...]:
    return tuple(
        VoiceChord(round(span.start_s, 6), round(span.end_s, 6), _voiced(span.tones.transposed(semitones)))
        for span in grid.chords
        if span.tones is not None
    )


def _voiced(tones: ChordTones) -> tuple[int, ...]:
    """For the vocoder: the bass low, the chord around middle C, where a voice's formants can shape it."""
    bass = 43 + (tones.bass - 43) % 12
    upper = sorted(55 + (tone - 55) % 12 for tone in set(tones.pitch_classes))
    return (bass, *upper, upper[0] + 12)
