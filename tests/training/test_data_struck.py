"""Basses that are struck often, die away and have overtones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.truth.band import Strike
from contrafact.engine.audio.value import SAMPLE_RATE
from training.data.score import Line
from training.data.struck import bitten, restruck

STRIKES = [Strike("bass", 36 + number % 3, 100, 0.5 * number, 0.5 * number + 0.45) for number in range(12)]
LINE = Line("bass", STRIKES, program=33)
FRAMES = 6 * SAMPLE_RATE


def tone() -> NDArray[np.float32]:
    wave = np.sin(2 * np.pi * 65.4 * np.arange(FRAMES) / SAMPLE_RATE)
    return np.repeat(wave[None], 2, axis=0).astype(np.float32)


def above_hz(sound: NDArray[np.float32], hertz: float) -> float:
    """The part of a sound's power above a frequency."""
    power = np.square(np.abs(np.fft.rfft(sound.mean(axis=0))))
    return float(power[round(hertz * FRAMES / SAMPLE_RATE) :].sum() / power.sum())


@given(seed=st.integers(0, 2**20))
def test_a_line_stays_in_its_time_and_compass_and_keeps_who_plays_it(seed: int) -> None:
    line = restruck(LINE, np.random.default_rng(seed))
    assert (line.role, line.program) == ("bass", 33)
    starts = [one.start_s for one in line.strikes]
    assert starts == sorted(starts)
    assert starts[0] == 0.0
    assert starts[-1] < STRIKES[-1].end_s
    assert all(26 <= one.key <= 62 and one.end_s > one.start_s and 1 <= one.velocity <= 127 for one in line.strikes)


def test_most_lines_are_struck_more_often_than_they_were_written() -> None:
    counts = [len(restruck(LINE, np.random.default_rng(seed)).strikes) for seed in range(60)]
    assert np.mean(np.array(counts) > len(STRIKES)) > 0.4
    assert len(set(counts)) >= 4


@pytest.mark.parametrize("strikes", [[], STRIKES[:1]])
def test_a_line_of_hardly_any_note_is_left_alone(strikes: list[Strike]) -> None:
    line = Line("bass", strikes)
    assert restruck(line, np.random.default_rng(0)) is line


@given(seed=st.integers(0, 2**20))
def test_what_is_bitten_is_as_long_and_finite_and_drawn_from_the_seed_alone(seed: int) -> None:
    sound = tone()
    once, again = (bitten(sound, STRIKES, np.random.default_rng(seed)) for _ in range(2))
    assert once.shape == sound.shape
    assert once.dtype == np.float32
    assert np.isfinite(once).all()
    assert once.any()
    np.testing.assert_array_equal(once, again)


def test_overtones_rise_and_notes_die_away_in_most_draws() -> None:
    sound = tone()
    found = [bitten(sound, STRIKES, np.random.default_rng(seed)) for seed in range(24)]
    bright = [above_hz(each, 300.0) for each in found]
    assert above_hz(sound, 300.0) < 1e-4
    assert np.median(bright) > 1e-3
    beat = [np.square(each).reshape(2, 12, -1).mean(axis=(0, 1)) for each in found]
    fallen = [each[-4410:].mean() / each[:4410].mean() for each in beat]
    assert np.median(fallen) < 0.5


def test_silence_and_a_line_without_notes_stay_what_they_are() -> None:
    silence = np.zeros((2, 1000), np.float32)
    assert bitten(silence, STRIKES, np.random.default_rng(0)) is silence
    sound = tone()
    assert bitten(sound, [], np.random.default_rng(0)) is sound
