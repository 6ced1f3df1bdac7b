"""Layers of the song's own voice as a timeline holds them: who sings along, where, and shifted by how much.

A layer is made from the kept voice as it stands in the take (already moved, stretched and transposed): times are target
seconds, pitches are MIDI note numbers of the take. What the renderer cannot find a pitch in (breath, consonants) is
left as it is sung.
"""

from dataclasses import dataclass
from typing import Literal

LayerKind = Literal["lead", "sung", "vocoder", "copy"]


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``start_s`` on the layer lies ``semitones`` from the lead, until the next shift.

    Times are those at which the layer is heard.
    """

    start_s: float
    semitones: float


@dataclass(frozen=True, slots=True)
class VoiceTone:
    """How a sung layer differs from the lead in sound; see ``VoiceUse`` for the ranges."""

    formant_semitones: float = 0.0
    breath: float = 0.0
    brightness: float = 0.0
    vibrato: float = 1.0
    tuning: float = 0.0
    detune_cents: float = 0.0
    """For a single voice how far it lies off; for a group how far its singers do (standard deviation)."""
    consonants_db: float = 0.0
    """Level of what has no pitch: singers behind the lead leave the hard consonants to it."""


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """A note of the lead as it was heard; ``pitch`` keeps its fraction."""

    start_s: float
    end_s: float
    pitch: float


@dataclass(frozen=True, slots=True)
class VoiceScale:
    """Which pitch classes may be sung during a span: those of the key as the chord bends it, and those of the chord."""

    start_s: float
    end_s: float
    scale: tuple[int, ...]
    chord: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A second voice by rule, for a lead whose notes only the renderer can hear.

    ``steps`` are diatonic steps from the lead as in ``VoiceUse.harmonies``; the line stays between ``lowest`` and
    ``highest``.
    """

    steps: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class VoiceChord:
    """For a vocoder: the pitches (MIDI) that carry the voice during a span."""

    start_s: float
    end_s: float
    pitches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VoicePiece:
    """A span of the lead that sounds (also) at another place: a chop, a stutter, an answer, a throw.

    A piece that lies where it was sung has ``source_start_s == target_start_s``; both count in the take.
    ``semitones`` add to the layer's shifts, ``pan`` (-1..1) to the layer's.
    """

    source_start_s: float
    source_end_s: float
    target_start_s: float
    gain_db: float = 0.0
    fade_in_s: float = 0.005
    fade_out_s: float = 0.02
    semitones: float = 0.0
    pan: float = 0.0

    @property
    def target_end_s(self) -> float:
        return self.target_start_s + self.source_end_s - self.source_start_s


@dataclass(frozen=True, slots=True)
class VoiceLayer:
    """One line made of the song's voice.

    ``lead`` replaces the kept voice by itself with another tone; ``sung`` follows it at the shifts; ``vocoder`` lets
    the voice shape the chords; ``copy`` only moves pieces. ``pieces`` are what of the lead the layer takes, and where
    it is heard.
    """

    name: str
    kind: LayerKind
    pieces: tuple[VoicePiece, ...]
    shifts: tuple[Shift, ...] = ()
    chords: tuple[VoiceChord, ...] = ()
    tone: VoiceTone = VoiceTone()
    voices: int = 1
    """More than one: a group, each a little off in time, tuning and throat (seeded by the timeline)."""
    delay_s: float = 0.0
    gain_db: float = 0.0
    pan: float = 0.0
    width: float = 0.0
    """How far a group spreads to both sides, 0..1."""
    reverb_send_db: float = -60.0
    delay_send_db: float = -60.0
    notes: tuple[VoiceNote, ...] = ()
    """The lead's notes in the layer's pieces, where they are known; the renderer's own ear is guided by them."""
    scales: tuple[VoiceScale, ...] = ()
    """For tuning, and for ``interval``."""
    source: int = 0
    """Which of the take's recordings the voice comes from."""
    interval: Interval | None = None
    """Instead of ``shifts`` where the lead's notes are not known."""
