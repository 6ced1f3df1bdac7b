"""Tunes over chords: what the lead sings or a solo instrument plays."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.truth.band import Slot
from benchmarks.truth.harmony import SCALES
from benchmarks.truth.timing import Bar

_SHORTEST_S: Final = 0.15
_BREATH_S: Final = 0.45


@dataclass(frozen=True, slots=True)
class Sung:
    """A note of the tune on the page; ``slurred`` is sung on the vowel before it, with a slide."""

    beat: float
    beats: float
    key: int
    slurred: bool
    phrase_end: bool


def compose(
    bars: list[Bar],
    slots: list[Slot],
    tonic: int,
    mode: str,
    compass: tuple[int, int],
    beat_s: float,
    chance: np.random.Generator,
) -> list[Sung]:
    """A tune in phrases of two bars, each of which ends on a long note and a breath.

    Parameters
    ----------
    bars, slots
        The bars it runs over and the chords in them.
    compass : (int, int)
        Lowest and highest key.
    beat_s : float
        How long a beat is, so that nothing becomes too fast to sing.
    """
    scale = [(tonic + step) % 12 for step in SCALES[mode]]
    key = float(sum(compass)) / 2.0
    found: list[Sung] = []
    rhythms = [_rhythm(bars[0], beat_s, chance, ends=False), _rhythm(bars[0], beat_s, chance, ends=True)]
    varied = _rhythm(bars[0], beat_s, chance, ends=True)
    for number, bar in enumerate(bars):
        ends = number % 2 == 1 or number == len(bars) - 1
        rhythm = varied if number % 4 == 3 else rhythms[number % 2]
        if (bar.beats, bar.division) != (bars[0].beats, bars[0].division):
            rhythm = _rhythm(bar, beat_s, chance, ends=ends)
        for place, (offset, length) in enumerate(rhythm):
            beat = bar.first_beat + offset
            chord = next(slot.chord for slot in reversed(slots) if slot.first_beat <= beat + 1e-6)
            strong = abs(offset - round(offset)) < 1e-6
            allowed = set(chord.pitch_classes) if strong or length >= 1.0 else set(scale) | set(chord.pitch_classes)
            last = ends and place == len(rhythm) - 1
            key = _next(key, allowed, compass, chance)
            slurred = place > 0 and not last and length < 1.0 and chance.random() < 0.14
            if slurred and found and found[-1].key == int(key):
                slurred = False
            found.append(Sung(beat, length, int(key), slurred, last))
    return found


def _rhythm(bar: Bar, beat_s: float, chance: np.random.Generator, *, ends: bool) -> list[tuple[float, float]]:
    """(offset, length) in beats that fill a bar; a bar that ends a phrase leaves time to breathe."""
    unit = 0.5 if bar.division == 2 else 1.0 / 3.0
    if bar.division == 2 and beat_s * 0.25 >= 0.19:
        lengths, weights = [0.25, 0.5, 0.75, 1.0], [0.15, 0.45, 0.15, 0.25]
    else:
        lengths = [unit * count for count in (1, 2, 3, 4)]
        weights = [0.45, 0.35, 0.12, 0.08]
    usable = [item for item in zip(lengths, weights, strict=True) if item[0] * beat_s >= _SHORTEST_S]
    lengths, weights = [item[0] for item in usable], [item[1] for item in usable]
    share = np.array(weights) / sum(weights)
    at = unit if chance.random() < 0.25 else 0.0
    stop = float(bar.beats)
    if ends:
        rest = max(unit, np.ceil(_BREATH_S / beat_s / unit) * unit)
        stop = max(at + unit, bar.beats - float(rest))
    found: list[tuple[float, float]] = []
    while at < stop - 1e-6:
        length = float(lengths[int(chance.choice(len(lengths), p=share))])
        length = min(length, stop - at)
        if stop - at - length < lengths[0] - 1e-6:
            length = stop - at
        found.append((at, length))
        at += length
    if ends and len(found) > 1 and found[-1][1] * beat_s < 0.35:
        (start, _), (_, length) = found[-2], found[-1]
        found[-2:] = [(start, found[-2][1] + length)]
    return found


def _next(key: float, allowed: set[int], compass: tuple[int, int], chance: np.random.Generator) -> int:
    """Mostly steps, some repeats and leaps, drawn to the middle of the compass."""
    low, high = compass
    keys = np.array([item for item in range(low, high + 1) if item % 12 in allowed])
    distance = np.abs(keys - key)
    weight = np.exp(-distance / 2.6) * np.where(distance < 0.5, 0.5, 1.0)
    weight *= np.exp(-(((keys - (low + high) / 2.0) / (0.45 * (high - low))) ** 2))
    return int(chance.choice(keys, p=weight / weight.sum()))
