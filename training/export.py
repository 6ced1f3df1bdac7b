"""Write a trained network as the file that ships.

    python -m training.export [--folder .cache/training] [--name one] [--out FILE]

The slow average of the weights, each normalisation folded into the convolution before it, as ONNX with half-precision
weights. Prints the file's SHA-256, which the asset manifest names.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from contrafact.engine.separation.refining import FEATURES, ROWS, STEMS
from training.cells import folder_of_data
from training.graph import Graph
from training.model import Context, Network, Residual, Shape

PLACE = Path("src/contrafact/engine/separation/refiner.onnx")
_STEEPEST = 30.0
"""Logits beyond this say no more, and their exponentials stay numbers."""


class Writer:
    """A network as a graph."""

    def __init__(self, network: Network) -> None:
        self._network = network.eval()
        self._graph = Graph()

    def file(self, told: dict[str, str]) -> bytes:
        """The model's content; ``told`` are facts about it that lie in the file."""
        graph, network = self._graph, self._network
        signal = self._normalised("features", network.hear)
        signal = self._folded(network.stem, signal)
        signal = graph.add("Relu", graph.add("Add", signal, graph.half(_values(network.place))))
        levels = []
        for at, inward in enumerate(network.inward):
            if at:
                signal = graph.add("Relu", self._folded(network.down[at - 1], signal))
            signal = self._residual(inward, signal)
            levels.append(signal)
        signal = self._residual(network.outward[-1], self._context(network.context, signal))
        for at in range(len(levels) - 2, -1, -1):
            up = network.up[at]
            weight, bias = graph.half(_values(up.weight)), graph.exact(_values(up.bias))
            finer = graph.add("ConvTranspose", signal, weight, bias, strides=[2, 2], kernel_shape=[2, 2])
            signal = self._residual(network.outward[at], graph.add("Add", finer, levels[at]))
        logits = self._convolved(network.answer, signal)
        # a softmax over the first of two axes, in pieces: the operator of that name is three times as slow there
        held = graph.add("Clip", logits, graph.exact(np.array(-_STEEPEST)), graph.exact(np.array(_STEEPEST)))
        split = graph.add("Reshape", graph.add("Exp", held), graph.numbers([0, STEMS, STEMS, -1, ROWS]))
        graph.add("Div", split, graph.add("ReduceSum", split, graph.numbers([1]), keepdims=1))
        return graph.file(
            "features", [1, FEATURES, "columns", ROWS], "shares", [1, STEMS, STEMS, "columns", ROWS], told
        )

    def _normalised(self, signal: str, norm: nn.BatchNorm2d) -> str:
        graph = self._graph
        slope = _values(norm.weight) / np.sqrt(_values(norm.running_var) + norm.eps)
        shift = _values(norm.bias) - slope * _values(norm.running_mean)
        scaled = graph.add("Mul", signal, graph.exact(slope[None, :, None, None]))
        return graph.add("Add", scaled, graph.exact(shift[None, :, None, None]))

    def _folded(self, pair: nn.Module, signal: str) -> str:
        assert isinstance(pair, nn.Sequential)
        return self._convolved(fuse_conv_bn_eval(pair[0], pair[1]), signal)

    def _convolved(self, layer: nn.Conv2d, signal: str) -> str:
        graph = self._graph
        pads = [0, 0] if layer.padding != "same" else _same(layer)
        return graph.add(
            "Conv",
            signal,
            graph.half(_values(layer.weight)),
            graph.exact(_values(layer.bias)),
            kernel_shape=list(layer.kernel_size),
            strides=list(layer.stride),
            dilations=list(layer.dilation),
            pads=pads + pads,
        )

    def _residual(self, block: nn.Module, signal: str) -> str:
        assert isinstance(block, Residual)
        graph = self._graph
        change = self._folded(block.second, graph.add("Relu", self._folded(block.first, signal)))
        return graph.add("Relu", graph.add("Add", signal, change))

    def _context(self, block: Context, signal: str) -> str:
        graph = self._graph
        squeezed = graph.add("Relu", self._folded(block.squeeze, signal))
        turned = graph.add("Transpose", squeezed, perm=[0, 1, 3, 2])
        long = self._network.shape.squeezed * block.rows
        vector = graph.add("Reshape", turned, graph.numbers([0, long, -1, 1]))
        vector = graph.add("Relu", self._folded(block.enter, vector))
        for look in block.look:
            vector = graph.add("Add", vector, graph.add("Relu", self._folded(look, vector)))
        spread = graph.add("Relu", self._folded(block.leave, vector))
        rows = graph.add("Reshape", spread, graph.numbers([0, self._network.shape.squeezed, block.rows, -1]))
        back = self._folded(block.expand, graph.add("Transpose", rows, perm=[0, 1, 3, 2]))
        return graph.add("Relu", graph.add("Add", signal, back))


def _values(tensor: torch.Tensor | None) -> NDArray[np.float32]:
    assert tensor is not None
    values: NDArray[np.float32] = tensor.detach().cpu().contiguous().numpy()
    return values


def _same(layer: nn.Conv2d) -> list[int]:
    return [step * (size - 1) // 2 for step, size in zip(layer.dilation, layer.kernel_size, strict=True)]


def load_network(state: Path) -> tuple[Network, dict[str, str]]:
    """The averaged network of a checkpoint, and what is to be known of it."""
    kept = torch.load(state, map_location="cpu", weights_only=True)
    network = Network(Shape(**kept["shape"]))
    network.load_state_dict(kept["average"])
    told = {"steps": str(kept["state"]["step"]), "minutes": f"{kept['state']['spent'] / 60:.1f}"}
    return network, {**told, "licence": "CC0-1.0"}


def main() -> None:
    """Export a run."""
    parser = argparse.ArgumentParser(description="Write a trained network as the file that ships.")
    parser.add_argument("--folder", type=Path, default=folder_of_data())
    parser.add_argument("--name", default="one")
    parser.add_argument("--out", type=Path, default=PLACE)
    told = parser.parse_args()
    network, facts = load_network(told.folder / "runs" / told.name / "state.pt")
    content = Writer(network).file(facts)
    told.out.write_bytes(content)
    print(f"{told.out}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}, {facts}")


if __name__ == "__main__":
    main()
