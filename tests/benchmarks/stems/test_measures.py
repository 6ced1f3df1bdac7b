import numpy as np
import pytest

from benchmarks.stems.measures import leak_db, level_db, paired, sdr_db, summed
from contrafact.engine.audio.value import SAMPLE_RATE, Samples


def noise(seed: int, seconds: float = 3.0) -> Samples:
    return (np.random.default_rng(seed).normal(size=(2, round(seconds * SAMPLE_RATE))) * 0.1).astype(np.float32)


def test_a_tenth_of_the_truth_wrong_is_20_db() -> None:
    truth = noise(1)
    assert sdr_db(truth, truth * np.float32(0.9)) == pytest.approx(20.0, abs=0.01)
    assert level_db(truth * np.float32(0.1), truth) == pytest.approx(-20.0, abs=0.01)


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_a_leak_is_told_from_what_is_the_stems_own(share: float) -> None:
    voice, own = noise(1), noise(2)
    assert leak_db(voice, own + np.float32(share) * voice) == pytest.approx(20 * np.log10(share), abs=0.6)
    assert leak_db(voice, own) < -24
    assert leak_db(voice, np.zeros_like(voice)) < -100


def test_each_moment_is_paired_once() -> None:
    truth = np.array([1.0, 2.0, 3.0])
    all_found, off_ms = paired(truth, truth + 0.01)
    assert all_found == 1.0
    assert off_ms == pytest.approx(10.0)
    found, _ = paired(truth, np.array([0.99, 1.01, 2.0]))
    assert found == pytest.approx(4 / 6)
    assert paired(truth, np.zeros(0))[0] == 0.0


def test_the_worst_decile_is_on_the_bad_side() -> None:
    values = [float(value) for value in range(101)]
    assert summed(values)["worst_decile"] == 10.0
    assert summed(values, high_is_bad=True)["worst_decile"] == 90.0
    assert summed(values)["count"] == 101
