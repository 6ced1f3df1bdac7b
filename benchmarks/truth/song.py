"""What is known about a generated song.

Conventions
-----------
Seconds are float64 from the start of the recording; spans are ordered, do not overlap, and ``end_s`` is exclusive. In
compound time (6/8) the beat is the dotted quarter: two beats to the bar that divide by three. Tempo counts those beats.
In half-time the beat is that of the pulse written down, not of the backbeat. Chord labels use Harte syntax with
inversions (``C:maj/3``, ``A:min7``, ``N``).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import Audio

Floats = NDArray[np.float64]
Split = Literal["tuning", "reported"]
"""Songs that numbers in the code may be chosen on, and songs that figures are reported on. They share no seed, no
soundfont program list, no progression and no drum pattern."""


@dataclass(frozen=True, slots=True)
class Span:
    """A value that holds from ``start_s`` to ``end_s``."""

    start_s: float
    end_s: float
    label: str


@dataclass(frozen=True, slots=True)
class TrueMetre:
    start_s: float
    end_s: float
    beats_per_bar: int
    division: Literal[2, 3]


@dataclass(frozen=True, slots=True)
class TrueSection:
    start_s: float
    end_s: float
    first_bar: int
    last_bar: int
    label: str
    letter: str


@dataclass(frozen=True, slots=True)
class TrueNote:
    start_s: float
    end_s: float
    pitch_midi: float
    """As sounded, the tuning of the song included."""


@dataclass(frozen=True, slots=True)
class TrueHit:
    time_s: float
    drum: Literal["kick", "snare", "hihat"]
    velocity: float
    """0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class TrueSong:
    """A song and the truth about it."""

    name: str
    split: Split
    traits: tuple[str, ...]
    """What makes it hard or special: ``swing 0.62``, ``6/8``, ``rubato intro``, ``mp3``, ``quiet`` …"""
    audio: Audio
    """What a listener is given: mastered, encoded, detuned as the traits say. Stereo, 44.1 kHz."""
    stems: Stems
    """Before mastering and encoding; they sum to :attr:`mix`."""
    tempo_bpm: float
    """Where the tempo changes or drifts: that of the most beats."""
    steady: bool
    beats_s: Floats
    positions: NDArray[np.int64]
    """1 on a downbeat, then 2, 3, … for each of ``beats_s``."""
    metres: tuple[TrueMetre, ...]
    swing: float | None
    """Where the off-beat eighth falls within the beat, 0.5 straight; None where there are no off-beats."""
    keys: tuple[Span, ...]
    """Labels such as ``A minor``."""
    chords: tuple[Span, ...]
    sections: tuple[TrueSection, ...]
    melody: tuple[TrueNote, ...]
    vocal_regions: tuple[tuple[float, float], ...]
    drum_hits: tuple[TrueHit, ...]
    """Kick, snare and hi-hat only; other drums may sound too."""
    tuning_cents: float

    @property
    def downbeats_s(self) -> Floats:
        found: Floats = self.beats_s[self.positions == 1]
        return found

    @property
    def mix(self) -> Audio:
        parts = self.stems
        total = parts.vocals.samples + parts.drums.samples + parts.bass.samples + parts.other.samples
        return Audio(total, parts.vocals.sample_rate)
