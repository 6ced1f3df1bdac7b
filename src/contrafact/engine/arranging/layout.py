"""A take laid out: its bars, the stretches of the recording that sound in it, and the joins between them.

``Play`` is the plan of one bar of the take; ``Form`` is the plan laid out in time. Source seconds count from the start
of the recording, target seconds from the start of the take.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from contrafact.engine.arranging.timeline import AutomatedKnob
from contrafact.engine.audio.stems import STEM_NAMES, StemName

BarRole = Literal["song", "intro", "outro", "build"]
"""What a bar is for: the song, a way in or out for those who mix, or the build before a drop."""


@dataclass(frozen=True, slots=True)
class SourceBar:
    """One bar of the recording with the section it belongs to; ``end_s`` is where the next bar begins."""

    index: int
    start_s: float
    end_s: float
    beats_s: tuple[float, ...]
    section: int


@dataclass(frozen=True, slots=True)
class SectionSpan:
    label: str
    letter: str
    energy: float


@dataclass(frozen=True, slots=True)
class Play:
    """One bar of the take before it has a time.

    Parameters
    ----------
    bar
        The bar of the recording that sounds, or whose harmony and length hold when nothing of it sounds.
    role
    stems
        Which stems of the recording are heard; none when the band is alone.
    pieces
        1 plays the bar as it is; 2 its first half twice; as many as it has beats, or twice as many, its first beat
        (half beat) again and again.
    breath
        Beats at the end of the bar in which the recording rests.
    """

    bar: int
    role: BarRole = "song"
    stems: tuple[StemName, ...] = STEM_NAMES
    pieces: int = 1
    breath: int = 0

    @property
    def plain(self) -> bool:
        return self.pieces == 1 and self.breath == 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the recording played without a cut, moved by the form and the tempo.

    Bars ``first``..``last`` (inclusive) of :attr:`Form.bars`, or a part of one bar in a build. The voice may come in
    before the stretch begins and leave after it ends (negative: later, earlier), by ``voice_lead_s`` and
    ``voice_tail_s`` source seconds.
    """

    first: int
    last: int
    source_start_s: float
    source_end_s: float
    target_start_s: float
    target_end_s: float
    stems: tuple[StemName, ...] = STEM_NAMES
    voice_lead_s: float = 0.0
    voice_tail_s: float = 0.0
    fade_out_s: float = 0.0
    """Target seconds of fade at its end, where no other stretch takes over."""

    def span(self, stem: StemName) -> tuple[float, float]:
        """Source seconds between which a stem is heard, before crossfades."""
        if stem == "vocals":
            return self.source_start_s - self.voice_lead_s, self.source_end_s + self.voice_tail_s
        return self.source_start_s, self.source_end_s


@dataclass(frozen=True, slots=True)
class Slot:
    """One bar of the take.

    ``beats_s`` are target times of its beats (the first is ``start_s``), ``source_s`` the moments of the recording
    whose harmony holds there. ``appearance`` numbers the sections of the take from 0.
    """

    start_s: float
    end_s: float
    beats_s: tuple[float, ...]
    source_s: tuple[float, ...]
    bar: int
    sounds: bool
    section: SectionSpan
    appearance: int
    role: BarRole


@dataclass(frozen=True, slots=True)
class Seam:
    """A join of two bars that do not follow one another in the recording, and what the gates found there.

    ``level_db`` estimates the step in level that the song itself would not have made; ``voice_shift_s`` is by how much
    the voice changes over after (or, negative, before) the bar line; ``faults`` names the gates that it does not pass.
    """

    target_s: float
    out: int
    into: int
    level_db: float
    voice_shift_s: float
    faults: tuple[str, ...]
    asked: bool = False
    """The recipe gave the order: nothing else could be chosen."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A knob that moves with the form, on kept stems (those named) and, where asked, on the generated parts.

    ``points`` are (target seconds, value).
    """

    knob: AutomatedKnob
    points: tuple[tuple[float, float], ...]
    stems: tuple[StemName, ...] = ()
    parts: bool = False
    whole: bool = False
    """All that sounds moves, a second recording too."""


@dataclass(frozen=True)
class Form:
    """The bars of the song, their sections, and the take made of them."""

    bars: tuple[SourceBar, ...]
    sections: tuple[SectionSpan, ...]
    segments: tuple[Segment, ...]
    ratio: float
    """Playing speed of the recording; the recipe's, or within 1 % of it where a length had to be met exactly."""
    slots: tuple[Slot, ...] = ()
    length_s: float = 0.0
    """Where the take's material ends."""
    fixed: bool = False
    """The take ends exactly there: nothing rings on after it (an exact length, a loop)."""
    loops: bool = False
    fades: bool = False
    """The take fades out while the music goes on: nobody plays an ending."""
    seams: tuple[Seam, ...] = ()
    turns: tuple[Turn, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences for people."""

    @property
    def end_s(self) -> float:
        """Where the take's material ends: the recording's, or the band's after it."""
        return self.length_s

    @cached_property
    def slot_starts(self) -> tuple[float, ...]:
        return tuple(slot.start_s for slot in self.slots)

    def slot_at(self, time_s: float) -> Slot | None:
        """The bar of the take that holds at a target time; None before the first."""
        place = bisect_right(self.slot_starts, time_s + 1e-9) - 1
        return self.slots[place] if place >= 0 else None


def placed(
    form: Form, start_s: float, end_s: float, stem: StemName = "vocals"
) -> Iterator[tuple[Segment, float, float]]:
    """Every place in the take where a span of a stem of the recording sounds: its segment, and start and end in target
    time.

    A span that a cut divides comes in the parts that are left of it. Segments in which the stem is not heard are left
    out; of the voice, what a segment sings before its first and after its last bar line is included.
    """
    for segment in form.segments:
        if stem not in segment.stems:
            continue
        opens_s, closes_s = segment.span(stem)
        first, last = max(start_s, opens_s), min(end_s, closes_s)
        if last > first:
            yield segment, moved(form, segment, first), moved(form, segment, last)


def moved(form: Form, segment: Segment, time_s: float) -> float:
    """Where a moment of the recording lies in the take, as one segment plays it."""
    return segment.target_start_s + (time_s - segment.source_start_s) / form.ratio
