"""Keeping the colour of a voice when its pitch is moved."""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Samples

_SIZE = 2048
_HOP = 512
_BLOCK_FRAMES = 1024
_CUT_OF_PERIOD = 0.75
"""Ripples of the spectrum faster than this part of the voice's period belong to the harmonics, not to the mouth."""
_SHORTEST_CUT_S, _LONGEST_CUT_S = 0.0012, 0.0036
_SHORTEST_PERIOD_S, _LONGEST_PERIOD_S = 0.0012, 0.0125
_LIFTS = 3
_LIMIT_DB = 18.0
_TOP_HZ = 9_000.0


def restore_formants(shifted: Samples, semitones: float) -> Samples:
    """Undo what a pitch shift did to the spectral envelope.

    A shift by ``p`` moves a formant from ``f`` to ``p * f``. The envelope of the shifted sound, read at ``p * f``, not
    at ``f``, is therefore the envelope that it should have; the quotient is applied as a filter that changes slowly.
    The envelope is the true envelope of Röbel and Rodet (DAFx 2005): a cepstrum smoothed again and again so that it
    rests on the harmonics' peaks.

    Parameters
    ----------
    shifted : float32, shape (channels, frames)
        44.1 kHz, already shifted.
    semitones
        The shift that was made.
    """
    if semitones == 0 or shifted.shape[1] == 0:
        return shifted
    channels, total = shifted.shape
    lead = _SIZE - _HOP
    padded = np.pad(shifted, ((0, 0), (lead, _SIZE)))
    window = np.hanning(_SIZE + 1)[:-1].astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _SIZE, axis=1)[:, ::_HOP]
    count = windows.shape[1]
    out = np.zeros((channels, (count + 3) * _HOP), dtype=np.float32)
    for first in range(0, count, _BLOCK_FRAMES):
        spectra = scipy.fft.rfft(windows[:, first : first + _BLOCK_FRAMES] * window, axis=2)
        magnitude = np.sqrt((np.abs(spectra) ** 2).mean(axis=0))
        spectra *= _correction(magnitude, 2 ** (semitones / 12))
        pieces = scipy.fft.irfft(spectra, _SIZE, axis=2) * (window / np.float32(1.5))
        for quarter in range(4):
            begin = (first + quarter) * _HOP
            part = pieces[:, :, quarter * _HOP : (quarter + 1) * _HOP].reshape(channels, -1)
            out[:, begin : begin + part.shape[1]] += part
    return out[:, lead : lead + total]


def _correction(magnitude: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    """Gains, shape (frames, bins)."""
    bins = magnitude.shape[1]
    floor = np.maximum(magnitude.max(axis=1, keepdims=True) * 1e-4, 1e-7)
    level = np.log(np.maximum(magnitude, floor))
    envelope = _envelope(level)
    at = np.minimum(np.arange(bins) * factor, bins - 1)
    low = np.minimum(at.astype(np.int64), bins - 2)
    share = (at - low).astype(np.float32)
    wanted = envelope[:, low] * (1 - share) + envelope[:, low + 1] * share
    hertz = np.arange(bins) * (SAMPLE_RATE / _SIZE)
    # above the formants there is breath and hiss: they are left as they are
    weight = np.clip((1.3 * _TOP_HZ - hertz) / (0.3 * _TOP_HZ), 0.0, 1.0).astype(np.float32)
    limit = np.float32(_LIMIT_DB / 20 * np.log(10))
    gains: NDArray[np.float32] = np.exp(np.clip(wanted - envelope, -limit, limit) * weight)
    return gains


def _envelope(level: NDArray[np.float32]) -> NDArray[np.float32]:
    """The smooth curve that rests on the peaks of log spectra, shape (frames, bins)."""
    # a real, even log spectrum: its cepstrum is real and even too, and scipy's real transforms serve both ways
    cepstrum = scipy.fft.irfft(level, _SIZE, axis=1)
    lifter = _lifters(cepstrum)
    smooth = scipy.fft.rfft(cepstrum * lifter, axis=1).real
    for _ in range(_LIFTS):
        cepstrum = scipy.fft.irfft(np.maximum(level, smooth), _SIZE, axis=1)
        smooth = scipy.fft.rfft(cepstrum * lifter, axis=1).real
    envelope: NDArray[np.float32] = smooth.astype(np.float32)
    return envelope


def _lifters(cepstrum: NDArray[np.float32]) -> NDArray[np.float32]:
    """One low-pass of quefrencies for each frame, cut below the period that its cepstrum shows."""
    low, high = round(_SHORTEST_PERIOD_S * SAMPLE_RATE), round(_LONGEST_PERIOD_S * SAMPLE_RATE)
    period = low + np.argmax(cepstrum[:, low:high], axis=1)
    shortest, longest = round(_SHORTEST_CUT_S * SAMPLE_RATE), round(_LONGEST_CUT_S * SAMPLE_RATE)
    cut = np.clip(np.rint(period * _CUT_OF_PERIOD).astype(np.int64), shortest, longest)
    quefrency = np.minimum(np.arange(_SIZE), _SIZE - np.arange(_SIZE))
    table = np.arange(shortest, longest + 1)[:, np.newaxis]
    lifters = np.where(quefrency < table, 0.5 + 0.5 * np.cos(np.pi * quefrency / table), 0.0).astype(np.float32)
    chosen: NDArray[np.float32] = lifters[cut - shortest]
    return chosen
