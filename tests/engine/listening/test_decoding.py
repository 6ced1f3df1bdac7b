"""The semi-Markov recursion finds what the frame-by-frame model of madmom finds."""

import tracemalloc

import numpy as np
import pytest
from madmom_infer.features.downbeats import DBNDownBeatTrackingProcessor
from numpy.typing import NDArray

from contrafact.engine.listening.decoding import decode


def clicks(bpm: float, metre: int, frames: int, first: float = 7.0, noise: float = 0.02) -> NDArray[np.float64]:
    """Activations with a peak at each beat, the larger in the downbeat column on every first beat."""
    rng = np.random.default_rng(5)
    out = rng.uniform(0.001, noise, (frames, 2))
    beat, at = 0, first
    while at < frames:
        frame = int(at)
        out[frame] = (0.1, 0.8) if beat % metre == 0 else (0.8, 0.05)
        beat, at = beat + 1, at + 3000.0 / bpm
    return out


@pytest.mark.parametrize(("bpm", "metre"), [(75.0, 4), (100.0, 3), (150.0, 2), (120.0, 4)])
def test_finds_beats_and_metre(bpm: float, metre: int) -> None:
    readings = decode(clicks(bpm, metre, 1200), (2, 3, 4), 14, 55)
    best = max(readings, key=lambda reading: reading.log_likelihood)
    assert best.beats_per_bar == metre
    assert best.positions[0] == 1
    np.testing.assert_allclose(np.diff(best.frames), 3000.0 / bpm, atol=1.0)
    np.testing.assert_array_equal(np.diff(best.positions) % metre, 1 % metre)


def test_agrees_with_madmom() -> None:
    activations = clicks(110.0, 4, 800, noise=0.1)
    mine = max(decode(activations, (2, 3, 4), 14, 54), key=lambda reading: reading.log_likelihood)
    peer = DBNDownBeatTrackingProcessor(beats_per_bar=[2, 3, 4], fps=50, correct=False, threshold=0)(activations)
    inside = peer[(peer[:, 0] > 0.5) & (peer[:, 0] < 15.5)]
    for time, position in inside:
        nearest = int(np.abs(mine.frames / 50 - time).argmin())
        assert abs(mine.frames[nearest] / 50 - time) <= 0.021
        assert mine.positions[nearest] == position


def test_likelihood_does_not_lose_precision_over_an_hour_of_frames() -> None:
    short, long = (
        decode(clicks(120.0, 4, frames, noise=0.011), (4,), 20, 30)[0].log_likelihood / frames
        for frames in (2_000, 40_000)
    )
    assert long == pytest.approx(short, rel=2e-3)


def test_no_frames_no_beats() -> None:
    (reading,) = decode(np.zeros((0, 2)), (4,), 14, 55)
    assert reading.frames.size == 0
    assert reading.log_likelihood == -np.inf


def test_memory_per_frame_does_not_hold_the_pointers() -> None:
    def peak(frames: int) -> int:
        activations = clicks(120.0, 4, frames)
        tracemalloc.start()
        decode(activations, (4,), 14, 55)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    # Pointers alone (4 positions, 42 beat lengths) would take 168 bytes a frame, the scores of all beats 336.
    assert peak(12_700) - peak(8_700) < 4_000 * 150


def test_blocks_leave_no_seam() -> None:
    (reading,) = decode(clicks(97.0, 4, 9_500), (4,), 14, 55)
    np.testing.assert_allclose(np.diff(reading.frames), 3000.0 / 97.0, atol=1.01)
    np.testing.assert_array_equal(np.diff(reading.positions) % 4, 1)
