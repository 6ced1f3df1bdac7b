"""Beat and downbeat activations: the BeatNet recurrent network, in NumPy.

Source: M. Heydari, F. Cwitkowitz, Z. Duan, "BeatNet: CRNN and particle filtering for online joint beat, downbeat and
meter tracking", ISMIR 2021; weights CC BY 4.0. Features as in madmom (S. Böck et al., 2016): log spectrogram of 24
bands per octave and its rising differences, 50 frames a second. Three weight sets are run side by side.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.fft
from madmom_infer.audio.filters import LogarithmicFilterbank
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
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


def spectral_features(mono: Floats) -> Floats:
    """Log-filtered spectrogram and its positive first difference.

    Parameters
    ----------
    mono : float32, shape (n,)
        Sound at ``FEATURE_RATE``.

    Returns
    -------
    float32, shape (frames, 272)
        Frame ``t`` is centred on second ``t / FRAMES_PER_SECOND``.
    """
    frames = -(-mono.size // _HOP)
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
    half = _WINDOW // 2
    padded = np.concatenate([np.zeros(half, np.float32), mono, np.zeros(_WINDOW, np.float32)])
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][:frames]
    bands = filterbank.shape[1]
    out = np.zeros((frames, 2 * bands), np.float32)
    for start in range(0, frames, _BLOCK):
        stop = min(frames, start + _BLOCK)
        spectrum = scipy.fft.rfft(views[start:stop] * window, axis=1)[:, :bins]
        out[start:stop, :bands] = np.log10(np.abs(spectrum) @ filterbank + np.float32(1.0))
    np.maximum(out[1:, :bands] - out[:-1, :bands], 0.0, out=out[1:, bands:])
    return out


def activations(mono: Floats, models: Sequence[Weights], progress: Progress = silent) -> Floats:
    """How likely each frame holds a beat (not the first of a bar) or a downbeat.

    Parameters
    ----------
    mono : float32, shape (n,)
        Sound at ``FEATURE_RATE``.
    models : sequence of weight sets

    Returns
    -------
    float32, shape (models, frames, 2)
        Columns beat and downbeat; each row sums to less than one.
    """
    features = spectral_features(mono)
    count, frames = len(models), features.shape[0]
    if frames == 0:
        return np.zeros((count, 0, 2), np.float32)
    hidden = np.empty((frames, count, _HIDDEN), np.float32)
    for index, model in enumerate(models):
        for start in range(0, frames, _BLOCK):
            hidden[start : start + _BLOCK, index] = _front(features[start : start + _BLOCK], model)
    del features
    for layer in range(2):
        hidden = _lstm(hidden, models, layer)
        progress(0.5 * (layer + 1), "listening for beats")
    out = np.empty((count, frames, 2), np.float32)
    for index, model in enumerate(models):
        logits = hidden[:, index] @ model["linear.weight"].T + model["linear.bias"]
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        out[index] = (odds / odds.sum(axis=1, keepdims=True))[:, :2]
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


def _lstm(inputs: Floats, models: Sequence[Weights], layer: int) -> Floats:
    """One unidirectional LSTM layer of every model at once; inputs and result (frames, models, 150).

    The gates' sigmoids are written as tanh of the half argument, so that one tanh serves all four gates.
    """
    frames, count, size = inputs.shape
    halves = np.ones(4 * size, np.float32)
    halves[: 2 * size] = halves[3 * size :] = 0.5
    recurrent = np.stack([model[f"lstm.weight_hh_l{layer}"].T * halves for model in models]).astype(np.float32)
    gates = np.empty((frames, count, 1, 4 * size), np.float32)
    for index, model in enumerate(models):
        bias = model[f"lstm.bias_ih_l{layer}"] + model[f"lstm.bias_hh_l{layer}"]
        gates[:, index, 0] = (inputs[:, index] @ model[f"lstm.weight_ih_l{layer}"].T + bias) * halves
    state = np.zeros((count, 1, size), np.float32)
    cell = np.zeros((count, 1, size), np.float32)
    out = np.empty((frames, count, 1, size), np.float32)
    half = np.float32(0.5)
    for frame in range(frames):
        gate = np.tanh(gates[frame] + np.matmul(state, recurrent))
        soft = gate * half + half
        cell = soft[..., size : 2 * size] * cell + soft[..., :size] * gate[..., 2 * size : 3 * size]
        state = soft[..., 3 * size :] * np.tanh(cell)
        out[frame] = state
    return out[:, :, 0]
