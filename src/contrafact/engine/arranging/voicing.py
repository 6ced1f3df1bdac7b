"""Chord voicings that move smoothly: the nearest placing of the chord's tones to the one before, without mud below."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Literal

from contrafact.engine.arranging.chords import ChordTones

Layout = Literal["free", "close", "open", "shell", "power"]

_LOW_INTERVALS = ((41, 7), (46, 5), (48, 4), (52, 3), (55, 2))
"""(below this pitch, least interval above it): the low-interval limits of orchestration manuals, in semitones."""
_GRATES = 6.0
"""Cost of a tone a semitone beside a long note of the melody; half of it an octave away."""
_IN_THE_WAY = 0.3
"""Cost per semitone by which a tone lies within the register of the voice; three times as much for the top."""


def chosen_tones(chord: ChordTones, voices: int, rootless: bool, layout: Layout = "free") -> tuple[int, ...]:
    """Pitch classes to play, the most telling first: third, seventh, colours, root, fifth.

    A rootless part leaves the root to the bass when the chord has four tones or more; missing voices double root and
    fifth. A shell is root, third and seventh, a power chord root and fifth.
    """
    third = [interval for interval in chord.intervals if interval in (3, 4)]
    suspended = [interval for interval in chord.intervals if interval in (2, 5) and not third]
    seventh = [interval for interval in chord.intervals if interval in (9, 10, 11)]
    fifth = [interval for interval in chord.intervals if interval in (6, 7, 8)]
    named = [0, *third, *suspended, *seventh, *fifth]
    colours = [interval for interval in chord.intervals if interval not in named]
    drop_root = rootless and len(chord.intervals) >= 4
    order = [*third, *suspended, *seventh, *colours, *([] if drop_root else [0]), *fifth]
    if layout == "power":
        order = [0, *fifth[:1]]
    elif layout == "shell":
        order = [*([] if rootless else [0]), *third, *suspended, *(seventh or fifth)]
    kept = order[:voices]
    return tuple((chord.root + interval) % 12 for interval in kept)


def _stacked(classes: tuple[int, ...], lowest: int) -> tuple[int, ...]:
    """The tones in close position upwards from ``lowest``."""
    above = sorted((pitch_class - lowest) % 12 for pitch_class in classes)
    return tuple(lowest + step for step in above)


def clear_below(pitches: tuple[int, ...]) -> bool:
    """Whether no interval is too close for its register."""
    return all(
        upper - lower >= next((least for below, least in _LOW_INTERVALS if lower < below), 1)
        for lower, upper in pairwise(pitches)
    )


def _friction(pitches: tuple[int, ...]) -> float:
    """Semitones between neighbours sound rough, most of all on top."""
    cost = sum(1.0 for lower, upper in pairwise(pitches) if upper - lower == 1)
    return cost + (3.0 if len(pitches) > 2 and pitches[-1] - pitches[-2] == 1 else 0.0)


def _movement(pitches: tuple[int, ...], before: tuple[int, ...]) -> float:
    if not before:
        return 0.0
    if len(pitches) == len(before):
        return float(sum(abs(a - b) for a, b in zip(pitches, before, strict=True)))
    return float(sum(min(abs(pitch - other) for other in before) for pitch in pitches))


def _beside_voice(pitches: tuple[int, ...], melody: tuple[int, ...], register: tuple[int, int] | None) -> float:
    """What a voicing costs under a singer: tones that grate with long notes, a top in the middle of the register."""
    cost = 0.0
    for pitch in pitches:
        gaps = {abs(pitch - note) for note in melody}
        cost += _GRATES if 1 in gaps else _GRATES / 2 if gaps & {11, 13} else 0.0
    if register:
        depths = [max(0, min(pitch - register[0], register[1] - pitch) + 1) for pitch in pitches]
        cost += _IN_THE_WAY * (sum(depths) + 2 * depths[-1])
    return cost


def _layouts(close: tuple[int, ...], voices: int, rootless: bool, layout: Layout) -> list[tuple[int, ...]]:
    """The shapes that a close position can be opened into."""
    if layout == "power":
        return [(*close, close[0] + 12)] if voices > 2 else [close]
    if layout in ("close", "shell"):
        return [close]
    opened = []
    if len(close) == 3:
        opened.append(tuple(sorted((close[0], close[1] + 12, close[2]))))
    if len(close) >= 4:
        opened.append(tuple(sorted((*close[:-2], close[-2] - 12, close[-1]))))
        opened.append(tuple(sorted((close[0], *(pitch + 12 for pitch in close[1:2]), *close[2:]))))
    if layout == "open" and opened:
        return opened
    if len(close) == 3 and voices > 3 and not rootless:
        # Triads double a tone, so that as many voices move on as came.
        return [(*close, close[0] + 12), *opened]
    return [close, *opened]


def _shapes(
    classes: tuple[int, ...], low: int, high: int, voices: int, rootless: bool, layout: Layout
) -> list[tuple[int, ...]]:
    """All placings of the tones within the range, in the usual layouts."""
    found: list[tuple[int, ...]] = []
    for lowest in range(low, high + 1):
        if lowest % 12 not in (classes[:1] if layout == "power" else classes):
            continue
        shapes = _layouts(_stacked(classes, lowest), voices, rootless, layout)
        fitting = [shape for shape in shapes if shape[0] >= low and shape[-1] <= high]
        # Where the doubled tone has no room the plain triad may.
        found += fitting[:1] if len(fitting) > 1 and len(shapes[0]) > len(classes) else fitting
    return found


def _any_placing(classes: tuple[int, ...], low: int, high: int) -> Iterator[tuple[int, ...]]:
    """Every way to lay each tone once within the range; for when no usual layout is clear."""

    def lay(left: tuple[int, ...], so_far: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if not left:
            yield tuple(sorted(so_far))
            return
        for pitch in range(low + (left[0] - low) % 12, high + 1, 12):
            yield from lay(left[1:], (*so_far, pitch))

    yield from lay(classes, ())


def _candidates(
    classes: tuple[int, ...], low: int, high: int, voices: int, rootless: bool, layout: Layout
) -> list[tuple[int, ...]]:
    """Voicings without mud: in a usual layout, else in any, else with fewer tones; muddy ones only if there is none."""
    usual = _shapes(classes, low, high, voices, rootless, layout)
    clear = [shape for shape in usual if clear_below(shape)]
    if clear:
        return clear
    for size in range(len(classes), 1, -1):
        # The most telling tones stand first.
        for kept in combinations(classes, size):
            clear = [shape for shape in _any_placing(kept, low, high) if clear_below(shape)]
            if clear:
                return clear
    return usual or [(pitch,) for pitch in range(low, high + 1) if pitch % 12 in classes[:1]]


def lead_voices(
    chord: ChordTones,
    before: tuple[int, ...],
    low: int,
    high: int,
    voices: int,
    rootless: bool,
    *,
    layout: Layout = "free",
    other_than: tuple[int, ...] = (),
    melody: tuple[int, ...] = (),
    register: tuple[int, int] | None = None,
    centre: float | None = None,
) -> tuple[int, ...]:
    """The voicing of ``chord`` within ``low``..``high`` nearest to the voicing ``before``; ascending MIDI pitches.

    No interval lies below its low-interval limit, unless no choice of at least two of the chord's tones allows it.

    Parameters
    ----------
    other_than
        A voicing that has been heard for long enough: another one is taken if there is any.
    melody
        Long notes that sound meanwhile; tones a semitone beside them are avoided, and never the top where there is
        another choice.
    register
        Where the voice sings now, lowest and highest; tones, and tops most of all, keep out of it where they can.
    centre
        Around which pitch the hands like to lie; the middle of the range by default.
    """
    classes = tuple(dict.fromkeys(chosen_tones(chord, voices, rootless, layout)))
    candidates = _candidates(classes, low, high, voices, rootless, layout)
    candidates = [shape for shape in candidates if all(abs(shape[-1] - note) != 1 for note in melody)] or candidates
    candidates = [shape for shape in candidates if shape != other_than] or candidates
    centre = (low + high) / 2 if centre is None else centre
    if not candidates:
        return tuple(sorted({_nearest(pitch_class, round(centre)) for pitch_class in classes}))

    def cost(shape: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
        middle = sum(shape) / len(shape)
        smooth = _movement(shape, before) + 0.35 * abs(middle - centre) - 0.5 * len(shape)
        return smooth + _friction(shape) + _beside_voice(shape, melody, register), shape

    return min(candidates, key=cost)


def _nearest(pitch_class: int, pitch: int) -> int:
    return pitch + (pitch_class - pitch + 6) % 12 - 6


def nearest_in_range(pitch_class: int, pitch: int, low: int, high: int) -> int:
    """The note of a pitch class within ``low``..``high`` that lies nearest to ``pitch``; the range spans an octave at
    least.
    """
    options = [note for note in range(low, high + 1) if note % 12 == pitch_class]
    return min(options, key=lambda note: (abs(note - pitch), note)) if options else _nearest(pitch_class, pitch)
