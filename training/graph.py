"""An ONNX graph, built node by node, with weights as half-precision numbers that are made whole when it is loaded."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

_OPSET = 17
_IR = 8


class Graph:
    """Nodes in the order in which they are added; every method gives the name of what it puts out."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._kept: list[Any] = []

    def add(self, kind: str, *inputs: str, **how: Any) -> str:
        """One operator."""
        name = f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **how))
        return name

    def numbers(self, values: NDArray[np.int64] | list[int]) -> str:
        """A constant of whole numbers: a shape."""
        return self._keep(np.asarray(values, dtype=np.int64))

    def exact(self, values: NDArray[Any]) -> str:
        """A constant of single precision."""
        return self._keep(np.ascontiguousarray(values, dtype=np.float32))

    def half(self, values: NDArray[Any]) -> str:
        """A constant that is stored in half precision and used in single."""
        return self.add("Cast", self._keep(np.ascontiguousarray(values, dtype=np.float16)), to=TensorProto.FLOAT)

    def _keep(self, values: NDArray[Any]) -> str:
        name = f"c{len(self._kept)}"
        self._kept.append(numpy_helper.from_array(values, name))
        return name

    def file(self, heard: str, shape: list[Any], answer: str, gives: list[Any], told: dict[str, str]) -> bytes:
        """The finished model: ``heard`` of ``shape`` in, the tensor ``answer`` of the shape ``gives`` out."""
        last = self._nodes[-1]
        last.output[0] = answer
        graph = helper.make_graph(
            self._nodes,
            "refiner",
            [helper.make_tensor_value_info(heard, TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(answer, TensorProto.FLOAT, gives)],
            self._kept,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="contrafact")
        model.ir_version = _IR
        helper.set_model_props(model, told)
        onnx.checker.check_model(model, full_check=True)
        content: bytes = model.SerializeToString(deterministic=True)
        return content
