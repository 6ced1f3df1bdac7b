"""What decides a generated song. Equal settings give equal songs, sample for sample."""

from dataclasses import dataclass
from typing import Literal

from benchmarks.truth.song import Split

GENERATOR = 1
"""Raised whenever the same settings would give another song; kept songs of older numbers are not used again."""

MetreName = Literal["3/4", "4/4", "5/4", "6/8"]
Colour = Literal["triads", "sevenths", "slash", "borrowed"]
Font = Literal["general-midi-soundfont", "fluid-mono-soundfont", "timgm-soundfont"]
Passage = Literal["none", "drums only", "voice only", "quiet"]
BEATS: dict[MetreName, tuple[int, Literal[2, 3]]] = {"3/4": (3, 2), "4/4": (4, 2), "5/4": (5, 2), "6/8": (2, 3)}
"""Beats to the bar and what a beat divides into."""


@dataclass(frozen=True, slots=True)
class SongSettings:
    """One song.

    Parameters
    ----------
    form : str
        Sections and their bars, such as ``"intro4 verse8 chorus8"``; a label may be followed by ``*`` to say that the
        key moves there by ``modulation`` semitones and stays, and by ``%`` to say that it is in ``metre_change``.
    style : str
        A key of :data:`benchmarks.truth.styles.STYLES`: which drum patterns, accompaniments and bass lines are used.
    band : tuple of int
        General MIDI programs (from 0) of comping, pad, bass, solo, and the kit (of bank 128).
    voice : str
        A key of :data:`benchmarks.truth.singer.VOICES`; empty for nobody.
    swing : float
        Where the off-beat eighth falls in the beat.
    drift : float
        Depth of a slow swing of the tempo: 0.04 is between 96 and 104 %.
    rubato : bool
        The intro is played freely.
    tempo_ratio : float
        The tempo from the second half on, relative to ``bpm``; 1 for no change.
    sparse_intro : bool
        No drums and no bass before the first verse.
    passage : str
        What a ``break`` is.
    loud_lufs : float | None
        Mastered to this by a limiter; None leaves the mix as it is and sets its peak to ``peak_db``.
    """

    name: str
    split: Split
    seed: int
    bpm: float
    key: str
    form: str
    style: str
    band: tuple[int, int, int, int, int]
    font: Font = "general-midi-soundfont"
    metre: MetreName = "4/4"
    colour: Colour = "triads"
    voice: str = "alto"
    swing: float = 0.5
    half_time: bool = False
    drums: bool = True
    drift: float = 0.0
    rubato: bool = False
    tempo_ratio: float = 1.0
    modulation: int = 0
    metre_change: MetreName | None = None
    sparse_intro: bool = False
    passage: Passage = "quiet"
    tuning_cents: float = 0.0
    loud_lufs: float | None = -12.0
    peak_db: float = -3.0
    mp3: bool = False
    lead_in_s: float = 0.3

    @property
    def traits(self) -> tuple[str, ...]:
        """What makes it special, in words that a table can be grouped by."""
        found = [f"{self.metre}", self.colour, self.style]
        found += [f"swing {self.swing:.2f}"] if self.swing > 0.51 else []
        found += ["half-time"] if self.half_time else []
        found += ["drift"] if self.drift else []
        found += ["rubato intro"] if self.rubato else []
        found += ["tempo change"] if self.tempo_ratio != 1.0 else []
        found += ["modulation"] if self.modulation else []
        found += ["metre change"] if self.metre_change else []
        found += ["sparse intro"] if self.sparse_intro else []
        found += [self.passage] if self.passage in ("drums only", "voice only") and "break" in self.form else []
        found += [] if self.drums else ["no drums"]
        found += [] if self.voice else ["no voice"]
        found += ["detuned"] if self.tuning_cents else []
        found += ["mp3"] if self.mp3 else []
        found += ["loud"] if self.loud_lufs is not None and self.loud_lufs > -10.0 else []
        found += ["quiet"] if self.loud_lufs is None and self.peak_db < -20.0 else []
        return tuple(found)
