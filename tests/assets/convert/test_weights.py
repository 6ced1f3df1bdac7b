"""The converters of plain weights: what they refuse, and what the fetched results hold."""

import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from contrafact.assets import AssetStore, UnsafeFile, verify
from contrafact.assets.convert import crema, minilm


def test_crema_arrays_are_named_by_layer(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.h5", "w") as file:
        weights = file.create_group("model_weights")
        weights["chord_tag/chord_tag/kernel:0"] = np.ones((2, 3), np.float32)
        weights["bidirectional_1/bidirectional_1/forward_gru_1/bias:0"] = np.zeros(4, np.float32)
        weights.create_group("squeeze_layer_1")
        file["optimizer_weights/Adam/iterations:0"] = 3
    crema.convert({"model.h5": tmp_path / "model.h5"}, tmp_path)
    with np.load(tmp_path / "model.npz") as arrays:
        assert sorted(arrays.files) == ["bidirectional_1/forward_gru_1/bias", "chord_tag/kernel"]
        np.testing.assert_array_equal(arrays["chord_tag/kernel"], np.ones((2, 3)))


def test_crema_does_not_follow_references_to_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(16))
    with h5py.File(tmp_path / "model.h5", "w") as file:
        group = file.create_group("model_weights/chord_tag/chord_tag")
        group.create_dataset("kernel:0", (4,), np.float32, external=[(str(tmp_path / "secret"), 0, 16)])
    with pytest.raises(UnsafeFile, match="refers to another file"):
        crema.convert({"model.h5": tmp_path / "model.h5"}, tmp_path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.h5").write_bytes(b"not HDF5")
    with pytest.raises(UnsafeFile, match="is not crema's chord network"):
        crema.convert({"model.h5": tmp_path / "model.h5"}, tmp_path)
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file["model_weights/other/other/kernel:0"] = 1.0
    with pytest.raises(UnsafeFile, match="not those of crema"):
        crema.convert({"model.h5": tmp_path / "model.h5"}, tmp_path)
    header = b"{}"
    (tmp_path / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(UnsafeFile, match="not those of the sentence embedding"):
        minilm.convert({"model.safetensors": tmp_path / "model.safetensors"}, tmp_path)


@pytest.mark.assets
def test_the_fetched_weights_are_whole(asset_store: AssetStore) -> None:
    shapes = {
        ("beatnet", "model_1.npz", "conv1.weight"): (2, 1, 10),
        ("beatnet", "model_2.npz", "lstm.weight_hh_l1"): (600, 150),
        ("beatnet", "model_3.npz", "linear.weight"): (3, 150),
        ("crema-chords", "model.npz", "conv2d_2/kernel"): (1, 216, 1, 72),
        ("crema-chords", "model.npz", "bidirectional_2/backward_gru_2/recurrent_kernel"): (128, 384),
        ("crema-chords", "model.npz", "chord_tag/kernel"): (294, 170),
        ("minilm", "model.npz", "embeddings.word_embeddings.weight"): (30522, 384),
        ("minilm", "model.npz", "encoder.layer.5.output.dense.weight"): (384, 1536),
    }
    for (name, file, array), shape in shapes.items():
        value = asset_store.load_npz(name, file)[array]
        assert value.shape == shape
        assert value.dtype == np.float32
        assert np.isfinite(value).all()
        assert value.std() > 0


@pytest.mark.assets
def test_everything_fetched_is_what_the_manifest_means(asset_store: AssetStore) -> None:
    assert [checked.problem for checked in verify(asset_store) if checked.problem] == []


@pytest.mark.assets
def test_asking_the_store_is_cheap(asset_store: AssetStore) -> None:
    started = time.process_time()
    for _ in range(100):
        assert asset_store.has("sonic-pi-samples")  # the one with most files, over a hundred
    assert time.process_time() - started < 1.0
