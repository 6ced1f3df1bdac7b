"""The bass player: written rhythms on the chord's own notes, walks and steps into the next chord."""

from dataclasses import dataclass

from contrafact.engine.arranging.chords import ChordTones
from contrafact.engine.arranging.grid import Span
from contrafact.engine.arranging.notation import Step
from contrafact.engine.arranging.pack import PitchedPart
from contrafact.engine.arranging.players import LONGEST_PUSH_S, Stand, Touch
from contrafact.engine.arranging.repertoire import Repertoire
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.timeline import Note
from contrafact.engine.arranging.voicing import nearest_in_range

_SOFT = {"r": 0.74, "a": 0.86, "w": 0.92, "c": 0.88, "g": 0.42}
_LEADING = frozenset("acw")
_DEAD_S = 0.07
"""How long a dead note sounds."""
_INTERVALS = {"3": (3, 4, 5, 2), "5": (7, 6, 8), "6": (9, 8), "7": (10, 11, 9)}
"""Semitones above the root by which a sign may be meant, the likeliest first; those of the chord itself win."""


def play_bass(stand: Stand, part: PitchedPart, active: frozenset[int]) -> list[Note]:
    """Notes of a bass part in the groove bars whose numbers are in ``active``; one at a time, the root on chord
    changes.
    """
    repertoire = Repertoire(stand, part)
    chance = stand.chance.fork("part", part.name)
    notes: list[Note] = []
    home = part.low + 7
    for number, scene in enumerate(stand.scenes):
        if number not in active:
            continue
        touch = Touch(stand, chance.fork("touch", scene.bar.first_beat))
        if scene.final:
            steps = [Step(0.0, float(scene.bar.beats), "R", 1)]
        else:
            until = scene.bar.beats - (1 if scene.stop else 0)
            steps = [step for step in repertoire.steps(scene) if step.position < until - 1e-9]
        limit_s = stand.section_end_s(scene)
        for step in steps:
            for note in _sounded(stand, part, scene, step, touch, home, limit_s, notes[-1].pitch if notes else None):
                # Led by what was just played, but drawn down: a root that stays an octave up leaves the floor empty.
                home = round(0.35 * note.pitch + 0.65 * (part.low + 7))
                if step.sign in _LEADING:
                    # A step that leads somewhere arrives next door.
                    home = note.pitch - (2 if note.pitch > part.low + 14 else 0)
                notes.append(note)
    return monophonic(notes)


def _sounded(
    stand: Stand,
    part: PitchedPart,
    scene: Scene,
    step: Step,
    touch: Touch,
    home: int,
    limit_s: float,
    last: int | None,
) -> list[Note]:
    """One written step; when the chord changes under a held note, the new chord's bass note takes over."""
    beat = scene.bar.first_beat + step.position
    start_s = stand.time(beat, step.division)
    end_s = min(stand.time(beat + step.length, step.division), limit_s)
    found: list[Note] = []
    sign = step.sign
    while start_s < end_s - 1e-6:
        heard = stand.harmony_at(start_s)
        if heard is None:
            break
        span, chord = heard
        stop_s = min(end_s, span.end_s)
        # A short push into a coming chord belongs to that chord.
        early_s = stop_s - start_s
        if (
            stop_s < end_s
            and early_s < min(LONGEST_PUSH_S, 0.6 * (end_s - start_s))
            and step.position % 1
            and not found
        ):
            coming = stand.harmony_at(span.end_s + 1e-6)
            if coming:
                chord, stop_s = coming[1], min(end_s, coming[0].end_s)
        if abs(start_s - span.start_s) < 0.02 and sign not in "Rr":
            # A new chord is told by its own bass note, whatever the pattern would play there.
            sign = "R"
        pitch = _pitch(stand, part, sign, _Place(stand, span, chord, start_s, stop_s), home, last)
        last = pitch
        velocity = touch.force(part.velocity * _SOFT.get(sign, 1.0), scene.energy)
        moment = touch.moment(start_s, part.lag_ms)
        length = _DEAD_S if sign == "g" else (stop_s - start_s) * part.release
        found.append(Note(moment, length, pitch, velocity))
        start_s, sign = stop_s, "R"
        if end_s - start_s < 0.08:
            break
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """A note's place in the harmony."""

    stand: Stand
    span: Span
    chord: ChordTones
    start_s: float
    stop_s: float

    @property
    def coming(self) -> ChordTones | None:
        """The chord after the one that sounds here."""
        following = self.stand.harmony_at(self.span.end_s + 1e-6)
        return following[1] if following else None

    @property
    def last(self) -> bool:
        """Whether the next chord begins when this note ends."""
        return self.span.end_s - self.stop_s < 0.05

    @property
    def notes_left(self) -> int:
        """How many notes of this length there is room for before the next chord, this one counted."""
        return max(1, round((self.span.end_s - self.start_s) / max(0.05, self.stop_s - self.start_s)))


def _pitch(stand: Stand, part: PitchedPart, sign: str, place: _Place, home: int, last: int | None) -> int:
    low, high, chord = part.low, part.high, place.chord
    root = nearest_in_range(chord.bass, home, low, high)
    if sign in "Rrg":
        return root
    if sign == "8":
        return root + 12 if root + 12 <= high else root
    if sign in _INTERVALS:
        meant = chord.interval(*_INTERVALS[sign])
        if meant is None:
            meant = {"6": 9, "7": 10 if chord.minor else 12}.get(sign, chord.interval(7, 6, 8) or 7)
        above = {"3": 3, "5": 2, "6": 4, "7": 9}[sign]
        return nearest_in_range((chord.root + meant) % 12, root + above, low, high)
    coming = place.coming
    if sign == "w" and not (place.last and coming and coming.bass != chord.bass):
        return _stair(stand, part, place, root if last is None else last)
    if coming is None or coming.bass == chord.bass or (sign == "a" and not place.last):
        fifth = (chord.root + (chord.interval(7, 6, 8) or 7)) % 12
        return nearest_in_range(fifth, root - 5, low, high)
    return _approach(stand, part, sign, coming, root if last is None else last)


def _approach(stand: Stand, part: PitchedPart, sign: str, coming: ChordTones, near: int) -> int:
    """A note that leads into the next chord's bass from its own side, by the step that part or sign ask for."""
    target = nearest_in_range(coming.bass, near, part.low, part.high)
    if part.approach == "fifth" and sign == "a":
        return nearest_in_range((coming.bass + 7) % 12, near, part.low, part.high)
    side = -1 if target >= near and target - 1 >= part.low else 1
    side = -1 if target + side > part.high else side
    if sign == "c" or part.approach == "chromatic":
        return target + side
    scale = {(step + stand.semitones) % 12 for step in stand.scale}
    # A step of the scale if there is one next door, else from a semitone away.
    steps = [step for step in (side, 2 * side) if part.low <= target + step <= part.high]
    return next((target + step for step in steps if (target + step) % 12 in scale), target + side)


def _stair(stand: Stand, part: PitchedPart, place: _Place, last: int) -> int:
    """The next note of a walk: a small step on the way to the coming root, a tone of the chord where it can be."""
    coming = place.coming or place.chord
    target = nearest_in_range(coming.bass, last, part.low, part.high)
    if abs(target - last) < 3:
        # Nowhere to go: the walk swings out to the chord's fifth and comes back.
        target = nearest_in_range((place.chord.root + 7) % 12, last + 4, part.low, part.high)
    aim = last + (target - last) / max(1, place.notes_left)
    scale = {(step + stand.semitones) % 12 for step in stand.scale} | set(place.chord.pitch_classes)
    options = [
        pitch
        for pitch in range(max(part.low, last - 5), min(part.high, last + 5) + 1)
        if pitch != last and pitch % 12 in scale
    ]
    tones = place.chord.pitch_classes

    def cost(pitch: int) -> tuple[float, int]:
        return abs(pitch - aim) + (0.0 if pitch % 12 in tones else 1.2), pitch

    return min(options, key=cost, default=last)


def monophonic(notes: list[Note]) -> list[Note]:
    """One note at a time: every note ends where the next begins."""
    ordered = sorted(notes, key=lambda note: note.start_s)
    found: list[Note] = []
    for place, note in enumerate(ordered):
        length = note.duration_s
        if place + 1 < len(ordered):
            length = min(length, ordered[place + 1].start_s - note.start_s)
        if length > 0:
            found.append(Note(note.start_s, length, note.pitch, note.velocity))
    return found
