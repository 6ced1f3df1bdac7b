"""Any loudspeaker layout to stereo."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_HALF_POWER = math.sqrt(0.5)
_LEFT = {
    "FL": 1.0,
    "FLC": 1.0,
    "SL": _HALF_POWER,
    "BL": _HALF_POWER,
    "WL": 1.0,
    "SDL": _HALF_POWER,
    "TFL": _HALF_POWER,
    "TSL": _HALF_POWER,
    "TBL": 0.5,
    "DL": 1.0,
}
_CENTRE = {"FC": _HALF_POWER, "BC": 0.5, "TC": 0.5, "TFC": 0.5, "TBC": 0.5}
_SILENT = {"LFE", "LFE2"}
_BY_COUNT: dict[int, tuple[str, ...]] = {
    1: ("FC",),
    2: ("FL", "FR"),
    3: ("FL", "FR", "FC"),
    4: ("FL", "FR", "BL", "BR"),
    5: ("FL", "FR", "FC", "BL", "BR"),
    6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
    7: ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}


def stereo_matrix(channel_names: Sequence[str]) -> NDArray[np.float32]:
    """Weights, shape (2, channels), that fold a layout into left and right.

    Source: ITU-R BS.775-3, annex 4: centre and surrounds at -3 dB, low-frequency effects left out. Rows are scaled by
    one common factor so that no output can be louder than full scale when no input is. One channel goes to both sides
    unchanged. Names are FFmpeg's (``FL``, ``FC``, ``LFE``, …); a layout with an unknown name is read by its count.

    Examples
    --------
    >>> stereo_matrix(["FC"]).tolist()
    [[1.0], [1.0]]
    """
    names = list(channel_names)
    if len(names) == 1:
        return np.ones((2, 1), dtype=np.float32)
    if not all(_known(name) for name in names):
        names = list(_BY_COUNT.get(len(names), ("FL", "FR") * ((len(names) + 1) // 2)))[: len(names)]
    matrix = np.zeros((2, len(names)), dtype=np.float64)
    for column, name in enumerate(names):
        if name in _LEFT:
            matrix[0, column] = _LEFT[name]
        elif _mirror(name) in _LEFT:
            matrix[1, column] = _LEFT[_mirror(name)]
        elif name in _CENTRE:
            matrix[:, column] = _CENTRE[name]
    total = float(matrix.sum(axis=1).max())
    if total == 0.0:  # nothing but low-frequency effects: better heard than lost
        matrix[:] = 1.0
        total = float(len(names))
    return (matrix / max(1.0, total)).astype(np.float32)


def _mirror(name: str) -> str:
    """The left twin of a right channel's name (``FRC`` → ``FLC``)."""
    return name.replace("R", "L") if "R" in name else ""


def _known(name: str) -> bool:
    return name in _LEFT or _mirror(name) in _LEFT or name in _CENTRE or name in _SILENT
