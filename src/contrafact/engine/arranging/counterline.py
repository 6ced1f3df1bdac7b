"""A second line under the song: thirds and sevenths that lead on, moving where the voice holds or rests."""

from contrafact.engine.arranging.chords import ChordTones
from contrafact.engine.arranging.pack import PitchedPart
from contrafact.engine.arranging.players import Stand, Touch
from contrafact.engine.arranging.repertoire import Repertoire
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.timeline import Note
from contrafact.engine.arranging.voicing import nearest_in_range

_STRONG_BEATS = 2
"""Without written rhythms the line moves at most every other beat."""
_HELD_S = 0.35
_SOFTER_UNDER_VOICE = 0.85


def play_counter(stand: Stand, part: PitchedPart, active: frozenset[int]) -> list[Note]:
    """A line of one note at a time: it takes a guide tone where the harmony changes and steps on where it is free to.

    While the voice moves the line holds its note, unless the harmony leaves it behind.
    """
    repertoire = Repertoire(stand, part) if part.patterns else None
    chance = stand.chance.fork("part", part.name)
    line = _Line(stand, part)
    for number, scene in enumerate(stand.scenes):
        if number not in active or scene.final:
            line.rest(scene.bar.start_s)
            continue
        touch = Touch(stand, chance.fork("touch", scene.bar.first_beat))
        for start_s, at in _onsets(stand, scene, repertoire):
            line.go_on(start_s, at, scene, touch)
    line.rest(stand.end_s)
    return line.notes


def _onsets(stand: Stand, scene: Scene, repertoire: Repertoire | None) -> list[tuple[float, bool]]:
    """Moments of a bar at which the line may move (seconds), and whether the harmony changes there."""
    bar = scene.bar
    if repertoire is not None:
        written = [stand.time(bar.first_beat + step.position, step.division) for step in repertoire.steps(scene)]
    else:
        written = [stand.time(bar.first_beat + beat, 1) for beat in range(0, bar.beats, _STRONG_BEATS)]
    changes = [
        stand.grid.beat_s[beat]
        for beat in range(bar.first_beat, bar.first_beat + bar.beats)
        if (span := stand.grid.chord(stand.grid.beat_s[beat])) and abs(span.start_s - stand.grid.beat_s[beat]) < 0.02
    ]
    moments = {round(time_s, 6): False for time_s in written if all(abs(time_s - change) > 0.1 for change in changes)}
    return sorted({**moments, **{round(change, 6): True for change in changes}}.items())


class _Line:
    """The line so far, and the note that sounds."""

    def __init__(self, stand: Stand, part: PitchedPart) -> None:
        self._stand, self._part = stand, part
        self._sounding: Note | None = None
        self._last = (part.low + part.high) // 2
        self._downwards = True
        self.notes: list[Note] = []

    def rest(self, at_s: float) -> None:
        """Let the sounding note end."""
        if self._sounding is not None and at_s > self._sounding.start_s:
            note = self._sounding
            length = (at_s - note.start_s) * self._part.release
            self.notes.append(Note(note.start_s, length, note.pitch, note.velocity))
        self._sounding = None

    def go_on(self, at_s: float, change: bool, scene: Scene, touch: Touch) -> None:
        """Move at a moment if the harmony or the voice's rest asks for it."""
        heard = self._stand.harmony_at(at_s)
        moment = touch.moment(at_s, self._part.lag_ms)
        velocity = touch.force(self._part.velocity * (_SOFTER_UNDER_VOICE if scene.voice > 0.3 else 1.0), scene.energy)
        if heard is None:
            self.rest(at_s)
            return
        span, chord = heard
        melody = self._stand.singer.long_notes(at_s, min(span.end_s, at_s + 2.0))
        sung = self._stand.grid.sung(at_s - 0.05, at_s + _HELD_S) > 0.0
        free = not sung or self._stand.singer.holds(at_s, _HELD_S)
        kept = self._sounding is not None and self._last % 12 in chord.pitch_classes
        grates = any(abs(self._last - note) in (1, 11, 13) for note in melody)
        if kept and not grates and not (free and not change):
            return
        pitch = self._next(chord, melody, change)
        if pitch == self._last and self._sounding is not None:
            return
        self.rest(moment)
        self._sounding, self._last = Note(moment, 0.0, pitch, velocity), pitch

    def _next(self, chord: ChordTones, melody: tuple[int, ...], change: bool) -> int:
        """The nearest guide tone where the harmony changes; elsewhere the next tone of the chord in the same direction,
        turned around before the end of the range.
        """
        part = self._part
        third = chord.interval(3, 4, 5, 2)
        seventh = chord.interval(10, 11, 9)
        guides = [step for step in (third, seventh) if step is not None] or [chord.intervals[0]]
        if not change:
            if self._last - part.low < 4 or part.high - self._last < 4:
                self._downwards = part.high - self._last < 4
            guides = list(chord.intervals)
        options = [
            nearest_in_range((chord.root + step) % 12, self._last + shift, part.low, part.high)
            for step in guides
            for shift in ((0,) if change else (-4, 4))
        ]

        def cost(pitch: int) -> tuple[float, int]:
            moved = pitch - self._last
            grating = 8.0 * any(abs(pitch - note) in (1, 11, 13) for note in melody)
            doubled = 3.0 * any((pitch - note) % 12 == 0 for note in melody)
            still = 4.0 if moved == 0 and not change else 0.0
            turned = 1.5 if not change and moved and (moved < 0) != self._downwards else 0.0
            return abs(moved) + grating + doubled + still + turned, pitch

        return min(options, key=cost)
