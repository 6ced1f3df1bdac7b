"""The short cuts of matching give what a comparison of everything with everything gives."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.fingerprint.landmarks import Landmarks
from contrafact.engine.fingerprint.matching import _densest, _lags, _most_within, _pairs

_MARKS = st.lists(st.tuples(st.floats(0, 60, width=32), st.floats(0, 48, width=32)), min_size=1, max_size=40)


def _landmarks(marks: list[tuple[float, float]]) -> Landmarks:
    ordered = sorted(marks)
    times, pitches = (np.array(each, np.float32) for each in zip(*ordered, strict=True))
    return Landmarks(times, pitches, 61.0)


@given(_MARKS, _MARKS)
def test_landmarks_of_one_pitch_are_those_that_a_look_at_all_finds(
    mine: list[tuple[float, float]], others: list[tuple[float, float]]
) -> None:
    reference, query = _landmarks(others), _landmarks(mine)
    times, pitches = query.times_s.astype(np.float64), query.pitches.astype(np.float64)
    one, other = _pairs(times, pitches, reference, 100.0, 0.35)
    lags = reference.times_s[other] - times[one]
    assert sorted(_lags(times, pitches, reference, 20.0, 0.35)) == sorted(lags[np.abs(lags) <= 20.0])


@given(st.lists(st.floats(-30, 30), max_size=60), st.sampled_from([0.08, 0.5, 3.0]))
def test_no_window_holds_more_than_its_bound(values: list[float], width: float) -> None:
    lags = np.array(values)
    first, count = _densest(lags, width)
    assert count <= _most_within(lags, width)
    inside = np.sort(lags)[first : first + count]
    assert len(inside) == count
    if count:
        assert inside[-1] - inside[0] <= width + 1e-9
