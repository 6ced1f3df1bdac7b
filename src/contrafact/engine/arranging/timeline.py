"""The timeline: a recipe resolved against a chart, ready to be rendered block by block.

Conventions
-----------
``source`` seconds count from the start of the recording, ``target`` seconds from the start of the take. Gains are in
dB, pitches are MIDI note numbers (60 is middle C), pan runs from -1 (left) to 1 (right). All tuples are ordered by
start time.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from contrafact.engine.arranging.voices import VoiceLayer
from contrafact.engine.audio.stems import StemName

Role = Literal["drums", "percussion", "bass", "chords", "pad", "arpeggio", "lead", "counter", "melody", "effects"]
AutomatedKnob = Literal["gain_db", "lowpass_hz", "highpass_hz", "reverb_send_db", "delay_send_db"]
EffectName = Literal[
    "highpass",
    "lowpass",
    "low_shelf",
    "high_shelf",
    "peak",
    "compressor",
    "saturation",
    "bitcrush",
    "chorus",
    "tremolo",
    "wobble",
    "vinyl",
    "gate",
    "width",
]


@dataclass(frozen=True, slots=True)
class Effect:
    """One processor of a bus; the parameters' names carry their units (``cutoff_hz``, ``gain_db``, ``depth_cents``)."""

    name: EffectName
    parameters: tuple[tuple[str, float], ...] = ()

    def get(self, name: str, default: float) -> float:
        return dict(self.parameters).get(name, default)


@dataclass(frozen=True, slots=True)
class Automation:
    """A knob of a bus that moves: ``points`` are (time_s, value), joined by straight lines (frequencies: in octaves).

    ``gain_db`` adds to the bus's own gain. The first and last values hold before and after.
    """

    knob: AutomatedKnob
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of one stem, moved, and where the spans differ in length, stretched.

    ``source`` counts the timeline's sources (1 is a mash-up's second recording). ``semitones`` transposes this clip on
    top of the timeline's transposition of the first source; drums are never transposed.
    """

    stem: StemName
    source_start_s: float
    source_end_s: float
    target_start_s: float
    target_end_s: float
    gain_db: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    source: int = 0
    semitones: float = 0.0
    lowcut_hz: float = 0.0
    """Below this the clip is filtered away; 0 for not at all."""
    highcut_hz: float = 0.0
    """Above this the clip is filtered away; 0 for not at all."""

    @property
    def ratio(self) -> float:
        """Playing speed: 1 as recorded, above 1 faster."""
        return (self.source_end_s - self.source_start_s) / (self.target_end_s - self.target_start_s)


@dataclass(frozen=True, slots=True)
class Note:
    start_s: float
    duration_s: float
    pitch: int
    velocity: int
    """1..127."""
    bend: tuple[tuple[float, float], ...] = ()
    """Pitch curve as (seconds from the note's start, cents from ``pitch``), joined by straight lines."""
    swell: tuple[tuple[float, float], ...] = ()
    """Level curve as (seconds from the note's start, dB), joined by straight lines."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """Which sound plays a part: a General MIDI program of the soundfont, or a kit of drum samples.

    For a kit the notes' pitches are General MIDI percussion numbers (36 kick, 38 snare, 42 closed hi-hat, …).
    """

    kind: Literal["soundfont", "kit"]
    program: int = 0
    kit: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Generated music for one instrument with its place in the mix."""

    name: str
    role: Role
    instrument: Instrument
    notes: tuple[Note, ...]
    gain_db: float = 0.0
    pan: float = 0.0
    reverb_send_db: float = -60.0
    delay_send_db: float = -60.0
    duck_db: float = 0.0
    """How far the kick pushes this part down (side-chain), 0 for not at all."""
    effects: tuple[Effect, ...] = ()
    automation: tuple[Automation, ...] = ()
    fader_db: float = 0.0
    """How much of ``gain_db`` is the listener's own fader, which the sound check must not even out."""


@dataclass(frozen=True, slots=True)
class StemBus:
    """How one kept stem of one source is treated."""

    stem: StemName
    gain_db: float = 0.0
    reverb_send_db: float = -60.0
    delay_send_db: float = -60.0
    duck_db: float = 0.0
    effects: tuple[Effect, ...] = ()
    automation: tuple[Automation, ...] = ()
    source: int = 0
    fader_db: float = 0.0
    """How much of ``gain_db`` is the listener's own fader, which the sound check must not even out."""


@dataclass(frozen=True, slots=True)
class Room:
    """The two sends that all buses share."""

    reverb_size: float = 0.5
    """0 a cupboard, 1 a cathedral."""
    reverb_damping: float = 0.5
    delay_s: float = 0.375
    delay_feedback: float = 0.3


@dataclass(frozen=True, slots=True)
class MasterTarget:
    integrated_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetBar:
    index: int
    start_s: float
    end_s: float
    beats_s: tuple[float, ...]
    section: str
    energy: float
    source_bar: int | None
    """The bar of the recording that sounds here, if any."""


@dataclass(frozen=True, slots=True)
class SourceUse:
    """How much of a source a take uses; computed from the clips, not estimated."""

    sha256: str
    stem: StemName
    seconds: float
    """Seconds of source audio of this stem that sound in the take."""
    share: Fraction
    """Part of all the take's source use; all shares of a take sum to 1 (or there are none)."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything the renderer needs, and nothing that it must guess."""

    source_sha256: str
    duration_s: float
    bars: tuple[TargetBar, ...]
    clips: tuple[Clip, ...]
    buses: tuple[StemBus, ...]
    parts: tuple[Part, ...]
    semitones: int = 0
    """Transposition of the kept pitched stems; generated notes are already in the new key."""
    tuning_cents: float = 0.0
    """How far the recording lies from A = 440 Hz: the generated pitched parts are to be tuned up by this much."""
    room: Room = field(default_factory=Room)
    master: MasterTarget = field(default_factory=MasterTarget)
    seed: int = 0
    voices: tuple[VoiceLayer, ...] = ()
    """Lines made of the kept voice; they sing through the voice's bus settings plus their own."""
    guest_sha256: str | None = None
    """The second recording of a mash-up."""
    notes_for_people: tuple[str, ...] = ()
    """Sentences about what was decided against the recipe's letter, such as chords that were too uncertain to play."""

    @property
    def sources(self) -> tuple[str, ...]:
        """SHA-256 of every recording whose sound may be used, in the order that clips count them."""
        return (self.source_sha256,) if self.guest_sha256 is None else (self.source_sha256, self.guest_sha256)

    def usage(self) -> tuple[SourceUse, ...]:
        """Seconds of each stem that sound in the take, and its exact share of the whole (microsecond resolution)."""
        audible = {(bus.source, bus.stem) for bus in self.buses if bus.gain_db > -60.0}
        micros: dict[tuple[int, StemName], int] = {}
        for clip in self.clips:
            place = (clip.source, clip.stem)
            if place in audible and clip.gain_db > -60.0:
                # What a clip has before the take begins and after it ends is not heard (a loop's own join lies there).
                heard_s = min(clip.target_end_s, self.duration_s) - max(clip.target_start_s, 0.0)
                whole_s = clip.source_end_s - clip.source_start_s
                inside = heard_s >= clip.target_end_s - clip.target_start_s - 1e-9
                length = round((whole_s if inside else max(0.0, heard_s) * clip.ratio) * 1_000_000)
                micros[place] = micros.get(place, 0) + length
        total = sum(micros.values())
        return tuple(
            SourceUse(self.sources[source], stem, length / 1_000_000, Fraction(length, total))
            for (source, stem), length in sorted(micros.items())
            if length > 0
        )
