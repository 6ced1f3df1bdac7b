"""Counter-lines: a short motif, worked over the chords, only where the singer rests."""

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.notation import parse
from contrafact.engine.arranging.pack import PitchedPart
from contrafact.engine.arranging.players import Stand, Touch
from contrafact.engine.arranging.timeline import Note
from contrafact.engine.arranging.voicing import nearest_in_range

_MOTIFS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.0, 1.0), (1.0, 0.5), (1.5, 1.5), (3.0, 1.0)),
    ((0.5, 0.5), (1.0, 1.0), (2.0, 0.5), (2.5, 1.5)),
    ((0.0, 1.5), (1.5, 0.5), (2.0, 2.0)),
    ((0.0, 0.5), (0.5, 0.5), (1.0, 1.0), (2.5, 0.5), (3.0, 1.0)),
    ((1.0, 1.0), (2.0, 0.5), (2.5, 0.5), (3.0, 1.0)),
)
"""Rhythms as (position, length) in beats; a phrase is one of them, repeated and ended on a long note."""
_CONTOURS = ((0, 2, 4, 2, 0), (4, 2, 1, 0, -1), (0, 1, 2, 4, 5), (2, 4, 2, 0, 2), (0, -1, 0, 2, 4))
_CLEAR_S = 0.22
"""Silence kept after and before the voice."""
_SHORTEST_GAP_S = 1.1
"""A gap shorter than this is a breath of the singer, not a place to answer."""
_LONGEST_PHRASE_BEATS = 16


def gaps_of_voice(stand: Stand, active: frozenset[int]) -> list[tuple[int, int]]:
    """Spans of whole groove beats (first, after last) in which nobody sings and the part is active."""
    grid = stand.grid
    free: list[int] = []
    for number, scene in enumerate(stand.scenes):
        if number not in active or scene.final:
            continue
        free += [
            beat
            for beat in range(scene.bar.first_beat, scene.bar.first_beat + scene.bar.beats)
            if grid.sung(grid.beat_s[beat] - _CLEAR_S, grid.beat_s[beat + 1] + _CLEAR_S) == 0.0
        ]
    spans: list[tuple[int, int]] = []
    for beat in free:
        if spans and spans[-1][1] == beat:
            spans[-1] = (spans[-1][0], beat + 1)
        else:
            spans.append((beat, beat + 1))
    return [span for span in spans if grid.beat_s[span[1]] - grid.beat_s[span[0]] >= _SHORTEST_GAP_S]


def play_lead(stand: Stand, part: PitchedPart, active: frozenset[int], *, always: bool = False) -> list[Note]:
    """Answers to the voice: phrases of at most four bars, then at least as long a rest when nobody sings at all.

    Now and then a gap is left to itself, unless the player was asked for (``always``).
    """
    chance = stand.chance.fork("part", part.name)
    notes: list[Note] = []
    for first, after in gaps_of_voice(stand, active):
        at = first
        while at < after and stand.grid.beat_s[after] - stand.grid.beat_s[at] >= _SHORTEST_GAP_S:
            stop = min(after, at + _LONGEST_PHRASE_BEATS)
            # Leave the last beat before the voice comes back to the voice.
            room = stop - at - (1 if stop == after and stop - at > 3 else 0)
            if chance.fork("play", at).happens(0.85) or always:
                notes += _phrase(stand, part, chance, at, room)
            at = stop + (stop - at) // 2
    return notes


def _letter_at(stand: Stand, beat: int) -> tuple[str, float]:
    for scene in stand.scenes:
        if scene.bar.first_beat <= beat < scene.bar.first_beat + scene.bar.beats:
            return scene.bar.letter, scene.energy
    return "A", 0.5


def _written_motifs(part: PitchedPart) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The pack's own rhythms, one bar of four beats each; the generic ones serve packs without."""
    found = []
    for pattern in part.patterns:
        steps = parse(pattern.steps, pattern.beats, pattern.bars)
        for bar in range(pattern.bars):
            first = bar * pattern.beats
            rhythm = tuple((s.position - first, s.length) for s in steps if first <= s.position < first + 4)
            if rhythm and pattern.beats == 4:
                found.append(rhythm)
    return tuple(found)


def _phrase(stand: Stand, part: PitchedPart, chance: Chance, first: int, room: int) -> list[Note]:
    letter, energy = _letter_at(stand, first)
    theme = chance.fork("theme", letter)
    motif, contour = theme.pick(_written_motifs(part) or _MOTIFS), theme.pick(_CONTOURS)
    touch = Touch(stand, chance.fork("touch", first))
    scale = sorted((step + stand.semitones) % 12 for step in stand.scale)
    middle = (part.low + part.high) // 2
    notes: list[Note] = []
    previous = middle
    for start in range(0, room, 4):
        for place, (position, length) in enumerate(motif):
            at = start + position
            if at + 0.5 > room:
                continue
            last = at + length >= room - 0.01
            held = min(length, room - at)
            # Sixteenths of a motif swing as sixteenths do.
            division = 4 if (at * 4) % 2 else 2
            begin_s, end_s = stand.time(first + at, division), stand.time(first + at + held, division)
            heard = stand.harmony_at(begin_s)
            if heard is None:
                continue
            aim = middle + 1.7 * contour[place % len(contour)] + (3 if (start // 4) % 2 else 0)
            aim = round(0.75 * aim + 0.25 * previous)
            strong = position % 1 == 0 or last or held >= 1.0
            classes = heard[1].pitch_classes if strong else scale
            pitch = min(
                (nearest_in_range(pitch_class, aim, part.low, part.high) for pitch_class in classes),
                key=lambda note: (abs(note - aim) + (2.5 if note == previous else 0.0), note),
            )
            # A long note must not hang over into a chord that it does not belong to.
            end_s = min(end_s, heard[0].end_s) if strong and end_s - heard[0].end_s > 0.05 else end_s
            velocity = touch.force(part.velocity * (1.0 if strong else 0.86), energy)
            notes.append(Note(touch.moment(begin_s, part.lag_ms), (end_s - begin_s) * part.release, pitch, velocity))
            previous = pitch
    return notes
