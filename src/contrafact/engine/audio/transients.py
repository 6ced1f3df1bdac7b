"""Where drums are struck, and how a stretched drum keeps its stroke."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter

from contrafact.engine.audio.joining import crossfade
from contrafact.engine.audio.value import SAMPLE_RATE, Samples

_WINDOW = 512
_HOP = 128
_CLOSEST_S = 0.045
_EDGE = round(0.012 * SAMPLE_RATE)
_RISE = 2.0
"""How much more power than before makes a stroke: 3 dB, in the wave or in its slope."""
_LEAD = round(0.024 * SAMPLE_RATE)
"""Frames before a stroke that are moved with it, so that no smeared forerunner is left."""
_FADE_IN = round(0.010 * SAMPLE_RATE)
_BODY = round(0.060 * SAMPLE_RATE)
_FADE_OUT = round(0.030 * SAMPLE_RATE)


def find_strokes(samples: Samples) -> NDArray[np.int64]:
    """Frames at which something is struck, ascending, at least 45 ms apart.

    Spectral flux of log magnitudes (Böck et al., *Evaluating the online capabilities of onset detection methods*, ISMIR
    2012) on a 3 ms grid, peaks above a running median; the place is then the steepest rise of the wave near the peak.
    """
    mono = samples.mean(axis=0)
    if mono.shape[0] < 4 * _WINDOW:
        return np.zeros(0, dtype=np.int64)
    padded = np.pad(mono, (_WINDOW, _WINDOW), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    magnitude = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1)).astype(np.float32)
    level = np.log1p(100 * magnitude[:, 1:])
    flux = np.maximum(0, level[2:] - level[:-2]).mean(axis=1)
    flux = np.concatenate((np.zeros(2, dtype=np.float32), flux))
    around = median_filter(flux, size=101, mode="nearest")
    apart = max(1, round(_CLOSEST_S * SAMPLE_RATE / _HOP))
    peaks = (flux == maximum_filter1d(flux, 2 * apart + 1)) & (flux > around + 0.12) & (flux > 0.15)
    edges = np.diff(mono, prepend=mono[:1])
    strokes = []
    for index in np.flatnonzero(peaks):
        centre = int(index) * _HOP - _WINDOW // 2
        low = max(0, centre - 3 * _HOP)
        energy = np.convolve(edges[low : centre + 3 * _HOP] ** 2, np.ones(32, dtype=np.float32), mode="same")
        if energy.size > 33:
            strokes.append(low + int(np.argmax(energy[32:] - energy[:-32])) + 16)
    kept: list[int] = []
    for stroke in strokes:
        if not (_rises(edges, stroke) or _rises(mono, stroke)):
            continue
        if not kept or stroke - kept[-1] >= _CLOSEST_S * SAMPLE_RATE:
            kept.append(stroke)
    return np.array(kept, dtype=np.int64)


def _rises(wave: Samples, at: int) -> bool:
    """Whether there is clearly more after a place than before it."""
    before, after = wave[max(0, at - _EDGE) : max(0, at - _EDGE // 4)], wave[at : at + _EDGE]
    if before.size == 0 or after.size == 0:
        return False
    return float(np.mean(after**2)) > _RISE * float(np.mean(before**2)) + 1e-10


def replant_strokes(source: Samples, stretched: Samples, ratio: float) -> Samples:
    """Put every stroke's first 60 ms, as recorded, in its place in the stretched sound.

    Stretchers spread a stroke over their window; here only the decay between strokes is stretched, which no ear can
    tell. Source: the idea is that of Driedger et al., *Improving time-scale modification of music signals using
    harmonic-percussive separation* (2014).
    """
    out = stretched.copy()
    strokes = find_strokes(source)
    for order, stroke in enumerate(strokes):
        following = int(strokes[order + 1]) if order + 1 < len(strokes) else source.shape[1] + _LEAD
        shift = round(stroke / ratio) - int(stroke)
        start = max(0, int(stroke) - _LEAD)
        # the next stroke's own lead begins where this body must have ended, in source and in target time
        room = min(following - int(stroke), round(following / ratio) - round(stroke / ratio)) - _LEAD
        stop = min(int(stroke) + min(_BODY, room), source.shape[1], out.shape[1] - shift)
        if start + shift < 0 or stop - start < _LEAD + _FADE_IN:
            continue
        piece = source[:, start:stop].copy()
        under = out[:, start + shift : stop + shift]
        fade_in = min(_FADE_IN, stop - start)
        fade_out = min(_FADE_OUT, (stop - int(stroke)) // 2)
        if start > 0:
            piece[:, :fade_in] = crossfade(under[:, :fade_in], piece[:, :fade_in])
        if fade_out > 0:
            piece[:, -fade_out:] = crossfade(piece[:, -fade_out:], under[:, -fade_out:])
        out[:, start + shift : stop + shift] = piece
    return out
