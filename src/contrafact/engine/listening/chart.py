"""The chart: what the engine heard in a recording.

Conventions
-----------
Seconds are float64 from the start of the recording. Chord labels use Harte syntax (``C:maj``, ``A:min7``, ``N`` for
none),
keys read ``A minor``. Confidence runs from 0 (a guess) to 1 (certain). Spans are ordered, do not overlap, and ``end_s``
is exclusive.
"""

from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Confidence = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0)]
SectionLabel = Literal["intro", "verse", "chorus", "bridge", "break", "solo", "outro"]
PitchClass = Literal["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
PITCH_CLASSES: Final[tuple[PitchClass, ...]] = get_args(PitchClass)
"""In order: the index is the pitch class."""
Drum = Literal["kick", "snare", "hihat"]
Content = Literal["music", "speech", "silence", "noise"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


class Beat(_Value):
    time_s: Seconds
    position: Annotated[int, Field(ge=1)]
    """1 on a downbeat, then 2, 3, … within the bar."""


class Bar(_Value):
    """One bar; ``beats_s`` holds the onset of each of its beats, the first of which is ``start_s``."""

    index: Annotated[int, Field(ge=0)]
    start_s: Seconds
    end_s: Seconds
    beats_s: tuple[Seconds, ...]


class Tempo(_Value):
    bpm: Annotated[float, Field(gt=0)]
    confidence: Confidence
    steady: bool
    """True when one straight line through the beats explains them (a click track); the beats then lie on that line."""
    alternatives: tuple[tuple[float, float], ...] = ()
    """Other readings as (bpm, weight), such as half or double time."""


class TempoPoint(_Value):
    time_s: Seconds
    bpm: Annotated[float, Field(gt=0)]


class Metre(_Value):
    """How the beats group; in compound time (6/8, 12/8) the beat is the dotted quarter and divides by three."""

    beats_per_bar: Annotated[int, Field(ge=1, le=16)]
    confidence: Confidence
    division: Literal[2, 3] = 2

    @property
    def signature(self) -> str:
        """As a time signature, such as ``4/4`` or ``6/8``."""
        return f"{self.beats_per_bar}/4" if self.division == 2 else f"{3 * self.beats_per_bar}/8"


class MetreSpan(Metre):
    """Bars ``first_bar`` to ``last_bar`` (inclusive) in one metre."""

    start_s: Seconds
    end_s: Seconds
    first_bar: Annotated[int, Field(ge=0)]
    last_bar: Annotated[int, Field(ge=0)]


class Swing(_Value):
    """Where the off-beat falls between two on-beats: 0.5 straight, 2/3 triplet swing."""

    ratio: Annotated[float, Field(ge=0.5, le=0.8)]
    level: Literal["eighth", "sixteenth"] = "eighth"
    """Which notes swing: halves of the beat or its quarters."""
    confidence: Confidence


class Key(_Value):
    tonic: PitchClass
    mode: Literal["major", "minor"]
    confidence: Confidence

    @property
    def label(self) -> str:
        return f"{self.tonic} {self.mode}"


class KeySpan(Key):
    start_s: Seconds
    end_s: Seconds


class Chord(_Value):
    start_s: Seconds
    end_s: Seconds
    label: str
    confidence: Confidence
    bass: PitchClass | None = None
    """The lowest note where it is not the root (a slash chord)."""


class Section(_Value):
    """A span of whole bars; equal ``letter`` means the same material, ``first_bar``..``last_bar`` is inclusive."""

    start_s: Seconds
    end_s: Seconds
    first_bar: Annotated[int, Field(ge=0)]
    last_bar: Annotated[int, Field(ge=0)]
    label: SectionLabel
    letter: str
    energy: Confidence
    """Loudness of the section relative to the song's own range, 0 the quietest, 1 the loudest."""
    confidence: Confidence


class Region(_Value):
    start_s: Seconds
    end_s: Seconds
    confidence: Confidence


class Note(_Value):
    start_s: Seconds
    end_s: Seconds
    pitch_midi: Annotated[float, Field(ge=0.0, le=128.0)]
    """69 is 440 Hz; fractions are kept, so that a singer's or a recording's own tuning is."""
    level_db: Annotated[float, Field(le=24.0)] = 0.0
    """Root-mean-square of the note relative to full scale."""
    confidence: Confidence


class Register(_Value):
    """Where a voice moves: 5th percentile, median and 95th percentile of its sounding time, as MIDI pitch."""

    low_midi: float
    median_midi: float
    high_midi: float


class Melody(_Value):
    """The lead voice, heard in the vocal stem."""

    notes: tuple[Note, ...]
    vocal_register: Register | None
    """None where nobody sings."""
    breaths: tuple[Region, ...]
    """Gaps between phrases long enough to breathe or to answer in."""


class Hit(_Value):
    time_s: Seconds
    drum: Drum
    strength: Confidence
    """Relative to the hardest strokes of the same drum in the song."""
    confidence: Confidence


class GrooveBar(_Value):
    """What the drums play in one bar on an even grid of ``steps`` steps; each tuple has one value per step."""

    bar: Annotated[int, Field(ge=0)]
    steps: Annotated[int, Field(ge=1, le=96)]
    kick: tuple[Confidence, ...]
    snare: tuple[Confidence, ...]
    hihat: tuple[Confidence, ...]
    """Strength, 0 where nothing is struck."""
    offsets_ms: tuple[float, ...]
    """How late (positive) or early the strokes of that step are against the even grid; 0 where nothing is struck."""


class Drums(_Value):
    """What the drum stem plays."""

    hits: tuple[Hit, ...]
    groove: tuple[GrooveBar, ...]


class Loudness(_Value):
    integrated_lufs: float
    """-70 for silence."""
    true_peak_dbtp: float


class Chart(_Value):
    """Everything heard in one recording; see the module's conventions."""

    chart: Literal[1] = 1
    duration_s: Seconds
    content: Content
    content_confidence: Confidence
    tempo: Tempo
    tempo_curve: tuple[TempoPoint, ...]
    metre: Metre
    beats: tuple[Beat, ...]
    bars: tuple[Bar, ...]
    key: Key
    chords: tuple[Chord, ...]
    sections: tuple[Section, ...]
    vocal_regions: tuple[Region, ...]
    loudness: Loudness
    tuning_cents: float = 0.0
    """How far the recording's A lies from 440 Hz."""
    metres: tuple[MetreSpan, ...] = ()
    """One span per metre, in order; ``metre`` is that of the most bars."""
    swing: Swing | None = None
    """None where nothing tells (no off-beats)."""
    keys: tuple[KeySpan, ...] = ()
    """One span per key, in order; ``key`` is that of the most time."""
    melody: Melody | None = None
    """Heard in the vocal stem; None until somebody listened to the stems."""
    drums: Drums | None = None
    """Heard in the drum stem; None until somebody listened to the stems."""
    notes: tuple[Note, ...] | None = None
    """Of the accompaniment; None unless asked for."""

    @property
    def downbeats_s(self) -> tuple[float, ...]:
        return tuple(bar.start_s for bar in self.bars)
