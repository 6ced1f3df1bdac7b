"""Chance that is the same everywhere: one stream of numbers per purpose, named, from the recipe's seed."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Chance:
    """A seeded stream; equal seed and names give equal numbers in every process.

    Only uniform doubles are drawn from the generator, so that no change in how a library shapes distributions alters a
    take.
    """

    def __init__(self, seed: int, *names: object) -> None:
        self._seed, self._names = seed, tuple(str(name) for name in names)
        key = hashlib.sha256("\x1f".join((str(seed), *self._names)).encode()).digest()
        self._generator = np.random.Generator(np.random.PCG64(int.from_bytes(key[:16], "big")))

    def fork(self, *names: object) -> "Chance":
        """An independent stream for a part of the work; drawing from it leaves this one where it was."""
        return Chance(self._seed, *self._names, *names)

    def unit(self) -> float:
        """Uniform in [0, 1)."""
        return float(self._generator.random())

    def spread(self) -> float:
        """Bell-shaped around 0 within [-1, 1], standard deviation 1/3 (sum of three uniforms, rescaled)."""
        return (self.unit() + self.unit() + self.unit()) / 1.5 - 1.0

    def happens(self, probability: float) -> bool:
        return self.unit() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of ``items``, all equally likely."""
        return items[min(int(self.unit() * len(items)), len(items) - 1)]
