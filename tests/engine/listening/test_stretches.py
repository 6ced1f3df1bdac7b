"""Stretches played to a click are found inside songs that are not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.listening.stretches import main_period, straight_stretches

Doubles = NDArray[np.float64]


def beats(periods_s: Doubles, jitter_s: float = 0.002) -> Doubles:
    times = 0.5 + np.concatenate(([0.0], np.cumsum(periods_s)))
    return times + np.random.default_rng(3).normal(0.0, jitter_s, times.size)


def found(times_s: Doubles) -> list[tuple[int, int, float]]:
    numbers = np.arange(times_s.size)
    return [
        (stretch.first, stretch.last, 60.0 / stretch.period_s)
        for stretch in straight_stretches(numbers, times_s, np.ones(times_s.size))
    ]


def test_a_change_of_tempo_is_two_lines() -> None:
    one, two = found(beats(np.concatenate((np.full(60, 60 / 100), np.full(90, 60 / 120)))))
    assert one[2] == pytest.approx(100.0, abs=0.1)
    assert two[2] == pytest.approx(120.0, abs=0.1)
    assert 56 <= one[1] <= 64
    assert 56 <= two[0] <= 68
    assert two[1] == 150


def test_the_tempo_is_that_of_the_most_beats() -> None:
    times = beats(np.concatenate((np.full(60, 60 / 100), np.full(90, 60 / 120))))
    stretches = straight_stretches(np.arange(times.size), times, np.ones(times.size))
    assert 60.0 / main_period(stretches, np.diff(times)) == pytest.approx(120.0, abs=0.1)


def test_a_free_intro_leaves_one_line() -> None:
    free = 0.6 * np.exp(0.2 * np.random.default_rng(1).standard_normal(16))
    (one,) = found(beats(np.concatenate((free, np.full(100, 60 / 88)))))
    assert one[0] <= 24
    assert one[1] == 116
    assert one[2] == pytest.approx(88.0, abs=0.05)


@pytest.mark.parametrize("cycles", [0.8, 1.5, 2.5])
def test_a_drift_is_no_line(cycles: float) -> None:
    pace = 1.0 + 0.04 * np.sin(np.linspace(0.0, 2 * np.pi * cycles, 160))
    assert not found(beats(0.5 / pace))


def test_few_beats_have_no_stretch() -> None:
    assert not found(beats(np.full(10, 0.5)))
