"""Crops of mixes, in an order that a seed decides, changed a little every time they are seen."""

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from contrafact.engine.separation.refining import FEATURES, FLOOR, ROWS, SLOPE, STEMS
from training.cells import DARK, Cells

_LOUDER = 0.7
"""Nepers that a crop is at most louder or softer by."""
_BENT = 0.25
"""Nepers (2 dB) that each of the waves of a random filter is wide."""
_LONGEST = 250
"""Steps in an epoch at most: mixes that were made meanwhile are learnt from in the next."""
_NOISIER, _CLEANER, _NARROWER = 0.3, 0.3, 0.25
"""How often a crop is given a noise floor, has its own taken away, and loses some or all of its sides."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops: ``sums`` (batch, CHANNELS, columns, rows) in ``units`` (batch, rows)."""

    sums: Tensor
    units: Tensor

    @property
    def heard(self) -> Tensor:
        """What the network hears."""
        return self.sums[:, :FEATURES]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which crops make up an epoch, for one of several workers that share it."""

    seed: int
    columns: int
    size: int
    worker: int = 0
    workers: int = 1

    def epoch(self, mixes: Sequence[Cells], number: int) -> list[list[tuple[int, int]]]:
        """Batches of (mix, first column); every worker gets as many."""
        random = np.random.default_rng((self.seed, number))
        crops = []
        for at, mix in enumerate(mixes):
            room = len(mix.sums) - self.columns
            if room < 0:
                continue
            count = mix.often * max(1, round(len(mix.sums) / self.columns))
            crops += [(at, int(first)) for first in random.integers(room + 1, size=count)]
        order = random.permutation(len(crops))
        share = self.size * self.workers
        batches = min(len(crops) // share, _LONGEST)
        mine = order[: batches * share].reshape(batches, self.workers, self.size)[:, self.worker]
        return [[crops[at] for at in batch] for batch in mine]


def cut(mixes: Sequence[Cells], crops: Sequence[tuple[int, int]], columns: int, random: np.random.Generator) -> Batch:
    """Read crops and change their volume and their colour."""
    sums = np.stack([mixes[mix].sums[first : first + columns] for mix, first in crops]).astype(np.float32)
    units = np.stack([mixes[mix].rows for mix, _ in crops])
    bend = np.stack([_filter(random) for _ in crops])
    for crop, gain in zip(sums, bend, strict=True):
        crop[..., :FEATURES] = _disguised(crop[..., :FEATURES], gain, random)
    units = units * np.exp(2.0 * bend)
    return Batch(torch.from_numpy(sums).permute(0, 3, 1, 2), torch.from_numpy(units.astype(np.float32)))


def power_of(stored: NDArray[np.float32]) -> NDArray[np.float32]:
    """The power that stored features stand for."""
    power: NDArray[np.float32] = np.exp((stored - np.float32(1.0)) / np.float32(SLOPE)) - np.float32(DARK)
    return np.maximum(power, np.float32(0.0))


def heard_of(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features as the network hears them."""
    heard: NDArray[np.float32] = np.log(power + np.float32(FLOOR)) * np.float32(SLOPE) + np.float32(1.0)
    return heard.astype(np.float32)


def _disguised(
    heard: NDArray[np.float32], gain: NDArray[np.float32], random: np.random.Generator
) -> NDArray[np.float32]:
    """Features (columns, ROWS, FEATURES) of the same sound with another gain, and perhaps in another studio.

    Noise is added, or taken away down to digital silence, and the sides go: else a network that never heard a recording
    of one channel, or one without a noise floor, is at a loss with those.
    """
    power = power_of(heard) * np.exp(2.0 * gain[:, np.newaxis])
    kind = random.random()
    noise = np.float32(10.0 ** random.uniform(-7.0, -3.0))
    if kind < _NOISIER:
        power += noise * random.exponential(size=power.shape).astype(np.float32)
    elif kind < _NOISIER + _CLEANER:
        power = np.maximum(power - noise, np.float32(0.0))
    if random.random() < _NARROWER:
        power[..., STEMS:] *= np.float32(10.0 ** random.uniform(-5.0, -0.5) if random.random() < 0.5 else 0.0)
    return heard_of(power)


def _filter(random: np.random.Generator) -> NDArray[np.float32]:
    """Nepers of gain of each row: a volume and a slow random curve."""
    high = np.arange(ROWS) / ROWS
    curve = sum(
        random.normal(0.0, _BENT) * np.cos(np.pi * wave * high + random.uniform(0, np.pi)) for wave in (1, 2, 4)
    )
    return (np.asarray(curve) + random.uniform(-_LOUDER, _LOUDER)).astype(np.float32)


def ahead(mixes: Sequence[Cells], plan: Plan, number: int, skip: int, ready: int = 3) -> Iterator[Batch]:
    """The batches of an epoch from ``skip`` on, read by a thread while the network learns."""
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(ready)

    def read() -> None:
        try:
            for at, crops in enumerate(plan.epoch(mixes, number)):
                if at >= skip:
                    random = np.random.default_rng((plan.seed, number, at, plan.worker))
                    waiting.put(cut(mixes, crops, plan.columns, random))
            waiting.put(None)
        except BaseException as error:  # handed to whoever waits
            waiting.put(error)

    threading.Thread(target=read, daemon=True).start()
    while (batch := waiting.get()) is not None:
        if isinstance(batch, BaseException):
            raise batch
        yield batch
