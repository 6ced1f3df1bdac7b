"""The refiner that ships in the wheel."""

from importlib import resources

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from contrafact.assets.manifest import Manifest
from contrafact.engine.progress import silent
from contrafact.engine.separation.refining import STEMS, Refiner

_LARGEST = 10_000_000


@pytest.fixture(scope="module")
def content() -> bytes:
    return resources.files("contrafact.engine.separation").joinpath("refiner.onnx").read_bytes()


@pytest.fixture(scope="module")
def refiner(content: bytes) -> Refiner:
    return Refiner(content)


def test_it_is_small_free_and_of_half_precision(content: bytes) -> None:
    assert len(content) <= _LARGEST
    model = onnx.load_from_string(content)
    assert {one.key: one.value for one in model.metadata_props}["licence"] == "CC0-1.0"
    assert all(
        kept.data_type == TensorProto.FLOAT16 for kept in model.graph.initializer if int(np.prod(kept.dims)) > 1000
    )
    asset = Manifest.packaged().by_name["contrafact-refiner"]
    assert asset.default
    assert asset.licence == "CC0-1.0"


@pytest.mark.parametrize("frames", [1, 4410, 100_000])
def test_stems_are_numbers_and_sum_to_the_recording(refiner: Refiner, frames: int) -> None:
    random = np.random.default_rng(frames)
    guesses = (0.1 * random.normal(0.0, 1.0, (STEMS, 2, frames))).astype(np.float32)
    stems = refiner.refine(guesses, silent)
    assert np.isfinite(stems).all()
    assert np.allclose(stems.sum(axis=0), guesses.sum(axis=0), atol=1e-5)


def test_the_length_of_blocks_makes_no_difference(refiner: Refiner, content: bytes) -> None:
    # 320 columns to either side reach as far as the network does
    random = np.random.default_rng(2)
    swell = np.square(np.sin(np.arange(480_000) / 20_000.0))
    guesses = (0.1 * swell * random.normal(0.0, 1.0, (STEMS, 2, 480_000))).astype(np.float32)
    whole = refiner.refine(guesses, silent)
    parts = Refiner(content, block=320).refine(guesses, silent)
    assert np.square(parts - whole).sum() < 1e-9 * np.square(whole).sum()
