"""Fit the weights of the rhythm's ear.

    python -m benchmarks.rhythm.fit [--also FOLDER ...] [--penalty 1.5]

Renders and describes the tuning songs (some ten CPU seconds a song, kept for the next time), then prints the weights of
the readings (``octave``) with what they reach on songs left out, and the log-odds of a first beat (``metre``). Each
``--also`` is a folder of recordings beside their truth, see :func:`benchmarks.rhythm.examples.other_examples`.
"""

import argparse
import os
from pathlib import Path

import mir_eval
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.rhythm.choosing import Choice, fit, left_out, varied
from benchmarks.rhythm.examples import Example, other_examples, tuning_examples
from contrafact.engine.listening.octave import Reading, readings
from contrafact.engine.listening.rhythm import find_pulse

Doubles = NDArray[np.float64]
_LEAST_F = 0.7
"""Where no reading comes nearer to the true beats, the pulse itself was lost and readings have nothing to learn."""
_INDEPENDENT = 0.35
"""Beats of a song are no independent witnesses: of what is fitted beat by beat so much is believed."""
BEAT_TRAITS = ("constant", "downbeat", "beat", "change here", "change next", "change before", "bass")


def choice_of(example: Example) -> tuple[Choice, list[str]] | None:
    """The readings of a song with which of them are right; None where none is."""
    pulse = find_pulse(example.evidence)
    if pulse is None:
        return None
    found = readings(pulse, example.evidence)
    if len(found) < 2:
        return None
    near = np.array([_nearness(example, reading, found) for reading in found])
    if near.max() < _LEAST_F:
        return None
    names = list(found[0].traits)
    traits = np.array([[reading.traits[name] for name in names] for reading in found])
    bpm = np.array([reading.bpm for reading in found])
    return Choice(example.name, traits, bpm, near >= near.max() - 0.02, example.weight), names


def _nearness(example: Example, reading: Reading, others: list[Reading]) -> float:
    if example.beats_s.size:
        return float(mir_eval.beat.f_measure(example.beats_s, reading.times_s))
    # Where only the tempo is known, the phase on which the network hears more is taken for the right one.
    same = [other.traits["net_on"] for other in others if other.ratio == reading.ratio]
    return float(abs(reading.bpm / example.bpm - 1.0) < 0.01 and reading.traits["net_on"] >= max(same) - 1e-9)


def beat_table(example: Example) -> tuple[Doubles, NDArray[np.bool_]]:
    """What is known of each true beat, float64 (beats, 7), and whether it is the first of its bar."""
    evidence, times = example.evidence, example.beats_s
    frames = np.rint(times * evidence.frames_per_second).astype(np.int64)
    last = evidence.network.shape[0] - 1
    near = np.stack([evidence.network[np.clip(frames + step, 0, last)] for step in (-1, 0, 1)]).max(axis=0)
    change = evidence.chord_changes(times)
    change = change - change.mean()
    low = np.sqrt(evidence.onsets.at(evidence.onsets.low, times))
    bass = np.clip((low - low.mean()) / (low.std() + 1e-9), -2.0, 2.0)
    columns = (
        np.ones(times.size),
        np.log(np.maximum(near[:, 1], 1e-3)),
        np.log(np.maximum(near[:, 0], 1e-3)),
        change,
        np.append(change[1:], change[-1:]),
        np.append(change[:1], change[:-1]),
        bass,
    )
    return np.stack(columns, axis=1), example.positions == 1


def fit_beats(examples: list[Example], penalty: float = 2.0) -> Doubles:
    """Log-odds of a first beat, scaled as :mod:`contrafact.engine.listening.metre` uses them."""
    tables = [beat_table(example) for example in examples if example.beats_s.size]
    counts = [
        np.full(len(first), 100.0 * example.weight / len(first))
        for example, (_, first) in zip((item for item in examples if item.beats_s.size), tables, strict=True)
    ]
    rows, signs = np.concatenate([row for row, _ in tables]), np.concatenate([first for _, first in tables]) * 2.0 - 1.0
    weight = np.concatenate(counts)
    ridge = penalty * (np.arange(rows.shape[1]) > 0)

    def cost(weights: Doubles) -> tuple[float, Doubles]:
        margin = signs * (rows @ weights)
        slope = -(rows.T @ (weight * signs / (1.0 + np.exp(margin)))) + 2.0 * ridge * weights
        return float((weight * np.logaddexp(0.0, -margin)).sum() + (ridge * weights**2).sum()), slope

    found = minimize(cost, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    found[0] += 0.8  # one beat in four is the first: of that the count of beats knows already
    scaled: Doubles = _INDEPENDENT * found
    return scaled


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--also", type=Path, action="append", default=[])
    parser.add_argument("--penalty", type=float, default=1.5)
    options = parser.parse_args()
    home = Path(os.environ.get("CONTRAFACT_HOME", ".cache/home"))
    examples = list(tuning_examples(home))
    for folder in options.also:
        examples += other_examples(folder, home)
    described = [found for example in examples if (found := choice_of(example))]
    choices, names = [choice for choice, _ in described], described[0][1]
    guesses = left_out(choices, names, options.penalty)
    wrong = [choice.name for choice, guess in zip(choices, guesses, strict=True) if not choice.right[guess.argmax()]]
    loss = np.mean([-np.log(guess[choice.right].sum()) for choice, guess in zip(choices, guesses, strict=True)])
    print(f"{len(choices)} songs; left out {len(choices) - len(wrong)} right, log-loss {loss:.3f}; wrong: {wrong}")
    weights = fit(choices + varied(choices, names, 4, 7), names, options.penalty)
    print("octave:", {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)})
    beats = fit_beats(examples)
    print("metre:", {name: round(float(weight), 3) for name, weight in zip(BEAT_TRAITS, beats, strict=True)})


if __name__ == "__main__":
    main()
