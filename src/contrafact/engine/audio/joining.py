"""Laying one piece of sound into another without a click or a dip."""

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import Samples


def crossfade(leaving: Samples, entering: Samples) -> Samples:
    """Fade between two pieces of equal shape (channels, frames) at constant power.

    Two pieces that agree are faded linearly, two that have nothing in common at equal power, and anything between by
    their correlation, so that neither a hump nor a hole is heard.
    """
    frames = leaving.shape[1]
    if frames == 0:
        return leaving.copy()
    rising = (np.arange(frames, dtype=np.float32) + 0.5) / frames
    falling = 1 - rising
    agreement = np.float32(max(0.0, correlation(leaving, entering)))
    power = np.sqrt(rising**2 + falling**2 + 2 * agreement * rising * falling)
    faded: Samples = (leaving * falling + entering * rising) / power
    return faded


def correlation(one: Samples, two: Samples) -> float:
    """-1..1 over all channels; 1 where either is silent (there is nothing to disagree about)."""
    # Sums, not BLAS: a dot product of many threads is another number than that of one.
    norm = float(np.sum(one * one, dtype=np.float64)) * float(np.sum(two * two, dtype=np.float64))
    if norm <= 1e-20:
        return 1.0
    return float(np.sum(one * two, dtype=np.float64)) / float(np.sqrt(norm))


def best_lag(fixed: Samples, moving: Samples, reach: int) -> int:
    """By how many frames to shift ``moving`` so that it agrees best with ``fixed``.

    Parameters
    ----------
    fixed : float32, shape (channels, n)
    moving : float32, shape (channels, n + 2 * reach)
        Its middle ``n`` frames lie over ``fixed``.

    Returns
    -------
    int
        ``lag`` in -reach..reach: ``moving[:, reach + lag : reach + lag + n]`` fits best; 0 where nothing fits better.
    """
    frames = fixed.shape[1]
    if frames == 0 or reach == 0:
        return 0
    a, b = fixed.sum(axis=0), moving.sum(axis=0)
    size = 1 << (len(b) + len(a)).bit_length()
    products: NDArray[np.float64] = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)
    products = products[: 2 * reach + 1]
    power = np.concatenate(([0.0], np.cumsum(b.astype(np.float64) ** 2)))
    norms = np.sqrt(power[frames:] - power[:-frames])
    score = products / np.maximum(norms, 1e-3 * max(1e-9, float(norms.max())))
    best = int(np.argmax(score))
    # a tie goes to the honest place
    return best - reach if score[best] > score[reach] * 1.02 + 1e-12 else 0
