"""Air and light: noise through the voice's own throat, and a shelf."""

from typing import Final

import numpy as np
import scipy.fft
from scipy.ndimage import convolve1d
from scipy.signal import sosfilt

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.voices import VoiceTone
from contrafact.engine.audio.value import SAMPLE_RATE, Samples

_SIZE: Final = 1024
_HOP: Final = 256
_SMOOTH_BINS: Final = 9
_AIR_DB: Final = 3.0
"""Gain of the noise at full breath; measured, it then lies 3 to 4 dB under the voice above 3 kHz, 16 dB in all."""
_AIR_FROM_HZ: Final = 1_500.0
_SHELF_HZ: Final = 2_800.0
_MOST_SHELF_DB: Final = 7.0
_MAKEUP: Final = 0.25


def coloured(sound: Samples, tone: VoiceTone, chance: Chance) -> Samples:
    """The sound with the tone's breath (above 0) and brightness; (2, frames)."""
    if tone.breath > 0.0:
        sound = sound + _air(sound, tone.breath, chance)
    if tone.brightness:
        sound = _shelved(sound, tone.brightness * _MOST_SHELF_DB)
    return sound


def _air(sound: Samples, breath: float, chance: Chance) -> Samples:
    """Noise in the shape of the voice's spectrum from moment to moment, mostly above the low formants."""
    frames = sound.shape[1]
    window = np.sqrt(np.hanning(_SIZE + 1)[:-1]).astype(np.float32)
    padded = np.pad(sound.mean(axis=0), (_SIZE, 2 * _SIZE))
    views = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP]
    level = np.abs(scipy.fft.rfft(views * window, axis=1))
    kernel = np.hanning(_SMOOTH_BINS + 2)[1:-1]
    kernel = (kernel / kernel.sum()).astype(np.float32)
    smooth = np.sqrt(convolve1d(level**2, kernel, axis=1, mode="nearest"))
    seed = int(chance.unit() * 2**53)
    noise = np.random.Generator(np.random.PCG64(seed)).random((2, *level.shape), dtype=np.float32)
    hertz = np.fft.rfftfreq(_SIZE, 1.0 / SAMPLE_RATE)
    tilt = (hertz / _AIR_FROM_HZ) ** 2 / (1.0 + (hertz / _AIR_FROM_HZ) ** 2)
    gain = np.float32(breath * 10.0 ** (_AIR_DB / 20.0)) * tilt.astype(np.float32)
    spectra = smooth * gain * np.exp(2j * np.pi * noise)
    pieces = scipy.fft.irfft(spectra, _SIZE, axis=2).astype(np.float32) * window * np.float32(0.5)
    out = np.zeros((2, (level.shape[0] + 4) * _HOP), np.float32)
    for quarter in range(4):
        part = pieces[:, :, quarter * _HOP : (quarter + 1) * _HOP].reshape(2, -1)
        out[:, quarter * _HOP : quarter * _HOP + part.shape[1]] += part
    return out[:, _SIZE : _SIZE + frames]


def _shelved(sound: Samples, gain_db: float) -> Samples:
    """A high shelf (Bristow-Johnson's cookbook), with some of what it adds taken from the whole."""
    root = 10.0 ** (gain_db / 40.0)
    turn = 2.0 * np.pi * _SHELF_HZ / SAMPLE_RATE
    alpha = np.sin(turn) / np.sqrt(2.0)
    cos, edge = np.cos(turn), 2.0 * np.sqrt(root) * alpha
    top = np.array([(root + 1) + (root - 1) * cos + edge, -2 * ((root - 1) + (root + 1) * cos), 0.0])
    top[2] = (root + 1) + (root - 1) * cos - edge
    low = np.array([(root + 1) - (root - 1) * cos + edge, 2 * ((root - 1) - (root + 1) * cos), 0.0])
    low[2] = (root + 1) - (root - 1) * cos - edge
    sos = np.concatenate([root * top, low])[None, :] / low[0]
    makeup = 10.0 ** (-_MAKEUP * gain_db / 20.0)
    return np.asarray(sosfilt(sos, sound.astype(np.float64), axis=1) * makeup, dtype=np.float32)
