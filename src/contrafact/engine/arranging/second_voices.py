"""A second voice to a sung line: diatonic, on the chord where it is held, and a line of its own.

Parallel thirds clash wherever key and chord disagree; singers therefore bend them. Here each phrase gets the cheapest
way through the notes that the moment offers (dynamic programming), near the asked interval.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contrafact.engine.arranging.chords import ChordTones, scale_of
from contrafact.engine.arranging.voices import Interval, Shift, VoiceNote, VoiceScale

HELD_S: Final = 0.28
"""A note as long as this is heard as harmony, a shorter one as passing."""
_OCTAVE: Final = 7
_NEAREST: Final = 3
"""Semitones: closer than a minor third a second voice rubs against the lead."""
_REACH: Final = 5
_EARLY_S: Final = 0.25
"""The first interval of a phrase holds from before its first consonant."""
_SINGER_LOW, _SINGER_HIGH = 36, 84


@dataclass(frozen=True, slots=True)
class _Moment:
    """One note of the lead: its pitch in whole semitones, what may be sung against it, and whether it is held."""

    lead: int
    scale: tuple[int, ...]
    chord: tuple[int, ...]
    held: bool
    others: tuple[int, ...]


def scale_at(tonic: int, mode: str, chord: ChordTones | None) -> tuple[int, ...]:
    """The key's pitch classes as the chord bends them: a tone of the chord that the key lacks takes the place of its
    neighbour, as the raised seventh does in minor.
    """
    scale = set(scale_of(tonic, mode))
    tones = set(chord.pitch_classes) if chord else set()
    for tone in sorted(tones - scale):
        # A raised note leads up: the one below gives way first.
        for neighbour in ((tone - 1) % 12, (tone + 1) % 12):
            if neighbour in scale and neighbour not in tones:
                scale.discard(neighbour)
                break
        scale.add(tone)
    return tuple(sorted(scale))


def second_voice(
    notes: Sequence[VoiceNote],
    scales: Sequence[VoiceScale],
    interval: Interval,
    a4: float,
    others: Sequence[Sequence[Shift]] = (),
) -> tuple[Shift, ...]:
    """Shifts that make a second voice of one phrase.

    Parameters
    ----------
    notes : sequence of VoiceNote
        The phrase as it is sung.
    scales : sequence of VoiceScale
        In order; a moment outside of all of them only knows semitones.
    interval : Interval
        Which voice, and its register.
    a4 : float
        How far the recording's notes lie from the usual ones, in semitones.
    others : sequence of shifts
        Second voices that there are already: this one keeps off them.

    Returns
    -------
    tuple of Shift
        One per note, the first from a moment before it.
    """
    if not notes:
        return ()
    moments = [_moment(note, scales, a4, others) for note in notes]
    if abs(interval.steps) == _OCTAVE:
        line = [moment.lead + (12 if interval.steps > 0 else -12) for moment in moments]
    else:
        line = _cheapest(moments, interval.steps)
    line = _folded(line, interval)
    return tuple(
        Shift(note.start_s - (_EARLY_S if number == 0 else 0.0), float(sung - moment.lead))
        for number, (note, moment, sung) in enumerate(zip(notes, moments, line, strict=True))
    )


def shift_at(shifts: Sequence[Shift], time_s: float) -> float:
    """Semitones that hold at a time."""
    if not shifts:
        return 0.0
    return shifts[max(0, bisect_right(shifts, time_s, key=lambda shift: shift.start_s) - 1)].semitones


def _moment(note: VoiceNote, scales: Sequence[VoiceScale], a4: float, others: Sequence[Sequence[Shift]]) -> _Moment:
    middle_s = note.start_s + 0.4 * (note.end_s - note.start_s)
    place = bisect_right(scales, middle_s, key=lambda span: span.start_s) - 1
    span = scales[place] if place >= 0 and middle_s < scales[place].end_s else None
    scale = span.scale if span else tuple(range(12))
    pitch = note.pitch - a4
    near = [step for step in range(round(pitch) - 1, round(pitch) + 2) if step % 12 in scale]
    lead = min(near, key=lambda step: (abs(step - pitch), step), default=round(pitch))
    if abs(lead - pitch) > 0.7:
        lead = round(pitch)
    taken = tuple(lead + round(shift_at(line, middle_s)) for line in others)
    return _Moment(lead, scale, span.chord if span else (), note.end_s - note.start_s >= HELD_S, taken)


def diatonic(lead: int, scale: Sequence[int], steps: int) -> int:
    """The note ``steps`` steps of the scale from ``lead``, which is taken for its nearest note of the scale."""
    ladder = [note for note in range(lead - 30, lead + 31) if note % 12 in scale]
    nearest = min(range(len(ladder)), key=lambda place: (abs(ladder[place] - lead), -steps * ladder[place]))
    return ladder[nearest + steps]


def _offers(moment: _Moment, steps: int) -> list[tuple[int, float]]:
    """What may be sung at a moment, each with its cost; never nothing."""
    wanted = diatonic(moment.lead, moment.scale, steps)
    side = 1 if steps > 0 else -1
    least = min(_NEAREST, abs(wanted - moment.lead))
    offers = []
    for note in range(wanted - _REACH, wanted + _REACH + 1):
        if note % 12 not in moment.scale or side * (note - moment.lead) < least:
            continue
        offers.append((note, _cost(moment, note, wanted)))
    return offers or [(wanted, 0.0)]


def _cost(moment: _Moment, note: int, wanted: int) -> float:
    cost = 0.6 * abs(note - wanted)
    weight = 1.0 if moment.held else 0.25
    if moment.chord and note % 12 not in moment.chord:
        cost += 2.4 * weight
        beside = any((note - tone) % 12 in (1, 11) for tone in moment.chord)
        # A held semitone beside the chord is wrong, whatever else speaks for it.
        cost += (6.0 if moment.held else 0.5) if beside else 0.0
    apart = abs(note - moment.lead) % 12
    cost += weight * {0: 1.5, 1: 5.0, 2: 3.0, 6: 0.8, 10: 2.0, 11: 5.0}.get(apart, 0.0)
    for other in moment.others:
        gap = abs(note - other)
        cost += 5.0 if gap == 0 else 2.5 * weight if gap in (1, 2) else 0.4 if gap % 12 == 0 else 0.0
    return cost


def _cheapest(moments: Sequence[_Moment], steps: int) -> list[int]:
    ways: list[list[tuple[int, float, int]]] = []
    """Of each moment its offers with the cost of getting there, and from which offer before."""
    for number, moment in enumerate(moments):
        row = []
        for note, cost in _offers(moment, steps):
            if number == 0:
                row.append((note, cost, -1))
                continue
            moved = moment.lead - moments[number - 1].lead
            arrivals = [
                (total + 0.12 * abs(note - before - moved) + 0.05 * abs(note - before), place)
                for place, (before, total, _) in enumerate(ways[-1])
            ]
            total, place = min(arrivals)
            row.append((note, total + cost, place))
        ways.append(row)
    place = min(range(len(ways[-1])), key=lambda at: (ways[-1][at][1], at))
    line = []
    for row in reversed(ways):
        note, _, before = row[place]
        line.append(note)
        place = before
    return line[::-1]


def _folded(line: list[int], interval: Interval) -> list[int]:
    """By octaves into the register: the phrase as a whole where that serves, single notes where it must be."""
    low, high = max(_SINGER_LOW, interval.lowest), min(_SINGER_HIGH, interval.highest)

    def outside(octaves: int) -> int:
        return sum(max(0, low - note - octaves, note + octaves - high) for note in line)

    octaves = min((0, -12, 12), key=lambda move: (outside(move), abs(move)))
    folded = []
    for note in (sung + octaves for sung in line):
        while note > high and note - 12 >= low:
            note -= 12
        while note < low and note + 12 <= high:
            note += 12
        folded.append(note)
    return folded
