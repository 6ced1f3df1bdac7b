"""Crops of mixes, in an order that a seed decides, changed a little every time they are seen."""

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from contrafact.engine.separation.refining import FEATURES, ROWS, SLOPE
from training.cells import Cells

_LOUDER = 0.7
"""Nepers that a crop is at most louder or softer by."""
_BENT = 0.25
"""Nepers (2 dB) that each of the waves of a random filter is wide."""


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
            count = max(1, round(len(mix.sums) / self.columns))
            crops += [(at, int(first)) for first in random.integers(room + 1, size=count)]
        order = random.permutation(len(crops))
        share = self.size * self.workers
        batches = len(crops) // share
        mine = order[: batches * share].reshape(batches, self.workers, self.size)[:, self.worker]
        return [[crops[at] for at in batch] for batch in mine]


def cut(mixes: Sequence[Cells], crops: Sequence[tuple[int, int]], columns: int, random: np.random.Generator) -> Batch:
    """Read crops and change their volume and their colour."""
    sums = np.stack([mixes[mix].sums[first : first + columns] for mix, first in crops]).astype(np.float32)
    units = np.stack([mixes[mix].rows for mix, _ in crops])
    bend = np.stack([_filter(random) for _ in crops])
    sums[..., :FEATURES] += (2.0 * SLOPE * bend)[:, np.newaxis, :, np.newaxis]
    units = units * np.exp(2.0 * bend)
    return Batch(torch.from_numpy(sums).permute(0, 3, 1, 2), torch.from_numpy(units.astype(np.float32)))


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
