"""Risers, falls and impacts made by arithmetic: noise through a moving band, gliding tones, a boom.

Every sound is a pure function of its kind, length and velocity. A sound is as loud (its loudest 100 ms) as a piece of a
drum kit is, so that gains mean the same.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.fft import irfft, rfft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from contrafact.engine.arranging.pack import SWEEPS
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering.kits import REFERENCE_POWER

Curve = NDArray[np.float64]

SHORTEST_S: Final = 0.25
LONGEST_S: Final = 16.0
_WINDOW: Final = 2048
_HOP: Final = 512
_FULL_VELOCITY: Final = 112
_LEVEL_POWER: Final = 1.6
_EDGE_S: Final = 0.004
_END_S: Final = 0.03
_HARMONICS: Final = 14
_NOISE_SEED: Final = 20_261_122


def sweep(pitch: int, velocity: int, length_s: float) -> Samples:
    """One sound of an ``effects`` part, float32 (2, n), silent at both ends.

    Parameters
    ----------
    pitch : int
        One of :data:`SWEEPS`; any other is silence.
    velocity : int
        1..127; loudness follows the law of the kits.
    length_s : float
        Held within :data:`SHORTEST_S` and :data:`LONGEST_S`.
    """
    frames = round(min(LONGEST_S, max(SHORTEST_S, length_s)) * SAMPLE_RATE)
    make = _MAKERS.get(pitch)
    if make is None:
        return np.zeros((2, frames), np.float32)
    sound = make(frames)
    edge, end = round(_EDGE_S * SAMPLE_RATE), round(_END_S * SAMPLE_RATE)
    sound[:, :edge] *= np.linspace(0.0, 1.0, edge)
    sound[:, -end:] *= 0.5 + 0.5 * np.cos(np.linspace(0.0, np.pi, end))
    power = float(np.max(hop_powers(Audio(sound.astype(np.float32))), initial=0.0))
    level = np.sqrt(REFERENCE_POWER / power) if power > 1e-12 else 0.0
    level *= (max(1, min(127, velocity)) / _FULL_VELOCITY) ** _LEVEL_POWER
    return np.asarray(sound * level, dtype=np.float32)


def _along(frames: int) -> Curve:
    """0 at the start to 1 at the end."""
    return np.linspace(0.0, 1.0, frames)


def _noise(frames: int, centre_hz: Curve, octaves: float) -> Curve:
    """Noise of which a band passes (2, n): ``centre_hz`` over the length, ``octaves`` wide at half its height.

    Short-time Fourier frames are weighted one by one and added again (Hann windows, three quarters overlapping).
    """
    generator = np.random.Generator(np.random.PCG64(_NOISE_SEED))
    padded = frames + 2 * _WINDOW
    padded += -(padded - _WINDOW) % _HOP
    white = generator.random((2, padded), dtype=np.float32) * np.float32(2.0) - np.float32(1.0)
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    spectra = rfft(sliding_window_view(white, _WINDOW, axis=1)[:, ::_HOP] * window, axis=2)
    middles = np.clip(np.arange(spectra.shape[1]) * _HOP - _WINDOW / 2, 0, frames - 1).astype(np.int64)
    bins = np.maximum(np.fft.rfftfreq(_WINDOW, 1.0 / SAMPLE_RATE), 10.0)
    away = np.log2(bins[None, :] / centre_hz[middles][:, None]) / (octaves / 2.0)
    heights = np.exp2(-np.square(away)).astype(np.float32)
    pieces = irfft(spectra * heights[None], _WINDOW, axis=2) * window
    out = np.zeros((2, padded))
    # Windows that overlap by three quarters: every fourth stands clear of the others.
    for turn in range(_WINDOW // _HOP):
        mine = pieces[:, turn :: _WINDOW // _HOP]
        row = mine.reshape(2, -1)
        out[:, turn * _HOP : turn * _HOP + row.shape[1]] += row
    return out[:, _WINDOW : _WINDOW + frames]


def _tone(frames: int, hertz: Curve, harmonics: int, cents: float) -> Curve:
    """A gliding tone (2, n) with falling harmonics, the two sides ``cents`` apart."""
    sides = []
    for side in (-0.5, 0.5):
        phase = 2.0 * np.pi * np.cumsum(hertz * 2.0 ** (side * cents / 1200.0)) / SAMPLE_RATE
        numbers = np.arange(1, harmonics + 1)
        audible = hertz[None, :] * numbers[:, None] < 0.4 * SAMPLE_RATE
        sides.append((np.sin(numbers[:, None] * phase) * audible / numbers[:, None]).sum(axis=0))
    return np.array(sides)


def _rising(frames: int, decibels: float) -> Curve:
    return np.asarray(10.0 ** (-decibels * (1.0 - _along(frames)) / 20.0))


def _falling(frames: int, seconds: float) -> Curve:
    """A fall by 60 dB in so many seconds."""
    return np.asarray(10.0 ** (-3.0 * np.arange(frames) / SAMPLE_RATE / seconds))


def _riser(frames: int) -> Curve:
    along = _along(frames)
    tone = _tone(frames, 110.0 * 2.0 ** (2.0 * along**1.5), _HARMONICS, 14.0)
    # The pulse quickens towards the end, as a drum roll does.
    beats = 0.75 + 0.25 * np.cos(2.0 * np.pi * np.cumsum(2.0 * 2.0 ** (2.5 * along)) / SAMPLE_RATE)
    noise = _noise(frames, 400.0 * 2.0 ** (4.3 * along), 1.6)
    return np.asarray((0.16 * tone * beats + 1.6 * noise) * _rising(frames, 30.0))


def _noise_riser(frames: int) -> Curve:
    return _noise(frames, 250.0 * 2.0 ** (5.0 * _along(frames)), 1.4) * _rising(frames, 26.0)


def _reverse_cymbal(frames: int) -> Curve:
    along = _along(frames)
    return _noise(frames, 5200.0 * 2.0 ** (0.8 * along), 2.2) * _rising(frames, 48.0)


def _sweep_down(frames: int) -> Curve:
    return _noise(frames, 9000.0 * 2.0 ** (-4.6 * _along(frames)), 1.8) * _rising(frames, 30.0)[::-1]


def _impact(frames: int) -> Curve:
    seconds = np.arange(frames) / SAMPLE_RATE
    boom = _tone(frames, 38.0 + 62.0 * np.exp(-seconds / 0.07), 3, 0.0) * _falling(frames, 1.6)
    crack = _noise(frames, 300.0 + 3800.0 * np.exp(-seconds / 0.12), 2.6) * _falling(frames, 1.1)
    return np.asarray(0.5 * boom + 2.2 * crack)


def _sub_drop(frames: int) -> Curve:
    along = _along(frames)
    return _tone(frames, 95.0 * 2.0 ** (-1.6 * along**0.7), 2, 0.0) * np.cos(0.5 * np.pi * along)


_MAKERS: Final[Mapping[int, Callable[[int], Curve]]] = MappingProxyType(
    {
        SWEEPS["riser"]: _riser,
        SWEEPS["noise-riser"]: _noise_riser,
        SWEEPS["reverse-cymbal"]: _reverse_cymbal,
        SWEEPS["sweep-down"]: _sweep_down,
        SWEEPS["impact"]: _impact,
        SWEEPS["sub-drop"]: _sub_drop,
    }
)
