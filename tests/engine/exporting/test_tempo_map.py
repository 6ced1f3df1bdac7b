"""The tempo map gives back the take's own time, with every downbeat on a bar line."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging import arrange
from contrafact.engine.exporting.tempo_map import tempo_map
from tests.support.charts import LONG, song_chart
from tests.support.recipes import recipe_for
from tests.support.takes import empty_take


@given(
    st.floats(50.0, 200.0),
    st.sampled_from([3, 4, 5]),
    st.floats(0.0, 3.0),
    st.sampled_from([0.0, 0.04, -0.03]),
    st.sampled_from([0.8, 1.0, 1.25]),
)
@settings(max_examples=50, deadline=None)
def test_every_downbeat_is_a_bar_line_and_time_comes_back(
    bpm: float, metre: int, pickup_s: float, drift: float, ratio: float
) -> None:
    chart = song_chart(bpm=bpm, beats_per_bar=metre, pickup_s=pickup_s, drift=drift)
    take = arrange(chart, recipe_for(None, tempo={"ratio": ratio}), None)
    time = tempo_map(take)
    for bar in take.bars:
        assert time.beat(bar.start_s) % metre == pytest.approx(0.0, abs=1e-6)
    assert time.lead >= 0.0
    # Played at the tempi of the map from the take's own start, beats come when they came.
    tempi = [(step.beat, step.bpm) for step in time.tempi] + [(float("inf"), 0.0)]
    wanted = take.bars[-1].start_s
    beat, now_s = time.lead, 0.0
    for (start, tempo), (end, _) in pairwise(tempi):
        first, last = max(start, beat), min(end, time.beat(wanted))
        if last > first:
            now_s += (last - first) * 60.0 / tempo
    assert now_s == pytest.approx(wanted, abs=1e-3)


def test_a_steady_song_has_one_tempo_and_a_marker_for_every_section() -> None:
    take = arrange(song_chart(form=LONG), recipe_for(None), None)
    time = tempo_map(take)
    (only,) = time.tempi
    assert only.bpm == pytest.approx(110.0)
    assert [mark.name for mark in time.markers] == [label for label, _, _, _ in LONG]


def test_a_take_without_bars_has_an_even_map() -> None:
    time = tempo_map(empty_take(0.5))
    assert time.beat(0.5) == pytest.approx(1.0)
    assert time.lead == 0.0
