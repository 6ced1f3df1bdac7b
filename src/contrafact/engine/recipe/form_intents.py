"""What a phrase asks of the song's form, its sections, who plays in them, and its fades, as values."""

from dataclasses import dataclass

from contrafact.engine.listening.chart import SectionLabel
from contrafact.engine.recipe.wishes import PartsAction, Reach, Shape


@dataclass(frozen=True, slots=True)
class FormAs:
    shape: Shape
    intro_bars: int = 0
    outro_bars: int = 0


@dataclass(frozen=True, slots=True)
class MixBars:
    """Bars of band alone before or after the song."""

    intro_bars: int
    outro_bars: int


@dataclass(frozen=True, slots=True)
class SectionRef:
    """Sections of a kind: all of them (``which`` 0), the first (1), the second (2) …, or from the end (-1)."""

    label: SectionLabel
    which: int = 0


@dataclass(frozen=True, slots=True)
class SkipSections:
    ref: SectionRef


@dataclass(frozen=True, slots=True)
class OnlySections:
    refs: tuple[SectionRef, ...]


@dataclass(frozen=True, slots=True)
class PlaySections:
    """The sections in this order."""

    refs: tuple[SectionRef, ...]


@dataclass(frozen=True, slots=True)
class RepeatSection:
    """So many times in a row where it stands, or once more at the end."""

    ref: SectionRef
    times: int
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class SwapSections:
    """Each of one kind changes places with the one of the other kind that has its number."""

    ref: SectionRef
    other: SectionRef


@dataclass(frozen=True, slots=True)
class MoveSection:
    """One section to a place right after (or before) another."""

    ref: SectionRef
    other: SectionRef
    before: bool = False


@dataclass(frozen=True, slots=True)
class BeginWith:
    """Begin with a section; what came before it follows, or is left out."""

    ref: SectionRef
    cut: bool = False


@dataclass(frozen=True, slots=True)
class EndWith:
    """End with a section."""

    ref: SectionRef
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ResizeSection:
    """Half of it, or twice."""

    ref: SectionRef
    factor: float


@dataclass(frozen=True, slots=True)
class LoopBars:
    """So many bars of the fullest section, round and round."""

    bars: int


SectionIntent = (
    SkipSections
    | OnlySections
    | PlaySections
    | RepeatSection
    | SwapSections
    | MoveSection
    | BeginWith
    | EndWith
    | ResizeSection
    | LoopBars
)
"""What is asked of sections themselves."""


@dataclass(frozen=True, slots=True)
class PartsAt:
    """Who plays in some sections: see ``PartsIn``; ``after`` means from the section that follows."""

    action: PartsAction
    parts: tuple[str, ...]
    ref: SectionRef
    reach: Reach = "there"
    after: bool = False
    comes_in: bool = False
    """Who plays in the song anyway comes in there: they rest elsewhere."""


@dataclass(frozen=True, slots=True)
class Fade:
    """Over so many seconds, or bars, at the end or at the beginning; 0 for not at all."""

    seconds: float = 0.0
    bars: float = 0.0
    at_end: bool = True
