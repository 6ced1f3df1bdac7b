"""The safetensors reader: round trips, and files that lie about themselves."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from contrafact.assets import UnsafeFile
from contrafact.assets.safetensors import read_safetensors

CODES = {"<f4": "F32", "<f8": "F64", "<f2": "F16", "<i8": "I64", "<i4": "I32", "|u1": "U8", "|b1": "BOOL"}


def pack(header: object, body: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def packed(arrays: dict[str, Any]) -> bytes:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, array in arrays.items():
        raw = array.tobytes()
        span = [len(body), len(body) + len(raw)]
        header[name] = {"dtype": CODES[array.dtype.str], "shape": array.shape, "data_offsets": span}
        body += raw
    return pack(header, body)


ARRAYS = hnp.arrays(st.sampled_from(sorted(CODES)), hnp.array_shapes(min_dims=0, max_dims=3, max_side=4))


@given(st.dictionaries(st.text(max_size=8).filter(lambda name: name != "__metadata__"), ARRAYS, max_size=4))
def test_arrays_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, arrays: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("st") / "x.safetensors"
    path.write_bytes(packed(arrays))
    back = read_safetensors(path)
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype == array.dtype


def entry(**changes: object) -> dict[str, object]:
    return {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **changes}


BAD = {
    "empty": b"",
    "short": b"\x01\x00",
    "header beyond the end": (1 << 60).to_bytes(8, "little") + b"{}",
    "not JSON": (4).to_bytes(8, "little") + b"{{{{",
    "not UTF-8": (4).to_bytes(8, "little") + b"\xff\xff\xff\xff",
    "not an object": pack([1]),
    "entry without shape": pack({"a": {"dtype": "F32", "data_offsets": [0, 8]}}, bytes(8)),
    "entry not an object": pack({"a": 3}, bytes(8)),
    "unknown type": pack({"a": entry(dtype="BF16")}, bytes(8)),
    "negative extent": pack({"a": entry(shape=[-2])}, bytes(8)),
    "extent not a number": pack({"a": entry(shape=["2"])}, bytes(8)),
    "boolean extent": pack({"a": entry(shape=[True, 2])}, bytes(8)),
    "wrong length": pack({"a": entry(shape=[3])}, bytes(8)),
    "beyond the end": pack({"a": entry()}, bytes(4)),
    "negative offset": pack({"a": entry(data_offsets=[-8, 0])}, bytes(8)),
    "backwards": pack({"a": entry(data_offsets=[8, 0])}, bytes(8)),
    "overlap": pack({"a": entry(), "b": entry(data_offsets=[4, 12])}, bytes(12)),
    "gap": pack({"a": entry(), "b": entry(data_offsets=[12, 20])}, bytes(20)),
    "rest at the end": pack({"a": entry()}, bytes(9)),
}


@pytest.mark.parametrize("name", BAD)
def test_files_that_lie_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(BAD[name])
    with pytest.raises(UnsafeFile):
        read_safetensors(path)


@given(st.integers(0, 10_000))
def test_every_truncation_is_noticed(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    whole = packed({"a": np.arange(12, dtype="<f4").reshape(3, 4), "b": np.ones(5, "<i8")})
    path = tmp_path_factory.mktemp("st") / "x.safetensors"
    path.write_bytes(whole[: cut % len(whole)])
    with pytest.raises(UnsafeFile):
        read_safetensors(path)
