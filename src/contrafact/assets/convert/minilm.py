"""The sentence embedding all-MiniLM-L6-v2 as ``model.npz``.

The arrays keep the names of the published BERT (``embeddings.word_embeddings.weight`` [30522, 384],
``encoder.layer.0.attention.self.query.weight`` ...), float32. Six layers, hidden size 384, 12 heads, GELU, layer norm
epsilon 1e-12; a sentence is the mean of its token vectors, then scaled to unit length. ``tokenizer.json`` goes with it.
"""

from collections.abc import Mapping
from pathlib import Path

from contrafact.assets.errors import UnsafeFile
from contrafact.assets.hashing import write_npz
from contrafact.assets.safetensors import read_safetensors


def convert(carrier_files: Mapping[str, Path], out: Path) -> None:
    """Write ``model.npz`` from ``model.safetensors``; raises :class:`UnsafeFile` if the file is not this network."""
    arrays = read_safetensors(carrier_files["model.safetensors"])
    if "embeddings.word_embeddings.weight" not in arrays:
        raise UnsafeFile("model.safetensors holds arrays, but not those of the sentence embedding")
    write_npz(out / "model.npz", arrays)
