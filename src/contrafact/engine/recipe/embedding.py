"""The sentence embedding (all-MiniLM-L6-v2) in NumPy: how near two phrases are in meaning.

Source: Reimers & Gurevych, "Sentence-BERT", 2019; Wang et al., "MiniLM", 2020. Six layers of twelve heads; the mean
of the token vectors, scaled to unit length.
"""

import math
import os
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore

Floats = NDArray[np.float32]
_HEADS = 12
_LAYERS = 6
_LONGEST = 64


_ERF = np.frompyfunc(math.erf, 1, 1)


def _erf(values: Floats) -> Floats:
    """The error function, number by number: for a phrase that is quicker than to import SciPy's."""
    found: Floats = np.asarray(_ERF(values), np.float32)
    return found


def _mapped(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an uncompressed ``.npz``, mapped: of 90 MB a phrase needs the layers and a few rows of the rest.

    Source: PKWARE APPNOTE 6.3.10, 4.3.7, local file header; NEP 1, the npy format.
    """
    found: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for entry in archive.infolist():
            if entry.compress_type != zipfile.ZIP_STORED:
                raise OSError(f"{path}: {entry.filename} is compressed and cannot be mapped")
            file.seek(entry.header_offset + 26)
            name_bytes, extra_bytes = struct.unpack("<HH", file.read(4))
            file.seek(name_bytes + extra_bytes, os.SEEK_CUR)
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, by_column, dtype = read(file)
            order: Literal["F", "C"] = "F" if by_column else "C"
            found[entry.filename.removesuffix(".npy")] = np.asarray(
                np.memmap(path, dtype, "r", file.tell(), shape, order)
            )
    return found


class SentenceEmbedding:
    """Loads the weights of the asset ``minilm`` once; then a phrase takes about a millisecond."""

    def __init__(self, store: AssetStore) -> None:
        # Here, not above: most prompts are understood without the embedding, and this is slow to import.
        from tokenizers import Tokenizer

        self._weights = _mapped(store.path("minilm", "model.npz"))
        self._tokenizer = Tokenizer.from_file(str(store.path("minilm", "tokenizer.json")))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()

    def embed(self, phrases: Sequence[str]) -> Floats:
        """Unit vectors, float32 (phrases, 384); their products are cosines."""
        ids = [self._tokenizer.encode(phrase).ids for phrase in phrases]
        found = np.empty((len(phrases), self._weights["embeddings.LayerNorm.weight"].shape[0]), np.float32)
        # Phrases of one length go through together: no padding, no masks, and one large product instead of many small.
        for length in sorted({len(one) for one in ids}):
            places = [place for place, one in enumerate(ids) if len(one) == length]
            found[places] = self._batch(np.array([ids[place] for place in places]))
        return found

    def _batch(self, ids: NDArray[np.int64]) -> Floats:
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = self._norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}")
        mean: Floats = x.mean(axis=1)
        unit: Floats = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit

    def _layer(self, x: Floats, name: str) -> Floats:
        count, tokens, width = x.shape
        query, key, value = (
            self._linear(x, f"{name}.attention.self.{part}").reshape(count, tokens, _HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // _HEADS))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = (weights @ value).transpose(0, 2, 1, 3).reshape(count, tokens, width)
        x = self._norm(x + self._linear(mixed, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        inner = self._linear(x, f"{name}.intermediate.dense")
        inner = inner * np.float32(0.5) * (1 + _erf(inner / np.float32(np.sqrt(2))))
        return self._norm(x + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _linear(self, x: Floats, name: str) -> Floats:
        found: Floats = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return found

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        found: Floats = centred / scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return found
