"""A singer made by arithmetic: a source, a throat, consonants, and notes that are known exactly.

Unlike the plain vowel of :mod:`tests.support.songs`, it slides, scoops, shakes, breathes, says consonants that sound or
do not, repeats a note within one breath and changes vowels while it holds one.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve, lfilter

from contrafact.engine.audio.value import SAMPLE_RATE, Audio

Doubles = NDArray[np.float64]
Consonant = Literal["none", "fricative", "plosive", "nasal", "liquid"]

VOWELS = {
    "a": (750, 1200, 2600),
    "e": (450, 1900, 2550),
    "i": (300, 2250, 3000),
    "o": (480, 900, 2500),
    "u": (330, 760, 2400),
}
_WIDTHS = (90.0, 110.0, 170.0, 220.0)
_CONTROL = 441
"""Samples between two values of the throat's resonances."""


@dataclass(frozen=True, slots=True)
class Sung:
    """A note as asked for. ``tied`` notes follow on the vowel of the one before, without a consonant."""

    start_s: float
    end_s: float
    pitch_midi: float
    consonant: Consonant = "none"
    vowel: str = "a"
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """How the singer sings."""

    vibrato_cents: float = 35.0
    vibrato_hz: float = 5.5
    slide_s: float = 0.06
    slide_place: float = 0.5
    """How much of a slide comes after the note's beginning."""
    scoop_semitones: float = 1.0
    drift_cents: float = 12.0
    breath_db: float = -38.0
    throat: float = 1.0
    """Formants relative to a man's."""
    dip_db: float = 9.0
    """How much weaker nasals and liquids are than vowels."""
    reverb_db: float = -40.0
    """Of the room against the voice."""
    reverb_s: float = 0.8


def sing(notes: list[Sung], manner: Manner, duration_s: float, seed: int) -> Audio:
    """Sing; mono in two channels, 44.1 kHz, peak 0.5."""
    chance = np.random.default_rng(seed)
    frames = round(duration_s * SAMPLE_RATE)
    points = frames // _CONTROL + 2
    time = np.arange(points) * _CONTROL / SAMPLE_RATE
    pitch, voiced, hiss = _pitch(notes, manner, time, chance), np.zeros(points), np.zeros(points)
    formants = np.tile(np.array([*VOWELS["a"], 3500.0]) * manner.throat, (points, 1))
    for note in notes:
        here = (time >= note.start_s) & (time < note.end_s)
        voiced[here] = 1.0
        formants[time >= note.start_s - 0.03] = np.array([*VOWELS[note.vowel], 3500.0]) * manner.throat
        if note.tied:
            continue
        length = {"none": 0.0, "fricative": 0.09, "plosive": 0.06, "nasal": 0.07, "liquid": 0.05}[note.consonant]
        if length:
            before = (time >= note.start_s - length) & (time < note.start_s)
            if note.consonant == "fricative":
                voiced[before], hiss[before] = 0.0, 0.25
            elif note.consonant == "plosive":
                voiced[before] = 0.0
                hiss[(time >= note.start_s - 0.02) & (time < note.start_s)] = 0.4
            else:
                voiced[before] = 10.0 ** (-manner.dip_db / 20.0)
                formants[before] = np.array([280.0, 1100.0, 2300.0, 3300.0]) * manner.throat
    smooth = np.hanning(7) / np.hanning(7).sum()
    formants = np.stack([np.convolve(np.pad(row, 3, mode="edge"), smooth, "valid") for row in formants.T], axis=1)
    voiced = np.convolve(voiced, np.hanning(5) / np.hanning(5).sum(), "same")
    sound = _throat(_source(pitch, voiced, manner, frames, chance), formants)
    noise = np.diff(chance.standard_normal(frames + 1)) * np.interp(
        np.arange(frames), np.arange(points) * _CONTROL, hiss
    )
    usual = float(np.sqrt(np.mean(sound[sound != 0.0] ** 2))) if sound.any() else 1.0
    sound = sound + noise * usual
    room = chance.standard_normal(int(manner.reverb_s * SAMPLE_RATE)) * np.exp(
        -np.arange(int(manner.reverb_s * SAMPLE_RATE)) * 6.9 / (manner.reverb_s * SAMPLE_RATE)
    )
    room *= 10.0 ** (manner.reverb_db / 20.0) / np.sqrt(np.sum(room**2))
    sound = sound + fftconvolve(sound, room)[:frames]
    sound *= 0.5 / max(1e-9, float(np.abs(sound).max()))
    return Audio(np.tile(sound.astype(np.float32), (2, 1)))


def _pitch(notes: list[Sung], manner: Manner, time: Doubles, chance: np.random.Generator) -> Doubles:
    """MIDI pitch at each control point."""
    pitch = np.full(time.size, notes[0].pitch_midi if notes else 60.0)
    for index, note in enumerate(notes):
        before = notes[index - 1] if index else None
        if before is not None and note.start_s - before.end_s < 0.3:
            rise = np.clip((time - note.start_s) / manner.slide_s + 1.0 - manner.slide_place, 0.0, 1.0)
            pitch += (note.pitch_midi - before.pitch_midi) * (rise * rise * (3.0 - 2.0 * rise))
        else:
            pitch[time >= note.start_s - 0.1] = note.pitch_midi
            late = np.clip((time - note.start_s) / 0.09, 0.0, 1.0)
            scoop = manner.scoop_semitones * (1.0 - late * late * (3.0 - 2.0 * late))
            pitch -= np.where((time >= note.start_s - 0.1) & (late < 1.0), scoop, 0.0)
        length = note.end_s - note.start_s
        if length > 0.35:
            depth = np.clip((time - note.start_s - 0.15) / 0.25, 0.0, 1.0) * (time < note.end_s)
            turn = 2.0 * np.pi * manner.vibrato_hz * (1.0 + 0.05 * chance.standard_normal())
            pitch += manner.vibrato_cents / 100.0 * depth * np.sin(turn * (time - note.start_s))
    drift = np.convolve(
        chance.standard_normal(time.size + 60), np.hanning(61) / np.sqrt((np.hanning(61) ** 2).sum()), "valid"
    )
    jitter = 0.03 * chance.standard_normal(time.size)
    return np.asarray(pitch + manner.drift_cents / 100.0 * drift[: time.size] + jitter)


def _source(pitch: Doubles, voiced: Doubles, manner: Manner, frames: int, chance: np.random.Generator) -> Doubles:
    """Harmonics that fall off as a throat's source does, with breath."""
    at = np.arange(frames)
    hertz = 440.0 * 2.0 ** ((np.interp(at, np.arange(pitch.size) * _CONTROL, pitch) - 69.0) / 12.0)
    turns = np.cumsum(hertz) / SAMPLE_RATE
    gain = np.interp(at, np.arange(voiced.size) * _CONTROL, voiced)
    pulses = np.zeros(frames)
    top = int(7000.0 / hertz.min())
    for partial in range(1, min(top, 60) + 1):
        pulses += np.where(hertz * partial < 9000.0, np.sin(2.0 * np.pi * partial * turns) / partial**1.1, 0.0)
    return np.asarray(gain * (pulses + 10.0 ** (manner.breath_db / 20.0) * chance.standard_normal(frames)))


def _throat(source: Doubles, formants: Doubles) -> Doubles:
    """Four resonances in a row, whose places move every 10 ms."""
    sound = source
    for index, width in enumerate(_WIDTHS):
        out = np.empty_like(sound)
        state = np.zeros(2)
        radius = np.exp(-np.pi * width / SAMPLE_RATE)
        for block, start in enumerate(range(0, sound.size, _CONTROL)):
            centre = formants[min(block, formants.shape[0] - 1), index]
            poles = np.array([1.0, -2.0 * radius * np.cos(2.0 * np.pi * centre / SAMPLE_RATE), radius * radius])
            out[start : start + _CONTROL], state = lfilter(
                [poles.sum()], poles, sound[start : start + _CONTROL], zi=state
            )
        sound = out
    return sound


def phrases_of(seed: int, count: int = 6, low: float = 50.0, high: float = 67.0, beat_s: float = 0.5) -> list[Sung]:
    """A melody of phrases with all that is hard in it: repeated, tied, fast and long notes; breaths between."""
    chance = np.random.default_rng(seed)
    consonants: tuple[Consonant, ...] = ("none", "fricative", "plosive", "nasal", "liquid")
    notes: list[Sung] = []
    at, pitch = 0.4, (low + high) / 2.0
    for _ in range(count):
        for index in range(int(chance.integers(5, 11))):
            length = beat_s * float(chance.choice([0.25, 0.5, 0.5, 1.0, 1.0, 2.0]))
            length = max(length, 0.11)
            step = int(chance.choice([0, 0, 1, -1, 2, -2, 2, -2, 3, -3, 4, 5, -5, 7]))
            if not low <= pitch + step <= high:
                step = -step
            pitch += step
            tied = index > 0 and step != 0 and bool(chance.random() < 0.25)
            consonant = consonants[int(chance.integers(5))] if length > 0.15 else consonants[int(chance.choice([3, 4]))]
            if step == 0 and consonant == "none" and index > 0:
                consonant = "plosive"
            vowel = notes[-1].vowel if tied else str(chance.choice(list(VOWELS)))
            notes.append(Sung(at, at + length, pitch, "none" if tied else consonant, vowel, tied))
            at += length
        at += beat_s * float(chance.choice([1.0, 2.0, 3.0]))
    return notes
