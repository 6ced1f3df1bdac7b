"""Layers of a rectifier network and how they learn (Adam, dropout, weighted cross-entropy), in NumPy."""

import itertools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Layers = list[tuple[Floats, Floats]]


def new_layers(sizes: tuple[int, ...], rng: np.random.Generator, last: float = 1.0) -> Layers:
    """Layers of random weights (He et al., ICCV 2015), the last scaled by ``last``."""
    found = []
    for at, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        scale = np.sqrt(2.0 / inputs) * (last if at == len(sizes) - 2 else 1.0)
        weights = (scale * rng.standard_normal((inputs, outputs))).astype(np.float32)
        found.append((weights, np.zeros(outputs, np.float32)))
    return found


class Adam:
    """Kingma and Ba, ICLR 2015, with decoupled weight decay (Loshchilov and Hutter, ICLR 2019)."""

    def __init__(self, layers: Layers, decay: float) -> None:
        self._layers = layers
        self._decay = decay
        self._first = [(np.zeros_like(weights), np.zeros_like(bias)) for weights, bias in layers]
        self._second = [(np.zeros_like(weights), np.zeros_like(bias)) for weights, bias in layers]
        self._steps = 0

    def step(self, gradients: Layers, rate: float) -> None:
        self._steps += 1
        first_part, second_part = 1 - 0.9**self._steps, 1 - 0.999**self._steps
        for layer, first, second, gradient in zip(self._layers, self._first, self._second, gradients, strict=True):
            layer[0][...] *= 1.0 - rate * self._decay
            for at in (0, 1):
                first[at][...] += 0.1 * (gradient[at] - first[at])
                second[at][...] += 0.001 * (gradient[at] ** 2 - second[at])
                layer[at][...] -= rate * (first[at] / first_part) / (np.sqrt(second[at] / second_part) + 1e-8)


def descend(
    layers: Layers,
    signal: Floats,
    offset: Floats | float,
    truth: Floats,
    weight: Floats,
    dropout: float,
    rng: np.random.Generator,
) -> tuple[Layers, float]:
    """Gradients of the mean cross-entropy of sigmoid outputs (plus ``offset``), and that entropy."""
    signals, masks = [signal], []
    for weights, bias in layers[:-1]:
        signal = np.maximum(signal @ weights + bias, 0.0)
        mask = (rng.random(signal.shape, np.float32) >= dropout).astype(np.float32) / np.float32(1 - dropout)
        mask *= signal > 0
        signal = signal * mask
        signals.append(signal)
        masks.append(mask)
    weights, bias = layers[-1]
    odds = np.clip(signal @ weights + bias + offset, -30.0, 30.0)
    chance = 1.0 / (1.0 + np.exp(-odds))
    entropy = float((weight * (np.logaddexp(0.0, odds) - truth * odds)).sum() / weight.sum())
    error = weight * (chance - truth) / np.float32(weight.sum() / weight.shape[1])
    gradients: Layers = []
    for at in range(len(layers) - 1, -1, -1):
        gradients.append((signals[at].T @ error, error.sum(axis=0)))
        if at:
            error = (error @ layers[at][0].T) * masks[at - 1]
    return gradients[::-1], entropy


def batches(count: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    order = rng.permutation(count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]


def falling(epochs: int, highest: float) -> Callable[[float], float]:
    """A learning rate that warms up for half an epoch and falls as a cosine to a hundredth."""
    return lambda epoch: highest * min(1.0, epoch / 0.5 + 0.05) * (0.505 + 0.495 * np.cos(np.pi * epoch / epochs))
