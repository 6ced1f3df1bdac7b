"""Refiners that are no network but a fixed table of shares, so that what is made of an answer can be tested."""

from collections.abc import Sequence
from typing import Final

import onnx
from onnx import TensorProto, helper

from contrafact.engine.separation.refining import FEATURES, ROWS, STEMS

KEEP: Final = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
"""Every stem is its guess."""


def fixed_refiner(shares: Sequence[Sequence[float]]) -> bytes:
    """An ONNX file that answers ``shares[stem][guess]`` whatever it hears."""
    flat = [share for row in shares for share in row]
    table = helper.make_tensor("table", TensorProto.FLOAT, [1, STEMS, STEMS, 1, 1], flat)
    nodes = [
        helper.make_node("Slice", ["features", "zero", "one", "one"], ["heard"]),
        helper.make_node("Unsqueeze", ["heard", "one"], ["raised"]),
        helper.make_node("Mul", ["raised", "nothing"], ["silent"]),
        helper.make_node("Add", ["silent", "table"], ["shares"]),
    ]
    constants = [
        table,
        helper.make_tensor("zero", TensorProto.INT64, [1], [0]),
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        helper.make_tensor("nothing", TensorProto.FLOAT, [1], [0.0]),
    ]
    graph = helper.make_graph(
        nodes,
        "fixed",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, FEATURES, "columns", ROWS])],
        [helper.make_tensor_value_info("shares", TensorProto.FLOAT, [1, STEMS, STEMS, "columns", ROWS])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content
