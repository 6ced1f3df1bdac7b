"""Means of frames over spans of time."""

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.cqt import FRAMES_PER_SECOND

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK = 4096


def bounds_of(edges_s: Doubles, frames: int) -> Ints:
    """First frame of each span; a frame belongs to the span that holds its centre."""
    return np.clip(np.ceil(edges_s * FRAMES_PER_SECOND), 0, frames).astype(np.int64)


def pool(values: Floats | Doubles, bounds: Ints, *, floor: float | None = None) -> Doubles:
    """Mean of the rows from each bound to the next, shape (bounds - 1, columns).

    A span without a frame takes the nearest one. Sums run block by block in double precision. With a ``floor``, the
    mean is that of the logarithms, of no less than the floor.
    """
    frames = values.shape[0]

    def changed(part: Floats | Doubles) -> Floats | Doubles:
        return part if floor is None else np.log(np.maximum(part, part.dtype.type(floor)))

    out = np.zeros((max(0, bounds.size - 1), values.shape[1]))
    if frames == 0 or out.shape[0] == 0:
        return out
    starts, stops = bounds[:-1], bounds[1:]
    empty = stops <= starts
    first = 0
    while first < out.shape[0]:
        last = max(first + 1, int(np.searchsorted(bounds, bounds[first] + _BLOCK, side="right")) - 1)
        last = min(last, out.shape[0])
        low = int(bounds[first])
        sums = np.cumsum(changed(values[low : int(bounds[last])]), axis=0, dtype=np.float64)
        sums = np.concatenate((np.zeros((1, values.shape[1])), sums))
        out[first:last] = sums[stops[first:last] - low] - sums[starts[first:last] - low]
        first = last
    out[~empty] /= (stops - starts)[~empty, None]
    out[empty] = changed(values[np.minimum(starts[empty], frames - 1)])
    return out
