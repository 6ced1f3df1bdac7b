"""Networks as files: half-precision weights, used whole."""

import numpy as np
import onnxruntime

from training.graph import Graph


def test_weights_are_stored_by_halves_and_used_whole() -> None:
    random = np.random.default_rng(0)
    weights = random.normal(0.0, 1.0, (6, 4)).astype(np.float32)
    graph = Graph()
    product = graph.add("MatMul", "heard", graph.half(weights))
    graph.add("Add", product, graph.exact(np.full(4, 1e-9)))
    content = graph.file("heard", ["n", 6], "answer", ["n", 4], {"licence": "CC0-1.0"})
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    heard = random.normal(0.0, 1.0, (3, 6)).astype(np.float32)
    (answer,) = session.run(["answer"], {"heard": heard})
    assert answer.dtype == np.float32
    assert np.allclose(answer, heard @ weights.astype(np.float16).astype(np.float32) + 1e-9, atol=1e-6)
    assert session.get_modelmeta().custom_metadata_map == {"licence": "CC0-1.0"}


def test_the_same_weights_make_the_same_bytes() -> None:
    def made() -> bytes:
        graph = Graph()
        graph.add("Reshape", "heard", graph.numbers([2, -1]))
        return graph.file("heard", [4], "answer", [2, 2], {"b": "2", "a": "1"})

    assert made() == made()
