"""Beat and downbeat activations: the BeatNet recurrent network, in NumPy.

Source: M. Heydari, F. Cwitkowitz, Z. Duan, "BeatNet: CRNN and particle filtering for online joint beat, downbeat and
meter tracking", ISMIR 2021; weights CC BY 4.0. Features as in madmom (S. Böck et al., 2016): log spectrogram of 24
bands per octave and its rising differences, 50 frames a second. Three weight sets are run side by side.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import scipy.fft
from madmom_infer.audio.filters import LogarithmicFilterbank
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.listening.sound import Sound, as_sound
from contrafact.engine.progress import Progress, silent

FEATURE_RATE = 22_050
"""Hz: the rate of the sound that the network hears."""
FRAMES_PER_SECOND = 50
WEIGHT_FILES = ("model_1.npz", "model_2.npz", "model_3.npz")

_HOP = FEATURE_RATE // FRAMES_PER_SECOND
_WINDOW = 1411
_BANDS_PER_OCTAVE = 24
_BLOCK = 2048
_HIDDEN = 150

Floats = NDArray[np.float32]
Weights = Mapping[str, NDArray[np.float32]]


def load_weights(store: AssetStore) -> tuple[Weights, ...]:
    """The three weight sets, by the names of the original state dictionaries."""
    return tuple(store.load_npz("beatnet", file) for file in WEIGHT_FILES)


def spectral_features(mono: Sound | Floats) -> Floats:
    """Log-filtered spectrogram and its positive first difference.

    Parameters
    ----------
    mono : Sound, or float32 of shape (n,)
        At ``FEATURE_RATE``.

    Returns
    -------
    float32, shape (frames, 272)
        Frame ``t`` is centred on second ``t / FRAMES_PER_SECOND``.
    """
    blocks = list(_feature_blocks(as_sound(mono)))
    return np.concatenate(blocks) if blocks else np.zeros((0, 272), np.float32)


def _feature_blocks(sound: Sound) -> Iterator[Floats]:
    """:func:`spectral_features`, ``_BLOCK`` frames at a time."""
    frames = -(-sound.frames // _HOP)
    window = np.hanning(_WINDOW).astype(np.float32)
    bins = _WINDOW // 2
    filterbank = np.asarray(
        LogarithmicFilterbank(
            # As the weights were trained: an odd window's bins are named as if it were one sample shorter.
            np.arange(bins) * (FEATURE_RATE / (2 * bins)),
            num_bands=_BANDS_PER_OCTAVE,
            fmin=30.0,
            fmax=17_000.0,
            norm_filters=True,
        ),
        dtype=np.float32,
    )
    before: Floats | None = None
    for start in range(0, frames, _BLOCK):
        first = start * _HOP - _WINDOW // 2
        span = sound.read(first, first + (min(_BLOCK, frames - start) - 1) * _HOP + _WINDOW)
        views = np.lib.stride_tricks.sliding_window_view(span, _WINDOW)[::_HOP]
        spectrum = scipy.fft.rfft(views * window, axis=1)[:, :bins]
        level = np.log10(np.abs(spectrum) @ filterbank + np.float32(1.0))
        joined = np.concatenate([level[:1] if before is None else before, level])
        before = level[-1:]
        yield np.concatenate([level, np.maximum(np.diff(joined, axis=0), 0.0)], axis=1)


def activations(mono: Sound | Floats, models: Sequence[Weights], progress: Progress = silent) -> Floats:
    """How likely each frame holds a beat (not the first of a bar) or a downbeat.

    Parameters
    ----------
    mono : Sound, or float32 of shape (n,)
        At ``FEATURE_RATE``, at an ordinary level (about 0.2 root mean square where it is loud).
    models : sequence of weight sets

    Returns
    -------
    float32, shape (models, frames, 2)
        Columns beat and downbeat; each row sums to less than one. Memory beyond that does not grow with the length.
    """
    sound = as_sound(mono)
    count, frames = len(models), -(-sound.frames // _HOP)
    out = np.empty((count, frames, 2), np.float32)
    layers = [_Layer(models, number) for number in range(2)]
    start = 0
    for features in _feature_blocks(sound):
        hidden = np.stack([_front(features, model) for model in models], axis=1)
        for layer in layers:
            hidden = layer.run(hidden)
        stop = start + features.shape[0]
        for index, model in enumerate(models):
            logits = hidden[:, index] @ model["linear.weight"].T + model["linear.bias"]
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            out[index, start:stop] = (odds / odds.sum(axis=1, keepdims=True))[:, :2]
        start = stop
        progress(stop / frames, "listening for beats")
    return out


def _front(features: Floats, model: Weights) -> Floats:
    """Convolution along frequency, ReLU, pooling by two, projection to 150."""
    kernel = model["conv1.weight"][:, 0, :]
    views = np.lib.stride_tricks.sliding_window_view(features, kernel.shape[1], axis=1)
    pooled_size = views.shape[1] // 2
    pooled = np.empty((features.shape[0], kernel.shape[0], pooled_size), np.float32)
    for channel, bias in enumerate(model["conv1.bias"]):
        line = np.maximum(views @ kernel[channel] + bias, 0.0)[:, : 2 * pooled_size]
        np.maximum(line[:, 0::2], line[:, 1::2], out=pooled[:, channel])
    flat = pooled.reshape(features.shape[0], -1)
    projected: Floats = flat @ model["linear0.weight"].T + model["linear0.bias"]
    return projected


class _Layer:
    """One unidirectional LSTM layer of every model at once, remembering its state between blocks.

    The gates' sigmoids are written as tanh of the half argument, so that one tanh serves all four gates.
    """

    def __init__(self, models: Sequence[Weights], number: int) -> None:
        halves = np.ones(4 * _HIDDEN, np.float32)
        halves[: 2 * _HIDDEN] = halves[3 * _HIDDEN :] = 0.5
        self._inputs = [np.ascontiguousarray(model[f"lstm.weight_ih_l{number}"].T * halves) for model in models]
        self._biases = [
            (model[f"lstm.bias_ih_l{number}"] + model[f"lstm.bias_hh_l{number}"]) * halves for model in models
        ]
        self._recurrent = np.stack([model[f"lstm.weight_hh_l{number}"].T * halves for model in models])
        self._state = np.zeros((len(models), 1, _HIDDEN), np.float32)
        self._cell = np.zeros((len(models), 1, _HIDDEN), np.float32)

    def run(self, inputs: Floats) -> Floats:
        """Inputs and result (frames, models, 150)."""
        frames, count, size = inputs.shape
        gates = np.empty((frames, count, 1, 4 * size), np.float32)
        for index, (weight, bias) in enumerate(zip(self._inputs, self._biases, strict=True)):
            gates[:, index, 0] = inputs[:, index] @ weight + bias
        out = np.empty((frames, count, 1, size), np.float32)
        state, cell, half = self._state, self._cell, np.float32(0.5)
        for frame in range(frames):
            gate = np.tanh(gates[frame] + np.matmul(state, self._recurrent))
            soft = gate * half + half
            cell = soft[..., size : 2 * size] * cell + soft[..., :size] * gate[..., 2 * size : 3 * size]
            state = soft[..., 3 * size :] * np.tanh(cell)
            out[frame] = state
        self._state, self._cell = state, cell
        return out[:, :, 0]
