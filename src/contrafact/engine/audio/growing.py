"""Stereo sound that arrives in blocks and ends as one array, without ever lying in memory twice."""

import numpy as np

from contrafact.engine.audio.value import Samples

_ROOM_AT_FIRST = 1 << 20
_MOVED_AT_ONCE = 1 << 20


class GrowingSamples:
    """Append blocks, then take the whole.

    Room that was reserved and not written to costs address space, not memory, so it pays to say how long the sound will
    be; where that is too little the room is doubled.

    >>> sound = GrowingSamples(expected_frames=3)
    >>> sound.append(np.ones((2, 2), np.float32))
    >>> sound.take(3).tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]]
    """

    def __init__(self, expected_frames: int = 0) -> None:
        self._room = np.zeros((2, max(_ROOM_AT_FIRST, expected_frames)), np.float32)
        self._frames = 0

    @property
    def frames(self) -> int:
        return self._frames

    def append(self, block: Samples) -> None:
        """Add float32 (2, any) at the end."""
        needed = self._frames + block.shape[1]
        if needed > self._room.shape[1]:
            wider = np.zeros((2, max(needed, 2 * self._room.shape[1])), np.float32)
            wider[:, : self._frames] = self._room[:, : self._frames]
            self._room = wider
        self._room[:, self._frames : needed] = block
        self._frames = needed

    def take(self, frames: int) -> Samples:
        """The first ``frames`` frames as one contiguous array, silent after the last; nothing can be appended then."""
        if frames > self._room.shape[1]:
            self.append(np.zeros((2, frames - self._frames), np.float32))
        room, self._room = self._room, np.zeros((2, 0), np.float32)
        width = room.shape[1]
        if width == frames:
            return room
        flat = room.reshape(-1)
        # the right channel moves down next to the left, a stretch at a time: it may overlap where it goes
        for start in range(0, frames, _MOVED_AT_ONCE):
            stop = min(frames, start + _MOVED_AT_ONCE)
            flat[frames + start : frames + stop] = flat[width + start : width + stop].copy()
        return flat[: 2 * frames].reshape(2, frames)
