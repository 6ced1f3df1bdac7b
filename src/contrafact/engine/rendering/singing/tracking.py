"""The pitch of one voice over a phrase, from its sound alone.

Normalised squared difference by FFT (McLeod and Wyvill, *A smarter way to find pitch*, ICMC 2005), a few candidates per
frame, and the cheapest path through them (Viterbi), guided by the chart's notes where there are any. No network, so
that rendering needs none, and a phrase costs milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d
from scipy.signal import butter, resample_poly, sosfiltfilt

from contrafact.engine.arranging.voices import VoiceNote
from contrafact.engine.audio.value import SAMPLE_RATE

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

DOWN: Final = 4
RATE: Final = SAMPLE_RATE // DOWN
"""Hz at which pitch is looked for."""
HOP: Final = 64
CONTROL: Final = HOP * DOWN
"""Frames of 44.1 kHz from one value of pitch to the next (5.8 ms)."""
_WINDOW: Final = 640
_SIZE: Final = 1024
_LOWEST_HZ, _HIGHEST_HZ = 62.0, 1_100.0
_SHORTEST, _LONGEST = int(RATE / _HIGHEST_HZ), int(RATE / _LOWEST_HZ) + 1
_CANDIDATES: Final = 6
_LEAST: Final = 0.25
"""A weaker likeness from one period to the next is no candidate."""
_UNVOICED: Final = 0.32
"""What a frame without pitch costs; a pitch costs one less its likeness."""
_QUIET: Final = 10.0**-4.6
"""Power below the phrase's loudest under which nobody sings."""
_SILENT: Final = 1e-10
_LEAP: Final = 1.6
"""Cost of an octave between neighbouring frames."""
_TURN: Final = 0.35
"""Cost of beginning or ending to sound."""
_ASTRAY: Final = 0.5
"""Most that a candidate far from the chart's note costs more."""
_FAINT: Final = 10.0**-2.0
"""Deep sound this much weaker than just before or after is no vowel."""
_FULL: Final = 10.0**-1.2
_SLIDE: Final = 12
"""Frames: a shorter silence of the tracker within full sound is bridged."""
_NEAR: Final = 17
_DEEP: Final = butter(2, 1_000.0, "lowpass", fs=RATE, output="sos")
_HIGHER: Final = 0.12
"""An octave up is cheaper by so much: two periods are as alike as one."""


@dataclass(frozen=True, slots=True, eq=False)
class Pitch:
    """``midi`` and ``voiced`` for every :data:`CONTROL` frames; frame ``i`` is centred on ``i * CONTROL``.

    Where it is not voiced, ``midi`` is a straight line between the neighbours.
    """

    midi: Doubles
    voiced: Flags


def lowered(sound: Floats) -> Doubles:
    """Mono at 44.1 kHz to :data:`RATE`."""
    return np.asarray(resample_poly(sound.astype(np.float64), 1, DOWN))


def track(low: Doubles, notes: Sequence[VoiceNote] = (), start_s: float = 0.0) -> Pitch:
    """Follow one voice.

    Parameters
    ----------
    low : float64, shape (n,)
        The voice at :data:`RATE`.
    notes : sequence of VoiceNote
        What the chart heard; candidates far from it cost more.
    start_s : float
        Where ``low`` begins in the notes' time.
    """
    frames = low.size // HOP + 1
    if not frames or not low.any():
        return Pitch(np.full(frames, 60.0), np.zeros(frames, bool))
    likeness, hertz, power = _candidates(low, frames)
    midi = 69.0 + 12.0 * np.log2(hertz / 440.0)
    cost = 1.0 - likeness - _HIGHER * (midi - 60.0) / 12.0
    guide = _guide(notes, frames, start_s)
    known = np.isfinite(guide)
    far = np.abs(midi - np.where(known, guide, 60.0)[:, None])
    cost += np.where(known[:, None], _ASTRAY * np.clip((far - 5.0) / 4.0, 0.0, 1.0), 0.0)
    cost[likeness <= 0.0] = np.inf
    quiet = power < max(_SILENT, _QUIET * float(power.max()))
    cost[quiet] = np.inf
    path = _cheapest(cost, midi)
    voiced = path < _CANDIDATES
    chosen = midi[np.arange(frames), np.minimum(path, _CANDIDATES - 1)]
    depth = _depth(low, frames)
    sure = _long_enough(voiced & (depth > _FAINT), 5)
    if not sure.any():
        return Pitch(np.full(frames, 60.0), sure)
    at = np.arange(frames)
    # A slide too quick to be seen is still sung: without a dip nobody let go of the note.
    slid = ~sure & ~_long_enough(~sure, _SLIDE) & (depth > _FULL)
    return Pitch(np.interp(at, at[sure], chosen[sure]), _long_enough(sure | slid, 5))


def _candidates(low: Doubles, frames: int) -> tuple[Doubles, Doubles, Doubles]:
    """Likeness from period to period and its frequency, both (frames, candidates), and power (frames,)."""
    padded = np.pad(low, (_WINDOW // 2, _WINDOW + HOP))
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:frames]
    pieces = views - views.mean(axis=1, keepdims=True)
    squares = np.cumsum(np.pad(pieces**2, ((0, 0), (1, 0))), axis=1)
    spectra = scipy.fft.rfft(pieces, _SIZE, axis=1)
    alike = scipy.fft.irfft(np.abs(spectra) ** 2, _SIZE, axis=1)[:, : _LONGEST + 2]
    lags = np.arange(_LONGEST + 2)
    both = squares[:, _WINDOW - lags] + squares[:, -1:] - squares[:, lags]
    curve = 2.0 * alike / np.maximum(both, 1e-12)
    inner = curve[:, 1:-1]
    peaks = (inner > curve[:, :-2]) & (inner >= curve[:, 2:]) & (inner > _LEAST)
    peaks[:, : _SHORTEST - 1] = False
    strength = np.where(peaks, inner, 0.0)
    best = np.argsort(-strength, axis=1, kind="stable")[:, :_CANDIDATES]
    rows = np.arange(frames)[:, None]
    height = strength[rows, best]
    before, here, after = curve[rows, best], curve[rows, best + 1], curve[rows, best + 2]
    bend = before - 2.0 * here + after
    bent = bend < -1e-12
    offset = np.where(bent, 0.5 * (before - after) / np.where(bent, bend, -1.0), 0.0)
    top = here - 0.25 * (before - after) * offset
    likeness = np.where(height > 0.0, np.clip(top, 0.0, 1.0), 0.0)
    hertz = RATE / np.maximum(best + 1.0 + np.clip(offset, -0.5, 0.5), _SHORTEST * 0.5)
    return likeness, hertz, squares[:, -1] / _WINDOW


def _depth(low: Doubles, frames: int) -> Doubles:
    """Power of the deep part of the voice against the most of it just before and after.

    Likeness is measured over 58 ms and sees a vowel before it begins: the end of an s would be made to buzz.
    """
    deep = sosfiltfilt(_DEEP, np.pad(low, HOP))[HOP // 2 :] ** 2
    power = deep[: frames * HOP]
    power = np.pad(power, (0, frames * HOP - power.size)).reshape(frames, HOP).mean(axis=1)
    power = np.convolve(power, np.full(3, 1.0 / 3.0), "same")
    return np.asarray(power / np.maximum(maximum_filter1d(power, _NEAR), _SILENT))


def _guide(notes: Sequence[VoiceNote], frames: int, start_s: float) -> Doubles:
    guide = np.full(frames, np.nan)
    per_s = RATE / HOP
    for note in notes:
        first = max(0, round((note.start_s - start_s) * per_s))
        guide[first : max(first, round((note.end_s - start_s) * per_s))] = note.pitch
    return guide


def _cheapest(cost: Doubles, midi: Doubles) -> NDArray[np.int64]:
    """For each frame the number of its candidate, or the number of candidates for none."""
    frames, count = cost.shape
    came = np.zeros((frames, count + 1), np.int64)
    total = np.append(cost[0], _UNVOICED)
    steps = np.zeros((count + 1, count + 1))
    steps[:count, count] = steps[count, :count] = _TURN
    leaps = np.minimum(np.abs(midi[1:, None, :] - midi[:-1, :, None]) * (_LEAP / 12.0), 2.0 * _LEAP)
    own = np.concatenate([cost, np.full((frames, 1), _UNVOICED)], axis=1)
    places = np.arange(count + 1)
    for frame in range(1, frames):
        steps[:count, :count] = leaps[frame - 1]
        reached = total[:, None] + steps
        came[frame] = reached.argmin(axis=0)
        total = reached[came[frame], places] + own[frame]
    path = np.empty(frames, np.int64)
    path[-1] = int(total.argmin())
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = came[frame, path[frame]]
    return path


def _long_enough(voiced: Flags, least: int) -> Flags:
    """Without sounding stretches shorter than ``least`` frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(np.int8), [0]])))
    kept = voiced.copy()
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if last - first < least:
            kept[first:last] = False
    return kept
