"""The voice's mouth on the song's chords: a channel vocoder (Dudley, 1939) in the frequency domain."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt
from scipy.sparse import csr_array

from contrafact.engine.arranging.voices import VoiceChord
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import frame
from contrafact.engine.rendering.singing.tracking import Doubles

Spectra = NDArray[np.complex128]

_SIZE: Final = 1024
_HOP: Final = 256
_BANDS: Final = 26
_LOWEST_HZ, _HIGHEST_HZ = 90.0, 9_000.0
_SPREAD_CENTS: Final = 7.0
_GLIDE: Final = 441
_SIBILANT_HZ: Final = 5_000.0
_SIBILANT: Final = 0.7
_RELEASE: Final = 0.55
"""Share of a band's level that is left 6 ms later."""


def vocoded(voice: Samples, start: int, chords: Sequence[VoiceChord], a4: float) -> Samples:
    """The chords, spoken.

    Parameters
    ----------
    voice : float32, shape (2, frames)
    start : int
        Where it lies in the take, for the carrier's phase and the chords.
    chords : sequence of VoiceChord
    a4 : float
        Tuning of the recording, in semitones.

    Returns
    -------
    float32, shape (2, frames)
        About as loud as the voice; silent where no chord sounds.
    """
    frames = voice.shape[1]
    carrier = _carrier(start, frames, chords, a4)
    if not carrier.any():
        return np.zeros((2, frames), np.float32)
    window = np.sqrt(np.hanning(_SIZE + 1)[:-1])
    spoken = _spectra(voice.mean(axis=0).astype(np.float64), window)
    bands = _bands()
    said = np.sqrt(_into(np.abs(spoken) ** 2, bands))
    for row in range(1, len(said)):
        said[row] = np.maximum(said[row], said[row - 1] * _RELEASE)
    spread = bands / np.maximum(bands.sum(axis=1, keepdims=True), 1e-9)
    out = np.zeros((2, frames), np.float32)
    for side in range(2):
        sung = _spectra(carrier[side], window)
        own = np.sqrt(_into(np.abs(sung) ** 2, bands))
        floor = 0.03 * own.max(axis=1, keepdims=True) + 1e-6
        gains = _into(said / (own + floor), spread.T)
        out[side] = _sound(sung * gains, window, frames)
    hiss = sosfilt(butter(4, _SIBILANT_HZ, "highpass", fs=SAMPLE_RATE, output="sos"), voice.astype(np.float64), axis=1)
    loud, wanted = float(np.sqrt(np.mean(out**2))), float(np.sqrt(np.mean(voice**2)))
    sounding = np.abs(carrier).max(axis=0) > 0.0
    gain = wanted / loud if loud > 1e-9 else 0.0
    return np.asarray(out * min(4.0, gain) + hiss * sounding * _SIBILANT, dtype=np.float32)


def _into(values: Doubles, weights: Doubles) -> Doubles:
    """``values @ weights`` in an order of sums that no library's threads can change."""
    return np.asarray(csr_array(weights.T).dot(values.T).T)


def _carrier(start: int, frames: int, chords: Sequence[VoiceChord], a4: float) -> Doubles:
    """Two saws per pitch, one a little to each side; the phase counts from the take's beginning."""
    out = np.zeros((2, frames))
    for chord in chords:
        first, last = frame(chord.start_s) - start, frame(chord.end_s) - start
        begin, end = max(0, first), min(frames, last + _GLIDE)
        if begin >= end or not chord.pitches:
            continue
        at = np.arange(begin, end)
        fade = np.clip((at - first + 0.5) / _GLIDE, 0.0, 1.0) * np.clip((last + _GLIDE - at - 0.5) / _GLIDE, 0.0, 1.0)
        for pitch in chord.pitches:
            for side, cents in ((0, -_SPREAD_CENTS), (1, _SPREAD_CENTS)):
                hertz = 440.0 * 2.0 ** ((pitch + a4 - 69.0 + cents / 100.0) / 12.0)
                saw = _saw((start + at) * (hertz / SAMPLE_RATE), hertz / SAMPLE_RATE) * fade
                out[side, begin:end] += 0.8 * saw
                out[1 - side, begin:end] += 0.3 * saw
    return out


def _saw(turns: Doubles, step: float) -> Doubles:
    """A saw whose jumps are rounded off over two samples (polynomial band-limited steps: Välimäki and
    Huovilainen, 2007).
    """
    way = turns % 1.0
    saw = 2.0 * way - 1.0
    early, late = way / step, (way - 1.0) / step
    saw -= np.where(early < 1.0, early + early - early * early - 1.0, 0.0)
    saw -= np.where(late > -1.0, late * late + late + late + 1.0, 0.0)
    return np.asarray(saw)


def _spectra(sound: Doubles, window: Doubles) -> Spectra:
    padded = np.pad(sound, (_SIZE, 2 * _SIZE))
    views = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP]
    return np.asarray(scipy.fft.rfft(views * window, axis=1))


def _sound(spectra: Spectra, window: Doubles, frames: int) -> Doubles:
    pieces = scipy.fft.irfft(spectra, _SIZE, axis=1) * window * 0.5
    out = np.zeros((pieces.shape[0] + 4) * _HOP)
    for quarter in range(4):
        part = pieces[:, quarter * _HOP : (quarter + 1) * _HOP].reshape(-1)
        out[quarter * _HOP : quarter * _HOP + part.size] += part
    return out[_SIZE : _SIZE + frames]


def _bands() -> Doubles:
    """Overlapping bands as wide as the ear's, (bins, bands)."""
    hertz = np.fft.rfftfreq(_SIZE, 1.0 / SAMPLE_RATE)
    scale = 21.4 * np.log10(1.0 + 0.00437 * hertz)
    low, high = (21.4 * np.log10(1.0 + 0.00437 * edge) for edge in (_LOWEST_HZ, _HIGHEST_HZ))
    centres = np.linspace(low, high, _BANDS)
    width = centres[1] - centres[0]
    bands = np.clip(1.0 - np.abs(scale[:, None] - centres[None, :]) / width, 0.0, 1.0)
    # A narrow low band may fall between two bins.
    empty = bands.sum(axis=0) == 0.0
    bands[np.abs(scale[:, None] - centres[None, :]).argmin(axis=0)[empty], np.flatnonzero(empty)] = 1.0
    return np.asarray(bands)
