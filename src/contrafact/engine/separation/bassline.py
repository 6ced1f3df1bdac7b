"""The bass: its pitch from frame to frame, and what of a recording belongs to it.

All of it works on the low band (:mod:`contrafact.engine.separation.lowband`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.signal import get_window

from contrafact.engine.audio.value import Samples
from contrafact.engine.listening.chart import Chord, PitchClass
from contrafact.engine.separation.lowband import LOW_RATE, Floats
from contrafact.engine.separation.spectra import Grid, Spectra

HOP = 128
"""Samples of the low band between two readings of the pitch: 23 ms."""

_WINDOW = 1024
_TRANSFORM = 4096
_SPAN_FRAMES = 1024
_STEPS_PER_SEMITONE = 4
_LOWEST_HZ = 30.0
_SEMITONES = 37
_HARMONICS = 6
_PITCHES_HZ = _LOWEST_HZ * 2 ** (np.arange(_SEMITONES * _STEPS_PER_SEMITONE) / (12 * _STEPS_PER_SEMITONE))

_CHORD_GAIN = 0.05
_HEARD = 0.1
_CLASSES = MappingProxyType({name: number for number, name in enumerate(get_args(PitchClass))})

_JUMP = 0.5
_GLIDE = 0.06
_STEPS = (-2, -1, 0, 1, 2)
"""Whence a pitch may glide; of two that are as likely, the lower."""
_REST = 0.25

_GRID = Grid(1024)
_COMB_HARMONICS = 24
_OWN_HZ = 180.0
"""Harmonics below this are the bass's own: hardly anything else plays there."""
_ALWAYS_HZ = 90.0
"""Below this everything that is not struck is bass, fading out until half as much again."""
_TOP_HZ = 1600.0
_SHARED_PERCENTILE = 3.0
_SLACK = 1.4
_FREE = 3
_LOBE = 1.6
_AUDIBLE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class BassLine:
    """The bass's fundamental every :data:`HOP` samples of the low band, in Hz; 0 where none is heard."""

    pitch_hz: NDArray[np.float64]

    def at(self, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        """Its pitch at these samples of the low band."""
        frames = np.clip(np.round(samples / HOP).astype(int), 0, self.pitch_hz.size - 1)
        found: NDArray[np.float64] = self.pitch_hz[frames]
        return found


def track_bass(low: Samples, chords: Sequence[Chord] = (), start_s: float = 0.0) -> BassLine:
    """Follow the lowest line of a recording.

    For each fundamental from 30 to 250 Hz in quarter semitones the compressed amplitudes at its first six harmonics
    are summed, less half of what lies between them (which speaks for the octave below); the best path allows small
    glides and, at a price, jumps and rests (Viterbi).

    Parameters
    ----------
    low : float32, shape (2, frames)
        At the low band's rate, freed of drums as well as may be.
    chords
        Of the recording, where they are known: their basses, roots and fifths are a little likelier.
    start_s
        Where in the recording ``low`` begins.
    """
    salience = _salience(low.mean(axis=0))
    level = float(np.percentile(salience.max(axis=1), 90))
    if level <= 1e-6:
        return BassLine(np.zeros(len(salience)))
    salience /= level
    salience += np.where(salience > _HEARD, _expected(chords, start_s, len(salience)), 0.0)
    path = _best_path(salience)
    return BassLine(np.append(_PITCHES_HZ, 0.0)[path])


def _expected(chords: Sequence[Chord], start_s: float, frames: int) -> NDArray[np.float64]:
    """What each pitch gains because of the chord; float64 (frames, pitches)."""
    gains = np.zeros((frames, _PITCHES_HZ.size))
    midi = 69 + 12 * np.log2(_PITCHES_HZ / 440)
    for chord in chords:
        first, last = (round((time_s - start_s) * LOW_RATE / HOP) for time_s in (chord.start_s, chord.end_s))
        root = _CLASSES.get(chord.label.split(":")[0].split("/")[0])
        if root is None or last <= 0 or first >= frames:
            continue
        bass = root if chord.bass is None else _CLASSES[chord.bass]
        row = np.zeros(_PITCHES_HZ.size)
        for pitch_class, weight in ((bass, 1.0), (root, 0.6), (root + 7, 0.5)):
            away = np.abs((midi - pitch_class + 6) % 12 - 6)
            row = np.maximum(row, weight * np.clip(1 - away / 0.75, 0.0, 1.0))
        gains[max(0, first) : last] = _CHORD_GAIN * chord.confidence * row
    return gains


def _salience(mono: Floats) -> NDArray[np.float64]:
    """Float64, shape (frames, pitches)."""
    window = get_window("hann", _WINDOW).astype(np.float32)
    frames = mono.size // HOP + 1
    padded = np.pad(mono, (_WINDOW // 2, _WINDOW))
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:frames]
    top = int(_PITCHES_HZ[-1] * _HARMONICS * _TRANSFORM / LOW_RATE) + 2
    sums = np.zeros((frames, _PITCHES_HZ.size))
    for first in range(0, frames, _SPAN_FRAMES):
        spectrum = scipy.fft.rfft(views[first : first + _SPAN_FRAMES] * window, _TRANSFORM, axis=1)[:, :top]
        amplitude = np.sqrt(np.abs(spectrum))
        total = sums[first : first + _SPAN_FRAMES]
        for harmonic in range(1, _HARMONICS + 1):
            weight = 0.8 ** (harmonic - 1)
            total += weight * _between_bins(amplitude, harmonic)
            total -= weight * (0.5 if harmonic > 1 else 0.3) * _between_bins(amplitude, harmonic - 0.5)
    return sums


def _between_bins(amplitude: Floats, multiple: float) -> Floats:
    """Amplitude at a multiple of each candidate pitch, linear between bins."""
    place = _PITCHES_HZ * (multiple * _TRANSFORM / LOW_RATE)
    below = place.astype(int)
    part = (place - below).astype(np.float32)
    read: Floats = amplitude[:, below] * (1 - part) + amplitude[:, below + 1] * part
    return read


def _best_path(salience: NDArray[np.float64]) -> NDArray[np.int64]:
    """One pitch index per frame; the number of pitches stands for a rest."""
    frames, pitches = salience.shape
    back = np.zeros((frames, pitches + 1), dtype=np.int16)
    margin = max(_STEPS)
    padded = np.full(pitches + 2 * margin, -np.inf)
    score = padded[margin : margin + pitches]  # of every pitch; what lies beside them is never the best
    score[:] = salience[0]
    resting = _REST
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, pitches)  # one row per step, and always as they are
    prices = _GLIDE * np.abs(np.array(_STEPS, dtype=np.float64))[:, np.newaxis]
    glides = np.empty(neighbours.shape)
    steps = np.array(_STEPS, dtype=np.int16)
    same = np.arange(pitches, dtype=np.int16)
    for frame in range(1, frames):
        leader = int(score.argmax())
        high = float(score[leader])
        if resting > high:
            leader, high = pitches, resting
        np.subtract(neighbours, prices, out=glides)
        came = steps[glides.argmax(axis=0)]
        came += same
        best = glides.max(axis=0)
        jumped = high - _JUMP
        came[jumped > best] = leader
        np.maximum(best, jumped, out=best)
        rested = jumped + _JUMP / 2
        back[frame, :pitches] = came
        back[frame, pitches] = leader if rested > resting else pitches
        np.add(best, salience[frame], out=score)
        resting = max(rested, resting) + _REST
    score = np.append(score, resting)
    path = np.zeros(frames, dtype=np.int64)
    path[-1] = int(score.argmax())
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = back[frame, path[frame]]
    return path


def bass_of(tonal: Samples, line: BassLine) -> Samples:
    """The bass of a low band without drums.

    Its harmonics up to 180 Hz are wholly its own. How strong the higher ones are beside them is what they have at
    least nearly always (a low percentile over the block): other instruments come and go, the bass's timbre stays.

    Returns
    -------
    float32, shape (2, frames)
    """
    out = np.zeros_like(tonal)
    total = _GRID.frames(tonal.shape[1])
    centres = (np.arange(total) - 3) * _GRID.hop + _GRID.size // 2
    pitch = line.at(centres)
    strengths = np.zeros((total, _COMB_HARMONICS), dtype=np.float32)
    for first in range(0, total, _SPAN_FRAMES):
        last = min(total, first + _SPAN_FRAMES)
        strengths[first:last] = _strengths(_loudness(_GRID.analyse(tonal, first, last)), pitch[first:last])
    strengths = _own(strengths, pitch)
    for first in range(0, total, _SPAN_FRAMES):
        last = min(total, first + _SPAN_FRAMES)
        spectra = _GRID.analyse(tonal, first, last)
        _GRID.add(spectra * _comb(_loudness(spectra), pitch[first:last], strengths[first:last]), first, out)
    return out


def _loudness(spectra: Spectra) -> Floats:
    loudness: Floats = np.sqrt((np.abs(spectra) ** 2).sum(axis=0))
    return loudness


def _bins(pitch: NDArray[np.float64], harmonic: int) -> NDArray[np.float64]:
    place: NDArray[np.float64] = harmonic * pitch * (_GRID.size / LOW_RATE)
    return place


def _strengths(loudness: Floats, pitch: NDArray[np.float64]) -> Floats:
    """Amplitude of each harmonic, float32 (frames, harmonics); 0 beyond the band."""
    strengths = np.zeros((len(pitch), _COMB_HARMONICS), dtype=np.float32)
    rows = np.arange(len(pitch))
    for harmonic in range(1, _COMB_HARMONICS + 1):
        nearest = np.round(_bins(pitch, harmonic)).astype(int)
        inside = nearest < _GRID.bins - 2
        nearest = np.where(inside, nearest, 1)
        peak = np.maximum(np.maximum(loudness[rows, nearest - 1], loudness[rows, nearest]), loudness[rows, nearest + 1])
        strengths[:, harmonic - 1] = peak * inside
    return strengths


def _own(strengths: Floats, pitch: NDArray[np.float64]) -> Floats:
    """What of each harmonic the bass is believed to have."""
    number = np.arange(1, _COMB_HARMONICS + 1)
    low = (number * pitch[:, np.newaxis] < _OWN_HZ) | (number == 1)
    body = np.sqrt((np.square(strengths) * low).sum(axis=1))
    sounding = (pitch > 0) & (body > _AUDIBLE * np.percentile(body, 95))
    if not sounding.any():
        return np.zeros_like(strengths)
    shares = strengths[sounding] / body[sounding, np.newaxis]
    least = np.percentile(shares, _SHARED_PERCENTILE, axis=0)
    # A harmonic that is much stronger than those below it is somebody else's note, however long it is held.
    falling = _SLACK * np.minimum.accumulate(least)
    least[_FREE:] = np.minimum(least[_FREE:], falling[_FREE - 1 : -1])
    own = np.where(low, strengths, np.minimum(strengths, 2 * least * body[:, np.newaxis]))
    return np.asarray(own * sounding[:, np.newaxis], dtype=np.float32)


def _comb(loudness: Floats, pitch: NDArray[np.float64], strengths: Floats) -> Floats:
    """Mask, float32 (frames, bins) in 0..1: the main lobe of the window around each harmonic."""
    frames, bins = loudness.shape
    model = np.zeros_like(loudness)
    rows = np.arange(frames)
    for harmonic in range(1, _COMB_HARMONICS + 1):
        place = _bins(pitch, harmonic)
        nearest = np.round(place).astype(int)
        for away in range(-2, 3):
            at = nearest + away
            distance = np.minimum(np.abs(at - place), 2.0)
            lobe = np.minimum(1.0, (0.5 + 0.5 * np.cos(np.pi * distance / 2)) * _LOBE)
            inside = (at >= 0) & (at < bins) & (harmonic * pitch < _TOP_HZ)
            at = np.where(inside, at, 0)
            value = (lobe * strengths[:, harmonic - 1] * inside).astype(np.float32)
            model[rows, at] = np.maximum(model[rows, at], value)
    part = np.minimum(1.0, model / (loudness + np.float32(1e-9)))
    mask = np.square(part) / (np.square(part) + np.square(1 - part) + np.float32(1e-9))
    hertz = np.arange(bins) * (LOW_RATE / _GRID.size)
    floor = np.clip((1.5 * _ALWAYS_HZ - hertz) / (0.5 * _ALWAYS_HZ), 0.0, 1.0)
    return np.asarray(np.maximum(mask, floor), dtype=np.float32)
