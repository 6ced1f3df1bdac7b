"""What may stand in place of a heard chord: relatives, the other mode, jazz substitutes, plain triads.

Sources: the usual theory of functional harmony and of jazz practice (secondary dominants, the two before a five, the
dominant a tritone away; Levine, *The Jazz Theory Book*, 1995). All pitches are the song's, before transposition.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.chords import ChordTones
from contrafact.engine.arranging.tonality import KeyAt

MAJOR, MINOR = (0, 4, 7), (0, 3, 7)
DOMINANT, MINOR_7, MAJOR_7, HALF_DIMINISHED = (0, 4, 7, 10), (0, 3, 7, 10), (0, 4, 7, 11), (0, 3, 6, 10)
_DOMINANT_9, _DOMINANT_13, _MINOR_9, _MAJOR_9 = (0, 4, 7, 10, 2), (0, 4, 7, 10, 9), (0, 3, 7, 10, 2), (0, 4, 7, 11, 2)
_SIX_NINE = (0, 4, 7, 9, 2)
_TURNS = 0.6
"""Share of the chords that could be led on by a dominant of their own that are."""
_TRITONES = 0.35


@dataclass(frozen=True, slots=True)
class Place:
    """A chord where it sounds: what holds around it."""

    chord: ChordTones
    following: ChordTones | None
    key: KeyAt
    beats: int
    opens: bool
    """The first chord of the take."""
    closes: bool
    """The last chord of the take, or of a section: where it rests, it is not led on."""
    prepared: bool
    """Whether the chord after this one is a dominant, before which its own second may come."""
    complete: bool
    """Whether every chord is to change, so that the chord after this one does, too."""


Pieces = tuple[tuple[int, ChordTones], ...]
"""(first beat within the chord's time, chord), in order; the first at 0."""
Rule = Callable[[Place, Chance], Sequence[Pieces]]


def chord_of(root: int, intervals: tuple[int, ...]) -> ChordTones:
    return ChordTones(root % 12, intervals, root % 12)


def is_dominant(chord: ChordTones, of: int) -> bool:
    """Whether a chord is the major dominant of a tonic (pitch class)."""
    return 4 in chord.intervals and 11 not in chord.intervals and (chord.root - of) % 12 == 7


def relative(place: Place, chance: Chance) -> Sequence[Pieces]:
    """The relative's chord: major chords give way to their minor relatives in a minor mode, and the other way round."""
    chord, key = place.chord, place.key
    if key.mode == "major":
        home = key.relative
        found: list[Pieces] = []
        resolves = place.following is not None and place.following.root == key.tonic
        if is_dominant(chord, key.tonic) and resolves and place.complete:
            found.append(((0, chord_of(home.tonic + 7, DOMINANT)),))
        if 4 in chord.intervals and 8 not in chord.intervals and chord.root in key.scale:
            found.append(((0, chord_of(chord.root - 3, MINOR)),))
        return found
    if is_dominant(chord, key.tonic):
        return [((0, chord_of(chord.root + 3, DOMINANT)),), ((0, chord_of(chord.root + 3, MAJOR)),)]
    if chord.minor and 7 in chord.intervals:
        return [((0, chord_of(chord.root + 3, MAJOR)),)]
    return []


def parallel(place: Place, chance: Chance) -> Sequence[Pieces]:
    """The chord of the same degree in the other mode; where its third cannot be, the chord without a third."""
    chord, key = place.chord, place.key
    moves = key.moves_to_parallel()
    if is_dominant(chord, key.tonic) or not set(chord.pitch_classes) <= key.scale:
        # A dominant leads home in either mode; a chord that left the key before is a guest in either.
        return []
    if not any(tone in moves for tone in chord.pitch_classes):
        return []
    root = (chord.root + moves.get(chord.root, 0)) % 12
    tones = [(tone + moves.get(tone, 0)) % 12 for tone in chord.pitch_classes]
    intervals = tuple((tone - root) % 12 for tone in tones)
    if {0, 3, 6} <= set(intervals):
        # A diminished triad is half a chord: of the second degree with its seventh, of the seventh the dominant.
        second = (root - key.tonic) % 12 == 2
        full = chord_of(root, HALF_DIMINISHED) if second else chord_of(key.tonic + 7, DOMINANT)
        return [((0, full),)]
    bass = (chord.bass + moves.get(chord.bass, 0)) % 12
    moved = ChordTones(root, intervals, bass if bass in tones else root)
    bare = ChordTones(root, (0, 7), root)
    return [((0, moved),), ((0, bare),)] if 7 in intervals else [((0, moved),)]


def simple(place: Place, chance: Chance) -> Sequence[Pieces]:
    """A plain triad in root position."""
    chord = place.chord
    fifth = chord.interval(7, 6, 8) or 7
    if chord.interval(3, 4) is None:
        third = 4 if (chord.root + 4) % 12 in place.key.scale else 3
    else:
        third = 3 if chord.minor else 4
    if fifth == 6 and (chord.root - place.key.tonic) % 12 == 11:
        return [((0, chord_of(place.key.tonic + 7, MAJOR)),)]
    return [((0, chord_of(chord.root, (0, third, fifth))),)]


def jazz(place: Place, chance: Chance) -> Sequence[Pieces]:
    """Substitutes of a jazz player, the boldest first, colours last; but for a two-five the own root begins it."""
    chord, following = place.chord, place.following
    draws = {name: chance.fork(name).unit() for name in ("turn", "tritone", "rich")}
    found: list[Pieces] = []
    half = place.beats // 2
    coloured = _coloured(place, rich=draws["rich"] < 0.6)
    leads = following is not None and following.root != chord.root and (following.interval(3, 4) is not None)
    if following is not None and leads and place.beats >= 2 and not place.opens:
        target = following.root
        if is_dominant(chord, target):
            second = HALF_DIMINISHED if following.minor else MINOR_7
            five = chord_of(chord.root, DOMINANT)
            two = chord_of(target + 2, second)
            if draws["tritone"] < _TRITONES and not place.closes:
                found.append(((0, two), (half, chord_of(target + 1, DOMINANT))))
            found.append(((0, two), (half, five)))
    tonic_rests = place.closes and chord.root == place.key.tonic
    if following is not None and leads and place.beats >= 2 and not tonic_rests:
        target = following.root
        if not is_dominant(chord, target) and draws["turn"] < _TURNS:
            at = place.beats - (2 if place.beats >= 4 else 1)
            turn = chord_of(target + 7, DOMINANT)
            away = chord_of(target + 1, DOMINANT)
            # From a tritone away nothing but the target itself can follow.
            both = (away, turn) if draws["tritone"] < _TRITONES else (turn, away)
            for dominant in (turn,) if place.prepared else both:
                found += [((0, main), (at, dominant)) for main in (*coloured, chord)]
    found += [((0, main),) for main in coloured]
    return found


def _coloured(place: Place, *, rich: bool) -> list[ChordTones]:
    """The chord with sevenths, sixths and ninths as its function wants them, the richest first."""
    chord, key = place.chord, place.key
    if 7 not in chord.intervals or chord.interval(3, 4) is None:
        return []
    degree = (chord.root - key.tonic) % 12
    choices: tuple[tuple[int, ...], ...]
    if chord.minor:
        choices = (_MINOR_9, MINOR_7) if (chord.root + 2) % 12 in key.scale else (MINOR_7,)
    elif place.following is not None and is_dominant(chord, place.following.root) and degree != 0:
        choices = (_DOMINANT_13 if rich else _DOMINANT_9, _DOMINANT_9, DOMINANT)
    elif degree == 7 and key.mode == "major":
        choices = (_DOMINANT_9, DOMINANT)
    elif (chord.root + 11) % 12 in key.scale:
        choices = (_SIX_NINE, _MAJOR_9, MAJOR_7) if rich and degree == 0 else (_MAJOR_9, MAJOR_7, _SIX_NINE)
    elif (chord.root + 10) % 12 in key.scale:
        choices = (_DOMINANT_9, DOMINANT)
    else:
        choices = ((0, 4, 7, 9),)
    own = frozenset(chord.intervals)
    bass = chord.bass
    return [
        ChordTones(chord.root, choice, bass if (bass - chord.root) % 12 in choice else chord.root)
        for choice in choices
        # What was heard is never contradicted: a heard seventh stays that seventh.
        if own <= frozenset(choice) and own != frozenset(choice)
    ]
