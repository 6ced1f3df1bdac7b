"""The style pack: data that teaches the arranger a style. See ``docs/guides/styles.md`` for how to write one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contrafact.engine.arranging.chords import Colour
from contrafact.engine.arranging.notation import BASS_SIGNS, CHORD_SIGNS, LEAD_SIGNS
from contrafact.engine.arranging.patterns import DRUMS, LEVELS, PERCUSSION, Fill, Groove, Level, Pattern, check_steps
from contrafact.engine.arranging.settings import (
    Channel,
    Data,
    Effects,
    Feel,
    GainDb,
    Humanise,
    Labels,
    MasterSetting,
    RoomSetting,
    Share,
    StemsTreatment,
    StemTreatment,
    TempoRange,
)
from contrafact.engine.listening.chart import Chart, SectionLabel
from contrafact.engine.recipe.recipe import StemsUse, StemUse, Strengths
from contrafact.engine.recipe.wishes import Slug

__all__ = [
    "DRUMS",
    "LEVELS",
    "PERCUSSION",
    "SWEEPS",
    "Channel",
    "Data",
    "Effects",
    "Fill",
    "GainDb",
    "Groove",
    "Kit",
    "Level",
    "Pattern",
    "PitchedPart",
    "PitchedRole",
    "StemTreatment",
    "StylePack",
    "TempoRange",
    "Transition",
]

PitchedRole = Literal["bass", "chords", "pad", "arpeggio", "lead", "counter"]
Sweep = Literal["riser", "noise-riser", "reverse-cymbal", "sweep-down", "impact", "sub-drop"]

SWEEPS: Mapping[Sweep, int] = MappingProxyType(
    {"riser": 1, "noise-riser": 2, "reverse-cymbal": 3, "sweep-down": 4, "impact": 5, "sub-drop": 6}
)
"""Pitches by which notes of an ``effects`` part name their sound."""
SWEEPS_KIT = "sweeps"
"""The kit that plays them."""

_SIGNS: Mapping[PitchedRole, str] = MappingProxyType({"bass": BASS_SIGNS, "lead": LEAD_SIGNS, "counter": LEAD_SIGNS})
_SUNG_SHARE = 0.04
"""Share of a song that must be sung for it to count as a song with a voice."""

Midi = Annotated[int, Field(ge=12, le=108)]


class Kit(Data):
    kit: Slug
    crash: Literal["crash", "splash", "ride-bell", "open-hat", ""] = "crash"
    """What marks the start of a fuller section; empty for nothing."""
    opens: Literal["out", "tops", "full"] = "out"
    """What the drums play in an intro: nothing at first, cymbals and percussion, or the whole groove."""
    channel: Channel = Channel()
    percussion: Channel = Channel()


class PitchedPart(Data):
    """One instrument that follows the song's chords.

    ``energy`` is the span of section energies in which it plays, ``sections`` those in which alone it does,
    ``silent_in`` those in which it never does, and ``voice`` says whether it plays at all times or only where the
    singer rests.
    """

    name: Slug
    role: PitchedRole
    program: Annotated[int, Field(ge=0, le=127)]
    families: tuple[Slug, ...] = ()
    low: Midi
    high: Midi
    voices: Annotated[int, Field(ge=1, le=6)] = 4
    voicing: Literal["free", "close", "open", "shell", "power"] = "free"
    """How chords are laid out: as leads best; within an octave; spread; root, third and seventh; root and fifth."""
    energy: tuple[Share, Share] = (0.0, 1.0)
    sections: Labels = ()
    silent_in: tuple[SectionLabel, ...] = ()
    voice: Literal["any", "rests"] = "any"
    rootless: bool = False
    approach: Literal["scale", "chromatic", "fifth"] = "scale"
    """How a bass steps into the next chord (sign ``a``)."""
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
        signs = _SIGNS.get(self.role, CHORD_SIGNS)
        for place, pattern in enumerate(self.patterns):
            try:
                check_steps(pattern.steps, signs, pattern.beats, pattern.bars, pattern.division)
            except ValueError as error:
                raise ValueError(f"part {self.name}, pattern {place}: {error}") from None
        return self


class Transition(Data):
    """A sound that leads from one section into the next.

    ``when``: a ``lift`` sounds for the last ``beats`` beats before a section whose energy is higher by ``rise``; an
    ``arrival`` strikes on that section's first beat; a ``fall`` starts on the first beat of one whose energy is lower.
    ``sections`` names the kinds of section that are led into (empty for all), ``chance`` how often it is heard.
    """

    name: Slug
    sound: Sweep
    when: Literal["lift", "arrival", "fall"]
    beats: Annotated[int, Field(ge=1, le=32)] = 8
    rise: Share = 0.08
    sections: Labels = ()
    chance: Share = 1.0
    velocity: Annotated[int, Field(ge=1, le=127)] = 96
    channel: Channel = Channel(gain_db=-10.0, reverb_send_db=-18.0)


class StylePack(Data):
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
    transitions: Annotated[tuple[Transition, ...], Field(max_length=12)] = ()
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

    def exact(self) -> Self:
        """The same style played by nobody: every note of its takes lies where the style's own players aim."""
        return self.model_copy(update={"humanise": self.humanise.model_copy(update={"timing_ms": 0.0})})

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for level in LEVELS:
            if not any(groove.beats == 4 and level in groove.levels and not groove.sections for groove in self.grooves):
                raise ValueError(f"grooves: none of 4 beats is for level {level!r}; add it to a groove's levels")
        names = [part.name for part in self.parts] + [transition.name for transition in self.transitions]
        doubled = next((name for name in names if names.count(name) > 1 or name in ("drums", "percussion")), None)
        if doubled is not None:
            raise ValueError(f"parts: the name {doubled!r} is taken; give each part its own")
        if any(word != word.lower().strip() or not word for word in self.words):
            raise ValueError("words: write them in lower case, without blanks around them")
        unknown = next((line for line in self.humanise.lags_ms if line not in DRUMS and line not in PERCUSSION), None)
        if unknown is not None:
            raise ValueError(f"humanise.lags_ms: there is no drum {unknown!r}")
        return self
