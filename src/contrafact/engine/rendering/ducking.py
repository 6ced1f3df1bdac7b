"""Side-chain: how the kick makes room for itself. Computed from the kick's notes, not detected in the sound."""

from typing import Final

import numpy as np

from contrafact.engine.arranging.timeline import Part
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.grid import QUANTUM, frame

_KICKS: Final = frozenset({35, 36})
_ATTACK: Final = int(0.006 * SAMPLE_RATE)
_HOLD: Final = int(0.030 * SAMPLE_RATE)
_RELEASE: Final = int(0.200 * SAMPLE_RATE)


def kick_frames(parts: tuple[Part, ...]) -> tuple[int, ...]:
    """When the kicks of all drum parts strike, in frames, in order, once each."""
    struck = {
        frame(note.start_s)
        for part in parts
        if part.role == "drums" and part.instrument.kind == "kit" and part.gain_db > -60.0
        for note in part.notes
        if note.pitch in _KICKS
    }
    return tuple(sorted(struck))


class Ducker:
    """The depth of the duck over time: 0 untouched, 1 fully down."""

    def __init__(self, kicks: tuple[int, ...]) -> None:
        self._kicks = np.asarray(kicks, dtype=np.int64)
        rise = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, _ATTACK))
        fall = 0.5 + 0.5 * np.cos(np.linspace(0.0, np.pi, _RELEASE))
        self._shape = np.concatenate([rise, np.ones(_HOLD), fall]).astype(np.float32)
        self._last: tuple[int, Samples | None] = (-1, None)

    def at(self, start: int) -> Samples | None:
        """The depth over the quantum that begins at ``start``, or ``None`` where no kick is near; kept for the next
        channel.
        """
        if self._last[0] != start:
            depth = self.depth(start, start + QUANTUM)
            self._last = (start, depth if depth.any() else None)
        return self._last[1]

    def depth(self, start: int, stop: int) -> Samples:
        """Float32 (stop - start,), 0..1; the attack ends exactly at the kick."""
        depth = np.zeros(stop - start, np.float32)
        length = len(self._shape)
        first = int(np.searchsorted(self._kicks, start - length))
        last = int(np.searchsorted(self._kicks, stop + _ATTACK))
        for kick in self._kicks[first:last]:
            begin = int(kick) - _ATTACK
            a, b = max(start, begin), min(stop, begin + length)
            if a < b:
                part = depth[a - start : b - start]
                np.maximum(part, self._shape[a - begin : b - begin], out=part)
        return depth


def duck_gain(depth: Samples, duck_db: float) -> Samples:
    """Factors for a bus that the kick pushes down by ``abs(duck_db)``."""
    gain: Samples = np.power(np.float32(10.0), np.float32(-abs(duck_db) / 20.0) * depth)
    return gain
