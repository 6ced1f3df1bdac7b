"""Lines where there are lines, curves where there are curves."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.listening.grid import fit_grid
from contrafact.engine.listening.onsets import ONSET_RATE, Onsets

Doubles = NDArray[np.float64]


def onsets_at(times_s: Doubles, duration_s: float) -> Onsets:
    """A narrow bump of strength at each time."""
    axis = np.arange(int(duration_s * ONSET_RATE)) / ONSET_RATE
    strength = np.exp(-0.5 * ((axis[:, None] - times_s[None, :]) / 0.006) ** 2).sum(axis=1)
    strength = strength / strength.mean()
    return Onsets(strength, strength, strength, np.ones(axis.size))


def likelihood_at(times_s: Doubles, duration_s: float) -> Doubles:
    out = np.full(int(duration_s * 50), 0.01)
    out[np.rint(times_s * 50).astype(int)] = 0.9
    return out


@pytest.mark.parametrize("bpm", [62.3, 95.0, 140.0, 187.4])
def test_quantised_beats_of_a_steady_song_give_the_exact_tempo(bpm: float) -> None:
    truth = np.array([0.37 + beat * 60.0 / bpm for beat in range(int(100 * bpm / 60))])
    grid = fit_grid(np.floor(truth * 50) / 50, onsets_at(truth, 105.0), likelihood_at(truth, 105.0), 50)
    assert grid.steady
    assert 60.0 / grid.period_s == pytest.approx(bpm, abs=0.01)
    np.testing.assert_allclose(grid.times_s, truth, atol=0.004)


def test_a_stretch_on_the_off_beat_does_not_bend_the_line() -> None:
    truth = np.linspace(0.5, 100.0, 200)
    heard = truth.copy()
    heard[60:110] += 0.25
    grid = fit_grid(np.sort(heard), onsets_at(np.sort(np.concatenate((truth, truth + 0.25))), 102.0),
                    likelihood_at(truth, 102.0), 50)  # fmt: skip
    assert grid.steady
    assert np.abs(grid.times_s[:, None] - truth[None, :]).min(axis=1).max() < 0.005


def test_a_drifting_song_is_not_steady_and_is_followed() -> None:
    intervals = 0.5 / (1.0 + 0.03 * np.sin(np.linspace(0, 2 * np.pi, 200)))
    truth = 0.5 + np.concatenate(([0.0], np.cumsum(intervals)))
    grid = fit_grid(np.round(truth * 50) / 50, onsets_at(truth, 104.0), likelihood_at(truth, 104.0), 50)
    assert not grid.steady
    np.testing.assert_allclose(grid.times_s, truth, atol=0.012)


def test_two_beats_are_enough_not_to_fail() -> None:
    times = np.array([1.0, 1.5])
    grid = fit_grid(times, onsets_at(times, 3.0), likelihood_at(times, 3.0), 50)
    assert not grid.steady
    assert grid.period_s == pytest.approx(0.5, abs=0.02)
