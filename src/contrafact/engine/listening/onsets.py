"""Where sounds begin: rising spectral energy, 200 times a second, in three bands."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from contrafact.engine.listening.sound import Sound, as_sound

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

ONSET_RATE = 200
"""Frames per second."""
_SOUND_RATE = 22_050
_WINDOW = 512
_BLOCK = 8192
_LOW_HZ = 150.0
_HIGH_HZ = 4000.0
_CLEAR = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """Onset strength by band, each float64 (frames,), each with mean 1 unless silent.

    ``low`` up to 150 Hz (kick and bass), ``middle`` to 4 kHz, ``high`` above; ``all`` their mean. ``loudness`` is the
    root mean square of each frame.
    """

    low: Doubles
    middle: Doubles
    high: Doubles
    loudness: Doubles

    @property
    def all(self) -> Doubles:
        mean: Doubles = (self.low + self.middle + self.high) / 3.0
        return mean

    @property
    def last_clear_s(self) -> float:
        """When something was last struck about as clearly as what is usually struck in the song; 0 if nothing is."""
        strength = self.all
        if strength.size < 3:
            return 0.0
        peaks = np.flatnonzero((strength[1:-1] > strength[:-2]) & (strength[1:-1] >= strength[2:])) + 1
        heights = strength[peaks]
        loud = heights[heights > 1.5]
        if loud.size == 0:
            return 0.0
        return float(peaks[heights >= _CLEAR * float(np.median(loud))][-1]) / ONSET_RATE

    def at(self, strength: Doubles, times_s: Doubles, reach_s: float = 0.03) -> Doubles:
        """The largest ``strength`` within ``reach_s`` of each time; 0 outside the recording."""
        reach = max(1, round(reach_s * ONSET_RATE))
        if strength.size == 0 or times_s.size == 0:
            return np.zeros(times_s.size)
        centre = np.rint(times_s * ONSET_RATE).astype(np.int64)
        index = centre[:, None] + np.arange(-reach, reach + 1)[None, :]
        inside = (index >= 0) & (index < strength.size)
        found: Doubles = np.where(inside, strength[np.clip(index, 0, strength.size - 1)], 0.0).max(axis=1)
        return found


def find_onsets(mono: Sound | Floats) -> Onsets:
    """Onset strength of sound at 22.05 kHz; of a long one only a stretch of samples is held at a time."""
    source = as_sound(mono)
    exact_hop = _SOUND_RATE / ONSET_RATE
    frames = int(source.frames / exact_hop)
    bins = np.fft.rfftfreq(_WINDOW, 1.0 / _SOUND_RATE)
    edges = [1, int(np.searchsorted(bins, _LOW_HZ)), int(np.searchsorted(bins, _HIGH_HZ)), bins.size]
    window = np.hanning(_WINDOW).astype(np.float32)
    starts = np.rint(np.arange(frames) * exact_hop).astype(np.int64) - _WINDOW // 2
    flux = np.zeros((frames, 3))
    loudness = np.zeros(frames)
    before: Floats | None = None
    for start in range(0, frames, _BLOCK):
        here = starts[start : start + _BLOCK]
        span = source.read(int(here[0]), int(here[-1]) + _WINDOW)
        sound = np.lib.stride_tricks.sliding_window_view(span, _WINDOW)[here - here[0]]
        loudness[start : start + _BLOCK] = np.sqrt(np.einsum("ij,ij->i", sound, sound) / _WINDOW)
        magnitude = np.abs(scipy.fft.rfft(sound * window, axis=1))
        level = np.log1p(np.float32(20.0) * magnitude)
        # Rising against two frames (10 ms) ago: a window of 23 ms takes that long to fill.
        joined = np.concatenate([np.zeros((2, level.shape[1]), np.float32) if before is None else before, level])
        rise = np.maximum(joined[2:] - joined[:-2], 0.0)
        before = joined[-2:]
        for band in range(3):
            flux[start : start + _BLOCK, band] = rise[:, edges[band] : edges[band + 1]].mean(axis=1)
    mean = flux.mean(axis=0) if frames else np.zeros(3)
    flux /= np.where(mean > 1e-9, mean, 1.0)
    return Onsets(flux[:, 0].copy(), flux[:, 1].copy(), flux[:, 2].copy(), loudness)
