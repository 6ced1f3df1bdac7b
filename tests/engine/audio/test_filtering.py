import subprocess
import sys
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.audio import filtering
from contrafact.engine.audio.filtering import both_ways, butterworth, filtered, public_kernel, rest

Kind = Literal["lowpass", "highpass", "bandpass"]
RATE = 44_100
NOISE = np.random.default_rng(5).standard_normal((2, 4_000))


def _scipys(order: int, kind: Kind, hertz: float | tuple[float, float]) -> np.ndarray:
    sections: np.ndarray = scipy.signal.butter(order, hertz, kind, fs=RATE, output="sos")
    return sections


def test_a_sound_is_filtered_to_the_bits_of_the_public_function() -> None:
    sections = _scipys(6, "bandpass", (200.0, 3_000.0))
    assert np.array_equal(filtered(sections, NOISE), scipy.signal.sosfilt(sections, NOISE, axis=1))
    single = NOISE[0].astype(np.float32)
    assert np.array_equal(filtered(sections, single), scipy.signal.sosfilt(sections, single))


def test_where_scipy_keeps_its_loop_elsewhere_the_public_function_gives_the_same_bits() -> None:
    sections = _scipys(4, "lowpass", 900.0)
    ours, theirs = NOISE.copy(), NOISE.copy()
    left, right = rest(sections), rest(sections)
    filtering._kernel(sections, ours, left)
    public_kernel(sections, theirs, right)
    assert filtering._kernel is not public_kernel
    assert np.array_equal(ours, theirs)
    assert np.array_equal(left, right)


@given(cuts=st.lists(st.integers(0, NOISE.shape[1]), max_size=6))
@settings(deadline=None, max_examples=40)
def test_pieces_with_one_state_are_the_whole(cuts: list[int]) -> None:
    sections = butterworth(2, "highpass", 80.0, RATE)
    state = rest(sections)
    edges = [0, *sorted(cuts), NOISE.shape[1]]
    pieces = [filtered(sections, NOISE[:, a:b], state) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate(pieces, axis=1), filtered(sections, NOISE))


@pytest.mark.parametrize("state", [np.zeros((1, 1, 2)), np.zeros((2, 2, 2)), np.zeros((2, 2))])
def test_a_state_of_another_filter_is_refused(state: np.ndarray) -> None:
    with pytest.raises(ValueError, match="cannot take"):
        filtered(butterworth(1, "lowpass", 500.0, RATE), NOISE, state)


@given(
    order=st.sampled_from([1, 2]),
    kind=st.sampled_from(get_args(Kind)),
    low=st.floats(20.0, 9_000.0),
    octaves=st.floats(0.1, 8.0),
)
@settings(deadline=None, max_examples=60)
def test_designs_are_butterworths(order: int, kind: Kind, low: float, octaves: float) -> None:
    hertz = (low, min(20_000.0, low * 2.0**octaves)) if kind == "bandpass" else low
    along = np.geomspace(20.0, 20_000.0, 100)
    ours = scipy.signal.sosfreqz(butterworth(order, kind, hertz, RATE), along, fs=RATE)[1]
    theirs = scipy.signal.sosfreqz(_scipys(order, kind, hertz), along, fs=RATE)[1]
    assert np.allclose(ours, theirs, rtol=1e-7, atol=1e-9)


def test_both_ways_nothing_is_late_and_a_steady_sound_stays() -> None:
    sections = butterworth(2, "lowpass", 700.0, RATE)
    expected = scipy.signal.sosfiltfilt(sections, NOISE, axis=1, padtype=None)
    assert np.allclose(both_ways(sections, NOISE), expected, atol=1e-12)
    assert np.allclose(both_ways(sections, np.full((2, 300), 0.25)), 0.25)


def test_a_renderer_does_not_wait_for_scipys_statistics() -> None:
    script = "import sys, contrafact.remixes.takes.playing_out; print('scipy.signal' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "False"
