"""The chords that can be named: their notes, roots and plainer forms."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.crema import LABELS, QUALITIES, ROOTS

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

INTERVALS: Final[dict[str, tuple[int, ...]]] = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8), "sus2": (0, 2, 7), "sus4": (0, 5, 7),
    "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10), "minmaj7": (0, 3, 7, 11),
    "maj6": (0, 4, 7, 9), "min6": (0, 3, 7, 9), "dim7": (0, 3, 6, 9), "hdim7": (0, 3, 6, 10),
}  # fmt: skip
"""Semitones above the root, by quality."""
assert set(INTERVALS) == set(QUALITIES)

NAMES: Final = tuple(label for label in LABELS if label != "X")
"""What a span may be called: 14 qualities on 12 roots, and ``N``."""
IN_NETWORK: Final[Ints] = np.array([LABELS.index(name) for name in NAMES])
"""Where each of ``NAMES`` stands among the classes of the network."""


def chord_tones(label: str) -> tuple[int, ...]:
    """Pitch classes of a label of :data:`LABELS` (an inversion is ignored), root first; none for ``N`` and ``X``."""
    if ":" not in label:
        return ()
    root, quality = label.split("/")[0].split(":")
    return tuple((ROOTS.index(root) + interval) % 12 for interval in INTERVALS[quality])


def plain(label: str) -> str:
    """The major, minor or other triad (or ``N``) that mir_eval's ``majmin`` compares."""
    root, colon, quality = label.partition(":")
    if not colon:
        return "N"
    intervals = INTERVALS[quality]
    triads = {(4, 7): "maj", (3, 7): "min", (3, 6): "dim", (4, 8): "aug", (2, 7): "sus2", (5, 7): "sus4"}
    return f"{root}:{triads[intervals[1], intervals[2]]}"


def _tone_table() -> Doubles:
    table = np.zeros((len(NAMES), 12))
    for row, name in enumerate(NAMES):
        table[row, list(chord_tones(name))] = 1.0
    return table


TONES: Final[Doubles] = _tone_table()
"""Shape (names, 12): 1 where a pitch class belongs to the chord."""
ROOT: Final[Ints] = np.array([chord_tones(name)[0] if name != "N" else 12 for name in NAMES])
"""Pitch class of the root, 12 for ``N``."""
QUALITY: Final = tuple(name.partition(":")[2] for name in NAMES)
"""Empty for ``N``."""
PLAIN: Final[Ints] = np.array([NAMES.index(plain(name)) for name in NAMES])
"""Index of each name's triad."""
