"""Answers: an instrument repeats the end of what was just sung, on the chord that has come meanwhile."""

from bisect import bisect_right
from collections.abc import Sequence

from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.tonality import Tonality
from contrafact.engine.arranging.tunes import Tone

_SHORTEST_GAP_S = 1.2
_LONGEST_S = 4.0
_CLEAR_S = 0.12
_SHORTEST_NOTE_S = 0.12


def answers(sung: Sequence[tuple[Sequence[Tone], bool]], grid: Grid, tonality: Tonality) -> list[tuple[Tone, ...]]:
    """One answer for every phrase that is wanted and followed by a long enough rest.

    Parameters
    ----------
    sung
        The phrases of the take in order (song's pitch, target time), each with whether it is to be answered.
    """
    found: list[tuple[Tone, ...]] = []
    end_of_grid_s = grid.beat_s[-1]
    for place, (tones, wanted) in enumerate(sung):
        if not wanted or not tones:
            continue
        from_s = tones[-1].end_s + _CLEAR_S
        until_s = sung[place + 1][0][0].start_s - _CLEAR_S if place + 1 < len(sung) else end_of_grid_s
        from_s, until_s = _unsung(grid, from_s, until_s)
        if until_s - from_s < _SHORTEST_GAP_S:
            continue
        begin_s = _next_half_beat(grid, from_s)
        room_s = min(_LONGEST_S, until_s - begin_s)
        if room_s < 0.6 * _SHORTEST_GAP_S:
            continue
        motif = _last_of(tones, room_s)
        answer = _answered(motif, begin_s, begin_s + room_s, grid, tonality)
        if answer:
            found.append(answer)
    return found


def _next_half_beat(grid: Grid, time_s: float) -> float:
    place = max(0, bisect_right(grid.beat_s, time_s) - 1)
    halves = (grid.time(place + half / 2) for half in range(3))
    return next((at_s for at_s in halves if at_s >= time_s - 1e-6), time_s)


def _unsung(grid: Grid, from_s: float, until_s: float) -> tuple[float, float]:
    """What of a span the voice leaves free, counted from its beginning: others sing whose notes nobody heard."""
    for start_s, end_s in grid.voice:
        if end_s <= from_s:
            continue
        if start_s <= from_s + _CLEAR_S:
            from_s = max(from_s, end_s + _CLEAR_S)
        else:
            return from_s, min(until_s, start_s - _CLEAR_S)
    return from_s, until_s


def _last_of(tones: Sequence[Tone], room_s: float) -> list[Tone]:
    """The last notes of a phrase that fit into a span, three to eight of them."""
    motif: list[Tone] = []
    for tone in reversed(tones):
        if motif and (tones[-1].end_s - tone.start_s > room_s or len(motif) == 8):
            break
        motif.insert(0, tone)
    return motif


def _answered(motif: Sequence[Tone], begin_s: float, end_s: float, grid: Grid, tonality: Tonality) -> tuple[Tone, ...]:
    offset_s = begin_s - motif[0].start_s
    found: list[Tone] = []
    for place, tone in enumerate(motif):
        start_s = tone.start_s + offset_s
        stop_s = min(end_s, tone.end_s + offset_s)
        if stop_s - start_s < _SHORTEST_NOTE_S:
            continue
        span = grid.chord(start_s)
        scale = tonality.key(start_s).scale
        chord = frozenset(span.tones.pitch_classes) if span is not None and span.tones is not None else scale
        held = place == len(motif) - 1 or stop_s - start_s > 0.4
        found.append(Tone(start_s, stop_s, _nearest(tone.pitch, chord if held else scale | chord), tone.level_db - 2.0))
    return tuple(found)


def _nearest(pitch: float, classes: frozenset[int]) -> float:
    start = round(pitch)
    return float(
        min(
            (start + step for step in range(-6, 7) if (start + step) % 12 in classes),
            key=lambda note: (abs(note - pitch), note),
        )
    )
