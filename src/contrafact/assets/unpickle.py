"""Read weights out of PyTorch checkpoint files without PyTorch, and without running anything that they say.

A checkpoint is a zip with a pickle in it, and a pickle is a program. This reader lets that program build dictionaries,
strings, numbers and arrays; each of the few constructors that a checkpoint needs is replaced by one of ours that only
collects numbers, and every other name is refused. No class or function of NumPy, PyTorch or the standard library is
ever handed to the pickle machine, so there is nothing for a hostile file to call.
"""

import io
import math
import pickle
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.errors import UnsafeFile

_MAX_BYTES = 1 << 30  # the largest weights we read are 59 MB; a zip that claims more than this is a bomb
_STORAGES: dict[str, np.dtype[Any]] = {
    "DoubleStorage": np.dtype("<f8"),
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("<i1"),
    "ByteStorage": np.dtype("<u1"),
    "BoolStorage": np.dtype("?"),
}
_DTYPES = {"f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "b1"}


def read_checkpoint(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a checkpoint by name, in the file's order.

    Understands the two forms in use: ``torch.save`` of a state dict (tensors in files of their own inside the zip) and
    ``torch.save`` of a dictionary of NumPy arrays (everything in the pickle). Raises :class:`UnsafeFile` for anything
    that is not a flat dictionary of numeric arrays, or that names a class or function outside the few known ones.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MAX_BYTES:
                raise UnsafeFile(f"{path.name} would unpack to more than {_MAX_BYTES >> 20} MiB: it was not read")
            pickles = [name for name in archive.namelist() if PurePosixPath(name).name == "data.pkl"]
            if len(pickles) != 1:
                raise UnsafeFile(f"{path.name} is not a checkpoint: it holds {len(pickles)} files called data.pkl")
            reader = _Reader(archive, pickles[0])
            return _as_arrays(reader.load(), path.name)
    except UnsafeFile:
        raise
    except Exception as error:  # a hostile pickle can raise anything from inside the pickle machine
        raise UnsafeFile(f"{path.name} cannot be read as a checkpoint: {type(error).__name__}: {error}") from error


class _Ours:
    """Base of everything that the pickle program may touch: it has no attributes to set."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        raise UnsafeFile("the checkpoint tries to change a constructor")


class _Storage(_Ours):
    """Stands for ``torch.FloatStorage`` and its kin: a number type, never called."""

    __slots__ = ("dtype",)

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype


class _StateDict(dict[object, object]):
    """Stands for ``OrderedDict``; the module metadata that PyTorch hangs on it is dropped."""

    def __setstate__(self, state: object) -> None:
        return None


class _NewStateDict(_Ours):
    __slots__ = ()

    def __call__(self, *args: object) -> _StateDict:
        if args:
            raise UnsafeFile("the checkpoint builds a dictionary from something unexpected")
        return _StateDict()


class _RebuildTensor(_Ours):
    """Stands for ``torch._utils._rebuild_tensor_v2``: a bounds-checked strided copy out of a storage."""

    __slots__ = ()

    def __call__(self, storage: object, offset: object, size: object, stride: object, *rest: object) -> NDArray[Any]:
        if not isinstance(storage, np.ndarray) or not _naturals((offset,)):
            raise UnsafeFile("the checkpoint builds a tensor from something that is not a storage")
        if not (isinstance(size, tuple) and isinstance(stride, tuple) and len(size) == len(stride)):
            raise UnsafeFile("the checkpoint gives a tensor without a shape")
        if not (_naturals(size) and _naturals(stride)) or len(size) > 8:
            raise UnsafeFile("the checkpoint gives a tensor an impossible shape")
        assert isinstance(offset, int)
        count = math.prod(size)
        last = offset + sum((extent - 1) * step for extent, step in zip(size, stride, strict=True))
        # A stride of zero would let a few bytes pose as gigabytes, hence the second bound.
        if count and (last >= storage.size or count > storage.size):
            raise UnsafeFile("the checkpoint's tensor reaches outside its storage")
        view = np.lib.stride_tricks.as_strided(
            storage[offset:] if count else storage[:0],
            shape=size,
            strides=tuple(step * storage.itemsize for step in stride),
            writeable=False,
        )
        return np.array(view, order="C")


class _Dtype(_Ours):
    """Stands for an instance of ``numpy.dtype``: only plain little-endian numbers."""

    __slots__ = ("code",)

    def __init__(self, code: object) -> None:
        if not isinstance(code, str) or code not in _DTYPES:
            raise UnsafeFile(f"the checkpoint holds values of type {code!r}, which are not plain numbers")
        self.code = code

    def __setstate__(self, state: object) -> None:
        order = state[1] if isinstance(state, tuple) and len(state) > 1 else None
        if order not in ("<", "|") or any(part is not None for part in state[2:5]):  # type: ignore[index]
            raise UnsafeFile("the checkpoint holds values in an unexpected layout")


class _NewDtype(_Ours):
    __slots__ = ()

    def __call__(self, code: object, align: object = False, copy: object = False) -> _Dtype:
        return _Dtype(code)


class _ArrayName(_Ours):
    """Stands for the class ``numpy.ndarray``, which the pickle passes to ``_reconstruct`` and may not call."""

    __slots__ = ()


class _Array(_Ours):
    """Stands for an instance of ``numpy.ndarray`` until its content comes."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: NDArray[Any] | None = None

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) != 5:
            raise UnsafeFile("the checkpoint's array has no content")
        _, shape, dtype, fortran, raw = state
        if not isinstance(shape, tuple) or not _naturals(shape) or not isinstance(dtype, _Dtype):
            raise UnsafeFile("the checkpoint's array has an impossible shape or type")
        if not isinstance(raw, bytes):
            raise UnsafeFile("the checkpoint's array holds objects instead of numbers")
        plain = np.dtype(f"<{dtype.code}")
        if math.prod(shape) * plain.itemsize != len(raw):
            raise UnsafeFile("the checkpoint's array is not as long as its shape says")
        self.value = np.frombuffer(raw, plain).reshape(shape, order="F" if fortran else "C").copy(order="C")


class _NewArray(_Ours):
    """Stands for ``numpy.core.multiarray._reconstruct``."""

    __slots__ = ()

    def __call__(self, kind: object, shape: object, code: object) -> _Array:
        if not isinstance(kind, _ArrayName):
            raise UnsafeFile("the checkpoint builds something that is not an array")
        return _Array()


class _Encode(_Ours):
    """Stands for ``_codecs.encode``, by which old pickles carry bytes as text."""

    __slots__ = ()

    def __call__(self, text: object, encoding: object) -> bytes:
        if not isinstance(text, str) or encoding != "latin1":
            raise UnsafeFile("the checkpoint carries bytes in an unexpected way")
        return text.encode("latin-1")


class _Reader(pickle.Unpickler):
    """The pickle machine with nothing dangerous in reach."""

    def __init__(self, archive: zipfile.ZipFile, pickle_name: str) -> None:
        super().__init__(io.BytesIO(archive.read(pickle_name)))
        self._archive = archive
        self._folder = PurePosixPath(pickle_name).parent
        self._storages: dict[str, NDArray[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _STORAGES:
            return _Storage(_STORAGES[name])
        match (module, name):
            case ("collections", "OrderedDict"):
                return _NewStateDict()
            case ("torch._utils", "_rebuild_tensor_v2"):
                return _RebuildTensor()
            case ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct"):
                return _NewArray()
            case ("numpy", "ndarray"):
                return _ArrayName()
            case ("numpy", "dtype"):
                return _NewDtype()
            case ("_codecs", "encode"):
                return _Encode()
        raise UnsafeFile(f"the checkpoint asks for {module}.{name}, which weights do not need: it was not read")

    def persistent_load(self, pid: Any) -> NDArray[Any]:
        match pid:
            case ("storage", _Storage() as kind, str() as key, str(), int() as count):
                pass
            case _:
                raise UnsafeFile("the checkpoint refers to something that is not a tensor's storage")
        if key not in self._storages:
            raw = self._archive.read(str(self._folder / "data" / key))
            self._storages[key] = np.frombuffer(raw, kind.dtype)
        storage = self._storages[key]
        if storage.dtype != kind.dtype or storage.size != count:
            raise UnsafeFile("the checkpoint's storage is not as long as it says")
        return storage


def _naturals(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40 for value in values)


def _as_arrays(loaded: object, where: str) -> dict[str, NDArray[Any]]:
    if not isinstance(loaded, dict):
        raise UnsafeFile(f"{where} does not hold a dictionary of arrays")
    arrays: dict[str, NDArray[Any]] = {}
    for name, value in loaded.items():
        array = value.value if isinstance(value, _Array) else value
        if not isinstance(name, str) or not isinstance(array, np.ndarray):
            raise UnsafeFile(f"{where} holds {name!r}, which is not an array")
        arrays[name] = array
    return arrays
