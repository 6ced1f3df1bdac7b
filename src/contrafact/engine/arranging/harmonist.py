"""Chord players: comping, arpeggios and pads on voicings that lead smoothly from chord to chord."""

from dataclasses import replace

from contrafact.engine.arranging.chords import ChordTones
from contrafact.engine.arranging.grid import Span
from contrafact.engine.arranging.notation import SIGN_VELOCITY, Step
from contrafact.engine.arranging.pack import PitchedPart
from contrafact.engine.arranging.players import LONGEST_PUSH_S, Stand, Touch
from contrafact.engine.arranging.repertoire import Repertoire
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.timeline import Note
from contrafact.engine.arranging.voicing import lead_voices, nearest_in_range

_SOFTER_UNDER_VOICE = 0.88
_SINGING = 0.3
"""Share of a bar from which on the voice is made way for."""
_ELSEWHERE = 7.0
"""Most semitones by which the middle of the hands differs from the middle of the range."""
_MUTED_S = 0.06
_MUTED = 0.55


class Harmonist:
    """One chord instrument; remembers its hands' last position."""

    def __init__(self, stand: Stand, part: PitchedPart) -> None:
        self._stand, self._part = stand, part
        self._chance = stand.chance.fork("part", part.name)
        # Every take has its hands a little elsewhere, as every player has.
        room = min(_ELSEWHERE, (part.high - part.low) / 5)
        self._centre = (part.low + part.high) / 2 + self._chance.fork("hands").spread() * room
        self._hands: tuple[int, ...] = ()
        self._held: tuple[ChordTones, int, bool] | None = None

    def voicing(self, chord: ChordTones, scene: Scene, at_s: float) -> tuple[int, ...]:
        """The next voicing of the chord that sounds at a time; the same chord keeps the hands in place for four bars,
        then they find another.
        """
        phrase = scene.bar.section * 1000 + scene.bar.place // 4
        singing = scene.voice > _SINGING
        held = self._held
        span = self._stand.grid.chord(at_s)
        long_notes = self._stand.singer.long_notes(at_s, span.end_s if span else at_s + 1.0)
        if held is not None and held == (chord, phrase, singing):
            grates = self._hands and any(abs(self._hands[-1] - note) == 1 for note in long_notes)
            if not grates:
                return self._hands
        worn = self._hands if held is not None and held[0] == chord else ()
        part = self._part
        self._hands = lead_voices(
            self._without_friction(chord, long_notes, span),
            self._hands,
            part.low,
            part.high,
            part.voices,
            part.rootless,
            layout=part.voicing,
            other_than=worn,
            melody=long_notes,
            register=self._stand.singer.register if singing else None,
            centre=self._centre,
        )
        self._held = (chord, phrase, singing)
        return self._hands

    def _without_friction(self, chord: ChordTones, melody: tuple[int, ...], span: Span | None) -> ChordTones:
        """The chord without colours that were not heard and lie a semitone beside a long note of the melody."""
        heard = len(span.tones.intervals) if span and span.tones else len(chord.intervals)
        added = {
            interval
            for interval in chord.intervals[heard:]
            if any((chord.root + interval - note) % 12 in (1, 11) for note in melody)
        }
        kept = tuple(interval for interval in chord.intervals if interval not in added)
        return replace(chord, intervals=kept) if added else chord

    def comp(self, active: frozenset[int]) -> list[Note]:
        """Chords in the written rhythm (roles ``chords`` and ``arpeggio``)."""
        repertoire = Repertoire(self._stand, self._part)
        notes: list[Note] = []
        for number, scene in enumerate(self._stand.scenes):
            if number not in active:
                continue
            touch = Touch(self._stand, self._chance.fork("touch", scene.bar.first_beat))
            if scene.final:
                steps = [Step(0.0, float(scene.bar.beats), "x", 1)]
            else:
                until = scene.bar.beats - (1 if scene.stop else 0)
                steps = [step for step in repertoire.steps(scene) if step.position < until - 1e-9]
            limit_s = self._stand.section_end_s(scene)
            for step in steps:
                notes += self._struck(scene, step, touch, limit_s)
        return notes

    def _struck(self, scene: Scene, step: Step, touch: Touch, limit_s: float) -> list[Note]:
        beat = scene.bar.first_beat + step.position
        start_s = self._stand.time(beat, step.division)
        end_s = min(self._stand.time(beat + step.length, step.division), limit_s)
        notes: list[Note] = []
        first = True
        while start_s < end_s - 1e-6:
            heard = self._stand.harmony_at(start_s)
            if heard is None:
                break
            span, chord = heard
            stop_s = min(end_s, span.end_s)
            early_s, at_s = stop_s - start_s, start_s
            if (
                first
                and step.position % 1
                and stop_s < end_s
                and early_s < min(LONGEST_PUSH_S, 0.6 * (end_s - start_s))
            ):
                coming = self._stand.harmony_at(span.end_s + 1e-6)
                if coming:
                    chord, stop_s, at_s = coming[1], min(end_s, coming[0].end_s), span.end_s + 1e-6
            voicing = self.voicing(chord, scene, at_s)
            pitches = self._beside_melody(_signed(step.sign, voicing, chord, self._part), voicing, at_s, stop_s)
            notes += self._placed(scene, step, touch, pitches, start_s, stop_s, again=not first)
            start_s, first = stop_s, False
            if end_s - start_s < 0.08:
                break
        return notes

    def _beside_melody(
        self, pitches: tuple[int, ...], voicing: tuple[int, ...], start_s: float, stop_s: float
    ) -> tuple[int, ...]:
        """A single voice that would grate with a long note of the melody gives way to its neighbour in the chord."""
        melody = self._stand.singer.long_notes(start_s, stop_s) if len(pitches) == 1 else ()
        if all(abs(pitches[0] - note) != 1 for note in melody):
            return pitches
        others = [pitch for pitch in voicing if all(abs(pitch - note) != 1 for note in melody)]
        return (min(others, key=lambda pitch: (abs(pitch - pitches[0]), pitch)),) if others else pitches

    def _placed(
        self,
        scene: Scene,
        step: Step,
        touch: Touch,
        pitches: tuple[int, ...],
        start_s: float,
        stop_s: float,
        *,
        again: bool,
    ) -> list[Note]:
        part = self._part
        loud = SIGN_VELOCITY.get(step.sign, 0.84) * (0.85 if again else 1.0)
        if scene.voice > 0.3:
            loud *= _SOFTER_UNDER_VOICE
        moment = touch.moment(start_s, part.lag_ms)
        muted = step.sign == "m"
        loud *= _MUTED if muted else 1.0
        length = _MUTED_S if muted else max(0.05, (stop_s - start_s) * part.release)
        upstroke = step.position % 1 != 0
        notes = []
        for place, pitch in enumerate(reversed(pitches) if upstroke else pitches):
            late = place * part.strum_ms / 1000.0 * (0.7 if upstroke else 1.0)
            if length - late <= 0.04:
                continue
            notes.append(Note(moment + late, length - late, pitch, touch.force(part.velocity * loud, scene.energy)))
        return notes

    def hold(self, active: frozenset[int]) -> list[Note]:
        """Long chords that change only where the harmony does; tones in common keep sounding (role ``pad``)."""
        notes: list[Note] = []
        sounding: dict[int, tuple[float, int]] = {}
        for start_s, stop_s, chord, scene in self._stretches(active):
            touch = Touch(self._stand, self._chance.fork("touch", f"{start_s:.3f}"))
            wanted = self.voicing(chord, scene, start_s) if chord else ()
            gone = [pitch for pitch, (_, _) in sounding.items() if pitch not in wanted]
            for pitch in gone:
                began, velocity = sounding.pop(pitch)
                notes.append(Note(began, start_s - began, pitch, velocity))
            for pitch in wanted:
                sounding.setdefault(pitch, (start_s, touch.force(self._part.velocity, scene.energy)))
            last_s = stop_s
        for pitch, (began, velocity) in sounding.items():
            notes.append(Note(began, last_s - began, pitch, velocity))
        return notes

    def _stretches(self, active: frozenset[int]) -> list[tuple[float, float, ChordTones | None, Scene]]:
        """Active time in order, cut at chord changes and bars; silence is a stretch without a chord."""
        found: list[tuple[float, float, ChordTones | None, Scene]] = []
        for number, scene in enumerate(self._stand.scenes):
            bar = scene.bar
            if number not in active:
                found.append((bar.start_s, bar.end_s, None, scene))
                continue
            at_s = bar.start_s
            while at_s < bar.end_s - 1e-6:
                span: Span | None = self._stand.grid.chord(at_s)
                stop_s = min(bar.end_s, span.end_s) if span else bar.end_s
                found.append((at_s, stop_s, self._stand.tones(span) if span else None, scene))
                at_s = stop_s
        return found


def _signed(sign: str, voicing: tuple[int, ...], chord: ChordTones, part: PitchedPart) -> tuple[int, ...]:
    """The pitches that a sign of the notation stands for."""
    if sign.isdigit():
        octaves, place = divmod(int(sign) - 1, len(voicing))
        pitch = voicing[place] + 12 * octaves
        return (pitch if pitch <= part.high + 5 else pitch - 12,)
    if sign == "b":
        return (nearest_in_range(chord.bass, part.low + 4, part.low, part.low + 12),)
    if sign == "t":
        return voicing[1:] or voicing
    if sign == "m":
        return voicing[-2:]
    return voicing
