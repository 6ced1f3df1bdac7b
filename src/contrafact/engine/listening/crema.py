"""Chord likelihoods: the crema network, in NumPy.

Source: B. McFee and J. P. Bello, "Structured training for large-vocabulary chord recognition", ISMIR 2017; weights of
the package crema (ISC / BSD-2). Two convolutions, two bidirectional gated recurrent layers, and heads for pitches,
root, bass and the chord itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.listening.chart import PITCH_CLASSES
from contrafact.engine.listening.cqt import BINS_PER_OCTAVE

Floats = NDArray[np.float32]

ROOTS = PITCH_CLASSES
QUALITIES = (
    "7", "aug", "dim", "dim7", "hdim7", "maj", "maj6", "maj7", "min", "min6", "min7", "minmaj7", "sus2", "sus4",
)  # fmt: skip
TRANSPOSITIONS = (-3, -2, -1, 0, 1, 2, 3)
"""Semitones by which a song is moved for as many readings; more of them changed next to nothing."""
LABELS: tuple[str, ...] = tuple(sorted(["N", "X", *(f"{root}:{quality}" for root in ROOTS for quality in QUALITIES)]))
"""The 170 classes in the order of the network's output (sorted as text)."""

_WIDTH = 6 * BINS_PER_OCTAVE
_EPSILON = np.float32(1e-3)
_UNITS = 128
_BLOCK = 640
_CONTEXT = 64
"""Frames of a block, and how many at its edges are read but not kept."""
_AT_ONCE = 12


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


def chord_likelihoods(
    magnitudes: Floats, weights: Mapping[str, Floats], transpositions: Sequence[int] = (0,)
) -> ChordLikelihoods:
    """Run the network on a constant-Q spectrogram of seven octaves, shape (frames, 252).

    A long song is read in blocks of about a minute that overlap by eleven seconds; the blocks go through the recurrent
    layers side by side. With more than one of ``transpositions`` (semitones) the spectrogram is also read moved by
    each, and the mean of the readings is given: what the network wrongly expects of an absolute pitch cancels.
    """
    frames = magnitudes.shape[0]
    loudest = max(1e-5, float(magnitudes.max(initial=0.0)))
    heads = tuple(np.zeros((frames, width), np.float32) for width in (len(LABELS), 13, 13, 12))
    span = min(frames, _BLOCK)
    starts = sorted({*range(0, frames - span + 1, _BLOCK - 2 * _CONTEXT), frames - span})
    jobs = [(start, shift) for start in starts for shift in transpositions]
    for first in range(0, len(jobs), _AT_ONCE):
        group = jobs[first : first + _AT_ONCE]
        sound = np.stack([_moved(magnitudes[start : start + span], shift) for start, shift in group])
        for (start, shift), *found in zip(group, *_read(sound, loudest, weights), strict=True):
            place = starts.index(start)
            low = start + (_CONTEXT if place else 0)
            high = frames if place == len(starts) - 1 else starts[place + 1] + _CONTEXT
            for head, part, order in zip(heads, found, _moved_back(shift), strict=True):
                head[low:high] += part[low - start : high - start][:, order]
    for head in heads:
        head /= np.float32(len(transpositions))
    return ChordLikelihoods(*heads)


def _moved(magnitudes: Floats, semitones: int) -> Floats:
    """The spectrum some semitones higher; what has no counterpart is empty."""
    bins = semitones * (BINS_PER_OCTAVE // 12)
    if bins == 0:
        return magnitudes
    moved = np.zeros_like(magnitudes)
    if bins > 0:
        moved[:, bins:] = magnitudes[:, :-bins]
    else:
        moved[:, :bins] = magnitudes[:, -bins:]
    return moved


def _moved_back(semitones: int) -> tuple[NDArray[np.int64], ...]:
    """For the heads tags, bass, root, pitch: where each class stands after the spectrum was moved up."""
    pitches = (np.arange(12) + semitones) % 12
    named = np.array([LABELS.index(transposed(label, semitones)) for label in LABELS])
    with_none = np.append(pitches, 12)
    return named, with_none, with_none, pitches


def transposed(label: str, semitones: int) -> str:
    """One of ``LABELS``, some semitones higher; ``N`` and ``X`` stay."""
    root, colon, quality = label.partition(":")
    return f"{ROOTS[(ROOTS.index(root) + semitones) % 12]}:{quality}" if colon else label


def _read(magnitudes: Floats, loudest: float, weights: Mapping[str, Floats]) -> tuple[Floats, Floats, Floats, Floats]:
    """Tags, bass, root, pitch of blocks side by side: (blocks, frames, 252) in, (blocks, frames, classes) out."""
    power = _decibels(magnitudes, loudest)
    sound = np.stack([power[..., :_WIDTH], power[..., BINS_PER_OCTAVE : BINS_PER_OCTAVE + _WIDTH]], axis=3)
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
    joined = _normalise(np.concatenate([hidden, pitch, root, bass], axis=-1), weights, 5)
    return _softmax(_dense(joined, weights, "chord_tag")), bass, root, pitch


def _decibels(magnitudes: Floats, loudest: float) -> Floats:
    """dB below the loudest, no lower than -80."""
    power = 20.0 * np.log10(np.maximum(magnitudes, 1e-5)) - 20.0 * np.log10(loudest)
    floored: Floats = np.maximum(power, -80.0).astype(np.float32)
    return floored


def _normalise(values: Floats, weights: Mapping[str, Floats], number: int) -> Floats:
    name = f"batch_normalization_{number}"
    scale = weights[f"{name}/gamma"] / np.sqrt(weights[f"{name}/moving_variance"] + _EPSILON)
    result: Floats = (values - weights[f"{name}/moving_mean"]) * scale + weights[f"{name}/beta"]
    return result


def _convolve(sound: Floats, kernel: Floats) -> Floats:
    """Same-size correlation over time and frequency, summed over channels: (blocks, frames, bins, c) with (5, 5, c)."""
    rows, columns, _ = kernel.shape
    around = ((0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0))
    padded = np.pad(sound, around)
    out = np.zeros(sound.shape[:3], np.float32)
    for row in range(rows):
        for column in range(columns):
            part = padded[:, row : row + sound.shape[1], column : column + sound.shape[2]]
            out += part @ kernel[row, column]
    return out


def _dense(hidden: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    result: Floats = hidden @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
    return result


def _softmax(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return result


def _both_ways(inputs: Floats, weights: Mapping[str, Floats], layer: int) -> Floats:
    """Bidirectional gated recurrent layer (reset gate before the matrix, hard sigmoid); both directions in one loop."""
    blocks, frames, _ = inputs.shape
    names = [f"bidirectional_{layer}/{way}_gru_{layer}" for way in ("forward", "backward")]
    gates = np.empty((frames, 2, blocks, 3 * _UNITS), np.float32)
    for way, name in enumerate(names):
        line = (inputs @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]).transpose(1, 0, 2)
        gates[:, way] = line if way == 0 else line[::-1]
    recurrent = np.stack([weights[f"{name}/recurrent_kernel"] for name in names])
    switch = np.ascontiguousarray(recurrent[..., : 2 * _UNITS])
    candidate = np.ascontiguousarray(recurrent[..., 2 * _UNITS :])
    state = np.zeros((2, blocks, _UNITS), np.float32)
    out = np.empty((frames, 2, blocks, _UNITS), np.float32)
    for frame in range(frames):
        gate = gates[frame]
        opened = np.clip(np.float32(0.2) * (gate[..., : 2 * _UNITS] + state @ switch) + np.float32(0.5), 0.0, 1.0)
        keep = opened[..., :_UNITS]
        fresh = np.tanh(gate[..., 2 * _UNITS :] + (opened[..., _UNITS:] * state) @ candidate)
        state = keep * state + (1.0 - keep) * fresh
        out[frame] = state
    return np.concatenate([out[:, 0], out[::-1, 1]], axis=-1).transpose(1, 0, 2)
