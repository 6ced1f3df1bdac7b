"""Players with air: what is above 8 kHz is not always a cymbal.

Bright strings and brass, strummed strings, noise in pads, breath in a flute's tone, guitars driven until their waves
are square, with no loudspeaker to dull them; and a boost of the treble over all of it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pedalboard
from numpy.typing import NDArray
from pedalboard._pedalboard import Pedalboard as Board
from scipy.signal import butter, sosfilt

from benchmarks.truth.band import Role, Strike
from benchmarks.truth.sounds import BANK_OF
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.chance import Chance, between, happens, one_of, spread, weighed
from training.data.orchestra import Heard, Orchestra
from training.data.score import Line, chords_of
from training.data.synths import play_synth

PROGRAMS: Final[dict[Role, tuple[int, ...]]] = {
    "comp": (6, 15, 24, 27, 29, 45, 48, 61, 62, 104, 105, 107),
    "pad": (48, 61, 88, 89, 93, 94, 95),
    "solo": (41, 57, 59, 64, 68, 72, 73, 75, 78, 79, 80, 82, 86, 110),
}
"""Strings, brass, plucked strings, flutes and bright synthesizers of General MIDI, from 0."""


def play_airy_line(orchestra: Orchestra, line: Line, frames: int, chance: Chance) -> Heard:
    """A pitched line with as much above 8 kHz as it can bear."""
    used: frozenset[str] = _SYNTHS
    how = weighed(chance, {"font": 0.35, "strummed": 0.2, "square": 0.15, "synth": 0.3})
    if how == "font":
        font, program = one_of(chance, orchestra.fonts), one_of(chance, PROGRAMS[line.role])
        sound = orchestra.sounds.play(font, BANK_OF[line.role], program, list(line.strikes), frames, 0.0)
        used = frozenset({font})
    elif how == "strummed":
        sound = play_synth("pluck", strummed(line.strikes, chance), frames, 0.0, chance)
    elif how == "square":
        dry = play_synth(one_of(chance, ("pluck", "keys", "lead")), line.strikes, frames, 0.0, chance)
        sound = squared(dry, chance)
    else:
        kind = {"comp": "keys", "pad": "pad", "solo": "lead"}[line.role]
        sound = play_synth(kind, line.strikes, frames, 0.0, chance)
    if how != "square" and happens(chance, 0.5):
        sound = sound + breath(sound, chance)
    shelf = pedalboard.HighShelfFilter(spread(chance, 3500.0, 9000.0), between(chance, 0.0, 14.0), 0.7)
    return np.asarray(Board([shelf])(sound, SAMPLE_RATE, reset=True)[:, :frames], dtype=np.float32), used


_SYNTHS: Final = frozenset({"synthesizers"})


def strummed(strikes: Sequence[Strike], chance: Chance) -> list[Strike]:
    """Notes that were struck together follow one another within a few hundredths of a second, down and up."""
    late_s = spread(chance, 0.006, 0.03)
    found: list[Strike] = []
    for number, chord in enumerate(chords_of(strikes)):
        for place, one in enumerate(chord if number % 2 == 0 else chord[::-1]):
            later = late_s * place
            found.append(Strike(one.role, one.key, one.velocity, one.start_s + later, one.end_s + later))
    return found


def squared(sound: Samples, chance: Chance) -> Samples:
    """Driven until the waves are square."""
    peak = max(1e-9, float(np.abs(sound).max()))
    driven = np.clip(sound / np.float32(peak) * np.float32(spread(chance, 4.0, 60.0)), -1.0, 1.0)
    return np.asarray(driven, dtype=np.float32)


def breath(sound: Samples, chance: Chance) -> Samples:
    """Noise above a few kHz that rises and falls as slowly or as quickly as the sound does; float32 (2, frames)."""
    smooth = 2.0 * np.pi * spread(chance, 2.0, 30.0) / SAMPLE_RATE
    level: NDArray[np.float64] = sosfilt(
        butter(1, min(0.99, smooth / np.pi), output="sos"), np.abs(sound).max(axis=0).astype(np.float64)
    )
    noise = chance.standard_normal(sound.shape)
    noise = sosfilt(butter(2, spread(chance, 2500.0, 9000.0), "highpass", fs=SAMPLE_RATE, output="sos"), noise)
    gain = 10.0 ** (between(chance, -28.0, -8.0) / 20.0)
    return np.asarray(gain * np.maximum(0.0, level) * noise, dtype=np.float32)
