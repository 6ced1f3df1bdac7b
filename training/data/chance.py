"""Drawing numbers: one generator per purpose, so that a change in one place leaves the others as they were."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
Chance = np.random.Generator


def chance_of(seed: int, number: int, purpose: str) -> Chance:
    """The generator of one purpose within one mix."""
    return np.random.default_rng([seed, number, *purpose.encode()])


def between(chance: Chance, low: float, high: float) -> float:
    return float(chance.uniform(low, high))


def spread(chance: Chance, low: float, high: float) -> float:
    """Between two positive numbers, evenly in ratio."""
    return float(np.exp(chance.uniform(np.log(low), np.log(high))))


def one_of(chance: Chance, items: Sequence[T]) -> T:
    return items[int(chance.integers(len(items)))]


def weighed(chance: Chance, weights: Mapping[T, float]) -> T:
    """One of the keys, as often as its weight says."""
    names = list(weights)
    shares = np.array([weights[name] for name in names], dtype=np.float64)
    return names[int(chance.choice(len(names), p=shares / shares.sum()))]


def happens(chance: Chance, share: float) -> bool:
    return bool(chance.random() < share)
