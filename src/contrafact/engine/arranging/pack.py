"""The style pack: data that teaches the arranger a style. See ``docs/guides/styles.md`` for how to write one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from contrafact.engine.arranging.chords import Colour
from contrafact.engine.arranging.effects import EFFECTS
from contrafact.engine.arranging.notation import BASS_SIGNS, CHORD_SIGNS, DRUM_SIGNS, check_signs, division_of
from contrafact.engine.arranging.timeline import Effect, EffectName, MasterTarget, Room
from contrafact.engine.listening.chart import Chart, SectionLabel
from contrafact.engine.recipe.recipe import StemsUse, StemUse, Strengths
from contrafact.engine.recipe.wishes import Slug

Level = Literal["low", "mid", "high"]
LEVELS: tuple[Level, ...] = ("low", "mid", "high")
PitchedRole = Literal["bass", "chords", "pad", "arpeggio", "lead"]

DRUMS: Mapping[str, int] = MappingProxyType(
    {
        "kick": 36,
        "side-stick": 37,
        "snare": 38,
        "clap": 39,
        "snare2": 40,
        "brush-swirl": 40,
        "closed-hat": 42,
        "pedal-hat": 44,
        "open-hat": 46,
        "low-tom": 45,
        "mid-tom": 47,
        "high-tom": 50,
        "crash": 49,
        "ride": 51,
        "ride-bell": 53,
        "splash": 55,
    }
)
"""General MIDI percussion numbers of the drum set."""

PERCUSSION: Mapping[str, int] = MappingProxyType(
    {
        "tambourine": 54,
        "cowbell": 56,
        "high-bongo": 60,
        "low-bongo": 61,
        "mute-conga": 62,
        "high-conga": 63,
        "low-conga": 64,
        "cabasa": 69,
        "claves": 75,
        "triangle": 81,
        "shaker": 82,
    }
)
"""General MIDI percussion numbers of what is played beside the set; these lines become the percussion part."""

_SUNG_SHARE = 0.04
"""Share of a song that must be sung for it to count as a song with a voice."""

GainDb = Annotated[float, Field(ge=-60.0, le=12.0)]
SendDb = Annotated[float, Field(ge=-60.0, le=0.0)]
Midi = Annotated[int, Field(ge=12, le=108)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Beats = Annotated[int, Field(ge=2, le=12)]
Bpm = Annotated[float, Field(ge=40.0, le=240.0)]


class _Data(BaseModel):
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


class EffectSetting(_Data):
    """One effect of a chain with the knobs that the pack sets; the others keep their defaults."""

    name: EffectName
    settings: Mapping[str, float] = MappingProxyType({})

    def effect(self) -> Effect:
        return Effect(self.name, tuple(sorted(self.settings.items())))


Effects = Annotated[tuple[Annotated[EffectSetting, BeforeValidator(_checked_effect)], ...], Field(max_length=8)]


class TempoRange(_Data):
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


class Feel(_Data):
    swing: Annotated[float, Field(ge=0.5, le=0.75)] = 0.5
    """Share of a pair that its first note takes; 0.5 is straight, 0.667 a triplet shuffle."""
    swing_unit: Literal["eighth", "sixteenth"] = "eighth"


class Humanise(_Data):
    timing_ms: Annotated[float, Field(ge=0.0, le=15.0)] = 3.0
    """The most that chance moves a note from its place."""
    velocity: Annotated[float, Field(ge=0.0, le=24.0)] = 6.0
    """The most that chance changes a note's velocity (of 127)."""
    snare_lag_ms: Annotated[float, Field(ge=-20.0, le=40.0)] = 0.0
    """How far the backbeat lies behind the beat."""


class Channel(_Data):
    """Place of a part in the mix."""

    gain_db: GainDb = 0.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    reverb_send_db: SendDb = -60.0
    delay_send_db: SendDb = -60.0
    duck_db: Annotated[float, Field(ge=0.0, le=24.0)] = 0.0
    effects: Effects = ()


class Kit(_Data):
    kit: Slug
    crash: Literal["crash", "splash", "ride-bell", "open-hat", ""] = "crash"
    """What marks the start of a fuller section; empty for nothing."""
    opens: Literal["out", "tops", "full"] = "out"
    """What the drums play in an intro: nothing at first, cymbals and percussion, or the whole groove."""
    channel: Channel = Channel()
    percussion: Channel = Channel()


class _Written(_Data):
    """A pattern's metre and length."""

    beats: Beats = 4
    bars: Literal[1, 2, 4] = 1
    levels: Annotated[tuple[Level, ...], Field(min_length=1)] = LEVELS


class Groove(_Written):
    """One drum pattern: lines of ``X`` accent, ``x`` normal, ``o`` soft, ``g`` ghost, ``.`` rest."""

    name: Slug
    lines: Annotated[Mapping[str, str], Field(min_length=1)]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _check_lines(self.lines, self.beats, self.bars)
        return self


class Fill(_Data):
    """What the drums play instead of the groove in the last ``beats`` beats before something new."""

    beats: Annotated[int, Field(ge=1, le=4)]
    size: Literal["small", "big"]
    levels: Annotated[tuple[Level, ...], Field(min_length=1)] = LEVELS
    lines: Mapping[str, str]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _check_lines(self.lines, self.beats, 1)
        return self


def _check_lines(lines: Mapping[str, str], beats: int, bars: int) -> None:
    for drum, steps in lines.items():
        if drum not in DRUMS and drum not in PERCUSSION:
            raise ValueError(f"there is no drum {drum!r}; the drums are {', '.join((*DRUMS, *PERCUSSION))}")
        try:
            check_signs(steps, DRUM_SIGNS)
            division_of(steps, beats, bars)
        except ValueError as error:
            raise ValueError(f"line {drum}: {error}") from None


class Pattern(_Written):
    """The rhythm of a pitched part; the signs are those of its role (see the guide)."""

    steps: str


class PitchedPart(_Data):
    """One instrument that follows the song's chords.

    ``energy`` is the span of section energies in which it plays, ``silent_in`` the sections in which it never does,
    and ``voice`` says whether it plays at all times or only where the singer rests.
    """

    name: Slug
    role: PitchedRole
    program: Annotated[int, Field(ge=0, le=127)]
    families: tuple[Slug, ...] = ()
    low: Midi
    high: Midi
    voices: Annotated[int, Field(ge=1, le=6)] = 4
    energy: tuple[Share, Share] = (0.0, 1.0)
    silent_in: tuple[SectionLabel, ...] = ()
    voice: Literal["any", "rests"] = "any"
    rootless: bool = False
    strum_ms: Annotated[float, Field(ge=0.0, le=60.0)] = 0.0
    lag_ms: Annotated[float, Field(ge=-20.0, le=40.0)] = 0.0
    release: Annotated[float, Field(gt=0.0, le=1.0)] = 0.95
    """Share of its written length that a note sounds."""
    velocity: Annotated[int, Field(ge=1, le=127)] = 92
    channel: Channel = Channel()
    patterns: tuple[Pattern, ...] = ()

    @model_validator(mode="after")
    def _playable(self) -> Self:
        if self.high - self.low < 11:
            raise ValueError(f"part {self.name}: low {self.low} to high {self.high} is less than an octave")
        if self.energy[0] > self.energy[1]:
            raise ValueError(f"part {self.name}: energy must rise, as in [0.3, 1.0]")
        if self.role in ("bass", "chords", "arpeggio") and not any(pattern.beats == 4 for pattern in self.patterns):
            raise ValueError(f"part {self.name}: a {self.role} part needs at least one pattern of 4 beats")
        signs = BASS_SIGNS if self.role == "bass" else CHORD_SIGNS
        for place, pattern in enumerate(self.patterns):
            try:
                check_signs(pattern.steps, signs)
                division_of(pattern.steps, pattern.beats, pattern.bars)
            except ValueError as error:
                raise ValueError(f"part {self.name}, pattern {place}: {error}") from None
        return self


class StemTreatment(_Data):
    """What becomes of one stem of the recording unless the recipe says otherwise."""

    keep: bool
    gain_db: GainDb = 0.0
    reverb_send_db: SendDb = -60.0
    delay_send_db: SendDb = -60.0
    duck_db: Annotated[float, Field(ge=0.0, le=24.0)] = 0.0
    effects: Effects = ()


class StemsTreatment(_Data):
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


class RoomSetting(_Data):
    reverb_size: Share = 0.5
    reverb_damping: Share = 0.5
    delay_beats: Annotated[float, Field(ge=0.125, le=2.0)] = 0.75
    """Delay time in beats of the take (0.75 is a dotted eighth)."""
    delay_feedback: Annotated[float, Field(ge=0.0, le=0.8)] = 0.3

    def room(self, beat_s: float) -> Room:
        delay_s = round(min(2.0, self.delay_beats * beat_s), 6)
        return Room(self.reverb_size, self.reverb_damping, delay_s, self.delay_feedback)


class MasterSetting(_Data):
    integrated_lufs: Annotated[float, Field(ge=-24.0, le=-9.0)] = -14.0
    ceiling_dbtp: Annotated[float, Field(ge=-6.0, le=-0.1)] = -1.0
    effects: Effects = ()

    def target(self) -> MasterTarget:
        return MasterTarget(self.integrated_lufs, self.ceiling_dbtp, tuple(item.effect() for item in self.effects))


class StylePack(_Data):
    """A style, complete: everything that the arranger needs to play a song in it."""

    pack: Literal[1]
    slug: Slug
    name: Annotated[str, Field(min_length=1, max_length=40)]
    about: Annotated[str, Field(min_length=1, max_length=200)]
    words: Annotated[tuple[str, ...], Field(min_length=1)]
    """What people call it, lower case; the planner finds the style by these."""
    tempo: TempoRange
    feel: Feel = Feel()
    humanise: Humanise = Humanise()
    colour: Colour = "triad"
    """How far chords are enriched when the recipe lets the harmony change."""
    strengths: Strengths = Strengths(rhythm=1.0, timbre=1.0)
    """What the planner writes into a recipe of this style unless the words say otherwise."""
    drums: Kit
    grooves: Annotated[tuple[Groove, ...], Field(min_length=1)]
    fills: tuple[Fill, ...] = ()
    parts: tuple[PitchedPart, ...] = ()
    stems: StemsTreatment = StemsTreatment()
    room: RoomSetting = RoomSetting()
    master: MasterSetting = MasterSetting()

    def stems_for(self, chart: Chart) -> StemsUse:
        """Which stems of a song this style keeps unasked. Where nobody sings, ``other`` carries the tune and is kept
        instead of the voice, so that the remix is still the song.
        """
        sung_s = sum(region.end_s - region.start_s for region in chart.vocal_regions)
        use = self.stems.stems_use()
        if sung_s >= _SUNG_SHARE * chart.duration_s or not use.vocals.keep:
            return use
        return use.model_copy(update={"vocals": StemUse(keep=False), "other": StemUse(keep=True)})

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for level in LEVELS:
            if not any(groove.beats == 4 and level in groove.levels for groove in self.grooves):
                raise ValueError(f"grooves: none of 4 beats is for level {level!r}; add it to a groove's levels")
        names = [part.name for part in self.parts]
        doubled = next((name for name in names if names.count(name) > 1 or name in ("drums", "percussion")), None)
        if doubled is not None:
            raise ValueError(f"parts: the name {doubled!r} is taken; give each part its own")
        if any(word != word.lower().strip() or not word for word in self.words):
            raise ValueError("words: write them in lower case, without blanks around them")
        return self
