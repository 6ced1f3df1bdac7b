"""The composition: form, chords, melody and words. Written in C and played a fourth lower, in G."""

import re
from dataclasses import dataclass
from typing import Final

TITLE: Final = "Take It and Run"
ARTIST: Final = "The Contrafact Band"
TEMPO_BPM: Final = 104.0
BEAT_S: Final = 60.0 / TEMPO_BPM
BEATS: Final = 4
TRANSPOSE: Final = -5
"""Semitones from the written C major to the sounding G major."""
KEY: Final = "G major"
LEAD_IN_S: Final = 0.25
"""Silence before the first beat, so that nothing begins on the file's edge."""
TAIL_S: Final = 3.2

_LETTERS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_QUALITIES: Final = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "sus4": (0, 5, 7),
    "add9": (0, 4, 7, 14),
}


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    label: str
    bar: int
    """Its first bar, counted from 0."""
    bars: int


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord as it sounds (transposed)."""

    name: str
    root: int
    """Pitch class."""
    bass: int
    """Pitch class."""
    tones: tuple[int, ...]
    """Semitones above the root."""
    beat: float
    """From the start of the song."""
    beats: float


@dataclass(frozen=True, slots=True)
class SungNote:
    syllable: str
    beat: float
    beats: float
    pitch: int
    """MIDI number as it sounds; for a slide from note to note each is one, the later ones with the syllable "_"."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the lyrics with its notes; what is sung in one breath."""

    words: str
    section: str
    notes: tuple[SungNote, ...]
    intensity: float
    """From 0, intimate, to 1, full voice."""
    harmony: tuple[int, ...] = ()
    """Scale steps from the melody at which other voices sing along."""


_FORM: Final = (
    ("intro", "intro", 4),
    ("verse 1", "verse", 8),
    ("lift", "pre-chorus", 4),
    ("chorus 1", "chorus", 8),
    ("verse 2", "verse", 8),
    ("chorus 2", "chorus", 8),
    ("bridge", "bridge", 4),
    ("chorus 3", "chorus", 8),
    ("outro", "outro", 4),
)

_CHORDS: Final = {
    "intro": "C | G/B | Am7 | Fadd9",
    "verse 1": "C | G/B | Am7 | F | C | G/B | F | G",
    "lift": "F | Am | Dm7 | Gsus4 G",
    "chorus 1": "C | G/B | Am7 | F | C/E | F | Dm7 G | C",
    "verse 2": "C | Gm/Bb | Am7 | F | C | G/B | F | Gsus4 G",
    "chorus 2": "C | G/B | Am7 | F | C/E | F | Dm7 G | C",
    "bridge": "Am | Em | F | Gsus4 G",
    "chorus 3": "C | G/B | Am7 | F | C/E | F | Dm7 G | Am7 G/B",
    "outro": "F | C/E | Dm7 G | C",
}

# Each word of a line as syllable@beat:pitch[/beats]; beats count from the line's first bar, a length is given where the
# note does not last until the next one. "_" goes on with the vowel before.
_VERSE_A = "{0}@.5:C4 {1}@1:E4 {2}@1.5:E4 {3}@2:G4 {4}@3:E4 {5}@3.5:D4 {6}@4:E4 {7}@4.5:D4 {8}@5:D4/2"
_VERSE_B = "{0}@.5:C4 {1}@1:E4 {2}@1.5:E4 {3}@3:D4 {4}@3.5:C4 {5}@4:A4 {6}@4.5:G4 {7}@5.5:A4/1.75"
_VERSE_C = "{0}@.5:C4 {1}@1:E4 {2}@1.5:E4 {3}@2:G4 {4}@3:E4 {5}@3.5:D4 {6}@4:E4 {7}@4.5:D4 {8}@5:B3/2"
_VERSE_D = "{0}@.5:A3 {1}@1:C4 {2}@1.5:C4 {3}@2:F4 {4}@3:E4 {5}@3.5:D4 {6}@4:E4 {7}@4.5:D4/2.5"
_HOOK = "{0}@0:G4 {1}@.5:G4 {2}@1:A4 {3}@1.5:C5/1.9"
_HOOK_B = "{0}@0:G4 {1}@.5:G4 {2}@1:A4 {3}@1.5:B4/1.9"
_SONG = "{0}@0:A4 {1}@.5:A4 {2}@1:B4 {3}@1.5:C5 {4}@2.5:B4 {5}@3:A4 {6}@3.5:G4 {7}@4:A4/2.5"
_TURN = "{0}@0:G4 {1}@.5:G4 {2}@1:A4 {3}@2:G4 {4}@2.5:E4 {5}@3:G4 {6}@3.5:A4/3"
_TOP = "{0}@0:A4 {1}@.5:A4 {2}@1:B4 {3}@1.5:D5/1.9"
_HOME = "{0}@0:G4 {1}@.5:E4 {2}@1:D4 {3}@1.5:C4/2"

_LINES: Final = (
    ("verse 1", 0, "I wrote a line on a pa-per cup,", _VERSE_A, 0.35),
    ("verse 1", 2, "hummed it low while the sun came up.", _VERSE_B, 0.35),
    ("verse 1", 4, "Gave it a-way to a pass-ing train;", _VERSE_C, 0.45),
    ("verse 1", 6, "it came back sing-ing in the rain.", _VERSE_D, 0.45),
    ("lift", 0, "Some things are on-ly yours", "{0}@0:F4 {1}@1:G4 {2}@2:A4 {3}@2.5:A4 {4}@3.5:G4 {5}@4:E4/2.5", 0.55),
    ("lift", 2, "when you let them go.", "{0}@.5:D4 {1}@1:E4 {2}@1.5:F4 {3}@3:A4 {4}@4:G4/3.2", 0.7),
    ("chorus 1", 0, "Take it and run,", _HOOK, 0.85),
    ("chorus 1", 1, "take it and run,", _HOOK_B, 0.85),
    ("chorus 1", 2, "this lit-tle song was nev-er done.", _SONG, 0.85),
    ("chorus 1", 4, "Slow it down or bring the drum,", _TURN, 0.85),
    ("chorus 1", 6, "take it and run,", _TOP, 0.95),
    ("chorus 1", 7, "take it and run.", _HOME, 0.75),
    ("verse 2", 0, "You turned it round in a mi-nor key,", _VERSE_A, 0.45),
    ("verse 2", 2, "found the place where it ought to be.", _VERSE_B, 0.5),
    ("verse 2", 4, "A broth-er's bass and a sis-ter's beat,", _VERSE_C, 0.55),
    ("verse 2", 6, "now it is danc-ing down the street.", _VERSE_D, 0.6),
    ("chorus 2", 0, "Take it and run,", _HOOK, 0.9),
    ("chorus 2", 1, "take it and run,", _HOOK_B, 0.9),
    ("chorus 2", 2, "this lit-tle song was nev-er done.", _SONG, 0.9),
    ("chorus 2", 4, "Sing it loud or let it hum,", _TURN, 0.9),
    ("chorus 2", 6, "take it and run,", _TOP, 1.0),
    ("chorus 2", 7, "take it and run.", _HOME, 0.8),
    (
        "bridge",
        0,
        "And when I'm qui-et, when I'm gone,",
        "{0}@.5:E4 {1}@1:A4 {2}@1.5:A4 {3}@2:C5 {4}@3:B4 {5}@3.5:A4 {6}@4:A4 {7}@5:G4/2.2",
        0.5,
    ),
    (
        "bridge",
        2,
        "some-one will hum it, car-ry it on.",
        "{0}@0:F4 {1}@.5:G4 {2}@1:A4 {3}@1.5:C5 {4}@2.5:A4 {5}@3:A4 {6}@3.5:B4 {7}@4:C5 {8}@5:D5/2.5",
        0.8,
    ),
    ("chorus 3", 0, "Take it and run,", _HOOK, 1.0),
    ("chorus 3", 1, "take it and run,", _HOOK_B, 1.0),
    ("chorus 3", 2, "this lit-tle song was nev-er done.", _SONG, 1.0),
    ("chorus 3", 4, "Sign my name when yours is done,", _TURN, 1.0),
    ("chorus 3", 6, "take it and run,", _TOP, 1.0),
    ("chorus 3", 7, "take it and run.", _HOME, 0.9),
    ("outro", 0, "Take it and run,", "{0}@0:A4 {1}@.5:A4 {2}@1:G4 {3}@1.5:A4/1.9", 0.7),
    ("outro", 2, "take it and run.", "{0}@0:F4 {1}@1:E4 {2}@2:D4 {3}@4:C4/3.4", 0.5),
)


def sections() -> tuple[Section, ...]:
    """The form, bar by bar."""
    found, bar = [], 0
    for name, label, bars in _FORM:
        found.append(Section(name, label, bar, bars))
        bar += bars
    return tuple(found)


def section(name: str) -> Section:
    return next(item for item in sections() if item.name == name)


def total_bars() -> int:
    return sum(bars for _, _, bars in _FORM)


def duration_s() -> float:
    """From the start of the file to its end, the last chord's ringing included."""
    return LEAD_IN_S + total_bars() * BEATS * BEAT_S + TAIL_S


def seconds(beat: float) -> float:
    """Place in the file of a beat counted from the first bar."""
    return LEAD_IN_S + beat * BEAT_S


def pitch(name: str) -> int:
    """The sounding MIDI number of a written note such as "F#4"."""
    match = re.fullmatch(r"([A-G])([#b]?)(-?\d)", name)
    if match is None:
        raise ValueError(f"{name!r} is not a note")
    letter, accidental, octave = match.groups()
    shift = {"#": 1, "b": -1, "": 0}[accidental]
    return 12 * (int(octave) + 1) + _LETTERS[letter] + shift + TRANSPOSE


def chords() -> tuple[Chord, ...]:
    """All chords in order, in sounding pitch."""
    found = []
    for part in sections():
        bars = [bar.split() for bar in _CHORDS[part.name].split("|")]
        if len(bars) != part.bars:
            raise ValueError(f"{part.name} has {len(bars)} bars of chords for {part.bars} bars")
        for place, names in enumerate(bars):
            length = BEATS / len(names)
            for number, name in enumerate(names):
                found.append(_chord(name, (part.bar + place) * BEATS + number * length, length))
    return tuple(found)


def _chord(name: str, beat: float, beats: float) -> Chord:
    match = re.fullmatch(r"([A-G][b#]?)(m7|maj7|m|7|sus4|add9|)(?:/([A-G][b#]?))?", name)
    if match is None:
        raise ValueError(f"{name!r} is not a chord")
    root_name, quality, bass_name = match.groups()
    root = pitch(root_name + "4") % 12
    bass = pitch(bass_name + "4") % 12 if bass_name else root
    sounding = _NAMES[root] + quality + (f"/{_NAMES[bass]}" if bass_name else "")
    return Chord(sounding, root, bass, _QUALITIES[quality], beat, beats)


_NAMES: Final = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def lines() -> tuple[Line, ...]:
    """All sung lines in order."""
    found = []
    for part, bar, text, pattern, intensity in _LINES:
        syllables = re.findall(r"[^\s-]+", text)
        start = (section(part).bar + bar) * BEATS
        notes = _notes(pattern.format(*[re.sub(r"[^\w']", "", item) for item in syllables]), start)
        sung = [note for note in notes if note.syllable != "_"]
        if len(sung) != len(syllables):
            raise ValueError(f"{len(syllables)} syllables for {len(sung)} notes: {text}")
        harmony = {"chorus 1": (-2,), "chorus 2": (-2, 2), "chorus 3": (-2, 2)}.get(part, ())
        if text == "take it and run." and part.startswith("chorus"):
            harmony = harmony[:1]
        found.append(Line(text.replace("-", ""), part, notes, intensity, harmony))
    return tuple(found)


def _notes(pattern: str, start_beat: float) -> tuple[SungNote, ...]:
    items = []
    for token in pattern.split():
        syllable, rest = token.split("@")
        place, note = rest.split(":")
        name, _, said = note.partition("/")
        items.append((syllable, start_beat + float(place), pitch(name), float(said) if said else None))
    notes = []
    for number, (syllable, beat, midi, length_or_none) in enumerate(items):
        length = length_or_none if length_or_none is not None else items[number + 1][1] - beat
        notes.append(SungNote(syllable, beat, length, midi))
    return tuple(notes)


def diatonic(midi: int, steps: int) -> int:
    """The note so many scale steps away in the song's key; notes beside the scale count as the one below."""
    tonic = pitch("C4") % 12
    scale = [0, 2, 4, 5, 7, 9, 11]
    octave, within = divmod(midi - tonic, 12)
    degree = max(index for index, value in enumerate(scale) if value <= within)
    turned, place = divmod(degree + steps, 7)
    return tonic + 12 * (octave + turned) + scale[place]
