"""A tune varied by degrees: passing notes, ornaments, other chord tones, late entries. Its pillars stay.

A *pillar* is a note that is held, or begins a bar or its middle: by these a tune is recognised. Each note has its own
fixed chances, so that what is varied a little stays varied when more is asked for.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.timeline import TargetBar
from contrafact.engine.arranging.tonality import Tonality
from contrafact.engine.arranging.tunes import Tone

_HELD_S = 0.4
_SHORTEST_S = 0.11
_ORNAMENTED, _PASSED, _EXCHANGED, _DELAYED = 0.5, 0.8, 0.7, 0.5
"""Share of the notes that could be ornamented (…) when everything is varied."""
_GRACE_S = 0.075
_NEAR_S = 0.1


def amount_of_variation(strength: float) -> float:
    """How varied what is handed over is, 0..1: up to half strength the tune is played as it was sung."""
    return max(0.0, min(1.0, 2.0 * strength - 1.0))


def varied(
    tones: Sequence[Tone], grid: Grid, tonality: Tonality, chance: Chance, amount: float, keep_s: float = 0.0
) -> tuple[Tone, ...]:
    """A phrase (song's pitch, target time) varied by ``amount`` (0..1), on the grid's chords and in the song's key.

    ``keep_s`` is how far a note's beginning may be moved at most; 0 for half a beat.
    """
    if amount <= 0.0:
        return tuple(tones)
    found: list[Tone] = []
    for place, tone in enumerate(tones):
        after = tones[place + 1] if place + 1 < len(tones) else None
        own = chance.fork("note", place)
        draws = {name: own.unit() for name in ("ornament", "pass", "exchange", "delay")}
        scale = tonality.key(tone.start_s).scale
        span = grid.chord(tone.start_s)
        chord = frozenset(span.tones.pitch_classes) if span is not None and span.tones is not None else scale
        length_s = tone.end_s - tone.start_s
        pillar = length_s >= _HELD_S or _stressed(grid, tone.start_s)
        if not pillar and draws["exchange"] < _EXCHANGED * amount:
            tone = replace(tone, pitch=_neighbour(tone.pitch, chord))
        if not pillar and draws["delay"] < _DELAYED * amount:
            late_s = min(keep_s or 0.25 * _beat_s(grid, tone.start_s), length_s - _SHORTEST_S)
            if late_s > 0.02:
                tone = replace(tone, start_s=tone.start_s + late_s)
                length_s -= late_s
        if after is not None and length_s >= 0.3 and draws["pass"] < _PASSED * amount:
            between = _between(tone.pitch, after.pitch, scale)
            if between is not None:
                turn_s = tone.start_s + 0.62 * length_s
                found += [
                    replace(tone, end_s=turn_s),
                    Tone(turn_s, max(tone.end_s, turn_s + _SHORTEST_S), between, tone.level_db - 1.5),
                ]
                continue
        if length_s >= 0.5 and draws["ornament"] < _ORNAMENTED * amount:
            upper = _step(tone.pitch, scale, 1)
            first_s, second_s = tone.start_s + _GRACE_S, tone.start_s + 2 * _GRACE_S
            found += [
                replace(tone, end_s=first_s),
                Tone(first_s, second_s, upper, tone.level_db - 2.0),
                Tone(second_s, tone.end_s, tone.pitch, tone.level_db),
            ]
            continue
        found.append(tone)
    return _monophonic(found)


def _monophonic(tones: list[Tone]) -> tuple[Tone, ...]:
    found: list[Tone] = []
    for tone in sorted(tones, key=lambda item: item.start_s):
        if found and found[-1].end_s > tone.start_s:
            found[-1] = replace(found[-1], end_s=tone.start_s)
        found.append(tone)
    return tuple(tone for tone in found if tone.end_s - tone.start_s >= 0.03)


def _bar_at(grid: Grid, time_s: float) -> TargetBar | None:
    place = bisect_right(grid.bars, time_s, key=lambda bar: bar.start_s) - 1
    return grid.bars[place] if place >= 0 and time_s < grid.bars[place].end_s else None


def _beat_s(grid: Grid, time_s: float) -> float:
    bar = _bar_at(grid, time_s)
    return (bar.end_s - bar.start_s) / max(1, len(bar.beats_s)) if bar is not None else 0.5


def _stressed(grid: Grid, time_s: float) -> bool:
    """Whether a moment is (within a tenth of a second) the beginning or the middle of a bar."""
    bar = _bar_at(grid, time_s + _NEAR_S)
    if bar is None:
        return False
    middle_s = bar.beats_s[len(bar.beats_s) // 2] if bar.beats_s and len(bar.beats_s) % 2 == 0 else bar.start_s
    return abs(time_s - bar.start_s) < _NEAR_S or abs(time_s - middle_s) < _NEAR_S


def _step(pitch: float, scale: frozenset[int], direction: int) -> float:
    """The next note of a scale above (1) or below (-1)."""
    start = round(pitch)
    return float(next(start + direction * step for step in range(1, 13) if (start + direction * step) % 12 in scale))


def _neighbour(pitch: float, chord: frozenset[int]) -> float:
    """The nearest other tone of a chord."""
    start = round(pitch)
    for step in range(1, 8):
        for direction in (1, -1):
            if (start + direction * step) % 12 in chord:
                return float(start + direction * step)
    return pitch


def _between(pitch: float, following: float, scale: frozenset[int]) -> float | None:
    """A note of the scale about half way over a leap of a third to an octave."""
    low, high = sorted((round(pitch), round(following)))
    if not 3 <= high - low <= 12:
        return None
    middle = (pitch + following) / 2
    inside = [note for note in range(low + 1, high) if note % 12 in scale]
    return float(min(inside, key=lambda note: (abs(note - middle), note))) if inside else None
