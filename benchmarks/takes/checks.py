"""What every take must be, whatever the song and the style: loud as it should be, on the beat, without a click."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks._takes import stroke_offsets_ms
from benchmarks.hearing.joins import CLICK, click_score, joins_of, off_beat_ms
from benchmarks.takes.making import Take
from benchmarks.takes.songs import Song
from contrafact.engine.arranging import StylePack, arrange
from contrafact.engine.arranging.timeline import Note
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples

_LOUD_WITHIN_LU = 0.3
_CEILING_DBTP = -1.0
_ONSET_MS = 5.0


@dataclass(frozen=True, slots=True)
class Checked:
    """Measures of one take, and the names of those that missed."""

    song: str
    style: str
    seed: int
    lufs: float
    true_peak_dbtp: float
    joins: int
    worst_click: float
    worst_join_ms: float
    worst_level_step_db: float
    worst_onset_ms: float
    failures: tuple[str, ...]


def check(song: Song, style: str, pack: StylePack | None, take: Take) -> Checked:
    """Everything at once."""
    loudness = measure_loudness(Audio(take.sound))
    joins = joins_of(take.timeline)
    clicks = [click_score(take.sound, join.at_s) for join in joins]
    beats = [beat.time_s for beat in song.chart.beats]
    # A cut may lie on any beat of the grid; which one is the form's choice, its distance from a beat is not.
    off = [off_beat_ms(join, beats) for join in joins] if beats else []
    steps = [_step_db(song, take.sound, join.at_s, join.leaves_s, join.enters_s) for join in joins]
    onset_ms = _worst_onset_ms(song, pack, take)
    found = Checked(
        song.title,
        style,
        take.recipe.seed,
        round(loudness.integrated_lufs, 2),
        round(loudness.true_peak_dbtp, 2),
        len(joins),
        round(max(clicks, default=0.0), 2),
        round(max(off, default=0.0), 2),
        round(max((abs(step) for step in steps), default=0.0), 2),
        round(onset_ms, 2),
        (),
    )
    return replace(found, failures=tuple(_failures(found)))


def _failures(found: Checked) -> Sequence[str]:
    missed = {
        "loudness": abs(found.lufs + 14.0) > _LOUD_WITHIN_LU,
        "peak": found.true_peak_dbtp > _CEILING_DBTP,
        "click": found.worst_click > CLICK,
        "join off the beat": found.worst_join_ms > _ONSET_MS,
        "level step": found.worst_level_step_db >= 1.5,
        "onsets": found.worst_onset_ms > _ONSET_MS,
    }
    return [name for name, bad in missed.items() if bad]


def _worst_onset_ms(song: Song, pack: StylePack | None, take: Take) -> float:
    """How far the furthest note lies from where it aims, which is where hands without chance would play it."""
    if pack is None:
        return 0.0
    aimed = arrange(song.chart, take.recipe, pack.exact())
    worst = 0.0
    places = {part.name: part.notes for part in aimed.parts}
    for part in take.timeline.parts:
        aims = np.array([note.start_s for note in places.get(part.name, ())])
        if not aims.size:
            continue
        for note in part.notes:
            near = aims[min(int(np.searchsorted(aims, note.start_s)), aims.size - 1)]
            before = aims[max(0, int(np.searchsorted(aims, note.start_s)) - 1)]
            worst = max(worst, min(abs(note.start_s - near), abs(note.start_s - before)) * 1000.0)
    return worst


def strokes_off_ms(drums: Samples, strokes: Sequence[Note]) -> float:
    """How far drums are heard from where they are written: the 95th percentile, of lonely strokes."""
    offsets = np.abs(stroke_offsets_ms(drums, strokes))
    return round(float(np.percentile(offsets, 95)), 2) if offsets.size else 0.0


def _step_db(song: Song, sound: Samples, at_s: float, leaves_s: float, enters_s: float) -> float:
    """What the cut adds to the music's own change of level: the take's step less that of the recording's two sides."""
    span = 1.0
    mine = _level(sound, at_s, at_s + span) - _level(sound, at_s - span, at_s)
    own = _stem_level(song, enters_s, enters_s + span) - _stem_level(song, leaves_s - span, leaves_s)
    return float(np.clip(mine, min(own, 0.0), max(own, 0.0)) - mine)


def _level(sound: Samples, start_s: float, stop_s: float) -> float:
    piece = sound[:, max(0, round(start_s * SAMPLE_RATE)) : max(0, round(stop_s * SAMPLE_RATE))]
    return float(10.0 * np.log10(np.square(piece, dtype=np.float64).mean() + 1e-9)) if piece.size else -90.0


def _stem_level(song: Song, start_s: float, stop_s: float) -> float:
    first, last = round(start_s * SAMPLE_RATE), round(stop_s * SAMPLE_RATE)
    total = sum(song.stems.read(name, first, last) for name in ("vocals", "drums", "bass", "other"))
    return _level(np.asarray(total), 0.0, stop_s - start_s)
