"""The sound check: the bed's place under the voice, from a few short windows heard beforehand.

Over windows in which the voice sings, the voice stands :data:`VOICE_LEAD_DB` above everything generated. Without a kept
voice, the bed is as loud as the kept stems together. With nothing kept there is nothing to lean on. What the parts are
to one another is the timeline's business: instruments and drums are calibrated, so gains mean the same everywhere.

The same windows give an estimate of the whole mix's loudness, so that a live listener hears nearly the final level from
the first block on. Windows and measures depend on timeline and stems alone, so all ways of rendering agree.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.timeline import Clip, Part, Timeline
from contrafact.engine.audio.loudness import gated_lufs, hop_powers
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.rendering.grid import QUANTUM, amplitude, frame
from contrafact.engine.rendering.parts import PartSource
from contrafact.engine.rendering.processors import Chain
from contrafact.engine.rendering.sounds import Sounds

VOICE_LEAD_DB: Final = 2.0
"""Before ducking and the dip for the voice, which together add one to two more."""
MIX_LEAD_DB: Final = 0.0
_LARGEST_DB: Final = 18.0
_WINDOWS: Final = 32
_HEARD: Final = 10
_WINDOW: Final = 2 * QUANTUM
_GATE_DB: Final = 12.0
_SILENT: Final = 1e-9
_ROOM_POWER: Final = 1.6
"""What the room gives back of the power sent into it (a mix of what is alike and unlike on both sides)."""

Powers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Balance:
    """What the sound check found.

    Parameters
    ----------
    bed_gain_db : float
        For every generated part, on top of its own gain.
    mix_lufs : float
        Estimate of the finished mix before the master's gain; -70 when there is nothing to hear.
    """

    bed_gain_db: float
    mix_lufs: float


def sound_check(timeline: Timeline, stems: StemReader, sounds: Sounds) -> Balance:
    """Measure kept stems and parts in windows spread over the take."""
    total = frame(timeline.duration_s)
    count = max(1, min(_WINDOWS, total // _WINDOW))
    starts = [int(start) for start in np.linspace(0, max(0, total - _WINDOW), count)]
    kept = {bus.stem: amplitude(bus.gain_db) for bus in timeline.buses if amplitude(bus.gain_db) > 0.0}
    powers = {
        stem: np.array([_stem_power(timeline.clips, stem, start, stems) for start in starts]) * gain**2
        for stem, gain in kept.items()
    }
    together: Powers = np.sum([*powers.values(), np.zeros(count)], axis=0)
    voice = powers.get("vocals", np.zeros(count))
    sings = voice.max() > _SILENT
    lean = voice if sings else together
    chosen = _choose(lean if lean.max() > _SILENT else np.ones(count))
    bed: Powers = np.zeros(len(chosen))
    for part in timeline.parts:
        if amplitude(part.gain_db) > 0.0 and part.notes:
            bed += np.array([_part_power(part, timeline, starts[n], sounds) for n in chosen])
    bed_gain_db = 0.0
    if bed.mean() > _SILENT and lean[chosen].mean() > _SILENT:
        wanted_db = VOICE_LEAD_DB if sings else MIX_LEAD_DB
        bed_gain_db = _limited(10.0 * float(np.log10(lean[chosen].mean() / bed.mean())) - wanted_db)
    mix = bed * 10.0 ** (bed_gain_db / 10.0) + together[chosen]
    return Balance(bed_gain_db, gated_lufs(mix))


def _limited(decibels: float) -> float:
    return float(min(_LARGEST_DB, max(-_LARGEST_DB, decibels)))


def _choose(level: Powers) -> NDArray[np.int64]:
    """Windows to hear the parts in: spread over those in which the reference is active."""
    active = np.flatnonzero(level > level.max() * 10.0 ** (-_GATE_DB / 10.0))
    picks = np.unique(np.linspace(0, len(active) - 1, min(_HEARD, len(active))).round().astype(np.int64))
    return active[picks].astype(np.int64)


def _stem_power(clips: tuple[Clip, ...], stem: StemName, start: int, reader: StemReader) -> float:
    """K-weighted power of a stem around a target frame, read unstretched: stretching does not change loudness."""
    at_s = start / SAMPLE_RATE
    for clip in clips:
        if clip.stem == stem and clip.target_start_s <= at_s + 0.1 and at_s + 0.6 <= clip.target_end_s:
            source = frame(clip.source_start_s + (at_s - clip.target_start_s) * clip.ratio)
            powers = hop_powers(Audio(reader.read(stem, source, source + _WINDOW)))
            return float(powers.mean()) * amplitude(clip.gain_db) ** 2
    return 0.0


def _part_power(part: Part, timeline: Timeline, start: int, sounds: Sounds) -> float:
    """K-weighted power that one part adds in one window: through its effects, at its gain, with its reverberation."""
    source = PartSource(part, sounds, timeline.tuning_cents)
    source.seek(start)
    chain = Chain(part.effects, 0)
    sound = np.concatenate([chain.process(source.read()) for _ in range(_WINDOW // QUANTUM)], axis=1)
    wet = _ROOM_POWER * amplitude(part.reverb_send_db) ** 2
    return float(hop_powers(Audio(sound)).mean()) * amplitude(part.gain_db) ** 2 * (1.0 + wet)
