"""What each bar sounds like: its harmony, its timbre, its level, and how much of it is sung."""

from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Bar, Region
from contrafact.engine.listening.cqt import FRAMES_PER_SECOND, chroma
from contrafact.engine.listening.form import BarFeatures

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_RATE = 22_050
_WINDOW = 1024
_BANDS = 40
_COEFFICIENTS = 14
_PARTS = 4
"""Harmony is described in quarters of a bar, so that the order of chords within it counts."""


def describe_bars(bars: Sequence[Bar], magnitudes: Floats, mono: Floats, regions: Sequence[Region]) -> BarFeatures:
    """Features of each bar.

    Parameters
    ----------
    magnitudes : float32, shape (frames, 252)
        Constant-Q spectrogram.
    mono : float32, shape (n,)
        The sound at 22.05 kHz.
    """
    count = len(bars)
    harmony = np.zeros((count, 12 * _PARTS))
    pitches = chroma(magnitudes).astype(np.float64)
    timbre = np.zeros((count, _COEFFICIENTS))
    level = np.full(count, -80.0)
    voice = np.zeros(count)
    filters = _mel_filters()
    for index, bar in enumerate(bars):
        edges = np.linspace(bar.start_s, bar.end_s, _PARTS + 1)
        for quarter in range(_PARTS):
            start = int(edges[quarter] * FRAMES_PER_SECOND + 0.5)
            stop = max(start + 1, int(edges[quarter + 1] * FRAMES_PER_SECOND + 0.5))
            frames = pitches[start:stop]
            if frames.size:
                harmony[index, 12 * quarter : 12 * (quarter + 1)] = frames.mean(axis=0)
        sound = mono[int(bar.start_s * _RATE) : int(bar.end_s * _RATE)]
        if sound.size:
            level[index] = max(-80.0, 10.0 * np.log10(float(np.dot(sound, sound)) / sound.size + 1e-12))
            timbre[index] = _cepstrum(sound, filters)
        sung = sum(max(0.0, min(bar.end_s, span.end_s) - max(bar.start_s, span.start_s)) for span in regions)
        voice[index] = sung / max(1e-6, bar.end_s - bar.start_s)
    harmony = harmony - harmony.mean(axis=1, keepdims=True)
    if count > 1:
        timbre = (timbre - timbre.mean(axis=0)) / (timbre.std(axis=0) + 1e-3)
    return BarFeatures(_rows_to_unit(harmony), timbre, level, np.clip(voice, 0.0, 1.0))


def _cepstrum(sound: Floats, filters: Floats) -> Doubles:
    """Mel-frequency cepstral coefficients 1 to 14 of the mean log spectrum: colour, not level."""
    if sound.size < _WINDOW:
        sound = np.pad(sound, (0, _WINDOW - sound.size))
    views = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[:: _WINDOW // 2]
    power = np.abs(scipy.fft.rfft(views * np.hanning(_WINDOW).astype(np.float32), axis=1)) ** 2
    bands = np.log(power @ filters + np.float32(1e-6)).mean(axis=0, dtype=np.float64)
    coefficients: Doubles = scipy.fft.dct(bands, norm="ortho")[1 : _COEFFICIENTS + 1]
    return coefficients


def _mel_filters() -> Floats:
    """Triangular filters from 40 Hz to 10 kHz on the mel scale, shape (513, 40)."""
    bins = np.fft.rfftfreq(_WINDOW, 1.0 / _RATE)
    mels = np.linspace(2595 * np.log10(1 + 40 / 700), 2595 * np.log10(1 + 10_000 / 700), _BANDS + 2)
    centres = 700 * (10 ** (mels / 2595) - 1)
    rising = (bins[:, None] - centres[None, :-2]) / np.diff(centres)[None, :-1]
    falling = (centres[None, 2:] - bins[:, None]) / np.diff(centres)[None, 1:]
    filters: Floats = np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)
    normalised: Floats = filters / np.maximum(filters.sum(axis=0, keepdims=True), np.float32(1e-6))
    return normalised


def _rows_to_unit(rows: Doubles) -> Doubles:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Doubles = rows / np.maximum(length, 1e-9)
    return unit
