"""Risers, falls and impacts made by arithmetic: noise through a moving band, gliding tones, a boom.

Every sound is a pure function of its kind, length and velocity. A sound is as loud (its loudest 100 ms) as a piece of a
drum kit is, so that gains mean the same.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.fft import irfft
from numpy.typing import NDArray

from contrafact.engine.arranging.pack import SWEEPS
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering.kits import REFERENCE_POWER

Curve = NDArray[np.float64]

SHORTEST_S: Final = 0.25
LONGEST_S: Final = 16.0
_WINDOW: Final = 2048
_HOP: Final = _WINDOW // 2
_NOISE_LEVEL: Final = 96.0
"""Brings spectra of random numbers to noise of the level that white noise of -1 to 1 would have in the same band."""
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


def _noise(frames: int, centre_hz: Curve, octaves: float) -> Samples:
    """Noise of which a band passes (2, n): ``centre_hz`` over the length, ``octaves`` wide at half its height.

    Each stretch of noise is made of a random spectrum under the band's curve; sine windows that overlap by half keep
    the power of what does not hang together (as in MDCT coding).
    """
    generator = np.random.Generator(np.random.PCG64(_NOISE_SEED))
    count = frames // _HOP + 2
    bins = _WINDOW // 2 + 1
    white = generator.random((2, count, 2 * bins), dtype=np.float32) - np.float32(0.5)
    middles = np.clip(np.arange(count) * _HOP, 0, frames - 1)
    hertz = np.log2(np.maximum(np.fft.rfftfreq(_WINDOW, 1.0 / SAMPLE_RATE), 10.0)).astype(np.float32)
    centres = np.log2(centre_hz[middles]).astype(np.float32)
    away = (hertz[None, :] - centres[:, None]) * np.float32(2.0 / octaves)
    heights = np.exp2(-np.square(away)) * np.float32(_NOISE_LEVEL)
    window = np.sin(np.pi * (np.arange(_WINDOW) + 0.5) / _WINDOW).astype(np.float32)
    pieces = irfft(white.view(np.complex64) * heights, _WINDOW, axis=2)
    pieces *= window
    out = np.zeros((2, (count + 1) * _HOP), np.float32)
    for half in range(2):
        part = pieces[:, :, half * _HOP : (half + 1) * _HOP].reshape(2, -1)
        out[:, half * _HOP : half * _HOP + part.shape[1]] += part
    return out[:, _HOP : _HOP + frames]


def _tone(frames: int, hertz: Curve, harmonics: int, cents: float) -> Curve:
    """A gliding tone (2, n) with falling harmonics, the two sides ``cents`` apart."""
    sides = []
    for side in (-0.5, 0.5) if cents else (0.0,):
        phase = 2.0 * np.pi * np.cumsum(hertz * 2.0 ** (side * cents / 1200.0)) / SAMPLE_RATE
        turn = np.exp(1j * phase)
        # Each harmonic is the one before, turned once more: far less work than its own sine.
        harmonic = turn.copy()
        tone = np.zeros(frames)
        for number in range(1, harmonics + 1):
            tone += np.where(hertz * number < 0.4 * SAMPLE_RATE, harmonic.imag, 0.0) / number
            harmonic *= turn
        sides.append(tone)
    return np.array(sides if cents else 2 * sides)


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
