"""Chord likelihoods: the crema network, in NumPy.

Source: B. McFee and J. P. Bello, "Structured training for large-vocabulary chord recognition", ISMIR 2017; weights of
the package crema (ISC / BSD-2). Two convolutions, two bidirectional gated recurrent layers, and heads for pitches,
root, bass and the chord itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.listening.cqt import BINS_PER_OCTAVE

Floats = NDArray[np.float32]

ROOTS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
QUALITIES = (
    "7", "aug", "dim", "dim7", "hdim7", "maj", "maj6", "maj7", "min", "min6", "min7", "minmaj7", "sus2", "sus4",
)  # fmt: skip
LABELS: tuple[str, ...] = tuple(sorted(["N", "X", *(f"{root}:{quality}" for root in ROOTS for quality in QUALITIES)]))
"""The 170 classes in the order of the network's output (sorted as text)."""

_WIDTH = 6 * BINS_PER_OCTAVE
_EPSILON = np.float32(1e-3)
_UNITS = 128


@dataclass(frozen=True, slots=True, eq=False)
class ChordLikelihoods:
    """What the network says of each frame.

    ``tags`` (frames, 170) in the order of ``LABELS``, ``bass`` and ``root`` (frames, 13) with the last for "none";
    each row of these sums to one. ``pitch`` (frames, 12): whether each pitch class is part of the chord.
    """

    tags: Floats
    bass: Floats
    root: Floats
    pitch: Floats

    def hushed(self, quiet: NDArray[np.bool_]) -> "ChordLikelihoods":
        """The same with no chord at all in the frames flagged as quiet, where the network hears ghosts."""
        tags, bass, root, pitch = self.tags.copy(), self.bass.copy(), self.root.copy(), self.pitch.copy()
        tags[quiet] = 0.0
        tags[quiet, LABELS.index("N")] = 1.0
        for head in (bass, root):
            head[quiet] = 0.0
            head[quiet, 12] = 1.0
        pitch[quiet] = 0.0
        return ChordLikelihoods(tags, bass, root, pitch)


def load_weights(store: AssetStore) -> dict[str, Floats]:
    """The network's weights by layer and name, ``conv2d_1/kernel`` and so on."""
    return store.load_npz("crema-chords", "model.npz")


def chord_likelihoods(magnitudes: Floats, weights: Mapping[str, Floats]) -> ChordLikelihoods:
    """Run the network on a constant-Q spectrogram of seven octaves, shape (frames, 252)."""
    frames = magnitudes.shape[0]
    harmonics = [magnitudes[:, :_WIDTH], magnitudes[:, BINS_PER_OCTAVE : BINS_PER_OCTAVE + _WIDTH]]
    sound = np.stack([_decibels(part) for part in harmonics], axis=2)
    sound = _normalise(sound, weights, 1)
    sound = np.maximum(_convolve(sound, weights["conv2d_1/kernel"][..., 0]) + weights["conv2d_1/bias"][0], 0.0)
    sound = _normalise(sound[..., None], weights, 2)[..., 0]
    hidden = np.maximum(sound @ weights["conv2d_2/kernel"][0, :, 0, :] + weights["conv2d_2/bias"], 0.0)
    hidden = _normalise(hidden, weights, 3)
    hidden = _normalise(_both_ways(hidden, weights, 1), weights, 4)
    hidden = _both_ways(hidden, weights, 2)
    pitch: Floats = np.reciprocal(np.float32(1.0) + np.exp(-_dense(hidden, weights, "chord_pitch")))
    root = _softmax(_dense(hidden, weights, "chord_root"))
    bass = _softmax(_dense(hidden, weights, "chord_bass"))
    joined = _normalise(np.concatenate([hidden, pitch, root, bass], axis=1), weights, 5)
    tags = _softmax(_dense(joined, weights, "chord_tag"))
    assert tags.shape == (frames, len(LABELS))
    return ChordLikelihoods(tags, bass, root, pitch)


def _decibels(magnitudes: Floats) -> Floats:
    """dB below the loudest, no lower than -80."""
    power = 20.0 * np.log10(np.maximum(magnitudes, 1e-5))
    power -= 20.0 * np.log10(max(1e-5, float(magnitudes.max(initial=0.0))))
    floored: Floats = np.maximum(power, power.max(initial=-80.0) - 80.0).astype(np.float32)
    return floored


def _normalise(values: Floats, weights: Mapping[str, Floats], number: int) -> Floats:
    name = f"batch_normalization_{number}"
    scale = weights[f"{name}/gamma"] / np.sqrt(weights[f"{name}/moving_variance"] + _EPSILON)
    result: Floats = (values - weights[f"{name}/moving_mean"]) * scale + weights[f"{name}/beta"]
    return result


def _convolve(sound: Floats, kernel: Floats) -> Floats:
    """Same-size correlation over time and frequency, summed over channels: (frames, bins, c) with (5, 5, c)."""
    rows, columns, _ = kernel.shape
    padded = np.pad(sound, ((rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0)))
    out = np.zeros(sound.shape[:2], np.float32)
    for row in range(rows):
        for column in range(columns):
            part = padded[row : row + sound.shape[0], column : column + sound.shape[1]]
            out += part @ kernel[row, column]
    return out


def _dense(hidden: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    result: Floats = hidden @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
    return result


def _softmax(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Floats = odds / odds.sum(axis=1, keepdims=True)
    return result


def _both_ways(inputs: Floats, weights: Mapping[str, Floats], layer: int) -> Floats:
    """Bidirectional gated recurrent layer (reset gate before the matrix, hard sigmoid); both directions in one loop."""
    frames = inputs.shape[0]
    names = [f"bidirectional_{layer}/{way}_gru_{layer}" for way in ("forward", "backward")]
    gates = np.empty((frames, 2, 1, 3 * _UNITS), np.float32)
    for way, name in enumerate(names):
        line = inputs @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
        gates[:, way, 0] = line if way == 0 else line[::-1]
    recurrent = np.stack([weights[f"{name}/recurrent_kernel"] for name in names])
    switch = np.ascontiguousarray(recurrent[..., : 2 * _UNITS])
    candidate = np.ascontiguousarray(recurrent[..., 2 * _UNITS :])
    state = np.zeros((2, 1, _UNITS), np.float32)
    out = np.empty((frames, 2, 1, _UNITS), np.float32)
    for frame in range(frames):
        gate = gates[frame]
        opened = np.clip(np.float32(0.2) * (gate[..., : 2 * _UNITS] + state @ switch) + np.float32(0.5), 0.0, 1.0)
        keep = opened[..., :_UNITS]
        fresh = np.tanh(gate[..., 2 * _UNITS :] + (opened[..., _UNITS:] * state) @ candidate)
        state = keep * state + (1.0 - keep) * fresh
        out[frame] = state
    return np.concatenate([out[:, 0, 0], out[::-1, 1, 0]], axis=1)
