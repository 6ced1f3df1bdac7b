"""What is struck and what is held, told apart by how it lies in the spectrogram."""

import numpy as np
from numpy.typing import NDArray

Loudness = NDArray[np.float32]
"""float32, shape (frames, bins): amplitude over both channels."""

_FLOOR = np.float32(1e-10)
_STRIP = 64
"""Lines worked on at once: few enough for a core's own memory."""
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
    result = np.empty_like(values)
    for first in range(0, values.shape[1 - axis], _STRIP):
        strip = slice(first, first + _STRIP)
        if axis == 0:
            result[:, strip] = _of_three(values[:, strip], axis, levels)
        else:
            result[strip] = _of_three(values[strip], axis, levels)
    return result


def _of_three(values: Loudness, axis: int, levels: int) -> Loudness:
    if axis == 0:
        return _down(values, levels)
    return _down(values.T, levels).T


def _down(values: Loudness, levels: int) -> Loudness:
    """Along the first axis, whichever way it lies in memory."""
    result = values.copy("K")
    count = len(values)
    low, high = np.empty_like(result), np.empty_like(result)
    for level in range(levels):
        reach = 3**level
        if count <= reach:
            break
        inside = slice(reach, max(reach, count - reach))
        np.minimum(result[: -2 * reach], result[2 * reach :], out=low[inside])
        np.maximum(result[: -2 * reach], result[2 * reach :], out=high[inside])
        outside = np.r_[: inside.start, inside.stop : count]
        before = result[np.maximum(outside - reach, 0)]  # the edge is repeated
        after = result[np.minimum(outside + reach, count - 1)]
        low[outside], high[outside] = np.minimum(before, after), np.maximum(before, after)
        np.minimum(high, result, out=high)
        np.maximum(low, high, out=result)
    return result
