"""What a phrase asks for, as values: the planner collects them and writes one recipe."""

from dataclasses import dataclass
from typing import Literal

from contrafact.engine.audio.stems import StemName
from contrafact.engine.listening.chart import SectionLabel
from contrafact.engine.recipe.form_intents import (
    Fade,
    FormAs,
    MixBars,
    PartsAt,
    SectionIntent,
)
from contrafact.engine.recipe.recipe import Component
from contrafact.engine.recipe.wishes import HarmonyChange, MelodyPlace

LengthBound = Literal["about", "exact", "most", "least", "typical"]
Kind = Literal[
    "style",
    "tempo",
    "key",
    "keep",
    "drop",
    "level",
    "instrument",
    "mood",
    "length",
    "strength",
    "form",
    "harmony",
    "voice",
    "melody",
    "lock",
    "cover",
]


@dataclass(frozen=True, slots=True)
class Style:
    slug: str
    taken: bool = False
    """Not named, but what a mood or an occasion is taken for."""


@dataclass(frozen=True, slots=True)
class StyleHint:
    """An adjective such as *jazzy*: a style where no other is named, else what it adds to that one."""

    slug: str
    besides: "tuple[Intent, ...]"
    weak: bool = False
    """Gives way to any other adjective."""
    taken: bool = False  # an occasion ("for a workout"): a style only where nothing else is asked for


@dataclass(frozen=True, slots=True)
class AnyStyle:
    """Some style that suits the song's tempo: something must play, and none was named."""


@dataclass(frozen=True, slots=True)
class TempoFactor:
    factor: float


@dataclass(frozen=True, slots=True)
class TempoFeel:
    """Half or double time: how a style is felt, and without a style the tempo itself."""

    factor: float


@dataclass(frozen=True, slots=True)
class TempoBpm:
    bpm: float
    direction: Literal[-1, 0, 1] = 0
    """Said to be slower (-1) or faster (1) than the song."""


@dataclass(frozen=True, slots=True)
class TempoStep:
    """So many beats per minute more (or fewer)."""

    bpm: float


@dataclass(frozen=True, slots=True)
class TempoHold:
    """Not faster (1), not slower (-1), neither (0) than recorded."""

    direction: Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True)
class Transpose:
    semitones: int
    weak: bool = False
    """Gives way to any other ("it's too high for me, three semitones down")."""


@dataclass(frozen=True, slots=True)
class ToKey:
    """``mode`` is None when only the tonic was named."""

    tonic: int
    mode: Literal["major", "minor"] | None


@dataclass(frozen=True, slots=True)
class KeyHold:
    """In the recording's own key."""


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
class DropRest:
    """Everything of the recording silent that was not asked to stay."""


@dataclass(frozen=True, slots=True)
class ChangeRest:
    """Everything but the voice, and what was asked to stay, is played anew."""


@dataclass(frozen=True, slots=True)
class KeepRest:
    """What was not asked away stays as recorded."""


@dataclass(frozen=True, slots=True)
class Beneath:
    """The whole recording with the drums of a style under it."""


@dataclass(frozen=True, slots=True)
class Level:
    """A stem louder or quieter; where it is played anew, the part that plays it."""

    stem: StemName
    gain_db: float


@dataclass(frozen=True, slots=True)
class PartGain:
    part: str
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
    bound: LengthBound = "about"
    """``typical`` gives way to any length that is said in numbers."""


@dataclass(frozen=True, slots=True)
class LengthFactor:
    factor: float


@dataclass(frozen=True, slots=True)
class Amount:
    """How strongly everything that changes shall change, 0 to 1."""

    strength: float


@dataclass(frozen=True, slots=True)
class Renew:
    """How new one component shall be."""

    component: Component
    strength: float


@dataclass(frozen=True, slots=True)
class Lock:
    component: Component


@dataclass(frozen=True, slots=True)
class Harmony:
    change: HarmonyChange


@dataclass(frozen=True, slots=True)
class ModeWish:
    """The minor (or major) version: the parallel key, unless the song is in that mode already."""

    mode: Literal["major", "minor"]


@dataclass(frozen=True, slots=True)
class Voice:
    """One setting of ``VoiceUse``; degrees ("a bit", "very") move it from its neutral value."""

    setting: str
    value: float


@dataclass(frozen=True, slots=True)
class Harmonies:
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VoiceIn:
    """The treatments of the voice are heard in these kinds of section."""

    labels: tuple[SectionLabel, ...]


@dataclass(frozen=True, slots=True)
class MelodyOn:
    instrument: str
    place: MelodyPlace = "replace"


@dataclass(frozen=True, slots=True)
class Cover:
    """Performed anew, without any sound of the recording."""


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever it holds shall not be."""

    intent: "Intent"


@dataclass(frozen=True, slots=True)
class Impossible:
    """Understood, but nothing that a recipe can say."""

    why: str


Intent = (
    Style
    | StyleHint
    | AnyStyle
    | TempoFactor
    | TempoFeel
    | TempoBpm
    | TempoStep
    | TempoHold
    | Transpose
    | ToKey
    | KeyHold
    | Keep
    | Drop
    | Only
    | DropRest
    | ChangeRest
    | KeepRest
    | Beneath
    | Level
    | PartGain
    | With
    | Without
    | Mood
    | Length
    | LengthFactor
    | Amount
    | Renew
    | Lock
    | FormAs
    | MixBars
    | SectionIntent
    | PartsAt
    | Fade
    | Harmony
    | ModeWish
    | Voice
    | Harmonies
    | VoiceIn
    | MelodyOn
    | Cover
    | Not
    | Impossible
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words ``first``..``last`` (exclusive) of the prompt and what they ask for."""

    first: int
    last: int
    kind: Kind
    intents: tuple[Intent, ...]
