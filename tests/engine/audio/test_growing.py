import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.audio.growing import GrowingSamples


@given(
    lengths=st.lists(st.integers(0, 700_000), max_size=5),
    expected=st.integers(0, 3_000_000),
    change=st.integers(-5, 2_000_000),
)
def test_blocks_come_back_in_order_and_at_the_length_asked_for(lengths: list[int], expected: int, change: int) -> None:
    total = sum(lengths)
    ramp = np.arange(1, total + 1, dtype=np.float32)
    whole = np.stack([ramp, -ramp])
    sound = GrowingSamples(expected)
    at = 0
    for length in lengths:
        sound.append(whole[:, at : at + length])
        at += length
    assert sound.frames == total
    frames = max(0, total + change)
    taken = sound.take(frames)
    assert taken.flags.c_contiguous
    assert taken.shape == (2, frames)
    common = min(total, frames)
    np.testing.assert_array_equal(taken[:, :common], whole[:, :common])
    assert not taken[:, common:].any()
