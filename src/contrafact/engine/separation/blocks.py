"""A long recording in pieces of bounded length that join without a seam."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import Samples

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Block:
    """Samples ``start`` to ``stop`` of a recording of ``total``; neighbours share ``overlap`` samples, cross-faded."""

    start: int
    stop: int
    total: int
    overlap: int

    @property
    def frames(self) -> int:
        return self.stop - self.start

    def weight(self) -> NDArray[np.float32]:
        """What this block counts for at each of its samples; with its neighbours' it sums to 1 everywhere."""
        weight = np.ones(self.frames, dtype=np.float32)
        ramp = (np.arange(self.overlap, dtype=np.float32) + 0.5) / max(1, self.overlap)
        if self.start > 0:
            weight[: self.overlap] = ramp
        if self.stop < self.total:
            weight[-self.overlap :] = 1 - ramp
        return weight

    def of(self, samples: Samples) -> Samples:
        """The block's part of the recording, not copied."""
        part: Samples = samples[:, self.start : self.stop]
        return part

    def add(self, part: Samples, out: Samples) -> None:
        """Add the weighted part to ``out``, shape (channels, total); ``part`` is used up."""
        part *= self.weight()
        out[:, self.start : self.stop] += part


def blocks(total: int, longest: int, overlap: int, *, paired: bool = False) -> list[Block]:
    """Blocks of equal length, at most ``longest`` samples each, that cover ``total`` samples.

    ``overlap`` must be less than half of ``longest``. ``paired``: one block or an even number of them, so that of two
    workers neither waits for the last.
    """
    count = max(1, -(-(total - overlap) // (longest - overlap)))
    if paired and count > 1:
        count += count % 2
    edges = np.linspace(0, max(0, total - overlap), count + 1).astype(int)
    return [Block(int(a), min(total, int(b) + overlap), total, overlap) for a, b in pairwise(edges)]


def side_by_side(work: Callable[[Block], Result], items: Sequence[Block]) -> Iterator[tuple[Block, Result]]:
    """Results in order, two at a time on two threads, never more than two of them in memory."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        for at in range(0, len(items), 2):
            pair = items[at : at + 2]
            yield from zip(pair, pool.map(work, pair), strict=True)
