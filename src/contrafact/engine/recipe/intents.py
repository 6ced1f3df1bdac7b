"""What a phrase asks for, as values: the planner collects them and writes one recipe."""

from dataclasses import dataclass
from typing import Literal

from contrafact.engine.audio.stems import StemName

Kind = Literal["style", "tempo", "key", "keep", "drop", "level", "instrument", "mood", "length", "strength"]


@dataclass(frozen=True, slots=True)
class Style:
    slug: str


@dataclass(frozen=True, slots=True)
class TempoFactor:
    factor: float


@dataclass(frozen=True, slots=True)
class TempoBpm:
    bpm: float


@dataclass(frozen=True, slots=True)
class Transpose:
    semitones: int


@dataclass(frozen=True, slots=True)
class ToKey:
    """``mode`` is None when only the tonic was named."""

    tonic: int
    mode: Literal["major", "minor"] | None


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep this stem as recorded."""

    stem: StemName


@dataclass(frozen=True, slots=True)
class Drop:
    stem: StemName


@dataclass(frozen=True, slots=True)
class Only:
    """Nothing but these stems of the recording."""

    stems: tuple[StemName, ...]


@dataclass(frozen=True, slots=True)
class Level:
    stem: StemName
    gain_db: float


@dataclass(frozen=True, slots=True)
class With:
    instrument: str


@dataclass(frozen=True, slots=True)
class Without:
    instrument: str


@dataclass(frozen=True, slots=True)
class Mood:
    slug: str


@dataclass(frozen=True, slots=True)
class Length:
    seconds: float


@dataclass(frozen=True, slots=True)
class LengthFactor:
    factor: float


@dataclass(frozen=True, slots=True)
class Amount:
    """How strongly everything that changes shall change, 0 to 1."""

    strength: float


Intent = (
    Style
    | TempoFactor
    | TempoBpm
    | Transpose
    | ToKey
    | Keep
    | Drop
    | Only
    | Level
    | With
    | Without
    | Mood
    | Length
    | LengthFactor
    | Amount
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words ``first``..``last`` (exclusive) of the prompt and what they ask for."""

    first: int
    last: int
    kind: Kind
    intents: tuple[Intent, ...]
