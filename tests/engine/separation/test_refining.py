"""Refining first guesses, with small networks that are built here node by node."""

from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from contrafact.engine.errors import Cancelled
from contrafact.engine.progress import silent
from contrafact.engine.separation.refining import (
    FEATURES,
    FLOOR,
    GRID,
    ROWS,
    SLOPE,
    STEMS,
    Refiner,
    features,
    level_of,
    pooled,
    row_edges,
    scale_of,
)

Floats = NDArray[np.float32]


def network(bias: Floats, weight: float = 0.0, reach: int = 0) -> bytes:
    """Shares from one convolution: logits are a mean of what is heard nearby, times ``weight``, plus ``bias``."""
    random = np.random.default_rng(5)
    kernel = (random.normal(0.0, weight, (STEMS**2, FEATURES, 2 * reach + 1, 1))).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["features", "kernel", "bias"], ["logits"], pads=[reach, 0, reach, 0]),
        helper.make_node("Reshape", ["logits", "shape"], ["split"]),
        helper.make_node("Softmax", ["split"], ["shares"], axis=1),
    ]
    kept = [
        numpy_helper.from_array(kernel, "kernel"),
        numpy_helper.from_array(bias.astype(np.float32).flatten(), "bias"),
        numpy_helper.from_array(np.array([0, STEMS, STEMS, -1, ROWS]), "shape"),
    ]
    told = helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, FEATURES, "columns", ROWS])
    given_: Any = helper.make_tensor_value_info("shares", TensorProto.FLOAT, [1, STEMS, STEMS, "columns", ROWS])
    graph = helper.make_graph(nodes, "small", [told], [given_], kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


IDENTITY = network(200.0 * np.eye(STEMS, dtype=np.float32))
MOVING = network(np.eye(STEMS, dtype=np.float32), weight=0.5, reach=2)


def some_guesses(frames: int, seed: int = 0, loud: float = 0.1) -> Floats:
    random = np.random.default_rng(seed)
    swell = 0.2 + np.square(np.sin(np.arange(frames) / 9000.0))
    return (loud * swell * random.normal(0.0, 1.0, (STEMS, 2, frames))).astype(np.float32)


def apart_db(one: Floats, other: Floats) -> float:
    wrong = float(np.square(one - other).sum())
    return 10.0 * float(np.log10(max(wrong, 1e-30) / float(np.square(other).sum())))


def test_rows_cover_every_bin_once() -> None:
    edges = row_edges()
    assert edges[0] == 0
    assert edges[-1] == GRID.bins
    assert len(edges) == ROWS + 1
    assert (np.diff(edges) >= 1).all()


def test_pooling_loses_no_energy() -> None:
    power = np.random.default_rng(1).random((3, 5, GRID.bins)).astype(np.float32)
    assert np.allclose(pooled(power).sum(axis=-1), power.sum(axis=-1), rtol=1e-5)
    assert np.array_equal(pooled(power)[..., 7], power[..., 7])


def test_a_network_that_moves_nothing_changes_nothing() -> None:
    guesses = some_guesses(60_000)
    assert apart_db(Refiner(IDENTITY).refine(guesses, silent), guesses) < -110.0


@settings(max_examples=8, deadline=None)
@given(frames=st.integers(1, 9000), seed=st.integers(0, 99))
def test_stems_sum_to_what_the_guesses_summed_to(frames: int, seed: int) -> None:
    guesses = some_guesses(frames, seed)
    stems = Refiner(MOVING).refine(guesses, silent)
    assert stems.shape == guesses.shape
    assert np.isfinite(stems).all()
    assert np.allclose(stems.sum(axis=0), guesses.sum(axis=0), atol=1e-6)


def test_shares_are_dealt_as_the_network_says() -> None:
    # everything that was guessed to be drums belongs to the bass, and half of the voice to the rest
    logits = 200.0 * np.eye(STEMS, dtype=np.float32)
    logits[:, 1] = (0.0, 0.0, 200.0, 0.0)
    logits[:, 0] = (200.0, 0.0, 0.0, 200.0)
    guesses = some_guesses(50_000)
    stems = Refiner(network(logits)).refine(guesses, silent)
    assert apart_db(stems[2], guesses[1] + guesses[2]) < -100.0
    assert apart_db(stems[0], 0.5 * guesses[0]) < -100.0
    assert apart_db(stems[3], guesses[3] + 0.5 * guesses[0]) < -100.0
    assert np.abs(stems[1]).max() < 1e-5


def test_moving_network_does_move_something() -> None:
    guesses = some_guesses(50_000)
    assert apart_db(Refiner(MOVING).refine(guesses, silent), guesses) > -20.0


def test_the_length_of_blocks_makes_no_difference() -> None:
    guesses = some_guesses(300_000)
    whole = Refiner(MOVING).refine(guesses, silent)
    for block in (64, 104):
        assert apart_db(Refiner(MOVING, block=block).refine(guesses, silent), whole) < -110.0


def test_the_volume_of_the_recording_makes_no_difference() -> None:
    guesses = some_guesses(40_000)
    quiet = Refiner(MOVING).refine(guesses * np.float32(0.01), silent)
    assert apart_db(quiet * np.float32(100.0), Refiner(MOVING).refine(guesses, silent)) < -80.0


def test_the_same_sound_gives_the_same_bytes() -> None:
    guesses = some_guesses(40_000)
    first, second = (Refiner(MOVING).refine(guesses, silent) for _ in range(2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("frames", [0, 1, 4410, 50_000])
def test_silence_stays_silence(frames: int) -> None:
    silence = np.zeros((STEMS, 2, frames), dtype=np.float32)
    assert not Refiner(MOVING).refine(silence, silent).any()


def test_one_part_alone_and_full_scale_clipping_give_numbers() -> None:
    guesses = np.zeros((STEMS, 2, 30_000), dtype=np.float32)
    guesses[1] = np.sign(np.sin(np.arange(30_000) / 20.0))
    stems = Refiner(MOVING).refine(guesses, silent)
    assert np.isfinite(stems).all()
    assert np.allclose(stems.sum(axis=0), guesses.sum(axis=0), atol=1e-5)


@pytest.mark.parametrize("kept", [(), (0,), (0, 2)])
@pytest.mark.parametrize("frames", [1, 511, 60_000])
def test_guesses_become_stems_where_they_lie(frames: int, kept: tuple[int, ...]) -> None:
    guesses = some_guesses(frames)
    refiner = Refiner(MOVING, block=64, kept=kept)
    wanted = refiner.refine(guesses, silent)
    mix, stems = guesses.sum(axis=0), [guess.copy() for guess in guesses[:3]]
    assert refiner.refine_in_place(mix, stems, silent)
    for found, its in zip(stems, wanted[:3], strict=True):
        np.testing.assert_array_equal(found, its)
    nothing = [np.zeros_like(stem) for stem in stems]
    assert not refiner.refine_in_place(np.zeros_like(mix), nothing, silent)


def test_a_mono_recording_stays_mono() -> None:
    guesses = some_guesses(30_000)
    guesses[:, 1] = guesses[:, 0]
    stems = Refiner(MOVING).refine(guesses, silent)
    assert np.abs(stems[:, 0] - stems[:, 1]).max() < 1e-6


def test_level_is_that_of_the_loud_seconds() -> None:
    tone = np.ones((1, 2, 44_100), dtype=np.float32)
    quiet = np.concatenate([0.5 * tone, 0.001 * tone, 0.5 * tone], axis=2)
    assert level_of(quiet) == pytest.approx(0.5, rel=1e-4)
    assert level_of(np.concatenate([quiet, 0.5 * quiet])) == pytest.approx(0.75, rel=1e-4)
    assert level_of(np.zeros((4, 2, 100), dtype=np.float32)) == 0.0
    assert level_of(np.zeros((4, 2, 0), dtype=np.float32)) == 0.0


def test_features_of_noise_at_the_level_are_near_one() -> None:
    guesses = some_guesses(100_000, loud=1.0)
    flat = guesses / np.float32(guesses.std())
    spectra = GRID.analyse(flat.reshape(8, -1), 10, 60).reshape(STEMS, 2, 50, GRID.bins) * scale_of(1.0)
    heard = features(spectra)
    assert heard.shape == (FEATURES, 50, ROWS)
    assert abs(float(heard[:, :, 100:].mean()) - 1.0) < 0.1
    assert np.allclose(features(spectra * np.float32(0.0)), 1.0 + SLOPE * np.log(FLOOR), atol=1e-4)


def test_work_can_be_stopped() -> None:
    def stop(fraction: float, stage: str) -> None:
        raise Cancelled()

    with pytest.raises(Cancelled):
        Refiner(MOVING).refine(some_guesses(5000), stop)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        Refiner(IDENTITY).refine(np.zeros((3, 2, 100), dtype=np.float32), silent)
    with pytest.raises(ValueError, match="multiple of 8"):
        Refiner(IDENTITY, block=100)
