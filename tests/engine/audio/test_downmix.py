import numpy as np
import pytest

from contrafact.engine.audio.downmix import stereo_matrix


def test_one_channel_goes_to_both_sides_unchanged() -> None:
    assert stereo_matrix(["FC"]).tolist() == [[1.0], [1.0]]


def test_stereo_stays_as_it_is() -> None:
    assert stereo_matrix(["FL", "FR"]).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_surround_follows_the_standard_weights() -> None:
    matrix = stereo_matrix(["FL", "FR", "FC", "LFE", "SL", "SR"])
    left = matrix[0] / matrix[0, 0]
    np.testing.assert_allclose(left, [1, 0, np.sqrt(0.5), 0, np.sqrt(0.5), 0], atol=1e-6)
    np.testing.assert_allclose(matrix[1], matrix[0][[1, 0, 2, 3, 5, 4]], atol=1e-6)


@pytest.mark.parametrize("count", range(1, 9))
def test_unknown_layouts_are_read_by_count_and_never_grow_louder(count: int) -> None:
    matrix = stereo_matrix([f"X{number}" for number in range(count)])
    assert matrix.shape == (2, count)
    assert (matrix >= 0).all()
    assert 0 < matrix.sum(axis=1).max() <= 1 + 1e-6
    assert (matrix.sum(axis=1) > 0).all()


def test_a_lone_low_frequency_channel_is_heard() -> None:
    assert stereo_matrix(["LFE", "LFE2"]).sum() > 0
