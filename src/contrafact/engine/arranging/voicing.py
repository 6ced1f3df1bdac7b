"""Chord voicings that move smoothly: the nearest placing of the chord's tones to the one before, without mud below."""

from itertools import pairwise

from contrafact.engine.arranging.chords import ChordTones


def chosen_tones(chord: ChordTones, voices: int, rootless: bool) -> tuple[int, ...]:
    """Pitch classes to play, the most telling first: third, seventh, colours, root, fifth.

    A rootless part leaves the root to the bass when the chord has four tones or more; missing voices double root and
    fifth.
    """
    third = [interval for interval in chord.intervals if interval in (3, 4)]
    suspended = [interval for interval in chord.intervals if interval in (2, 5) and not third]
    seventh = [interval for interval in chord.intervals if interval in (9, 10, 11)]
    fifth = [interval for interval in chord.intervals if interval in (6, 7, 8)]
    named = [0, *third, *suspended, *seventh, *fifth]
    colours = [interval for interval in chord.intervals if interval not in named]
    drop_root = rootless and len(chord.intervals) >= 4
    order = [*third, *suspended, *seventh, *colours, *([] if drop_root else [0]), *fifth]
    kept = order[:voices]
    return tuple((chord.root + interval) % 12 for interval in kept)


def _stacked(classes: tuple[int, ...], lowest: int) -> tuple[int, ...]:
    """The tones in close position upwards from ``lowest``."""
    above = sorted((pitch_class - lowest) % 12 for pitch_class in classes)
    return tuple(lowest + step for step in above)


def _mud(pitches: tuple[int, ...]) -> float:
    """How badly the intervals sound in their register (after the low-interval limits of orchestration manuals)."""
    cost = 0.0
    for lower, upper in pairwise(pitches):
        gap = upper - lower
        if lower < 48 and gap < 7:
            cost += 9.0
        elif lower < 55 and gap < 3:
            cost += 7.0
        elif lower < 60 and gap < 2:
            cost += 5.0
        if gap == 1:
            cost += 1.0
    if len(pitches) > 2 and pitches[-1] - pitches[-2] == 1:
        cost += 3.0
    return cost


def _movement(pitches: tuple[int, ...], before: tuple[int, ...]) -> float:
    if not before:
        return 0.0
    if len(pitches) == len(before):
        return float(sum(abs(a - b) for a, b in zip(pitches, before, strict=True)))
    return float(sum(min(abs(pitch - other) for other in before) for pitch in pitches))


def lead_voices(
    chord: ChordTones,
    before: tuple[int, ...],
    low: int,
    high: int,
    voices: int,
    rootless: bool,
    *,
    other_than: tuple[int, ...] = (),
) -> tuple[int, ...]:
    """The voicing of ``chord`` within ``low``..``high`` nearest to the voicing ``before``; ascending MIDI pitches.

    ``other_than`` is a voicing that has been heard for long enough: another one is taken if there is any.
    """
    classes = chosen_tones(chord, voices, rootless)
    candidates: list[tuple[int, ...]] = []
    for lowest in range(low, high + 1):
        if lowest % 12 not in classes:
            continue
        close = _stacked(classes, lowest)
        shapes = [close]
        if len(close) == 3:
            shapes.append(tuple(sorted((close[0], close[1] + 12, close[2]))))
            if voices > 3 and not rootless and close[0] + 12 <= high:
                # Triads double a tone, so that as many voices move on as came.
                shapes = [(*close, close[0] + 12)]
        if len(close) >= 4:
            shapes.append(tuple(sorted((*close[:-2], close[-2] - 12, close[-1]))))
        candidates += [shape for shape in shapes if shape[0] >= low and shape[-1] <= high]
    candidates = [shape for shape in candidates if shape != other_than] or candidates
    centre = (low + high) / 2
    if not candidates:
        return tuple(sorted({_nearest(pitch_class, round(centre)) for pitch_class in classes}))

    def cost(shape: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
        middle = sum(shape) / len(shape)
        return _movement(shape, before) + _mud(shape) + 0.35 * abs(middle - centre) - 0.5 * len(shape), shape

    return min(candidates, key=cost)


def _nearest(pitch_class: int, pitch: int) -> int:
    return pitch + (pitch_class - pitch + 6) % 12 - 6


def nearest_in_range(pitch_class: int, pitch: int, low: int, high: int) -> int:
    """The note of a pitch class within ``low``..``high`` that lies nearest to ``pitch``; the range spans an octave at
    least.
    """
    options = [note for note in range(low, high + 1) if note % 12 == pitch_class]
    return min(options, key=lambda note: (abs(note - pitch), note)) if options else _nearest(pitch_class, pitch)
