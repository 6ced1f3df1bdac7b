"""Checkpoints: what is read, and that nothing in them is run."""

import collections
import io
import pickle
import pickletools
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from contrafact.assets import UnsafeFile
from contrafact.assets.unpickle import read_checkpoint


def write_zip(path: Path, program: bytes, storages: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", program)
        for key, content in (storages or {}).items():
            archive.writestr(f"archive/data/{key}", content)
    return path


class _Named:
    """Pickles as a reference to a global that need not exist here."""

    def __init__(self, module: str, name: str) -> None:
        self.where = (module, name)


class _Persistent:
    def __init__(self, pid: object) -> None:
        self.pid = pid


class _Call:
    def __init__(self, function: _Named, *args: object) -> None:
        self.function = function
        self.args = args


_PythonPickler: Any = pickle._Pickler  # the one whose steps can be overridden


class _Writer(_PythonPickler):  # type: ignore[misc]
    """Writes what PyTorch writes, without PyTorch (and what a bad person would write)."""

    def persistent_id(self, obj: object) -> object:
        return obj.pid if isinstance(obj, _Persistent) else None

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if isinstance(obj, _Named):
            self.write(pickle.GLOBAL + "{}\n{}\n".format(*obj.where).encode())
        elif isinstance(obj, _Call):
            self.save(obj.function)
            self.save(obj.args)
            self.write(pickle.REDUCE)
        else:
            super().save(obj, save_persistent_id)


def program(value: object) -> bytes:
    buffer = io.BytesIO()
    _Writer(buffer, protocol=2).dump(value)
    return buffer.getvalue()


REBUILD = _Named("torch._utils", "_rebuild_tensor_v2")
NEW_DICT = _Named("collections", "OrderedDict")


def tensor(
    key: str = "0",
    count: object = 6,
    offset: object = 0,
    size: object = (2, 3),
    stride: object = (3, 1),
    storage: str = "FloatStorage",
) -> _Call:
    pid = ("storage", _Named("torch", storage), key, "cpu", count)
    return _Call(REBUILD, _Persistent(pid), offset, size, stride, False, _Call(NEW_DICT))


SIX = np.arange(6, dtype="<f4")


def test_a_torch_state_dict_is_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.pt", program({"w": tensor(), "t": tensor(stride=(1, 2))}), {"0": SIX.tobytes()})
    arrays = read_checkpoint(path)
    assert list(arrays) == ["w", "t"]
    np.testing.assert_array_equal(arrays["w"], SIX.reshape(2, 3))
    np.testing.assert_array_equal(arrays["t"], SIX.reshape(3, 2).T)


def test_a_scalar_and_an_offset(tmp_path: Path) -> None:
    value = {"n": tensor(offset=4, size=(), stride=()), "tail": tensor(offset=3, size=(3,), stride=(1,))}
    arrays = read_checkpoint(write_zip(tmp_path / "a.pt", program(value), {"0": SIX.tobytes()}))
    assert arrays["n"].shape == ()
    assert float(arrays["n"]) == 4.0
    np.testing.assert_array_equal(arrays["tail"], SIX[3:])


@given(hnp.arrays(st.sampled_from(["<f4", "<f8", "<i8", "|u1", "|b1"]), hnp.array_shapes(min_dims=0, max_dims=4)))
def test_numpy_dictionaries_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, array: Any) -> None:
    # Real pickles, by the real NumPy: protocol 2, as torch.save writes.
    path = tmp_path_factory.mktemp("npy") / "a.ckpt"
    content = pickle.dumps({"x": array, "f": np.asfortranarray(array)}, protocol=2)
    content = content.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    arrays = read_checkpoint(write_zip(path, content))
    np.testing.assert_array_equal(arrays["x"], array)
    np.testing.assert_array_equal(arrays["f"], array)
    assert arrays["x"].dtype == array.dtype


EVIL = {
    "os.system": _Call(_Named("os", "system"), "touch pwned"),
    "posix.system": _Call(_Named("posix", "system"), "touch pwned"),
    "builtins.eval": _Call(_Named("builtins", "eval"), "1"),
    "__builtin__.getattr": _Call(_Named("__builtin__", "getattr"), "a", "b"),
    "numpy.load": _Call(_Named("numpy", "load"), "x"),
    "numpy.core.multiarray.scalar": _Call(_Named("numpy.core.multiarray", "scalar"), 1),
    "torch.load": _Call(_Named("torch", "load"), "x"),
    "torch._utils.other": _Call(_Named("torch._utils", "_rebuild_parameter"), 1),
    "dotted name": _Call(_Named("collections", "OrderedDict.fromkeys"), 1),
    "dunder": _Named("collections", "__builtins__"),
    "a class as a value": {"x": _Named("numpy", "ndarray")},
    "codec": _Call(_Named("_codecs", "encode"), "x", "rot13"),
    "codec of bytes": _Call(_Named("_codecs", "encode"), b"x", "hex"),
    "calling ndarray": _Call(_Named("numpy", "ndarray"), (1 << 40,)),
    "dictionary from a list": _Call(NEW_DICT, [("a", 1)]),
    "object array": _Call(_Named("numpy", "dtype"), "O8", False, True),
    "reconstruct another class": _Call(_Named("numpy.core.multiarray", "_reconstruct"), NEW_DICT, (0,), b"b"),
    "a list": [1, 2],
    "a string value": {"x": "y"},
    "a number for a name": {3: tensor()},
    "nested dictionaries": {"x": {"y": tensor()}},
    "beyond the storage": {"x": tensor(size=(3, 3))},
    "offset beyond the storage": {"x": tensor(offset=1)},
    "a long stride": {"x": tensor(stride=(30, 1))},
    "a negative stride": {"x": tensor(stride=(-3, 1))},
    "a negative offset": {"x": tensor(offset=-1)},
    "a zero stride that claims gigabytes": {"x": tensor(size=(1 << 30,), stride=(0,))},
    "overflowing extents": {"x": tensor(size=(1 << 62, 4), stride=(0, 1))},
    "a boolean extent": {"x": tensor(size=(True, 3))},
    "unequal lengths": {"x": tensor(size=(2, 3), stride=(1,))},
    "another storage length": {"x": tensor(count=7)},
    "one storage as two types": {"x": tensor(), "y": tensor(storage="IntStorage", count=6)},
    "an unknown storage": {"x": tensor(storage="QInt8Storage")},
    "a storage outside": {"x": tensor(key="../../secret")},
    "a strange reference": {"x": _Persistent(("module", 1))},
    "a tensor of nothing": {"x": _Call(REBUILD, "storage", 0, (1,), (1,), False, {})},
}


@pytest.mark.parametrize("name", EVIL)
def test_everything_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_zip(tmp_path / "evil.pt", program(EVIL[name]), {"0": SIX.tobytes()})
    with pytest.raises(UnsafeFile):
        read_checkpoint(path)
    assert not (tmp_path / "pwned").exists()


def test_the_message_names_what_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFile, match=r"asks for os\.system, which weights do not need"):
        read_checkpoint(write_zip(tmp_path / "evil.pt", program(EVIL["os.system"])))


@pytest.mark.parametrize(
    "where",
    [
        ("_codecs", "encode"),
        ("collections", "OrderedDict"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("torch", "FloatStorage"),
        ("torch._utils", "_rebuild_tensor_v2"),
    ],
)
def test_constructors_cannot_be_changed(tmp_path: Path, where: tuple[str, str]) -> None:
    """The BUILD instruction sets attributes; on a shared function it would outlive the reading."""
    for state in ({"__call__": 1}, (None, {"__defaults__": (1,)})):
        content = pickle.PROTO + b"\x02" + pickle.GLOBAL + "{}\n{}\n".format(*where).encode()
        content += program(state)[2:-1] + pickle.BUILD + pickle.STOP
        pickletools.dis(content, io.StringIO())  # it is a well-formed program
        with pytest.raises(UnsafeFile, match="tries to change a constructor"):
            read_checkpoint(write_zip(tmp_path / "evil.pt", content))
    assert not hasattr(collections.OrderedDict, "__defaults__")


def test_arrays_whose_content_does_not_fit_are_refused(tmp_path: Path) -> None:
    good = pickle.dumps({"x": np.arange(4, dtype="<f4")}, protocol=2).replace(b"numpy._core", b"numpy.core")
    assert good.count(b"K\x04\x85") == 1  # the shape (4,)
    for shape in (b"K\x05\x85", b"K\x03\x85", b"N\x85", b"J\xff\xff\xff\xff\x85"):
        with pytest.raises(UnsafeFile):
            read_checkpoint(write_zip(tmp_path / "x.ckpt", good.replace(b"K\x04\x85", shape)))


def test_what_is_not_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(b"not a zip")
    with pytest.raises(UnsafeFile, match="cannot be read as a checkpoint"):
        read_checkpoint(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme", "hello")
    with pytest.raises(UnsafeFile, match=r"holds 0 files called data\.pkl"):
        read_checkpoint(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contrafact.assets.unpickle._MAX_BYTES", 1 << 20)
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("archive/data.pkl", program({}))
        archive.writestr("archive/data/0", bytes(1 << 20))
    with pytest.raises(UnsafeFile, match="would unpack to more than 1 MiB"):
        read_checkpoint(path)


@given(st.binary(max_size=200))
def test_random_programs_only_ever_end_in_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "x.pt"
    try:
        arrays = read_checkpoint(write_zip(path, content))
    except UnsafeFile:
        return
    assert all(isinstance(array, np.ndarray) for array in arrays.values())


@given(st.data())
def test_damaged_programs_only_ever_end_in_a_refusal(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    content = bytearray(program({"w": tensor()}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("fuzz") / "x.pt"
    try:
        arrays = read_checkpoint(write_zip(path, bytes(content), {"0": SIX.tobytes()}))
    except UnsafeFile:
        return
    assert all(isinstance(array, np.ndarray) for array in arrays.values())
