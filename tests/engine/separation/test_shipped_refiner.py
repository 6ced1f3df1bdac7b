"""The refiner that ships in the wheel."""

from importlib import resources

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from contrafact.assets.manifest import Manifest
from contrafact.engine.audio.value import Samples
from contrafact.engine.progress import silent
from contrafact.engine.separation.accompaniment import split_accompaniment
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


def sdr_db(found: Samples, true: Samples) -> float:
    return 10.0 * float(np.log10(np.square(true).sum() / np.square(true - found).sum()))


def band(partials: int, hats: float) -> Samples:
    """Six seconds of silence, a kick with hats, a bass line and a chord; as rich in harmonics as told."""
    time_s = np.arange(6 * 44_100) / 44_100
    random = np.random.default_rng(1)
    since_s = time_s % 0.5
    drums = 0.6 * np.exp(-since_s / 0.07) * np.sin(2 * np.pi * (50.0 * since_s + 2.5 * (1 - np.exp(-since_s / 0.03))))
    drums += 0.1 * np.exp(-since_s / 0.004) * random.normal(0.0, 1.0, time_s.size)
    drums += hats * np.exp(-(time_s % 0.25) / 0.03) * random.normal(0.0, 1.0, time_s.size)
    turn = 2 * np.pi * np.cumsum(np.array([55.0, 55.0, 82.4, 73.4])[(time_s // 1.0).astype(int) % 4]) / 44_100
    bass = sum(0.2 * np.sin(at * turn) / at for at in range(1, 1 + partials))
    bass *= np.minimum(1.0, (time_s % 1.0) / 0.01) * np.exp(-(time_s % 1.0) / 0.8)
    chord = sum(
        0.04 * np.sin(2 * np.pi * hertz * at * time_s + at) / at
        for hertz in (220.0, 277.2, 329.6)
        for at in range(1, 1 + partials)
    )
    sides = np.stack([chord, np.roll(chord, 300)]) + 0.001 * random.normal(0.0, 1.0, (2, time_s.size))
    both = [np.stack([one, one]) for one in (0.0 * drums, drums, bass)]
    return np.stack([*both, sides]).astype(np.float32)


@pytest.mark.parametrize(("partials", "hats", "gains_db"), [(20, 0.1, (0.5, -1.0, 1.0)), (3, 0.0, (-2.0, -3.0, 3.0))])
def test_a_band_is_parted_better_than_guessed_or_hardly_worse(
    refiner: Refiner, partials: int, hats: float, gains_db: tuple[float, float, float]
) -> None:
    # A bass on 55 Hz under a kick on 50, and bare tones with no hats, are what it is worst at (training/card.md): they
    # may come out a little worse than they were guessed, but no more.
    true = band(partials, hats)
    mix = true.sum(axis=0)
    drums, bass = split_accompaniment(mix, silent)
    guesses = np.stack([np.zeros_like(mix), drums, bass, mix - drums - bass])
    stems = refiner.refine(guesses, silent)
    for stem, gain_db in zip((1, 2, 3), gains_db, strict=True):
        assert sdr_db(stems[stem], true[stem]) > sdr_db(guesses[stem], true[stem]) + gain_db
