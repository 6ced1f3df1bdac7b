"""What a style pack says about sound and time: channels, moving knobs, stems, room, master, tempo, feel."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from contrafact.engine.arranging.effects import EFFECTS
from contrafact.engine.arranging.timeline import AutomatedKnob, Effect, EffectName, MasterTarget, Room
from contrafact.engine.listening.chart import SectionLabel
from contrafact.engine.recipe.recipe import StemsUse, StemUse

GainDb = Annotated[float, Field(ge=-60.0, le=12.0)]
SendDb = Annotated[float, Field(ge=-60.0, le=0.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Bpm = Annotated[float, Field(ge=40.0, le=240.0)]
Labels = Annotated[tuple[SectionLabel, ...], Field(max_length=7)]

KNOB_RANGES: Mapping[AutomatedKnob, tuple[float, float]] = MappingProxyType(
    {
        "gain_db": (-60.0, 12.0),
        "lowpass_hz": (100.0, 20000.0),
        "highpass_hz": (20.0, 8000.0),
        "reverb_send_db": (-60.0, 0.0),
        "delay_send_db": (-60.0, 0.0),
    }
)
"""What a knob may be moved to, inclusive."""


class Data(BaseModel):
    """Base of everything that is read from a pack: immutable, strict about fields and types, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def _checked_effect(value: object) -> object:
    """A table such as ``{name = "lowpass", cutoff_hz = 900}`` with its knobs checked against the shared vocabulary."""
    if isinstance(value, EffectSetting) or not isinstance(value, dict):
        return value
    name = value.get("name")
    knobs = next((knobs for effect, knobs in EFFECTS.items() if effect == name), None)
    if knobs is None:
        raise ValueError(f"there is no effect {name!r}; the effects are {', '.join(EFFECTS)}")
    for key, setting in value.items():
        if key == "name":
            continue
        if key not in knobs:
            raise ValueError(f"{name} has no {key!r}; its settings are {', '.join(knobs)}")
        if isinstance(setting, bool) or not isinstance(setting, int | float):
            raise ValueError(f"{name}.{key} must be a number")
        knob = knobs[key]
        if not knob.low <= setting <= knob.high:
            raise ValueError(f"{name}.{key} is {setting}; it must lie between {knob.low:g} and {knob.high:g}")
    return {"name": name, "settings": {key: float(number) for key, number in value.items() if key != "name"}}


class EffectSetting(Data):
    """One effect of a chain with the knobs that the pack sets; the others keep their defaults."""

    name: EffectName
    settings: Mapping[str, float] = Field(default_factory=dict)

    def effect(self) -> Effect:
        return Effect(self.name, tuple(sorted(self.settings.items())))


Effects = Annotated[tuple[Annotated[EffectSetting, BeforeValidator(_checked_effect)], ...], Field(max_length=8)]


class Move(Data):
    """A knob that moves from ``start`` to ``end`` and then goes back to rest.

    With ``when = "section"`` it takes all of every section named in ``sections``; with ``"lift"`` the last ``bars``
    bars before a section with more energy (only into those named in ``sections``, if any are). A knob at rest is
    open: gain 0 dB, low-pass 20 kHz, high-pass 20 Hz, sends as the channel says.
    """

    knob: AutomatedKnob
    start: float
    end: float
    when: Literal["section", "lift"] = "section"
    sections: Labels = ()
    bars: Annotated[int, Field(ge=1, le=16)] = 4

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        low, high = KNOB_RANGES[self.knob]
        for value in (self.start, self.end):
            if not low <= value <= high:
                raise ValueError(f"{self.knob} moves to {value:g}; it must lie between {low:g} and {high:g}")
        if self.when == "section" and not self.sections:
            raise ValueError(f"{self.knob}: say in which sections it moves")
        return self


Moves = Annotated[tuple[Move, ...], Field(max_length=8)]


class TempoRange(Data):
    """Where the style lives. The song's tempo is kept unless the recipe says otherwise; the groove is felt at half,
    plain or double time, whichever lies nearest to this range.
    """

    low_bpm: Bpm
    high_bpm: Bpm
    typical_bpm: Bpm

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low_bpm <= self.typical_bpm <= self.high_bpm:
            raise ValueError("low_bpm, typical_bpm and high_bpm must rise in this order")
        return self


SwingShare = Annotated[float, Field(ge=0.5, le=0.75)]


class Feel(Data):
    swing: SwingShare = 0.5
    """Share of a pair that its first note takes; 0.5 is straight, 0.667 a triplet shuffle."""
    swing_unit: Literal["eighth", "sixteenth"] = "eighth"
    swing_range: tuple[SwingShare, SwingShare] | None = None
    """Between which shares takes differ from one another; None for ``swing`` always."""
    half_time: Labels = ()
    """Sections whose drums are felt at half time: the groove lasts twice as long."""
    double_time: Labels = ()

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.swing_range is not None and not self.swing_range[0] <= self.swing <= self.swing_range[1]:
            raise ValueError("swing must lie within swing_range, as in swing = 0.56, swing_range = [0.54, 0.6]")
        if set(self.half_time) & set(self.double_time):
            raise ValueError("a section cannot be in half_time and double_time")
        return self


class Humanise(Data):
    timing_ms: Annotated[float, Field(ge=0.0, le=15.0)] = 3.0
    """The most that chance moves a note from its place; players never go beyond 4."""
    velocity: Annotated[float, Field(ge=0.0, le=24.0)] = 6.0
    """The most that chance changes a note's velocity (of 127)."""
    snare_lag_ms: Annotated[float, Field(ge=-20.0, le=40.0)] = 0.0
    """How far the backbeat lies behind the beat."""
    lags_ms: Mapping[str, Annotated[float, Field(ge=-20.0, le=40.0)]] = Field(default_factory=dict)
    """The same for single drums, such as ``{ closed-hat = -4.0 }`` for hats that push."""
    ghosts: Share = 0.15
    """How readily a snare adds soft strokes of its own between the written ones."""


class Channel(Data):
    """Place of a part in the mix."""

    gain_db: GainDb = 0.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    reverb_send_db: SendDb = -60.0
    delay_send_db: SendDb = -60.0
    duck_db: Annotated[float, Field(ge=0.0, le=24.0)] = 0.0
    effects: Effects = ()
    moves: Moves = ()


class StemTreatment(Data):
    """What becomes of one stem of the recording unless the recipe says otherwise."""

    keep: bool
    gain_db: GainDb = 0.0
    reverb_send_db: SendDb = -60.0
    delay_send_db: SendDb = -60.0
    duck_db: Annotated[float, Field(ge=0.0, le=24.0)] = 0.0
    effects: Effects = ()
    moves: Moves = ()


class StemsTreatment(Data):
    vocals: StemTreatment = StemTreatment(keep=True)
    drums: StemTreatment = StemTreatment(keep=False)
    bass: StemTreatment = StemTreatment(keep=False)
    other: StemTreatment = StemTreatment(keep=False)

    def stems_use(self) -> StemsUse:
        """The same choice as a recipe writes it."""
        return StemsUse(
            vocals=StemUse(keep=self.vocals.keep),
            drums=StemUse(keep=self.drums.keep),
            bass=StemUse(keep=self.bass.keep),
            other=StemUse(keep=self.other.keep),
        )


class RoomSetting(Data):
    reverb_size: Share = 0.5
    reverb_damping: Share = 0.5
    delay_beats: Annotated[float, Field(ge=0.125, le=2.0)] = 0.75
    """Delay time in beats of the take (0.75 is a dotted eighth)."""
    delay_feedback: Annotated[float, Field(ge=0.0, le=0.8)] = 0.3

    def room(self, beat_s: float) -> Room:
        delay_s = round(min(2.0, self.delay_beats * beat_s), 6)
        return Room(self.reverb_size, self.reverb_damping, delay_s, self.delay_feedback)


class MasterSetting(Data):
    integrated_lufs: Annotated[float, Field(ge=-24.0, le=-9.0)] = -14.0
    ceiling_dbtp: Annotated[float, Field(ge=-6.0, le=-0.1)] = -1.0
    effects: Effects = ()

    def target(self) -> MasterTarget:
        return MasterTarget(self.integrated_lufs, self.ceiling_dbtp, tuple(item.effect() for item in self.effects))
