"""The bass player: written rhythms on the chord's own notes, with a step into the next chord."""

from contrafact.engine.arranging.chords import ChordTones
from contrafact.engine.arranging.notation import Step
from contrafact.engine.arranging.pack import PitchedPart
from contrafact.engine.arranging.players import Stand, Touch
from contrafact.engine.arranging.repertoire import Repertoire
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.timeline import Note
from contrafact.engine.arranging.voicing import nearest_in_range

_SOFT = {"r": 0.74, "a": 0.86}


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
            for note in _sounded(stand, part, scene, step, touch, home, limit_s):
                # Led by what was just played, but drawn down: a root that stays an octave up leaves the floor empty.
                home = round(0.35 * note.pitch + 0.65 * (part.low + 7))
                notes.append(note)
    return monophonic(notes)


def _sounded(
    stand: Stand, part: PitchedPart, scene: Scene, step: Step, touch: Touch, home: int, limit_s: float
) -> list[Note]:
    """One written step; when the chord changes under a held note, the new chord's bass note takes over."""
    beat = scene.bar.first_beat + step.position
    start_s = stand.time(beat, step.division)
    end_s = min(stand.time(beat + step.length, step.division), limit_s)
    found: list[Note] = []
    sign = step.sign
    while start_s < end_s - 1e-6:
        heard = stand.harmony(start_s)
        if heard is None:
            break
        span, chord = heard
        stop_s = min(end_s, span.end_s)
        # A short push into a coming chord belongs to that chord.
        if stop_s < end_s and stop_s - start_s < 0.6 * (end_s - start_s) and step.position % 1 and not found:
            coming = stand.harmony(span.end_s + 1e-6)
            if coming:
                chord, stop_s = coming[1], min(end_s, coming[0].end_s)
        if abs(start_s - span.start_s) < 0.02 and sign not in "Rr":
            # A new chord is told by its own bass note, whatever the pattern would play there.
            sign = "R"
        following = stand.harmony(stop_s + 1e-6)
        pitch = _pitch(stand, part, sign, chord, following[1] if following else None, home)
        velocity = touch.force(part.velocity * _SOFT.get(sign, 1.0), scene.energy)
        moment = touch.moment(start_s, part.lag_ms)
        length = (stop_s - start_s) * part.release
        found.append(Note(moment, length, pitch, velocity))
        start_s, sign = stop_s, "R"
        if end_s - start_s < 0.08:
            break
    return found


def _pitch(stand: Stand, part: PitchedPart, sign: str, chord: ChordTones, coming: ChordTones | None, home: int) -> int:
    low, high = part.low, part.high
    root = nearest_in_range(chord.bass, home, low, high)
    if sign in "Rr":
        return root
    if sign == "8":
        return root + 12 if root + 12 <= high else root
    fifth = (chord.root + (chord.interval(7, 6, 8) or 7)) % 12
    if sign == "5":
        return nearest_in_range(fifth, root + 2, low, high)
    if sign == "3":
        third = chord.interval(3, 4)
        return nearest_in_range((chord.root + third) % 12 if third else fifth, root + 3, low, high)
    if sign == "7":
        seventh = chord.interval(10, 11, 9)
        return nearest_in_range((chord.root + seventh) % 12 if seventh else chord.bass, root + 9, low, high)
    if coming is None or coming.bass == chord.bass:
        return nearest_in_range(fifth, root - 5, low, high)
    target = nearest_in_range(coming.bass, root, low, high)
    scale = {(step + stand.semitones) % 12 for step in stand.scale}
    side = -1 if target >= root and target - 1 >= low else 1
    # A step of the scale if there is one next door, else from a semitone below.
    return next((target + step for step in (side, 2 * side) if (target + step) % 12 in scale), target + side)


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
