"""From a line of the score to a sung line: when each sound of the words comes, at which pitch, how strongly.

Vowels begin on their notes; the consonants between two vowels come just before the second one, as long as in speech;
the vowel fills what is left. In the voice's alphabet a vowel is a stress mark and a letter: the mark carries the
vowel's beginning and the letter its end (the glide of "my", "go", "now"), so it is the place between that is held.
"""

import itertools
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from song.score import Line, SungNote, seconds
from song.voice_model import FRAMES_PER_SECOND, SILENT_ENERGY, Floats, Reading, VoiceModel

VOWELS: Final = frozenset("AIWYOɑɛɪiɔuʊæʌəɜɐᵊᵻ")
DIPHTHONGS: Final = frozenset("AIWYO")
STRESS: Final = frozenset("ˈˌ")
_PAUSES: Final = frozenset(" ,.;:!?—")

_LEAD_S: Final = 0.05
"""A sound is heard this much before its place in the network's frames (measured on plosives and nasals)."""
_BEFORE_S: Final = 0.45
_AFTER_S: Final = 0.45
"""What is rendered around a line: its first consonants and its last ones with the release."""
_CONSONANT_SHARE: Final = 0.5
"""Consonants give way rather than take more of the time between two vowels."""
_GLIDE_S: Final = 0.16
_LONGEST_CONSONANT_S: Final = 0.13
_TOLD_HZ: Final = 300.0
"""The network has learnt spoken pitch; above this it is told this pitch, and only the source goes higher."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a singer sings; the other voices of a chorus differ from the leading one."""

    seed: int
    transpose: int = 0
    detune_cents: float = 0.0
    late_s: float = 0.0
    vibrato_cents: float = 32.0
    vibrato_hz: float = 5.5
    scoop_semitones: float = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class SungLine:
    """A sung line: mono sound at 24 kHz that begins at ``start_s`` in the song, and the pitch it was given."""

    sound: Floats
    start_s: float
    pitch_hz: Floats
    """For each 12.5 ms; 0 where unvoiced."""
    vowels_s: tuple[tuple[float, float], ...]
    """When each syllable's vowel begins and ends, in the song's time."""


@dataclass(frozen=True, slots=True)
class _Syllable:
    """A vowel's place among the phonemes and in time, with the notes on it."""

    mark: int
    """Index of its stress mark, or of the vowel itself."""
    vowel: int
    notes: tuple[SungNote, ...]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """For each frame of the line: which phoneme it belongs to, and the place in the spoken reading it is taken from."""

    phoneme: NDArray[np.int64]
    spoken: NDArray[np.float64]
    held: NDArray[np.bool_]
    """Whether it is part of a vowel."""


def sing(voice: VoiceModel, line: Line, manner: Manner) -> SungLine:
    """Sing one line.

    Raises
    ------
    ValueError
        When the voice reads another number of syllables than the score has.
    """
    reading = voice.read(_stressed(voice.phonemes(line.words)))
    syllables = _syllables(line, reading, manner.late_s)
    start_s = syllables[0].start_s - _BEFORE_S
    plan = _plan(reading, syllables, start_s)
    voiced = _voiced(reading, plan)
    pitch_hz = np.where(voiced, _pitch(syllables, plan, start_s, manner), 0.0).astype(np.float32)
    energy = _energy(reading, plan, syllables)
    told = np.where(voiced, np.minimum(pitch_hz, _TOLD_HZ), 0.0).astype(np.float32)
    sound = voice.sound(reading.text[:, plan.phoneme], told, energy, manner.seed, pitch_hz)
    vowels = tuple((item.start_s, item.end_s) for item in syllables)
    # the frames are laid late by the lead, so that what is heard comes on time
    return SungLine(sound, start_s - _LEAD_S, pitch_hz, vowels)


def _stressed(phonemes: str) -> str:
    """Every vowel gets a stress mark, for it is on the mark that a vowel is held."""
    out: list[str] = []
    for symbol in phonemes:
        if symbol in VOWELS and not (out and out[-1] in STRESS):
            out.append("ˌ")
        out.append(symbol)
    return "".join(out)


def _syllables(line: Line, reading: Reading, late_s: float) -> list[_Syllable]:
    places = [index for index, symbol in enumerate(reading.phonemes) if symbol in VOWELS]
    groups: list[list[SungNote]] = []
    for note in line.notes:
        if note.syllable == "_":
            groups[-1].append(note)
        else:
            groups.append([note])
    if len(places) != len(groups):
        read = "".join(reading.phonemes)
        raise ValueError(f"“{line.words}” is read as {read}: {len(places)} syllables for {len(groups)} notes")
    found = []
    for number, (place, notes) in enumerate(zip(places, groups, strict=True)):
        last = notes[-1]
        start_s, end_s = seconds(notes[0].beat) + late_s, seconds(last.beat + last.beats) + late_s
        if number + 1 < len(groups):
            end_s = min(end_s, seconds(groups[number + 1][0].beat) + late_s)
        found.append(_Syllable(place - 1, place, tuple(notes), start_s, end_s))
    return found


def _plan(reading: Reading, syllables: list[_Syllable], start_s: float) -> _Plan:
    """Lay the phonemes out in time."""
    begin = np.concatenate(([0], np.cumsum(reading.frames)))
    phoneme: list[NDArray[np.int64]] = []
    spoken: list[NDArray[np.float64]] = []
    held: list[NDArray[np.bool_]] = []

    def lay(index: int, frames: int, first: float, last: float, vowel: bool) -> None:
        if frames > 0:
            phoneme.append(np.full(frames, index))
            spoken.append(np.linspace(first, last, frames, endpoint=False))
            held.append(np.full(frames, vowel))

    def lay_consonants(indices: range, frames: int) -> None:
        """Silences give way first, then all alike."""
        lengths = np.array([min(reading.frames[i], _LONGEST_CONSONANT_S * FRAMES_PER_SECOND) for i in indices], float)
        lengths = np.where([reading.phonemes[i] in _PAUSES for i in indices], np.minimum(lengths, 2), lengths)
        edges = np.rint(np.concatenate(([0], np.cumsum(lengths))) * frames / max(1.0, lengths.sum())).astype(int)
        for number, index in enumerate(indices):
            lay(index, int(edges[number + 1] - edges[number]), begin[index], begin[index + 1], False)

    def wanted(indices: range) -> int:
        total = 0.0
        for index in indices:
            longest = 2.0 if reading.phonemes[index] in _PAUSES else _LONGEST_CONSONANT_S * FRAMES_PER_SECOND
            total += min(float(reading.frames[index]), longest)
        return round(total)

    def frame_of(time_s: float) -> int:
        return round((time_s - start_s) * FRAMES_PER_SECOND)

    opening = range(1, syllables[0].mark)
    onset = frame_of(syllables[0].start_s)
    before = min(wanted(opening), onset - 4)
    lay(0, onset - before, max(0.0, begin[1] - (onset - before)), begin[1], False)
    lay_consonants(opening, before)
    at = onset
    for number, syllable in enumerate(syllables):
        following = syllables[number + 1] if number + 1 < len(syllables) else None
        between = range(syllable.vowel + 1, following.mark if following else len(reading.phonemes) - 1)
        if following is not None:
            until = frame_of(following.start_s)
            consonants = min(wanted(between), int((until - at) * _CONSONANT_SHARE))
            stop = until - consonants
        else:
            consonants = wanted(between)
            stop = frame_of(syllable.end_s) - consonants // 3
        _lay_vowel(reading, begin, syllable, stop - at, lay)
        lay_consonants(between, consonants)
        at = stop + consonants
    total = frame_of(syllables[-1].end_s + _AFTER_S)
    lay(len(reading.phonemes) - 1, max(8, total - at), begin[-2], begin[-1], False)
    return _Plan(np.concatenate(phoneme), np.concatenate(spoken), np.concatenate(held))


def _lay_vowel(reading: Reading, begin: NDArray[np.int64], syllable: _Syllable, frames: int, lay: object) -> None:
    put = lay
    assert callable(put)
    mark, vowel = int(reading.frames[syllable.mark]), int(reading.frames[syllable.vowel])
    middle, end = float(begin[syllable.vowel]), float(begin[syllable.vowel + 1])
    if frames <= mark + vowel:
        first = round(frames * mark / (mark + vowel))
        put(syllable.mark, first, float(begin[syllable.mark]), middle, True)
        put(syllable.vowel, frames - first, middle, end, True)
        return
    # the mark at its own pace, then held at its end; the letter, which already leans on what follows, at its own pace
    least = round(_GLIDE_S * FRAMES_PER_SECOND) if reading.phonemes[syllable.vowel] in DIPHTHONGS else 0
    closing = min(max(vowel, least), (frames - mark) // 2, 16)
    put(syllable.mark, mark, float(begin[syllable.mark]), middle, True)
    put(syllable.mark, frames - mark - closing, middle, middle + 0.5, True)
    put(syllable.vowel, closing, middle + 0.5, end, True)


def _voiced(reading: Reading, plan: _Plan) -> NDArray[np.bool_]:
    """As in speech, but a vowel is never lost; holes of one or two frames are closed."""
    frames = np.arange(reading.pitch_hz.size)
    spoken = np.interp(plan.spoken, frames, (reading.pitch_hz > 40.0).astype(float)) > 0.5
    inside = plan.held & np.roll(plan.held, 6)
    return np.asarray(spoken | inside, dtype=np.bool_)


def _energy(reading: Reading, plan: _Plan, syllables: list[_Syllable]) -> Floats:
    """As in speech, with the vowels lifted to one level: a singer gives every note its strength."""
    spoken = np.interp(plan.spoken, np.arange(reading.energy.size), reading.energy)
    starts = np.concatenate(([0], np.cumsum(reading.frames)))
    levels = {item.vowel: float(reading.energy[starts[item.mark] : starts[item.vowel + 1]].max()) for item in syllables}
    usual = float(np.median(list(levels.values())))
    out = spoken.copy()
    for item in syllables:
        here = np.flatnonzero((plan.phoneme == item.mark) | (plan.phoneme == item.vowel))
        if here.size == 0:
            continue
        level = 0.4 * levels[item.vowel] + 0.6 * usual
        # rises as in speech, then stays
        peak = here[int(np.argmax(spoken[here]))]
        rest = here[here >= peak]
        out[here] += level - spoken[peak]
        out[rest] = level - np.linspace(0.0, 0.8, rest.size)
    smooth = np.convolve(np.pad(out, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    return np.maximum(smooth, SILENT_ENERGY).astype(np.float32)


def _pitch(syllables: list[_Syllable], plan: _Plan, start_s: float, manner: Manner) -> NDArray[np.float64]:
    """The melody as it is sung: slides between notes, a scoop into the first, vibrato on long ones."""
    frames = plan.phoneme.size
    time = start_s + np.arange(frames) / FRAMES_PER_SECOND
    chance = np.random.default_rng([manner.seed, 7])
    notes = [(max(note_start, 0.0), note) for item in syllables for note_start, note in _note_starts(item)]
    semitones = np.full(frames, float(notes[0][1].pitch))
    for (_, before), (at, note) in itertools.pairwise(notes):
        # consonants lie before the vowel: the slide is over when the vowel begins, or just after
        width = 0.07 + 0.004 * abs(note.pitch - before.pitch)
        step = _smooth_step((time - (at - 0.65 * width)) / width)
        semitones += (note.pitch - before.pitch) * step
    first = notes[0][0]
    semitones -= manner.scoop_semitones * (1.0 - _smooth_step((time - first + 0.06) / 0.11))
    for number, (at, _) in enumerate(notes):
        stop = notes[number + 1][0] if number + 1 < len(notes) else syllables[-1].end_s
        length = stop - at
        if length < 0.5:
            continue
        begins = at + min(0.32, 0.4 * length)
        depth = _smooth_step((time - begins) / 0.35) * (1.0 - _smooth_step((time - stop + 0.09) / 0.08))
        rate = manner.vibrato_hz * (1.0 + 0.03 * chance.standard_normal())
        semitones += manner.vibrato_cents / 100.0 * depth * np.sin(2.0 * np.pi * rate * (time - begins))
        if number + 1 < len(notes) or length < 0.7:
            continue
        semitones -= 0.5 * _smooth_step((time - stop + 0.02) / 0.16)  # the voice lets go of the last note
    drift = np.convolve(chance.standard_normal(frames + 40), np.hanning(41) / np.hanning(41).sum(), mode="valid")
    semitones += 0.22 * drift[:frames] + manner.transpose + manner.detune_cents / 100.0
    return np.asarray(440.0 * 2.0 ** ((semitones - 69.0) / 12.0), dtype=np.float64)


def _note_starts(item: _Syllable) -> list[tuple[float, SungNote]]:
    late_s = item.start_s - seconds(item.notes[0].beat)
    return [(seconds(note.beat) + late_s, note) for note in item.notes]


def _smooth_step(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x), dtype=np.float64)


def moved(line: Line, pitches: tuple[int, ...]) -> Line:
    """The line on other pitches, note by note."""
    notes = tuple(replace(note, pitch=midi) for note, midi in zip(line.notes, pitches, strict=True))
    return replace(line, notes=notes)
