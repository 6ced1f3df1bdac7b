"""Conditional logit: which of several readings is right, from what describes each (softmax of a weighted sum)."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One song: ``traits`` float64 (readings, traits), ``bpm`` (readings,), ``right`` bool (readings,)."""

    name: str
    traits: Doubles
    bpm: Doubles
    right: NDArray[np.bool_]
    weight: float


_NO_CHORDS = ("chord_fit", "chord_rate", "change_caught", "bars_change")
_NO_LOWS = ("low_on", "low_half", "low_third", "bars_low", "kicks_on")
_NO_BACKBEAT = ("alternates", "alternates_wide")


def varied(choices: list[Choice], names: list[str], times: int, seed: int, noise: float = 0.25) -> list[Choice]:
    """Each song again, a little faster or slower and with noise; without chords, or without a low end, by turns."""
    chance = np.random.default_rng(seed)
    spread = _spread(choices)
    found = []
    for choice in choices:
        for number in range(times):
            traits = choice.traits.copy()
            off = np.log(choice.bpm * chance.uniform(0.85, 1.18) / 110.0)
            traits[:, names.index("habit")] = -2.5 * off**2
            traits[:, names.index("habit_skew")] = off
            traits += chance.normal(0.0, noise, traits.shape) * spread
            if number % 3 == 0:
                for name in _NO_CHORDS:
                    traits[:, names.index(name)] = 0.0
            if number % 3 == 1:
                for name in _NO_LOWS:
                    traits[:, names.index(name)] = traits[:, names.index(name)].mean()
                for name in _NO_BACKBEAT:
                    traits[:, names.index(name)] *= 0.4
            found.append(replace(choice, traits=traits, weight=0.5 * choice.weight))
    return found


def fit(choices: list[Choice], names: list[str], penalty: float) -> Doubles:
    """Weights by maximum likelihood; a ridge penalty on standardised traits, fourfold on a leaning to fast tempi."""
    spread = _spread(choices)
    ridge = np.where(np.array(names) == "habit_skew", 4.0, 1.0) * penalty
    most, count = max(len(choice.right) for choice in choices), len(choices)
    traits, there, right = np.zeros((count, most, len(names))), np.zeros((count, most), bool), np.zeros((count, most))
    for index, choice in enumerate(choices):
        size = len(choice.right)
        traits[index, :size], there[index, :size], right[index, :size] = choice.traits / spread, True, choice.right
    weight = np.array([choice.weight for choice in choices])

    def cost(weights: Doubles) -> tuple[float, Doubles]:
        shares = _softmax(np.where(there, traits @ weights, -1e9))
        caught = (shares * right).sum(axis=1) + 1e-12
        pull = shares * right / caught[:, None] - shares
        slope = -np.einsum("i,ij,ijk->k", weight, pull, traits) + 2.0 * ridge * weights
        return float(-(weight * np.log(caught)).sum() + (ridge * weights**2).sum()), slope

    found = minimize(cost, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 400})
    weights: Doubles = np.asarray(found.x, dtype=np.float64) / spread
    return weights


def shares(choice: Choice, weights: Doubles) -> Doubles:
    """The probability of each reading of a song."""
    found: Doubles = _softmax((choice.traits @ weights)[None, :])[0]
    return found


def left_out(
    choices: list[Choice], names: list[str], penalty: float, parts: int = 10, copies: int = 2
) -> list[Doubles]:
    """The shares of each song's readings with weights fitted to the songs of the other parts."""
    order = np.random.default_rng(0).permutation(len(choices))
    found: list[Doubles] = [np.zeros(0)] * len(choices)
    for part in range(parts):
        kept = [choices[index] for index in np.setdiff1d(order, order[part::parts])]
        weights = fit(kept + varied(kept, names, copies, part), names, penalty)
        for index in order[part::parts]:
            found[index] = shares(choices[index], weights)
    return found


def _spread(choices: list[Choice]) -> Doubles:
    spread: Doubles = np.concatenate([choice.traits for choice in choices]).std(axis=0) + 1e-6
    return spread


def _softmax(values: Doubles) -> Doubles:
    odds = np.exp(values - values.max(axis=1, keepdims=True))
    found: Doubles = odds / odds.sum(axis=1, keepdims=True)
    return found
