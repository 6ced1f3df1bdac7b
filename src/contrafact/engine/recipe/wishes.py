"""What a recipe may ask of form, harmony, voice, melody and of a second recording, as strict values.

Each of them changes nothing by default, so that an empty document is the recording as it is.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contrafact.engine.listening.chart import SectionLabel

Strength = Annotated[float, Field(ge=0.0, le=1.0)]
GainDb = Annotated[float, Field(ge=-60.0, le=12.0)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Shape = Literal["as_heard", "radio_edit", "extended", "build_and_drop", "loop"]
HarmonyChange = Literal["as_heard", "relative", "parallel", "jazz", "pedal", "simple"]
MelodyPlace = Literal["replace", "double", "rests"]
PartsAction = Literal["drop", "add", "only"]
Reach = Literal["there", "elsewhere", "onwards", "until"]
FadeSeconds = Annotated[float, Field(ge=0.0, le=60.0)]

MOST_SECTIONS = 256


class Document(BaseModel):
    """Base of all parts of a recipe: immutable, strict about fields, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SectionUse(Document):
    """One section of the recording at its place in the take.

    ``section`` counts the chart's sections from 0; ``first_bar`` and ``last_bar`` (inclusive) count the bars inside it
    and by default are all of them.
    """

    section: Annotated[int, Field(ge=0, lt=4096)]
    first_bar: Annotated[int, Field(ge=0, lt=4096)] | None = None
    last_bar: Annotated[int, Field(ge=0, lt=4096)] | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.first_bar is not None and self.last_bar is not None and self.last_bar < self.first_bar:
            raise ValueError("last_bar lies before first_bar")
        return self


class FormUse(Document):
    """Which bars the take plays in which order; ``Recipe.length_s`` is its wanted length.

    Parameters
    ----------
    shape
        ``radio_edit`` about three and a half minutes or less, voice early; ``extended`` the song between bars for
        mixing; ``build_and_drop`` a build before the fullest sections; ``loop`` ends so that it can begin again.
    order
        The sections one by one; empty for what ``shape`` and length make of the song.
    without_sections
        Kinds of section to leave out.
    exact
        Meet ``length_s`` to the millisecond (a fade or a held end makes up for what no bar gives).
    intro_bars, outro_bars
        Bars of the band alone before and after the song, for those who mix; where no band drums play they are made of
        the recording.
    fade_in_s, fade_out_s
        Seconds over which the take comes up from silence and goes back to it; 0 for not at all. At most half of it.
    """

    shape: Shape = "as_heard"
    order: Annotated[tuple[SectionUse, ...], Field(max_length=MOST_SECTIONS)] = ()
    without_sections: Annotated[tuple[SectionLabel, ...], Field(max_length=7)] = ()
    exact: bool = False
    intro_bars: Annotated[int, Field(ge=0, le=64)] = 0
    outro_bars: Annotated[int, Field(ge=0, le=64)] = 0
    fade_in_s: FadeSeconds = 0.0
    fade_out_s: FadeSeconds = 0.0


class HarmonyUse(Document):
    """What becomes of the song's chords in the generated parts."""

    change: HarmonyChange = "as_heard"


class VoiceUse(Document):
    """The song's own voice, treated; nobody else's voice is ever made.

    Parameters
    ----------
    harmonies
        Second voices as diatonic steps from the lead in the key that holds: 2 a third above, -2 a third below, 4 a
        fifth above, -5 a sixth below, 7 and -7 an octave.
    double, choir
        How loud a second take, or a group of eight, sings along; 0 for none.
    formant_semitones
        Size of the throat: below 0 larger, above smaller; the pitch stays.
    breath, brightness
        -1 to 1: less or more air; darker or brighter.
    vibrato
        Depth of the singer's own vibrato: 0 none, 1 as sung, 2 twice.
    tuning
        0 as sung to 1 on the note.
    vocoder, chops, stutter, responses, throws
        Strength of: the voice through the song's chords; slices on the grid where it rests; repeats of the first
        syllable of a phrase; phrases answered by their echo an octave off; delay at the ends of phrases.
    sections
        Kinds of section in which harmonies, double, choir, vocoder, chops, stutter, responses and throws are heard;
        empty for all.
    """

    harmonies: Annotated[tuple[Annotated[int, Field(ge=-7, le=7)], ...], Field(max_length=3)] = ()
    double: Strength = 0.0
    choir: Strength = 0.0
    formant_semitones: Annotated[float, Field(ge=-6.0, le=6.0)] = 0.0
    breath: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    brightness: Annotated[float, Field(ge=-1.0, le=1.0)] = 0.0
    vibrato: Annotated[float, Field(ge=0.0, le=2.0)] = 1.0
    tuning: Strength = 0.0
    vocoder: Strength = 0.0
    chops: Strength = 0.0
    stutter: Strength = 0.0
    responses: Strength = 0.0
    throws: Strength = 0.0
    sections: Annotated[tuple[SectionLabel, ...], Field(max_length=7)] = ()

    @model_validator(mode="after")
    def _other_notes(self) -> Self:
        if 0 in self.harmonies or len(set(self.harmonies)) != len(self.harmonies):
            raise ValueError("harmonies: give each voice its own number of steps, none of them 0")
        return self


class MelodyUse(Document):
    """The lead melody handed to an instrument, which follows its pitch, dynamics and slides."""

    instrument: Slug | None = None
    place: MelodyPlace = "replace"
    """Instead of the voice; along with it; or as an answer where the voice rests."""


class GuestUse(Document):
    """The second recording of a mash-up (``sources[1]``): its voice over the first recording's bars.

    ``semitones`` is None for what the search for compatible keys finds.
    """

    gain_db: GainDb = 0.0
    semitones: Annotated[int, Field(ge=-12, le=12)] | None = None


class PartLevel(Document):
    """A fader: ``part`` is a name or a role of what is played or sung anew (``drums``, ``bass``, ``harmony-1`` …)."""

    part: Slug
    gain_db: GainDb


class PartsIn(Document):
    """Who plays in some sections of the song.

    Parameters
    ----------
    action
        ``drop`` silences the parts there; ``add`` lets them play there, and unless they are asked for elsewhere only
        there; ``only`` silences everything else there.
    parts
        Stems (``vocals``, ``drums``, ``bass``, ``other``), roles or instruments (``piano``); ``melody`` is the tune
        that an instrument plays.
    section, which
        A kind of section, and which of them, counted in the recording: 0 every, 1 the first, -1 the last.
    reach
        ``there``, everywhere ``elsewhere``, from there ``onwards``, or ``until`` there.
    """

    action: PartsAction
    parts: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=8)]
    section: SectionLabel
    which: Annotated[int, Field(ge=-16, le=64)] = 0
    reach: Reach = "there"
