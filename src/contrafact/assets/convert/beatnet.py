"""BeatNet's three beat and downbeat networks as ``model_1.npz`` .. ``model_3.npz``.

The arrays keep the names of the published state dicts: ``conv1.weight`` [2, 1, 10], ``linear0.weight`` [150, 262],
``lstm.weight_ih_l0`` and so on (PyTorch's gate order i, f, g, o), ``linear.weight`` [3, 150], with their biases.
"""

from collections.abc import Mapping
from pathlib import Path

from contrafact.assets.errors import UnsafeFile
from contrafact.assets.hashing import write_npz
from contrafact.assets.unpickle import read_checkpoint


def convert(carrier_files: Mapping[str, Path], out: Path) -> None:
    """Write one ``.npz`` for each ``.pt``; raises :class:`UnsafeFile` if a file is not this network."""
    for number in (1, 2, 3):
        arrays = read_checkpoint(carrier_files[f"model_{number}.pt"])
        if "conv1.weight" not in arrays or "lstm.weight_ih_l0" not in arrays:
            raise UnsafeFile(f"model_{number}.pt holds arrays, but not those of BeatNet")
        write_npz(out / f"model_{number}.npz", arrays)
