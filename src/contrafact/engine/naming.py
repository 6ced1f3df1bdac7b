"""Chords, keys and times as people write them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contrafact.engine.listening.chart import PITCH_CLASSES, Chord, Key, PitchClass

_SHARP: Final = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_FLAT: Final = ("C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B")
_IN_FLATS: Final[Mapping[str, frozenset[int]]] = MappingProxyType(
    {"major": frozenset({1, 3, 5, 8, 10}), "minor": frozenset({0, 2, 3, 5, 7, 10})}
)
"""Tonics whose signature has fewer flats than sharps. Six of either are F sharp major, but E flat minor, as most write
them."""
_QUALITIES: Final = {
    "maj": "",
    "min": "m",
    "dim": "°",
    "aug": "+",
    "maj7": "maj7",
    "min7": "m7",
    "7": "7",
    "dim7": "°7",
    "hdim7": "ø7",
    "minmaj7": "m(maj7)",
    "maj6": "6",
    "min6": "m6",
    "9": "9",
    "maj9": "maj9",
    "min9": "m9",
    "sus2": "sus2",
    "sus4": "sus4",
    "5": "5",
    "1": "",
}


def pitch_class(name: str) -> int | None:
    """0 for C to 11 for B, of a name with any number of sharps and flats; None where it is none."""
    natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}.get(name[:1])
    if natural is None or name[1:].strip("#b"):
        return None
    return (natural + name.count("#") - name.count("b")) % 12


def in_flats(key: Key) -> bool:
    """Whether a key is written with flats."""
    return PITCH_CLASSES.index(key.tonic) in _IN_FLATS[key.mode]


def pitch_name(pitch: int, flats: bool) -> str:
    return (_FLAT if flats else _SHARP)[pitch % 12]


def key_name(key: Key) -> str:
    """Such as ``B♭ minor``."""
    return key_spelt(key.label)


def key_spelt(label: str) -> str:
    """A key as documents have it, such as ``A# minor``, for people: ``B♭ minor``. What is no key stays as it is.

    Examples
    --------
    >>> key_spelt("G# major"), key_spelt("G# minor")
    ('A♭ major', 'G♯ minor')
    """
    tonic, _, mode = label.partition(" ")
    pitch = pitch_class(tonic)
    if pitch is None or mode not in _IN_FLATS:
        return label
    return f"{pitch_name(pitch, pitch in _IN_FLATS[mode])} {mode}"


def chord_name(chord: Chord, flats: bool) -> str:
    """Such as ``Am7/G``; empty where there is no chord.

    A quality that is not in the table stays as Harte syntax has it, without its colon.
    """
    root, _, rest = chord.label.partition(":")
    root, _, under = root.partition("/")
    quality, _, inversion = rest.partition("/")
    pitch = pitch_class(root)
    if pitch is None:
        return ""
    name = pitch_name(pitch, flats) + _QUALITIES.get(quality, quality)
    bass: PitchClass | None = chord.bass
    if bass is not None and PITCH_CLASSES.index(bass) != pitch:
        return f"{name}/{pitch_name(PITCH_CLASSES.index(bass), flats)}"
    degree = inversion or under
    return f"{name}/{degree}" if degree and bass is None else name


def clock(seconds: float, hours: bool = False) -> str:
    """``m:ss``, or ``h:mm:ss``."""
    whole = max(0, round(seconds))
    if hours or whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"
