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

from contrafact.engine.arranging.timeline import Clip, Part, StemBus, Timeline
from contrafact.engine.audio.loudness import gated_lufs, hop_powers
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering.ducking import Ducker, duck_gain, kick_frames
from contrafact.engine.rendering.grid import QUANTUM, amplitude, frame
from contrafact.engine.rendering.parts import PartSource
from contrafact.engine.rendering.processors import Chain
from contrafact.engine.rendering.sounds import Sounds

VOICE_LEAD_DB: Final = 2.0
"""Before the dip for the voice, which adds up to one more."""
MIX_LEAD_DB: Final = 0.0
_LARGEST_DB: Final = 18.0
_WINDOWS: Final = 32
_HEARD: Final = 7
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
        stem: np.array([_power(_clip_sound(timeline.clips, stem, start, stems)) for start in starts]) * gain**2
        for stem, gain in kept.items()
    }
    together: Powers = np.sum([*powers.values(), np.zeros(count)], axis=0)
    voice = powers.get("vocals", np.zeros(count))
    sings = voice.max() > _SILENT
    lean = voice if sings else together
    chosen = _choose(lean if lean.max() > _SILENT else np.ones(count))
    # What is leant on is heard as it will sound: a compressor can take several decibels off a voice.
    treated = {
        bus.stem: np.array([_bus_power(bus, timeline.clips, starts[n], stems) for n in chosen])
        for bus in timeline.buses
        if bus.stem in kept
    }
    together = np.sum([*treated.values(), np.zeros(len(chosen))], axis=0)
    lean = treated["vocals"] if sings else together
    bed: Powers = np.zeros(len(chosen))
    ducker = Ducker(kick_frames(timeline.parts))
    for part in timeline.parts:
        if amplitude(part.gain_db) > 0.0 and part.notes:
            bed += np.array([_part_power(part, timeline, starts[n], sounds, ducker) for n in chosen])
    bed_gain_db = 0.0
    if bed.mean() > _SILENT and lean.mean() > _SILENT:
        wanted_db = VOICE_LEAD_DB if sings else MIX_LEAD_DB
        bed_gain_db = _limited(10.0 * float(np.log10(lean.mean() / bed.mean())) - wanted_db)
    mix = bed * 10.0 ** (bed_gain_db / 10.0) + together
    return Balance(bed_gain_db, gated_lufs(mix))


def _limited(decibels: float) -> float:
    return float(min(_LARGEST_DB, max(-_LARGEST_DB, decibels)))


def _choose(level: Powers) -> NDArray[np.int64]:
    """Windows to hear the parts in: spread over those in which the reference is active."""
    active = np.flatnonzero(level > level.max() * 10.0 ** (-_GATE_DB / 10.0))
    picks = np.unique(np.linspace(0, len(active) - 1, min(_HEARD, len(active))).round().astype(np.int64))
    return active[picks].astype(np.int64)


def _power(sound: Samples) -> float:
    """Mean K-weighted power of the last window of a sound."""
    return float(hop_powers(Audio(sound[:, -_WINDOW:])).mean()) if sound.any() else 0.0


def _clip_sound(clips: tuple[Clip, ...], stem: StemName, start: int, reader: StemReader, before: int = 0) -> Samples:
    """A stem from ``before`` frames ahead of a target frame to the end of its window, read unstretched: stretching does
    not change loudness.
    """
    at_s = start / SAMPLE_RATE
    for clip in clips:
        if clip.stem == stem and clip.target_start_s <= at_s + 0.1 and at_s + 0.6 <= clip.target_end_s:
            source = frame(clip.source_start_s + (at_s - clip.target_start_s) * clip.ratio)
            return reader.read(stem, source - before, source + _WINDOW) * np.float32(amplitude(clip.gain_db))
    return np.zeros((2, before + _WINDOW), np.float32)


def _bus_power(bus: StemBus, clips: tuple[Clip, ...], start: int, reader: StemReader) -> float:
    """K-weighted power of a kept stem through its effects, which get a quantum to settle."""
    chain, sound = Chain(bus.effects, 0), _clip_sound(clips, bus.stem, start, reader, QUANTUM)
    heard = [chain.process(sound[:, at : at + QUANTUM]) for at in range(0, sound.shape[1], QUANTUM)]
    return _power(np.concatenate(heard, axis=1)) * amplitude(bus.gain_db) ** 2


def _part_power(part: Part, timeline: Timeline, start: int, sounds: Sounds, ducker: Ducker) -> float:
    """K-weighted power that one part adds in one window: through its effects, ducked, with its reverberation."""
    source = PartSource(part, sounds, timeline.tuning_cents)
    source.seek(start)
    chain = Chain(part.effects, 0)
    sound = np.concatenate([chain.process(source.read()) for _ in range(_WINDOW // QUANTUM)], axis=1)
    if part.duck_db:
        sound = sound * duck_gain(ducker.depth(start, start + _WINDOW), part.duck_db)
    wet = _ROOM_POWER * amplitude(part.reverb_send_db) ** 2
    return _power(sound) * amplitude(part.gain_db) ** 2 * (1.0 + wet)
