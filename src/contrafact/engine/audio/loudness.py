"""How loud a sound is to people (ITU-R BS.1770-4, EBU R 128) and how high it truly peaks between its samples."""

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.engine.audio.filtering import filtered, rest
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.listening.chart import Loudness

SILENCE_LUFS = -70.0
"""The absolute gate: nothing quieter counts, and silence is reported as this."""
SILENCE_DBTP = -120.0

_HOP_S = 0.1
_BLOCK_HOPS = 4
_HOPS_AT_ONCE = 10
_OVERSAMPLING = 4
_RUNS_AT_ONCE = 1 << 13


def measure_loudness(audio: Audio) -> Loudness:
    """Integrated loudness (LUFS, gated) and true peak (dBTP).

    One channel is measured as one loudspeaker, so the same mono file is 3 dB quieter than its copy on two channels, as
    the standard has it. Sounds shorter than one 400 ms block are measured as if repeated to fill it once.
    """
    return Loudness(integrated_lufs=integrated_lufs(audio), true_peak_dbtp=true_peak_dbtp(audio))


def integrated_lufs(audio: Audio) -> float:
    """Gated programme loudness in LUFS; -70 for silence. Source: ITU-R BS.1770-4, 400 ms blocks, 75 % overlap."""
    return gated_lufs(hop_powers(audio))


def gated_lufs(powers: NDArray[np.float64]) -> float:
    """Integrated loudness from :func:`hop_powers`, so that callers may scale the powers instead of the sound."""
    if powers.size == 0:
        return SILENCE_LUFS
    hops = min(_BLOCK_HOPS, powers.size)
    blocks = np.convolve(powers, np.full(hops, 1.0 / hops), mode="valid")
    loud = blocks[blocks > _power(SILENCE_LUFS)]
    if loud.size == 0:
        return SILENCE_LUFS
    gated = loud[loud > loud.mean() * 10 ** (-10.0 / 10)]
    return max(SILENCE_LUFS, _lufs(float(gated.mean())))


def loudness_curve(audio: Audio, window_s: float = 3.0) -> NDArray[np.float64]:
    """Loudness in LUFS of a window around every 100 ms, ungated (3 s is EBU short-term, 0.4 s is momentary).

    Returns
    -------
    float64, shape (ceil(duration / 0.1),)
        Entry ``i`` describes the window centred on ``(i + 0.5) * 0.1`` s, shortened at both ends; never below -70.
    """
    powers = hop_powers(audio)
    if powers.size == 0:
        return powers
    half = max(0, round(window_s / _HOP_S) // 2)
    total = np.concatenate(([0.0], np.cumsum(powers)))
    at = np.arange(powers.size)
    start, stop = np.maximum(0, at - half), np.minimum(powers.size, at + half + 1)
    mean = (total[stop] - total[start]) / (stop - start)
    curve: NDArray[np.float64] = np.maximum(SILENCE_LUFS, -0.691 + 10 * np.log10(np.maximum(mean, 1e-12)))
    return curve


def hop_powers(audio: Audio) -> NDArray[np.float64]:
    """K-weighted power, summed over channels, of each whole 100 ms (of all the sound, if it is shorter)."""
    samples, rate = audio.samples, audio.sample_rate
    if samples.shape[1] == 0:
        return np.zeros(0)
    hop = round(rate * _HOP_S)
    sos = k_weighting(rate)
    whole = samples.shape[1] // hop
    if whole == 0:
        weighted = filtered(sos, samples)
        return np.array([float((weighted**2).sum()) / weighted.shape[1]])
    powers = np.zeros(whole)
    for channel in samples:
        state = rest(sos, 1)
        # a second at a time stays in the processor's cache, which halves the time
        for first in range(0, whole, _HOPS_AT_ONCE):
            last = min(whole, first + _HOPS_AT_ONCE)
            weighted = filtered(sos, channel[first * hop : last * hop], state)
            rows = weighted.reshape(last - first, hop)
            powers[first:last] += np.einsum("ij,ij->i", rows, rows) / hop
    return powers


def true_peak_dbtp(audio: Audio) -> float:
    """The highest absolute value of the fourfold oversampled sound, in dB of full scale; -120 for silence."""
    peak = 0.0
    for channel in audio.samples:
        for piece in _envelope_pieces(channel):
            peak = max(peak, float(piece.max(initial=0.0)))
    return max(SILENCE_DBTP, 20 * math.log10(peak)) if peak > 0 else SILENCE_DBTP


def true_peak_envelope(channel: Samples) -> Samples:
    """The absolute peak of the fourfold oversampled sound in each run of 8 samples.

    Parameters
    ----------
    channel : float32, shape (frames,)
        Silent before and after.

    Returns
    -------
    float32, shape (ceil(frames / 8),)
        Never less than the samples' own peak. Source: ITU-R BS.1770-4 annex 2, with soxr's steeper interpolation.
    """
    pieces = list(_envelope_pieces(channel))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def _envelope_pieces(channel: Samples) -> Iterator[Samples]:
    """:func:`true_peak_envelope`, a few thousand runs at a time."""
    frames = channel.shape[0]
    runs = -(-frames // ENVELOPE_STEP)
    skipped = _OVERSAMPLING * ENVELOPE_REACH
    for start in range(0, runs, _RUNS_AT_ONCE):
        stop = min(runs, start + _RUNS_AT_ONCE)
        first, last = start * ENVELOPE_STEP - ENVELOPE_REACH, stop * ENVELOPE_STEP + ENVELOPE_REACH
        inside = channel[max(0, first) : min(frames, last)]
        span = np.pad(inside, (max(0, -first), max(0, last - frames)))
        fine = np.abs(soxr.resample(span, 1, _OVERSAMPLING, quality="MQ"))
        peaks = fine[skipped : skipped + (stop - start) * ENVELOPE_STEP * _OVERSAMPLING]
        own = np.abs(span[ENVELOPE_REACH:-ENVELOPE_REACH]).reshape(stop - start, ENVELOPE_STEP).max(axis=1)
        yield np.maximum(peaks.reshape(stop - start, -1).max(axis=1), own)


ENVELOPE_STEP = 8
"""Samples described by one entry of :func:`true_peak_envelope`."""
ENVELOPE_REACH = 256
"""Samples on both sides of a run that its true peak can depend on."""


@lru_cache(maxsize=8)
def k_weighting(rate: int) -> NDArray[np.float64]:
    """The two filters of BS.1770 for any rate, from their analogue prototypes (as in libebur128)."""
    frequency, gain_db, quality = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = math.tan(math.pi * frequency / rate)
    high = 10 ** (gain_db / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / quality + k * k
    shelf = [
        (high + band * k / quality + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / quality + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / quality + k * k) / a0,
    ]
    frequency, quality = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * frequency / rate)
    a0 = 1 + k / quality + k * k
    highpass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0]
    return np.array([shelf, highpass])


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)
