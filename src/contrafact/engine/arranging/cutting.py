"""Pieces of the voice put elsewhere, on the grid: throws, answers, stutters and chops."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.phrases import SungPhrase
from contrafact.engine.arranging.voices import Shift, VoiceNote, VoicePiece, VoiceScale

_INTO_VOWEL_S: Final = 0.015
"""A slice begins inside its vowel, so that it is heard on the step that it is set to."""
_THROW_DB: Final = (-5.0, -10.0, -15.0, -20.0)
_LATEST_S: Final = 0.1
"""So long before the next word the voice's echo has ended."""
_PATTERNS: Final[tuple[tuple[float, ...], ...]] = (
    # Places within four beats in quarters of a beat, the most telling first.
    (0.0, 6.0, 12.0, 3.0, 10.0, 14.0, 8.0, 15.0),
    (0.0, 3.0, 6.0, 10.0, 12.0, 14.0, 7.0, 15.0),
    (2.0, 6.0, 10.0, 14.0, 0.0, 12.0, 3.0, 15.0),
    (0.0, 4.0, 7.0, 10.0, 14.0, 12.0, 3.0, 2.0),
)
_MOST_TRANSPOSED: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Pulse:
    """The song's beats in the take, counted from 0; ``division`` is how a beat divides in patterns (4 or 3)."""

    beats_s: tuple[float, ...]
    division: int

    @property
    def known(self) -> bool:
        return len(self.beats_s) > 1

    def time(self, beat: float) -> float:
        """Seconds of a beat; before the first and after the last the pulse goes on."""
        beats = self.beats_s
        if beat < 0.0:
            return beats[0] + beat * (beats[1] - beats[0])
        last = len(beats) - 1
        if beat > last:
            return beats[-1] + (beat - last) * (beats[-1] - beats[-2])
        return float(np.interp(beat, np.arange(last + 1), beats))

    def beat(self, time_s: float) -> float:
        beats = self.beats_s
        last = len(beats) - 1
        if time_s < beats[0]:
            return (time_s - beats[0]) / (beats[1] - beats[0])
        if time_s > beats[-1]:
            return last + (time_s - beats[-1]) / (beats[-1] - beats[-2])
        return float(np.interp(time_s, beats, np.arange(last + 1)))

    def after(self, time_s: float, per_beat: int = 1) -> float:
        """The first place of an even division of the beat that is not before ``time_s``, in beats."""
        return float(np.ceil(self.beat(time_s) * per_beat - 1e-6)) / per_beat


def pulse_of(grid: Grid, division: int) -> Pulse:
    """Beats of all bars, with the end of the last one."""
    times: list[float] = []
    for bar in grid.bars:
        times += [beat for beat in bar.beats_s if not times or beat > times[-1] + 0.05]
    if grid.bars and grid.bars[-1].end_s > times[-1] + 0.05:
        times.append(grid.bars[-1].end_s)
    return Pulse(tuple(times), 3 if division == 3 else 4)


def chosen(phrases: Sequence[SungPhrase], strength: float, chance: Chance, most: float = 1.0) -> list[SungPhrase]:
    """A share of the phrases that grows with the strength; what a lower strength has, a higher one has too."""
    return [
        phrase
        for phrase in phrases
        if chance.fork(round(phrase.start_s, 2)).unit() < most * (0.35 + 0.65 * strength) and strength > 0.0
    ]


def throws(phrases: Sequence[SungPhrase], pulse: Pulse, bpm: float, end_s: float) -> Iterator[VoicePiece]:
    """The last word of each phrase again and again, softer, from side to side, in time with the beat."""
    step = 0.75 if pulse.division == 4 else 2.0 / 3.0
    if bpm * step > 110.0:
        step *= 2.0
    for phrase in phrases:
        word = _last_word(phrase, pulse)
        if word is None:
            continue
        start_s, stop_s = word
        until_s = min(end_s, phrase.rest_s) - _LATEST_S if phrase.rest_s > phrase.end_s + 0.05 else phrase.end_s
        for number, gain_db in enumerate(_THROW_DB):
            at_s = pulse.time(pulse.beat(start_s) + (number + 1) * step)
            room_s = min(stop_s - start_s, until_s - at_s)
            if at_s < phrase.end_s - 0.3 * (stop_s - start_s) or room_s < 0.12:
                continue
            pan = 0.55 if number % 2 == 0 else -0.55
            yield _piece(start_s, start_s + room_s, at_s, gain_db, pan=pan, fade_out_s=min(0.09, 0.5 * room_s))


def _last_word(phrase: SungPhrase, pulse: Pulse) -> tuple[float, float] | None:
    """From the onset of the last note that is long enough for a word, at most two beats."""
    beat_s = pulse.time(1.0) - pulse.time(0.0)
    stop_s = phrase.end_s
    if not phrase.notes:
        return max(phrase.start_s, stop_s - beat_s), stop_s
    last = phrase.notes[-1]
    first = last
    for note in reversed(phrase.notes):
        if stop_s - note.start_s > 1.5 * beat_s:
            break
        first = note
        if stop_s - note.start_s > 0.6 * beat_s:
            break
    start_s = max(phrase.start_s, first.start_s - 0.05, stop_s - 2.0 * beat_s)
    return (start_s, stop_s) if stop_s - start_s >= 0.15 else None


@dataclass(frozen=True, slots=True)
class Answers:
    pieces: tuple[VoicePiece, ...]
    shifts: tuple[Shift, ...]
    notes: tuple[VoiceNote, ...]


def answers(
    phrases: Sequence[SungPhrase], pulse: Pulse, scales: Sequence[VoiceScale], octave: float, a4: float, end_s: float
) -> Answers:
    """The end of each phrase again in the rest after it, whole beats later, an octave off; notes that the new chord
    does not have go to its nearest tone.
    """
    pieces: list[VoicePiece] = []
    shifts: list[Shift] = []
    for phrase in phrases:
        room_s = min(phrase.rest_s, end_s) - _LATEST_S
        word = _tail(phrase, pulse, room_s - phrase.end_s)
        if word is None:
            continue
        start_s, stop_s = word
        start_beat = pulse.beat(start_s)
        away = float(np.ceil(pulse.beat(phrase.end_s + 0.05) - start_beat - 1e-6))
        at_s = pulse.time(start_beat + away)
        if at_s + stop_s - start_s > room_s:
            continue
        pieces.append(_piece(start_s, stop_s, at_s, 0.0, fade_in_s=0.02, fade_out_s=0.08))
        inside = [note for note in phrase.notes if note.end_s > start_s]
        for number, note in enumerate(inside):
            moved_s = note.start_s + at_s - start_s
            span = _at(scales, moved_s + 0.05)
            fit = _fit(note.pitch - a4 + octave, span, 2) if note.end_s - note.start_s > 0.2 else 0
            shifts.append(Shift(round(moved_s - (0.2 if number == 0 else 0.0), 6), octave + fit))
        if not inside:
            shifts.append(Shift(round(at_s - 0.2, 6), octave))
    return Answers(tuple(pieces), tuple(shifts), ())


def _tail(phrase: SungPhrase, pulse: Pulse, room_s: float) -> tuple[float, float] | None:
    """The longest end of the phrase of at most four beats that fits into the rest, from the onset of a note."""
    beat_s = pulse.time(1.0) - pulse.time(0.0)
    most_s = min(4.0 * beat_s, room_s - 0.1, phrase.end_s - phrase.start_s)
    if most_s < 0.8 * beat_s:
        return None
    if not phrase.notes:
        return phrase.end_s - most_s, phrase.end_s
    starts = [note.start_s for note in phrase.notes if 0.3 < phrase.end_s - note.start_s <= most_s]
    return (max(phrase.start_s, starts[0] - 0.06), phrase.end_s) if starts else None


def stutters(phrases: Sequence[SungPhrase], pulse: Pulse) -> Iterator[VoicePiece]:
    """The first syllable of a phrase two to four times before it, in the silence there, on the grid and growing."""
    sung_s = 0.0
    for phrase in phrases:
        silent_s, sung_s = sung_s, phrase.end_s
        if not phrase.notes or phrase.joined:
            continue
        first = phrase.notes[0]
        step_s = (pulse.time(1.0) - pulse.time(0.0)) / pulse.division
        length_s = min(0.9 * step_s, first.end_s - first.start_s - _INTO_VOWEL_S)
        if length_s < 0.06:
            continue
        # The last one lies most of a step before the word itself.
        last = float(np.floor(pulse.beat(first.start_s - 0.8 * step_s) * pulse.division + 1e-6))
        places = [(last - back) / pulse.division for back in range(3, -1, -1)]
        free = [place for place in places if place >= 0.0 and pulse.time(place) > silent_s + 0.05]
        if len(free) < 2:
            continue
        for number, place in enumerate(free):
            gain_db = -2.0 * (len(free) - 1 - number)
            yield _slice(first, length_s, pulse.time(place), gain_db, 0.0, 0.25 * (-1) ** number)


def chops(
    phrases: Sequence[SungPhrase],
    pulse: Pulse,
    scales: Sequence[VoiceScale],
    strength: float,
    a4: float,
    chance: Chance,
    end_s: float,
) -> Iterator[VoicePiece]:
    """Slices of a phrase played in rhythm in the rest after it, moved to tones of the chord there."""
    for phrase in phrases:
        vowels = [note for note in phrase.notes if note.end_s - note.start_s > 0.13][-4:]
        first = pulse.after(phrase.end_s + 0.04)
        last = min(pulse.beat(min(phrase.rest_s, end_s) - _LATEST_S), first + 8.0, len(pulse.beats_s) - 1.0)
        if not vowels or last - first < 1.5:
            continue
        luck = chance.fork(round(phrase.start_s, 2))
        pattern = luck.pick(_PATTERNS)
        order = [luck.pick(range(len(vowels))) for _ in pattern]
        hits = 3 + round(strength * (len(pattern) - 3))
        # The same words in the second half: a riff, not a scatter.
        steps = sorted((place / 4.0, vowels[order[rank]]) for rank, place in enumerate(pattern[:hits]))
        if pulse.division == 3:
            steps = [(round(place * 3.0) / 3.0, note) for place, note in steps]
        placed = [(first + group + place, note) for group in (0.0, 4.0) for place, note in steps]
        placed = [(beat, note) for beat, note in placed if beat < last - 0.2]
        for number, (beat, note) in enumerate(placed):
            at_s = pulse.time(beat)
            following = pulse.time(placed[number + 1][0] if number + 1 < len(placed) else min(last, beat + 1.0))
            length_s = min(note.end_s - note.start_s - _INTO_VOWEL_S, 0.95 * (following - at_s), 0.6)
            if length_s < 0.05:
                continue
            move = _fit(note.pitch - a4, _at(scales, at_s), _MOST_TRANSPOSED)
            yield _slice(note, length_s, at_s, 0.0, float(move), 0.35 * (-1) ** number)


def _slice(note: VoiceNote, length_s: float, at_s: float, gain_db: float, semitones: float, pan: float) -> VoicePiece:
    start_s = note.start_s + _INTO_VOWEL_S
    fade_out_s = min(0.03, 0.4 * length_s)
    return _piece(start_s, start_s + length_s, at_s, gain_db, semitones, pan, 0.003, fade_out_s)


def _piece(
    start_s: float,
    stop_s: float,
    at_s: float,
    gain_db: float,
    semitones: float = 0.0,
    pan: float = 0.0,
    fade_in_s: float = 0.012,
    fade_out_s: float = 0.06,
) -> VoicePiece:
    return VoicePiece(
        round(start_s, 6), round(stop_s, 6), round(at_s, 6), round(gain_db, 3), fade_in_s, fade_out_s, semitones, pan
    )


def _at(scales: Sequence[VoiceScale], time_s: float) -> VoiceScale | None:
    place = bisect_left([span.end_s for span in scales], time_s + 1e-9)
    return scales[place] if place < len(scales) and scales[place].start_s <= time_s + 1e-9 else None


def _fit(pitch: float, span: VoiceScale | None, most: int) -> int:
    """By how many semitones a note goes to the nearest tone of the chord; 0 where none is near, or none is known."""
    if span is None or not span.chord:
        return 0
    here = round(pitch)
    near = [move for move in range(-most, most + 1) if (here + move) % 12 in span.chord]
    return min(near, key=lambda move: (abs(move), -move), default=0)
