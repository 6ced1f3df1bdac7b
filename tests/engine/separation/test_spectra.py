import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.separation.spectra import Grid


@settings(max_examples=30)
@given(samples=st.integers(1, 9_000), span=st.integers(1, 40), size=st.sampled_from([64, 256]))
def test_analysis_in_spans_and_synthesis_give_the_sound_back(samples: int, span: int, size: int) -> None:
    sound = np.random.default_rng(samples).normal(size=(2, samples)).astype(np.float32)
    grid = Grid(size)
    out = np.zeros_like(sound)
    total = grid.frames(samples)
    for first in range(0, total, span):
        grid.add(grid.analyse(sound, first, min(total, first + span)), first, out)
    np.testing.assert_allclose(out, sound, atol=1e-5)


def test_a_sine_lies_in_its_bin() -> None:
    grid = Grid(1_024)
    wave = np.sin(2 * np.pi * 32 / 1_024 * np.arange(8_192)).astype(np.float32)[np.newaxis]
    magnitude = np.abs(grid.analyse(wave, 10, 12))
    assert magnitude.shape == (1, 2, 513)
    assert int(np.argmax(magnitude[0, 0])) == 32
    assert magnitude.max() == pytest.approx(256, rel=0.01)  # half the window's sum


def test_nothing_has_no_frames() -> None:
    assert Grid(1_024).frames(0) <= 3
