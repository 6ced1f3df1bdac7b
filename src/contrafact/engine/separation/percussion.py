"""What is struck and what is held, told apart by how it lies in the spectrogram."""

import numpy as np
from numpy.typing import NDArray

Loudness = NDArray[np.float32]
"""float32, shape (frames, bins): amplitude over both channels."""

_FLOOR = np.float32(1e-10)
_LOW_HZ = 400.0
"""Below this, strokes are told by time alone."""


def drum_mask(loudness: Loudness, bin_hz: float) -> Loudness:
    """The part of each bin that is struck, float32 (frames, bins) in 0..1.

    Strokes are broad in frequency and short, tones narrow and long (Fitzgerald, *Harmonic/percussive separation using
    median filtering*, DAFx 2010); the masks are soft and the same for both channels, so that every part keeps its
    place between the loudspeakers.

    Parameters
    ----------
    loudness
        One frame every 11.6 ms.
    bin_hz
        Distance of two bins.
    """
    sustained = remedian(loudness, axis=0)
    struck = remedian(loudness, axis=1, levels=2)
    drum = _share(struck, sustained)
    # A drum's body is not broad at the bottom: there a bass string is as wide as a kick. What stands out of the last
    # and next 150 ms is the stroke.
    hertz = (np.arange(loudness.shape[1]) * bin_hz).astype(np.float32)
    low = int(np.searchsorted(hertz, _LOW_HZ))
    held = np.minimum(sustained[:, :low], loudness[:, :low])
    upper: Loudness = np.clip((hertz[:low] / _LOW_HZ - 0.7) / 0.3, 0.0, 1.0).astype(np.float32)
    drum[:, :low] = upper * drum[:, :low] + (1 - upper) * _share(loudness[:, :low] - held, held)
    return drum


def _share(wanted: Loudness, other: Loudness) -> Loudness:
    """Wiener's share of the power, a half where there is nothing."""
    power = np.square(wanted)
    share = (power + _FLOOR / 2) / (power + np.square(other) + _FLOOR)
    return share.astype(np.float32, copy=False)


def remedian(values: Loudness, axis: int, levels: int = 3) -> Loudness:
    """A running median over about ``3 ** levels`` neighbours, as medians of three of medians of three.

    Each level takes the median of an entry and its two neighbours 1, 3, 9, … away. Like the median it lets neither a
    single peak nor a single hole through, at a few per cent of its cost. Source: Rousseeuw and Bassett, *The remedian*,
    JASA 85, 1990.
    """
    result = values
    for level in range(levels):
        reach = 3**level
        if values.shape[axis] <= reach:
            break
        before, after = _shifted(result, reach, axis), _shifted(result, -reach, axis)
        low, high = np.minimum(before, after), np.maximum(before, after)
        result = np.maximum(low, np.minimum(high, result))
    return result if result is not values else values.copy()


def _shifted(values: Loudness, by: int, axis: int) -> Loudness:
    """Move along an axis, repeating the edge."""
    count = values.shape[axis]
    at = np.clip(np.arange(count) - by, 0, count - 1)
    return np.take(values, at, axis=axis)
