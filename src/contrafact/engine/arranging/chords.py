"""Chord labels in Harte syntax to pitch classes (Harte et al., ISMIR 2005), and the colours a style may add to them."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from contrafact.engine.listening.chart import PITCH_CLASSES

Colour = Literal["triad", "seventh", "ninth"]

_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MAJOR_DEGREES = (0, 2, 4, 5, 7, 9, 11)
_SCALES = {"major": frozenset({0, 2, 4, 5, 7, 9, 11}), "minor": frozenset({0, 2, 3, 5, 7, 8, 10})}
_QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "7": (0, 4, 7, 10),
    "dim7": (0, 3, 6, 9),
    "hdim7": (0, 3, 6, 10),
    "minmaj7": (0, 3, 7, 11),
    "maj6": (0, 4, 7, 9),
    "min6": (0, 3, 7, 9),
    "9": (0, 4, 7, 10, 2),
    "maj9": (0, 4, 7, 11, 2),
    "min9": (0, 3, 7, 10, 2),
    "11": (0, 4, 7, 10, 2, 5),
    "13": (0, 4, 7, 10, 2, 9),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "1": (0,),
    "5": (0, 7),
}
_LABEL = re.compile(
    r"^(?P<root>[A-G][#b]{0,3})(?::(?P<quality>[a-z0-9]*)(?:\((?P<extra>[^)]*)\))?)?(?:/(?P<bass>[#b]{0,2}\d{1,2}))?$"
)
_DEGREE = re.compile(r"^(\*?)([#b]{0,2})(\d{1,2})$")


@dataclass(frozen=True, slots=True)
class ChordTones:
    """Pitch classes of a chord: ``root``, ``bass`` (the root but for a slash), intervals above the root."""

    root: int
    intervals: tuple[int, ...]
    bass: int

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        return tuple((self.root + interval) % 12 for interval in self.intervals)

    @property
    def minor(self) -> bool:
        return 3 in self.intervals and 4 not in self.intervals

    def interval(self, *choices: int) -> int | None:
        """The first of ``choices`` that the chord has, or None."""
        return next((choice for choice in choices if choice in self.intervals), None)

    def transposed(self, semitones: int) -> "ChordTones":
        return replace(self, root=(self.root + semitones) % 12, bass=(self.bass + semitones) % 12)

    def bare(self) -> "ChordTones":
        """Root and fifth only: what is safe to play when the chord was heard uncertainly."""
        fifth = self.interval(7, 6, 8) or 7
        return replace(self, intervals=(0, fifth))


def _degree(text: str) -> int | None:
    match = _DEGREE.match(text.strip())
    if match is None or int(match[3]) == 0:
        return None
    number = int(match[3]) - 1
    return (_MAJOR_DEGREES[number % 7] + match[2].count("#") - match[2].count("b")) % 12


def parse_chord(label: str) -> ChordTones | None:
    """Pitch classes of a Harte label; None for ``N``, ``X`` and anything that is not a chord."""
    match = _LABEL.match(label)
    if match is None:
        return None
    quality = match["quality"] or ""
    if quality not in _QUALITIES:
        return None
    root = (_NATURALS[match["root"][0]] + match["root"].count("#") - match["root"].count("b")) % 12
    intervals = list(_QUALITIES[quality]) if match["extra"] is None or quality else [0]
    for item in (match["extra"] or "").split(","):
        degree = _degree(item)
        if degree is None:
            continue
        if item.strip().startswith("*"):
            intervals = [interval for interval in intervals if interval != degree]
        elif degree not in intervals:
            intervals.append(degree)
    bass_degree = _degree(match["bass"]) if match["bass"] else 0
    if bass_degree is None:
        return None
    return ChordTones(root, tuple(intervals) or (0,), (root + bass_degree) % 12)


def tonic_class(tonic: str) -> int:
    return PITCH_CLASSES.index(tonic)


def scale_of(tonic: int, mode: str) -> frozenset[int]:
    """Pitch classes of the major or natural minor scale on ``tonic``."""
    return frozenset((tonic + step) % 12 for step in _SCALES[mode])


def coloured(chord: ChordTones, colour: Colour, scale: frozenset[int]) -> ChordTones:
    """Add the seventh (and ninth) that the key itself offers; triads only, so what was heard is never contradicted.

    A minor seventh that leaves the key is still added to a minor triad, the commonest choice of players; a major triad
    gets the seventh of the scale, so that I and IV become maj7 and V becomes 7.
    """
    if colour == "triad" or len(chord.intervals) != 3 or chord.interval(3, 4) is None or 7 not in chord.intervals:
        return chord
    intervals: tuple[int, ...] = chord.intervals
    if chord.minor:
        intervals += (10,)
    elif (chord.root + 11) % 12 in scale:
        intervals += (11,)
    elif (chord.root + 10) % 12 in scale:
        intervals += (10,)
    if colour == "ninth" and len(intervals) == 4 and (chord.root + 2) % 12 in scale:
        intervals += (2,)
    return replace(chord, intervals=intervals)
