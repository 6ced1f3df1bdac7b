"""A singer made of arithmetic: a glottal source with vibrato, slides and breath, through moving formants.

A cascade of resonators after D. Klatt, "Software for a cascade/parallel formant synthesizer", J. Acoust. Soc. Am. 67
(1980); the pulse is A. Rosenberg's (J. Acoust. Soc. Am. 49, 1971). Syllables begin with consonants of five kinds; each
vowel begins where its note does, so that the truth about onsets is exact.
"""

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from benchmarks.truth.song import Floats, TrueNote
from contrafact.engine.audio.value import SAMPLE_RATE

_STEP: Final = 256
"""Frames between two settings of the formants (5.8 ms)."""
_TABLE: Final = 4096
_VOWELS: Final[dict[str, tuple[float, float, float, float]]] = {
    "a": (730.0, 1180.0, 2550.0, 3400.0),
    "e": (500.0, 1850.0, 2550.0, 3450.0),
    "i": (300.0, 2250.0, 2950.0, 3550.0),
    "o": (480.0, 870.0, 2450.0, 3350.0),
    "u": (330.0, 780.0, 2300.0, 3250.0),
    "A": (640.0, 1650.0, 2450.0, 3400.0),
    "ʌ": (620.0, 1250.0, 2500.0, 3350.0),
}
"""First four formants of an adult man, Hz."""
_BANDWIDTHS: Final = (70.0, 90.0, 130.0, 180.0, 220.0)
_CONSONANTS: Final[dict[str, tuple[float, float, float, float]]] = {
    # length s, voicing, noise, locus of the second formant Hz
    "t": (0.065, 0.0, 1.0, 1800.0),
    "k": (0.075, 0.0, 0.8, 1500.0),
    "p": (0.065, 0.0, 0.7, 900.0),
    "s": (0.100, 0.0, 1.0, 1700.0),
    "sh": (0.095, 0.0, 0.9, 1900.0),
    "f": (0.080, 0.0, 0.5, 1100.0),
    "h": (0.060, 0.0, 0.4, 1300.0),
    "d": (0.050, 0.25, 0.4, 1700.0),
    "b": (0.050, 0.25, 0.3, 900.0),
    "m": (0.070, 0.45, 0.0, 1000.0),
    "n": (0.065, 0.45, 0.0, 1500.0),
    "l": (0.060, 0.55, 0.0, 1200.0),
    "r": (0.060, 0.5, 0.0, 1150.0),
    "v": (0.060, 0.4, 0.2, 1100.0),
}
_BURST_HZ: Final[dict[str, tuple[float, float]]] = {
    "t": (3500.0, 9000.0),
    "k": (1500.0, 4500.0),
    "p": (500.0, 2500.0),
    "s": (4800.0, 11000.0),
    "sh": (2200.0, 7000.0),
    "f": (1200.0, 9000.0),
    "h": (700.0, 4000.0),
    "d": (2800.0, 8000.0),
    "b": (500.0, 2000.0),
    "v": (1000.0, 6000.0),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """A singer: compass in MIDI keys, formants relative to a man's, and habits."""

    low: int
    high: int
    tract: float
    open_quotient: float
    breath: float
    vibrato_cents: float
    vibrato_hz: float
    slide_s: float


VOICES: Final[dict[str, Voice]] = {
    "bass": Voice(43, 60, 0.96, 0.58, 0.010, 30.0, 5.2, 0.075),
    "baritone": Voice(47, 64, 1.0, 0.60, 0.012, 35.0, 5.4, 0.065),
    "tenor": Voice(51, 68, 1.04, 0.58, 0.010, 45.0, 5.7, 0.060),
    "alto": Voice(55, 72, 1.14, 0.64, 0.018, 35.0, 5.5, 0.060),
    "mezzo": Voice(57, 74, 1.17, 0.62, 0.014, 50.0, 5.8, 0.070),
    "soprano": Voice(60, 78, 1.20, 0.66, 0.016, 55.0, 6.0, 0.060),
    "breathy": Voice(55, 71, 1.16, 0.74, 0.040, 18.0, 5.0, 0.080),
    "plain": Voice(52, 69, 1.06, 0.60, 0.010, 8.0, 5.5, 0.045),
}


@dataclass(frozen=True, slots=True)
class Task:
    """A note to sing, in seconds; ``strength`` is 0 to 1."""

    start_s: float
    end_s: float
    key: int
    slurred: bool
    phrase_end: bool
    strength: float


@dataclass(frozen=True, slots=True)
class _Said:
    """A note with the syllable that it is sung on; the consonant lies before ``start_s``."""

    task: Task
    consonant: str
    consonant_s: float
    vowel: str
    end_s: float


def sing(
    tasks: list[Task], voice: Voice, tuning_cents: float, frames: int, chance: np.random.Generator
) -> tuple[NDArray[np.float32], tuple[TrueNote, ...]]:
    """Sing the notes.

    Returns
    -------
    float32, shape (frames,)
        Mono at 44.1 kHz; loud vowels peak around 1.
    tuple of TrueNote
        One per note: from the beginning of its vowel to the next consonant, slide or release.
    """
    if not tasks:
        return np.zeros(frames, np.float32), ()
    said = _words(tasks, chance)
    count = frames // _STEP + 2
    time = np.arange(count, dtype=np.float64) * (_STEP / SAMPLE_RATE)
    pitch = _pitch(said, voice, tuning_cents, time, chance)
    voiced = _levels(said, time)
    formants = _formants(said, voice, time)
    source = _source(pitch, voiced, voice, frames, chance)
    sound = _through(source, formants)
    sound += _noises(said, frames, chance) + _breaths(said, voice, frames, chance)
    truth = tuple(TrueNote(item.task.start_s, item.end_s, item.task.key + tuning_cents / 100.0) for item in said)
    return (sound / max(1e-9, float(np.percentile(np.abs(sound[np.abs(sound) > 1e-3]), 99.5)))).astype(
        np.float32
    ), truth


def _words(tasks: list[Task], chance: np.random.Generator) -> list[_Said]:
    names, vowels = list(_CONSONANTS), list(_VOWELS)
    found: list[_Said] = []
    vowel = "a"
    for number, task in enumerate(tasks):
        slurred = task.slurred and number > 0 and task.start_s - tasks[number - 1].end_s < 0.02
        consonant = "" if slurred else names[int(chance.integers(len(names)))]
        if not slurred:
            vowel = vowels[int(chance.integers(len(vowels)))]
        room = task.start_s - (tasks[number - 1].end_s if number else 0.0)
        before = task.start_s - tasks[number - 1].start_s if number else 1.0
        length = min(_CONSONANTS[consonant][0], max(room, 0.4 * before)) if consonant else 0.0
        found.append(_Said(task, consonant, length, vowel, task.end_s))
    ended = []
    for number, item in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        end_s = item.task.end_s - (0.05 if item.task.phrase_end else 0.0)
        if following is not None:
            end_s = min(end_s, following.task.start_s - following.consonant_s)
        ended.append(_Said(item.task, item.consonant, item.consonant_s, item.vowel, end_s))
    return ended


def _smooth_step(x: Floats) -> Floats:
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x), dtype=np.float64)


def _pitch(said: list[_Said], voice: Voice, tuning_cents: float, time: Floats, chance: np.random.Generator) -> Floats:
    """Hertz at each control step: slides into notes, scoops, vibrato, and a voice's slow wandering."""
    semitones = np.full(time.size, float(said[0].task.key))
    for before, item in itertools.pairwise(said):
        width = voice.slide_s * (1.5 if not item.consonant else 1.0) + 0.003 * abs(item.task.key - before.task.key)
        middle = item.task.start_s - 0.01 if not item.consonant else item.task.start_s - 0.02
        semitones += (item.task.key - before.task.key) * _smooth_step((time - middle + width / 2.0) / width)
    fresh = [number for number in range(len(said)) if number == 0 or said[number - 1].task.phrase_end]
    for number, item in enumerate(said):
        start, stop = item.task.start_s, item.end_s
        if number in fresh and chance.random() < 0.5:
            scoop = chance.uniform(0.4, 1.3)
            inside = (time > start - 0.2) & (time < start + 0.2)
            semitones[inside] -= scoop * (1.0 - _smooth_step((time[inside] - start + 0.06) / 0.12))
        if stop - start > 0.45:
            begins = start + min(0.3, 0.4 * (stop - start))
            depth = _smooth_step((time - begins) / 0.3) * (1.0 - _smooth_step((time - stop + 0.08) / 0.08))
            rate = voice.vibrato_hz * (1.0 + 0.03 * chance.standard_normal())
            semitones += voice.vibrato_cents / 100.0 * depth * np.sin(2.0 * np.pi * rate * (time - begins))
    window = np.hanning(61)
    wander = np.convolve(chance.standard_normal(time.size + 60), window / np.sqrt((window**2).sum()), mode="valid")
    semitones += 0.06 * wander[: time.size] + tuning_cents / 100.0
    return np.asarray(440.0 * 2.0 ** ((semitones - 69.0) / 12.0), dtype=np.float64)


def _levels(said: list[_Said], time: Floats) -> Floats:
    """How strongly the glottis sounds."""
    level = np.zeros(time.size)
    for number, item in enumerate(said):
        start, stop = item.task.start_s, item.end_s
        rise = 0.025 if item.consonant else 0.001
        fall = 0.09 if item.task.phrase_end else 0.02
        joined = number + 1 < len(said) and not said[number + 1].consonant and not item.task.phrase_end
        inside = (time >= start - rise) & (time <= stop + fall)
        here = time[inside]
        shape = _smooth_step((here - start + rise) / (2.0 * rise))
        if not joined:
            shape *= 1.0 - _smooth_step((here - stop + 0.01) / (fall + 0.01))
        swell = 0.8 + 0.2 * np.sin(np.pi * np.clip((here - start) / max(0.1, stop - start), 0.0, 1.0))
        level[inside] = np.maximum(level[inside], item.task.strength * shape * swell)
        if item.consonant and _CONSONANTS[item.consonant][1] > 0:
            inside = (time >= start - item.consonant_s) & (time < start)
            level[inside] = np.maximum(level[inside], item.task.strength * _CONSONANTS[item.consonant][1] * 0.7)
    return level


def _formants(said: list[_Said], voice: Voice, time: Floats) -> Floats:
    """Shape (5, steps), Hz: each vowel's own, reached from its consonant's place within 60 ms."""
    marks: list[float] = []
    values: list[tuple[float, ...]] = []
    for item in said:
        vowel = _VOWELS[item.vowel]
        start = item.task.start_s
        if item.consonant:
            locus = _CONSONANTS[item.consonant][3]
            closed = (280.0, locus, vowel[2], vowel[3])
            marks.append(max(start - 0.5 * item.consonant_s, marks[-1] + 0.001 if marks else 0.0))
            values.append(tuple(0.6 * one + 0.4 * other for one, other in zip(closed, vowel, strict=True)))
        marks.append(max(start + 0.035, marks[-1] + 0.001 if marks else 0.0))
        values.append(vowel)
        marks.append(max(item.end_s - 0.02, marks[-1] + 0.001))
        values.append(vowel)
    table = np.array(values)
    tracks = [voice.tract * np.interp(time, marks, table[:, number]) for number in range(4)]
    return np.stack([*tracks, np.full(time.size, 4300.0 * voice.tract)])


def _pulse(open_quotient: float, harmonics: int) -> Floats:
    """One period of the glottal flow's derivative, with so many harmonics that nothing folds over."""
    phase = np.arange(_TABLE) / _TABLE
    rising = 0.67 * open_quotient
    flow = np.where(
        phase < rising,
        0.5 * (1.0 - np.cos(np.pi * phase / rising)),
        np.where(phase < open_quotient, np.cos(0.5 * np.pi * (phase - rising) / (open_quotient - rising)), 0.0),
    )
    spectrum = np.fft.rfft(flow) * 2j * np.pi * np.arange(_TABLE // 2 + 1)
    spectrum[harmonics + 1 :] = 0.0
    wave = np.fft.irfft(spectrum, _TABLE)
    return np.asarray(wave / np.abs(wave).max(), dtype=np.float64)


def _source(pitch: Floats, level: Floats, voice: Voice, frames: int, chance: np.random.Generator) -> Floats:
    at = np.arange(frames) / _STEP
    steps = np.arange(pitch.size)
    hertz = np.interp(at, steps, pitch * (1.0 + 0.0015 * chance.standard_normal(pitch.size)))
    phase = np.cumsum(hertz) / SAMPLE_RATE
    phase -= np.floor(phase)
    sounding = pitch[level > 0.01]
    table = _pulse(voice.open_quotient, int(21_000 / float(sounding.max() if sounding.size else 440.0)))
    wave = np.interp(phase, np.linspace(0.0, 1.0, _TABLE + 1), np.append(table, table[0]))
    shimmer = 1.0 + 0.03 * chance.standard_normal(level.size)
    aspiration = voice.breath * chance.standard_normal(frames) * (0.4 + 0.6 * (phase < voice.open_quotient))
    return np.asarray((wave + aspiration) * np.interp(at, steps, level * shimmer), dtype=np.float64)


def _through(source: Floats, formants: Floats) -> Floats:
    """Klatt's cascade, its resonators reset every step."""
    out = np.empty_like(source)
    count, steps = formants.shape
    widths = np.array(_BANDWIDTHS)[:, None] * (formants / formants[:, :1]) ** 0.3
    decay = np.exp(-np.pi * widths / SAMPLE_RATE)
    b = 2.0 * decay * np.cos(2.0 * np.pi * formants / SAMPLE_RATE)
    c = -(decay**2)
    sections = np.zeros((steps, count, 6))
    sections[:, :, 0] = (1.0 - b - c).T
    sections[:, :, 3] = 1.0
    sections[:, :, 4] = -b.T
    sections[:, :, 5] = -c.T
    state = np.zeros((count, 2))
    for number, first in enumerate(range(0, source.size, _STEP)):
        piece = source[first : first + _STEP]
        if not piece.any() and not np.abs(state).max() > 1e-7:
            out[first : first + _STEP] = 0.0
            state[:] = 0.0
            continue
        out[first : first + _STEP], state = sosfilt(sections[number], piece, zi=state)
    return out


def _noises(said: list[_Said], frames: int, chance: np.random.Generator) -> Floats:
    out = np.zeros(frames)
    filters = {
        name: butter(2, band, btype="bandpass", fs=SAMPLE_RATE, output="sos") for name, band in _BURST_HZ.items()
    }
    for item in said:
        if item.consonant not in filters or item.consonant_s < 0.02:
            continue
        length = item.consonant_s
        plosive = item.consonant in ("t", "k", "p", "d", "b")
        size = int((0.03 if plosive else length) * SAMPLE_RATE)
        noise = sosfilt(filters[item.consonant], chance.standard_normal(size))
        ramp = np.linspace(0.0, 1.0, size)
        shape = np.exp(-ramp * 4.0) * np.minimum(1.0, ramp * 30.0) if plosive else np.sin(np.pi * ramp) ** 0.7
        first = int((item.task.start_s - (0.032 if plosive else length)) * SAMPLE_RATE)
        if first < 0 or first + size > frames:
            continue
        strength = 0.12 * _CONSONANTS[item.consonant][2] * item.task.strength
        out[first : first + size] += strength * shape * noise / max(1e-9, float(np.abs(noise).max()))
    return out


def _breaths(said: list[_Said], voice: Voice, frames: int, chance: np.random.Generator) -> Floats:
    """Breathing in before a phrase where there is time for it."""
    out = np.zeros(frames)
    sections = butter(2, (900.0, 5000.0), btype="bandpass", fs=SAMPLE_RATE, output="sos")
    for number, item in enumerate(said):
        free = item.task.start_s - item.consonant_s - (said[number - 1].end_s + 0.12 if number else 0.0)
        length = min(0.35, free - 0.05)
        if length < 0.12 or (number and not said[number - 1].task.phrase_end):
            continue
        size = int(length * SAMPLE_RATE)
        first = int((item.task.start_s - item.consonant_s - length - 0.03) * SAMPLE_RATE)
        if first < 0 or first + size > frames:
            continue
        noise = sosfilt(sections, chance.standard_normal(size))
        shape = np.sin(np.pi * np.linspace(0.0, 1.0, size) ** 1.5)
        out[first : first + size] += (0.015 + 0.3 * voice.breath) * shape * noise / float(np.abs(noise).max())
    return out
