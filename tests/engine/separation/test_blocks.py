import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.separation.blocks import blocks, side_by_side


@given(total=st.integers(1, 5_000), longest=st.integers(40, 900), overlap=st.integers(1, 15))
def test_blocks_cover_everything_once_and_stay_short(total: int, longest: int, overlap: int) -> None:
    found = blocks(total, longest, overlap)
    assert all(block.frames <= longest + 1 for block in found)
    weights = np.zeros((1, total), dtype=np.float32)
    for block in found:
        block.add(np.ones((1, block.frames), dtype=np.float32), weights)
    np.testing.assert_allclose(weights, 1.0, atol=1e-6)


def test_results_come_in_order() -> None:
    found = blocks(1_000, 100, 10)
    assert [(block, start) for block, start in side_by_side(lambda block: block.start, found)] == [
        (block, block.start) for block in found
    ]


@given(total=st.integers(1, 5_000), longest=st.integers(40, 900))
def test_blocks_for_two_workers_are_one_or_even_in_number(total: int, longest: int) -> None:
    found = blocks(total, longest, 10, paired=True)
    assert len(found) == 1 or len(found) % 2 == 0
    assert (len(found) == 1) == (len(blocks(total, longest, 10)) == 1)
    assert found[0].start == 0
    assert found[-1].stop == total
    assert all(block.frames <= longest + 1 for block in found)
