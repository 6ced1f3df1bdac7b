"""What a style pack writes in steps: grooves, fills and the rhythms of pitched parts, and the drums they may name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contrafact.engine.arranging.notation import DRUM_SIGNS, check_signs, division_of
from contrafact.engine.arranging.settings import Data, Labels
from contrafact.engine.recipe.wishes import Slug

Level = Literal["low", "mid", "high"]
LEVELS: tuple[Level, ...] = ("low", "mid", "high")
Beats = Annotated[int, Field(ge=2, le=12)]

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
        "high-timbale": 65,
        "low-timbale": 66,
        "high-agogo": 67,
        "low-agogo": 68,
        "cabasa": 69,
        "maracas": 70,
        "guiro": 73,
        "claves": 75,
        "woodblock": 76,
        "mute-cuica": 78,
        "open-cuica": 79,
        "triangle": 81,
        "shaker": 82,
        "surdo": 87,
        "mute-surdo": 86,
    }
)
"""General MIDI percussion numbers of what is played beside the set; these lines become the percussion part."""


class Written(Data):
    """A pattern's metre and length, and where it belongs."""

    beats: Beats = 4
    bars: Literal[1, 2, 4] = 1
    division: Literal[2, 3] = 2
    """How a beat divides; 3 for compound time, where 6/8 is two beats."""
    levels: Annotated[tuple[Level, ...], Field(min_length=1)] = LEVELS
    sections: Labels = ()
    """Kinds of section that it is for, and there before all others; empty for everywhere."""


class Groove(Written):
    """One drum pattern: lines of ``X`` accent, ``x`` normal, ``o`` soft, ``g`` ghost, ``.`` rest."""

    name: Slug
    lines: Annotated[Mapping[str, str], Field(min_length=1)]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _check_lines(self.lines, self.beats, self.bars, self.division)
        return self


class Fill(Data):
    """What the drums play instead of the groove in the last ``beats`` beats before something new."""

    beats: Annotated[int, Field(ge=1, le=4)]
    size: Literal["small", "big"]
    division: Literal[2, 3] = 2
    levels: Annotated[tuple[Level, ...], Field(min_length=1)] = LEVELS
    into: Labels = ()
    """Kinds of section that it leads into; empty for any."""
    lines: Mapping[str, str]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _check_lines(self.lines, self.beats, 1, self.division)
        return self


class Pattern(Written):
    """The rhythm of a pitched part; the signs are those of its role (see the guide)."""

    steps: str


def check_steps(steps: str, signs: str, beats: int, bars: int, division: int) -> None:
    """Refuse steps that are not of these signs, or do not divide into the beats, with a ValueError."""
    check_signs(steps, signs)
    per_beat = division_of(steps, beats, bars)
    if division == 3 and per_beat % 3:
        raise ValueError(f"{per_beat} signs a beat; with division = 3 write 3 or 6")


def _check_lines(lines: Mapping[str, str], beats: int, bars: int, division: int) -> None:
    for drum, steps in lines.items():
        if drum not in DRUMS and drum not in PERCUSSION:
            raise ValueError(f"there is no drum {drum!r}; the drums are {', '.join((*DRUMS, *PERCUSSION))}")
        try:
            check_steps(steps, DRUM_SIGNS, beats, bars, division)
        except ValueError as error:
            raise ValueError(f"line {drum}: {error}") from None
