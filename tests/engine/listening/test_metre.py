"""First beats from harmony, and passages in another metre."""

import numpy as np
import pytest

from contrafact.engine.listening.metre import count_positions, downbeat_odds


def _flat(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full(count, 0.4), np.full(count, 0.4)


@pytest.mark.parametrize("metre", [3, 4, 5])
@pytest.mark.parametrize("first", [0, 1, 2])
def test_chords_alone_tell_where_bars_begin(metre: int, first: int) -> None:
    beat, downbeat = _flat(96)
    change = np.where(np.arange(96) % metre == first, 0.7, 0.1)
    counted = count_positions(beat, downbeat, change)
    assert counted.beats_per_bar == metre
    np.testing.assert_array_equal(np.flatnonzero(counted.positions == 1) % metre, first)


def test_a_chord_heard_over_two_beats_begins_where_most_of_it_changes() -> None:
    change = np.full(64, 0.05)
    change[::4], change[1::4] = 0.6, 0.45
    odds = downbeat_odds(*_flat(64), change)
    assert (odds[8:-8:4] > odds[9:-7:4] + 0.3).all()
    # The next beat counts against a beat nearly as much as its own change counts for it.
    alone = np.full(64, 0.05)
    alone[::4] = 0.6
    assert downbeat_odds(*_flat(64), alone)[8] > odds[8]


def test_a_bridge_in_four_inside_a_waltz_is_in_four_not_in_two() -> None:
    bars = [3] * 16 + [4] * 10 + [3] * 12
    first = np.concatenate([np.arange(metre) == 0 for metre in bars])
    beat, downbeat = np.where(first, 0.1, 0.7), np.where(first, 0.7, 0.1)
    counted = count_positions(beat, downbeat, np.where(first, 0.6, 0.1))
    assert counted.beats_per_bar == 3
    np.testing.assert_array_equal(counted.positions == 1, first)
    np.testing.assert_array_equal(counted.metres, np.repeat(bars, bars))


def test_a_slip_at_the_end_does_not_cost_a_bridge_its_metre() -> None:
    bars = [3] * 16 + [4] * 10 + [3] * 12 + [4] * 2
    first = np.concatenate([np.arange(metre) == 0 for metre in bars])
    beat, downbeat = np.where(first, 0.1, 0.7), np.where(first, 0.7, 0.1)
    counted = count_positions(beat, downbeat, np.where(first, 0.6, 0.1))
    np.testing.assert_array_equal(counted.metres[48:88], 4)
    np.testing.assert_array_equal(counted.metres[:48], 3)
    assert counted.metres[-1] == 3
