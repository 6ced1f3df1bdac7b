"""A strict reader of the safetensors format: eight bytes of header length, a JSON header, then raw numbers.

Format: little-endian; ``data_offsets`` count from the end of the header; tensors fill the rest without gaps or overlaps
(https://github.com/huggingface/safetensors#format).
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.errors import UnsafeFile

_MAX_HEADER = 10 << 20
_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("<i1"),
    "U8": np.dtype("<u1"),
    "BOOL": np.dtype("?"),
}


def read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a safetensors file by name, in the header's order.

    Raises :class:`UnsafeFile` when the header is malformed, a type is unknown (bfloat16 among them), or the tensors do
    not fill the file exactly.
    """
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little") if len(content) >= 8 else 0
    if not 2 <= length <= min(_MAX_HEADER, len(content) - 8):
        raise UnsafeFile(f"{path.name} is not a safetensors file: its header length is {length}")
    try:
        header = json.loads(content[8 : 8 + length].decode("utf-8"))
    except ValueError as error:
        raise UnsafeFile(f"{path.name} is not a safetensors file: its header is not JSON") from error
    if not isinstance(header, dict):
        raise UnsafeFile(f"{path.name} is not a safetensors file: its header is not an object")
    body = memoryview(content)[8 + length :]
    arrays: dict[str, NDArray[Any]] = {}
    spans: list[tuple[int, int]] = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        match entry:
            case {"dtype": str() as code, "shape": [*shape], "data_offsets": [int() as start, int() as stop]}:
                pass
            case _:
                raise UnsafeFile(f"{path.name}: the entry {name!r} is malformed")
        if code not in _DTYPES or not all(type(extent) is int and 0 <= extent < 1 << 40 for extent in shape):
            raise UnsafeFile(f"{path.name}: {name!r} has the type {code} and the shape {shape}, which cannot be read")
        dtype = _DTYPES[code]
        if not 0 <= start <= stop <= len(body) or stop - start != math.prod(shape) * dtype.itemsize:
            raise UnsafeFile(f"{path.name}: {name!r} does not lie where the header says")
        arrays[name] = np.frombuffer(body[start:stop], dtype).reshape(shape).copy()
        spans.append((start, stop))
    spans.sort()
    edges = [0, *(edge for span in spans for edge in span), len(body)]
    if any(edges[i] != edges[i + 1] for i in range(0, len(edges), 2)):
        raise UnsafeFile(f"{path.name}: its tensors overlap or leave gaps")
    return arrays
