import numpy as np
import pytest

from contrafact.engine.listening.drum_model import PIECES, DrumModel, chance, load_model
from contrafact.engine.listening.strokes import PICTURE


@pytest.fixture(scope="module")
def model() -> DrumModel:
    return load_model()


def pictures(count: int, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.random.default_rng(seed).uniform(0.0, 1.0, (count, PICTURE)).astype(np.float32)


def test_a_glance_at_one_stroke_does_not_depend_on_the_others(model: DrumModel) -> None:
    seen, odds = model.glance(pictures(20))
    again, odds_again = model.glance(pictures(20)[7:8])
    np.testing.assert_allclose(seen[7:8], again, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(odds[7:8], odds_again, rtol=1e-4, atol=1e-4)


def test_the_second_look_judges_a_song_whatever_the_order_of_its_strokes(model: DrumModel) -> None:
    seen, odds = model.glance(pictures(50))
    found = model.compare(seen, odds)
    order = np.random.default_rng(1).permutation(50)
    assert found.shape == (50, len(PIECES))
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    np.testing.assert_allclose(found[order], model.compare(seen[order], odds[order]), atol=1e-4)


def test_a_stroke_is_judged_by_the_song_around_it(model: DrumModel) -> None:
    seen, odds = model.glance(pictures(50))
    alone = model.compare(seen[:1], odds[:1])
    assert np.abs(model.compare(seen, odds)[:1] - alone).max() > 1e-3


def test_odds_beyond_all_bounds_are_certain_and_finite() -> None:
    found = chance(np.array([-1e30, -100.0, 0.0, 100.0, 1e30], np.float32))
    np.testing.assert_allclose(found, [0, 0, 0.5, 1, 1], atol=1e-6)
