"""Every beat belongs to one bar, whatever the numbers."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.listening.bars import MetredBeats, cover, lay_bars, tempo_curve
from contrafact.engine.listening.metre import count_positions


@given(
    count=st.integers(2, 60),
    metre=st.integers(2, 7),
    phase=st.integers(0, 6),
    period_s=st.floats(0.25, 1.5),
    start_s=st.floats(0.0, 5.0),
    extra_s=st.floats(0.01, 8.0),
)
def test_bars_hold_every_beat_once(
    count: int, metre: int, phase: int, period_s: float, start_s: float, extra_s: float
) -> None:
    times = np.array([start_s + period_s * index for index in range(count)])
    positions = (np.arange(count) + phase) % metre + 1
    end = float(times[-1]) + extra_s
    covered = cover(MetredBeats(times, positions, np.full(count, metre)), period_s, 0.0, end)
    beats, bars = lay_bars(covered, end)
    assert [time for bar in bars for time in bar.beats_s] == [beat.time_s for beat in beats]
    assert all(one.end_s == two.start_s for one, two in itertools.pairwise(bars))
    assert all(len(bar.beats_s) == metre for bar in bars[1:-1])
    assert all(0.0 <= beat.time_s < end for beat in beats)
    assert bars[-1].end_s <= end + 1e-9
    gaps = np.diff([beat.time_s for beat in beats])
    np.testing.assert_allclose(gaps, period_s, rtol=1e-6)
    # Nothing between the ends of the song and its beats is longer than a beat.
    assert beats[0].time_s <= period_s * 1.001
    assert end - beats[-1].time_s <= period_s * 1.001


def test_a_pickup_is_a_short_first_bar() -> None:
    _, bars = lay_bars(
        MetredBeats(np.linspace(0.0, 4.5, 10), np.array([3, 4, 1, 2, 3, 4, 1, 2, 3, 4]), np.full(10, 4)), 5.0
    )
    assert [len(bar.beats_s) for bar in bars] == [2, 4, 4]


def test_tempo_curve_of_a_steady_song_is_one_point() -> None:
    _, bars = lay_bars(MetredBeats(np.linspace(0.0, 3.5, 8), np.arange(8) % 4 + 1, np.full(8, 4)), 4.0)
    assert [(point.time_s, point.bpm) for point in tempo_curve(bars, 120.0)] == [(0.0, 120.0)]
    assert [point.bpm for point in tempo_curve(bars, None)] == pytest.approx([120.0, 120.0])


@pytest.mark.parametrize("metre", [3, 4, 5, 6, 7])
def test_metre_from_chords_when_the_network_is_unsure(metre: int) -> None:
    beats = np.full(24 * metre, 0.4)
    change = np.where(np.arange(beats.size) % metre == 2, 0.9, 0.05)
    counted = count_positions(beats, np.full(beats.size, 0.3), change)
    assert counted.beats_per_bar == metre
    assert set(np.nonzero(counted.positions == 1)[0] % metre) == {2}


def test_a_bar_of_five_moves_the_count_and_no_more() -> None:
    first = np.zeros(81, bool)
    first[:40:4] = True
    first[41::4] = True
    counted = count_positions(np.where(first, 0.05, 0.8), np.where(first, 0.8, 0.02), np.zeros(81))
    assert counted.beats_per_bar == 4
    np.testing.assert_array_equal(counted.positions[:40], np.arange(40) % 4 + 1)
    assert counted.positions[40] == 5
    np.testing.assert_array_equal(counted.positions[41:], np.arange(40) % 4 + 1)
