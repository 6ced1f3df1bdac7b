"""Chords from Roman numerals, and how they are voiced.

A numeral stands on a degree of the major scale (so a minor key's third chord is ``bIII``), upper case for major and
lower case for minor, followed by ``7``, ``maj7``, ``ø7``, ``°`` and by ``/3``, ``/5`` or ``/7`` for an inversion.
"""

import re
from dataclasses import dataclass
from typing import Final

PITCH_CLASSES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
QUALITIES: Final[dict[str, tuple[int, ...]]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "7": (0, 4, 7, 10),
    "hdim7": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
}
SCALES: Final[dict[str, tuple[int, ...]]] = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_DEGREES: Final = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_NUMERAL: Final = re.compile(r"(b|#)?([ivIV]+)(maj7|ø7|°7|°|7)?(?:/([357]))?")
_DEGREE_NAMES: Final = {3: "b3", 4: "3", 6: "b5", 7: "5", 9: "bb7", 10: "b7", 11: "7"}


@dataclass(frozen=True, slots=True)
class Chord:
    """A sounding chord: pitch class of the root, quality, and how far above it the bass note lies."""

    root: int
    quality: str
    inversion: int = 0

    @property
    def label(self) -> str:
        """In Harte's syntax."""
        name = f"{PITCH_CLASSES[self.root]}:{self.quality}"
        return f"{name}/{_DEGREE_NAMES[self.inversion]}" if self.inversion else name

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        return tuple((self.root + interval) % 12 for interval in QUALITIES[self.quality])

    @property
    def bass(self) -> int:
        return (self.root + self.inversion) % 12

    def moved(self, semitones: int) -> "Chord":
        return Chord((self.root + semitones) % 12, self.quality, self.inversion)


def chord_of(numeral: str, tonic: int) -> Chord:
    """The chord that a numeral means in a key.

    Raises
    ------
    ValueError
        When it is not a numeral of the kind described above.
    """
    found = _NUMERAL.fullmatch(numeral)
    if found is None or found[2].lower() not in _DEGREES:
        raise ValueError(f"{numeral!r} is not a Roman numeral")
    accidental, roman, suffix, inversion = found.groups()
    root = tonic + _DEGREES[roman.lower()] + {"b": -1, "#": 1, None: 0}[accidental]
    minor = roman.islower()
    quality = {
        None: "min" if minor else "maj",
        "7": "min7" if minor else "7",
        "maj7": "maj7",
        "ø7": "hdim7",
        "°": "dim",
        "°7": "dim7",
    }[suffix]
    intervals = QUALITIES[quality]
    step = {None: 0, "3": 1, "5": 2, "7": 3}[inversion]
    if step >= len(intervals):
        raise ValueError(f"{numeral!r} has no seventh to stand on")
    return Chord(root % 12, quality, intervals[step])


def bars_of(progression: str, tonic: int) -> tuple[tuple[Chord, ...], ...]:
    """Bars are divided by ``|``; chords within a bar share it evenly."""
    return tuple(tuple(chord_of(item, tonic) for item in bar.split()) for bar in progression.split("|"))


def tonic_of(key: str) -> tuple[int, str]:
    """Pitch class and mode of ``"F# minor"``."""
    name, mode = key.split(" ")
    return PITCH_CLASSES.index(name), mode


def voicing(chord: Chord, centre: int, before: tuple[int, ...] = ()) -> tuple[int, ...]:
    """MIDI pitches of the chord near ``centre``, each voice close to where a voice was before."""
    target = sum(before) / len(before) if before else float(centre)
    best: tuple[int, ...] = ()
    for lowest in range(centre - 9, centre + 4):
        if lowest % 12 not in chord.pitch_classes:
            continue
        pitches = [lowest]
        while len(pitches) < len(chord.pitch_classes):
            pitches.append(
                next(key for key in range(pitches[-1] + 1, pitches[-1] + 13) if key % 12 in chord.pitch_classes)
            )
        found = tuple(pitches)
        cost = abs(sum(found) / len(found) - target) + 0.3 * abs(sum(found) / len(found) - centre)
        if not best or cost < abs(sum(best) / len(best) - target) + 0.3 * abs(sum(best) / len(best) - centre):
            best = found
    return best
