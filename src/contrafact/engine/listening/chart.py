"""The chart: what the engine heard in a recording.

Conventions
-----------
Seconds are float64 from the start of the recording. Chord labels use Harte syntax (``C:maj``, ``A:min7``, ``N`` for
none),
keys read ``A minor``. Confidence runs from 0 (a guess) to 1 (certain). Spans are ordered, do not overlap, and ``end_s``
is exclusive.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Confidence = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0)]
SectionLabel = Literal["intro", "verse", "chorus", "bridge", "break", "solo", "outro"]
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
    beats_per_bar: Annotated[int, Field(ge=1, le=16)]
    confidence: Confidence


class Key(_Value):
    tonic: Literal["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    mode: Literal["major", "minor"]
    confidence: Confidence

    @property
    def label(self) -> str:
        return f"{self.tonic} {self.mode}"


class Chord(_Value):
    start_s: Seconds
    end_s: Seconds
    label: str
    confidence: Confidence


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

    @property
    def downbeats_s(self) -> tuple[float, ...]:
        return tuple(bar.start_s for bar in self.bars)
