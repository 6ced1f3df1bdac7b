"""What every take must be, whatever the song and the style: loud as it should be, on the beat, without a click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.hearing.joins import CLICK, Join, click_score, fade_step_db, joins_of, off_beat_ms
from benchmarks.takes.making import Take, mixed
from benchmarks.takes.songs import Song
from contrafact.engine.arranging import StylePack, arrange
from contrafact.engine.arranging.timeline import MasterTarget, StemBus
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering import Sounds

_LOUD_WITHIN_LU = 0.3
_CEILING_DBTP = -1.0
_ONSET_MS = 5.0
_REACH_S = 0.06


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


def check(song: Song, style: str, pack: StylePack | None, take: Take, sounds: Sounds) -> Checked:
    """Everything at once."""
    loudness = measure_loudness(Audio(take.sound))
    joins = joins_of(take.timeline)
    clicks = [click_score(take.sound, join.at_s) for join in joins]
    beats = [beat.time_s for beat in song.chart.beats]
    # A cut may lie on any beat of the grid; which one is the form's choice, its distance from a beat is not.
    off = [off_beat_ms(join, beats) for join in joins] if beats else []
    step_db = _worst_step_db(song, take, joins, sounds)
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
        round(step_db, 2),
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


def _worst_step_db(song: Song, take: Take, joins: Sequence[Join], sounds: Sounds) -> float:
    """The deepest hole or highest hump that any cut leaves in the kept stems, beside both sides gone on alone.

    Stretched takes are left out: there is no sound of either side to compare with, sample by sample.
    """
    plain = [join for join in joins if abs(join.ratio - 1.0) < 1e-6]
    buses = tuple(StemBus(bus.stem) for bus in take.timeline.buses if bus.source == 0)
    if not plain or not buses or take.recipe.transpose_semitones:
        return 0.0
    bare = replace(take.timeline, parts=(), voices=(), buses=buses, master=MasterTarget())
    kept = mixed(bare, song, sounds)
    worst = 0.0
    for join in plain:
        # Only what sounds across the cut: a stem may be lent for other bars.
        clips = {
            clip.stem: clip.gain_db
            for clip in take.timeline.clips
            if clip.source == 0 and clip.target_start_s <= join.at_s <= clip.target_end_s
        }
        at, reach = round(join.at_s * SAMPLE_RATE), round(_REACH_S * SAMPLE_RATE)
        sides = [_recording(song, clips, side_s) for side_s in (join.leaves_s, join.enters_s)]
        joined = kept[:, at - reach : at + reach]
        if joined.shape == sides[0].shape:
            worst = max(worst, abs(fade_step_db(joined, *sides)))
    return worst


def _recording(song: Song, gains_db: Mapping[StemName, float], at_s: float) -> Samples:
    at, reach = round(at_s * SAMPLE_RATE), round(_REACH_S * SAMPLE_RATE)
    total = np.zeros((2, 2 * reach), np.float32)
    for stem, gain_db in gains_db.items():
        total += song.stems.read(stem, at - reach, at + reach) * np.float32(10.0 ** (gain_db / 20.0))
    return total
