"""What a voice does from moment to moment: pitch, periodicity, level and spectral change.

Source of the pitch: SwiftF0 (Nieradzik, *SwiftF0: fast and accurate monophonic pitch detection*, 2025), a small
convolutional network that comes through the asset store. It hears 16 kHz sound, 62.5 frames a second.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.sound import Mono, Resampled
from contrafact.engine.networks import open_network
from contrafact.engine.progress import Progress, silent

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_RATE = 16_000
_HOP = 256
PITCH_RATE = _RATE / _HOP
"""Frames of pitch and periodicity per second; frame ``i`` is centred on ``i / PITCH_RATE``."""
LEVEL_RATE = 2.0 * PITCH_RATE
"""Frames of level and change per second."""
_BLOCK = 256
_CONTEXT = 12
"""Frames on both sides of a block that the network's answers can depend on: 2815 samples (half a window of 2048 and
seven frames), rounded up."""
_LOWEST_HZ, _HIGHEST_HZ = 46.875, 2093.75
_INAUDIBLE = 2e-3
"""Peak, in a stem brought to the level of a mastered song, below which nobody sings. The network answers digital
silence at random."""
_WINDOW = 512
_BANDS = 20
_CHANGE = 2
"""Frames of 8 ms before and after a moment that spectral change compares."""
_FLOOR = 1e-7
_LOW_BIN, _HIGH_BIN = 3, 160
"""94 to 5000 Hz, where a voice's level is measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A voice from moment to moment; see :data:`PITCH_RATE` and :data:`LEVEL_RATE`."""

    midi: Floats
    """Pitch where it is periodic, (frames,); arbitrary elsewhere. 69 is 440 Hz."""
    periodicity: Floats
    """(frames,), 0 to 1; 0.5 divides voiced from unvoiced."""
    level_db: Floats
    """(2 * frames,), of the band that a voice fills, after :attr:`gain_db`."""
    change: Floats
    """(2 * frames,), how much stronger the bands of the spectrum became, mean in dB."""
    turn: Floats
    """(2 * frames,), how differently the bands changed: another vowel or consonant, whatever the level. In dB."""
    gain_db: float
    """What the stem was raised by before it was measured."""

    @property
    def frames(self) -> int:
        return self.midi.size


class PitchModel:
    """SwiftF0, loaded. One thread, no spinning."""

    def __init__(self, store: AssetStore) -> None:
        self._session = open_network(store.path("swift-f0", "model.onnx"))

    def __call__(self, sound: Floats) -> tuple[Floats, Floats]:
        """Pitch in Hz and periodicity of sound at 16 kHz, each one value for 256 samples."""
        inputs = {
            "audio": sound[np.newaxis],
            "fmin": np.array(_LOWEST_HZ, np.float32),
            "fmax": np.array(_HIGHEST_HZ, np.float32),
        }
        hertz, periodicity = self._session.run(["pitch", "confidence"], inputs)
        return hertz[0], periodicity[0]


def follow_voice(vocals: Audio, store: AssetStore, progress: Progress = silent) -> Voice:
    """Measure a vocal stem, block by block.

    Parameters
    ----------
    vocals : Audio
        Any length, rate and number of channels.
    store : AssetStore
        With ``swift-f0``.

    Returns
    -------
    Voice
        Where the stem is inaudible the periodicity is 0.

    Raises
    ------
    contrafact.assets.AssetMissing
        When the model has not been fetched.
    """
    mono = Mono.of(vocals)
    sound = Resampled(mono, vocals.sample_rate, _RATE)
    frames = -(-sound.frames // _HOP)
    midi, periodicity = np.zeros(frames, np.float32), np.zeros(frames, np.float32)
    quietest = np.float32(10.0 * np.log10(_FLOOR))
    level_db = np.full(2 * frames, quietest)
    change, turn = np.zeros(2 * frames, np.float32), np.zeros(2 * frames, np.float32)
    model = PitchModel(store) if not mono.silent and frames else None
    for first in range(0, frames, _BLOCK):
        progress(first / frames, "following the voice")
        last = min(frames, first + _BLOCK)
        begin = first - _CONTEXT
        span = sound.read(begin * _HOP, (last + _CONTEXT) * _HOP)
        inner = span[_CONTEXT * _HOP : (_CONTEXT + last - first) * _HOP]
        if model is None or float(np.abs(inner).max(initial=0.0)) < _INAUDIBLE:
            continue
        # The network sees the recording's own beginning, not zeros before it.
        lead = max(0, -begin)
        hertz, strength = model(span[lead * _HOP :])
        inside = slice(_CONTEXT - lead, _CONTEXT - lead + last - first)
        midi[first:last] = 69.0 + 12.0 * np.log2(hertz[inside] / 440.0)
        peaks = np.abs(inner).reshape(-1, _HOP).max(axis=1)
        periodicity[first:last] = np.where(peaks < _INAUDIBLE, 0.0, strength[inside])
        at = slice(2 * first, 2 * last)
        level_db[at], change[at], turn[at] = _spectral(span, 2 * (last - first))
    gain_db = float(20.0 * np.log10(max(float(mono.gain), 1e-9)))
    return Voice(midi, periodicity, level_db, change, turn, gain_db)


def _spectral(span: Floats, frames: int) -> tuple[Floats, Floats, Floats]:
    """Level, change and turn of the frames of 8 ms that begin after the context."""
    hop = _HOP // 2
    views = np.lib.stride_tricks.sliding_window_view(span, _WINDOW)
    starts = _CONTEXT * _HOP - _WINDOW // 2 + hop * np.arange(-_CHANGE, frames + _CHANGE)
    window = np.hanning(_WINDOW).astype(np.float32)
    window /= np.sqrt(np.sum(window**2))
    spectra = np.abs(scipy.fft.rfft(views[starts] * window, axis=1)) ** 2 * np.float32(2.0 / _WINDOW)
    bands = spectra @ _filters()
    decibels = 10.0 * np.log10(bands + np.float32(_FLOOR / _BANDS))
    moved = decibels[2 * _CHANGE :] - decibels[: -2 * _CHANGE]
    change = np.maximum(moved, 0.0).mean(axis=1)
    turn = moved.std(axis=1)
    power = spectra[_CHANGE : _CHANGE + frames, _LOW_BIN:_HIGH_BIN].sum(axis=1)
    return 10.0 * np.log10(power + np.float32(_FLOOR)), change, turn


def _filters() -> Floats:
    """Triangles as wide as the ear's, from 100 to 7500 Hz, shape (bins, bands)."""
    hertz = np.fft.rfftfreq(_WINDOW, 1.0 / _RATE)
    mel = 2595.0 * np.log10(1.0 + hertz / 700.0)
    edges = np.linspace(2595.0 * np.log10(1.0 + 100.0 / 700.0), 2595.0 * np.log10(1.0 + 7500.0 / 700.0), _BANDS + 2)
    width = edges[1] - edges[0]
    filters: Floats = np.maximum(0.0, 1.0 - np.abs(mel[:, None] - edges[None, 1:-1]) / width).astype(np.float32)
    return filters
