"""crema's chord network as ``model.npz``.

The arrays are named ``<layer>/<part>`` by the layer and the last part of their place in the Keras file, the direction
of a recurrent layer between them: ``conv2d_1/kernel``, ``batch_normalization_3/moving_mean``,
``bidirectional_1/forward_gru_1/recurrent_kernel``, ``chord_tag/bias``. The optimiser's state is left out.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
from numpy.typing import NDArray

from contrafact.assets.errors import UnsafeFile
from contrafact.assets.hashing import write_npz


def convert(carrier_files: Mapping[str, Path], out: Path) -> None:
    """Write ``model.npz`` from ``model.h5``; raises :class:`UnsafeFile` if the file is not this network."""
    arrays: dict[str, NDArray[Any]] = {}

    def visit(place: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            if item.external or item.is_virtual:
                raise UnsafeFile(f"model.h5 refers to another file at {place}")
            # Keras writes "<layer>/<layer>/<part>:0".
            layer, _, *inner = place.removesuffix(":0").split("/")
            arrays["/".join((layer, *inner))] = item[()]

    try:
        with h5py.File(carrier_files["model.h5"], "r") as file:
            file["model_weights"].visititems(visit)
    except (OSError, KeyError, ValueError) as error:
        raise UnsafeFile(f"model.h5 is not crema's chord network: {error}") from error
    if "chord_tag/kernel" not in arrays:
        raise UnsafeFile("model.h5 holds arrays, but not those of crema's chord network")
    write_npz(out / "model.npz", {name: arrays[name] for name in sorted(arrays)})
