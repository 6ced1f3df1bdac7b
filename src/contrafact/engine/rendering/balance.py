"""The sound check: how loud the generated bed is to be under the kept stems, heard in a few short windows before the
music starts.

The rule: over windows in which the voice sings, the voice stands :data:`VOICE_LEAD_DB` above everything generated.
Without a kept voice, the bed is as loud as the kept stems together. With nothing kept there is nothing to balance. The
same windows give an estimate of the whole mix's loudness, so that a live listener hears nearly the final level from
the first block on.

Windows and measures depend on timeline and stems alone, so both ways of rendering agree.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.timeline import Clip, Timeline
from contrafact.engine.audio.loudness import gated_lufs, hop_powers
from contrafact.engine.audio.stems import StemName, StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.rendering.grid import QUANTUM, amplitude, frame
from contrafact.engine.rendering.parts import PartSource
from contrafact.engine.rendering.sounds import Sounds

VOICE_LEAD_DB: Final = 3.0
MIX_LEAD_DB: Final = 0.0
_WINDOWS: Final = 24
_HEARD: Final = 6
_WINDOW: Final = 4 * QUANTUM
_LARGEST_DB: Final = 15.0
_GATE_DB: Final = 12.0


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
    """Measure kept stems and bed in windows spread over the take."""
    total = frame(timeline.duration_s)
    count = max(1, min(_WINDOWS, total // _WINDOW))
    starts = [int(start) for start in np.linspace(0, max(0, total - _WINDOW), count)]
    kept = {bus.stem: amplitude(bus.gain_db) for bus in timeline.buses if amplitude(bus.gain_db) > 0.0}
    powers = {
        stem: np.array([_stem_power(timeline.clips, stem, start, stems) for start in starts]) * gain**2
        for stem, gain in kept.items()
    }
    lead, others = _reference(powers, len(starts))
    chosen = _choose(lead if lead is not None else others, len(starts))
    bed = np.array([_bed_power(timeline, starts[n], sounds) for n in chosen])
    gain_db = 0.0
    level = lead if lead is not None else others
    wanted_db = VOICE_LEAD_DB if lead is not None else MIX_LEAD_DB
    if level is not None and bed.size and bed.mean() > 1e-10 and level[chosen].mean() > 1e-10:
        gain_db = 10.0 * np.log10(level[chosen].mean() / bed.mean()) - wanted_db
    gain_db = float(min(_LARGEST_DB, max(-_LARGEST_DB, gain_db)))
    mixed = bed * 10.0 ** (gain_db / 10.0) + sum((p[chosen] for p in powers.values()), np.zeros(len(chosen)))
    return Balance(gain_db, gated_lufs(mixed) if mixed.size else -70.0)


def _reference(
    powers: dict[StemName, NDArray[np.float64]], count: int
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """The voice's powers if it is kept and sings, and those of all kept stems together if any sounds."""
    together = sum(powers.values(), np.zeros(count))
    everything = together if together.max(initial=0.0) > 1e-9 else None
    voice = powers.get("vocals")
    return (voice if voice is not None and voice.max(initial=0.0) > 1e-9 else None), everything


def _choose(level: NDArray[np.float64] | None, count: int) -> NDArray[np.int64]:
    """Windows to hear the bed in: spread over those in which the reference is active, else over all."""
    active = np.arange(count)
    if level is not None:
        active = np.flatnonzero(level > level.max() * 10.0 ** (-_GATE_DB / 10.0))
    picks = np.unique(np.linspace(0, len(active) - 1, min(_HEARD, len(active))).round().astype(np.int64))
    return active[picks].astype(np.int64)


def _stem_power(clips: tuple[Clip, ...], stem: StemName, start: int, reader: StemReader) -> float:
    """K-weighted power of what sounds of a stem around a target frame, read unstretched: stretching does not change
    loudness."""
    at_s = start / SAMPLE_RATE
    for clip in clips:
        if clip.stem == stem and clip.target_start_s <= at_s + 0.2 and at_s + 1.2 <= clip.target_end_s:
            source = frame(clip.source_start_s + (at_s - clip.target_start_s) * clip.ratio)
            powers = hop_powers(Audio(reader.read(stem, source, source + _WINDOW)))
            return float(powers.mean()) * amplitude(clip.gain_db) ** 2
    return 0.0


def _bed_power(timeline: Timeline, start: int, sounds: Sounds) -> float:
    """K-weighted power of all generated parts, dry, in one window (after one quantum for notes to ring)."""
    bed = np.zeros((2, _WINDOW + QUANTUM), np.float32)
    for part in timeline.parts:
        gain = amplitude(part.gain_db)
        if gain > 0.0 and part.notes:
            source = PartSource(part, sounds, timeline.tuning_cents)
            source.seek(max(0, start - QUANTUM))
            bed += np.float32(gain) * np.concatenate(
                [source.read() for _ in range((_WINDOW + QUANTUM) // QUANTUM)], axis=1
            )
    return float(hop_powers(Audio(bed[:, QUANTUM:])).mean())
