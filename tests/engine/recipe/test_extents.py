"""What a take uses of its recordings is measured from what sounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.arranging.covers import pack_for
from contrafact.engine.recipe.extents import _covered_s, whole_use
from contrafact.engine.recipe.recipe import Recipe, Tempo
from contrafact.engine.recipe.wishes import FormUse
from tests.support.charts import song_chart
from tests.support.recipes import SHA

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: (pair[0], pair[0] + pair[1])))


@given(spans)
def test_what_is_heard_twice_counts_once(found: list[tuple[int, int]]) -> None:
    seconds = {second for first, last in found for second in range(first, last)}
    assert _covered_s(np.array(found, dtype=np.float64).reshape(-1, 2)) == len(seconds)


def test_the_whole_song_a_half_and_nothing() -> None:
    chart = song_chart()
    whole = Recipe(sources=(SHA,), seed=1)
    timeline = arrange(chart, whole, None)
    used = whole_use(whole, timeline, [chart.duration_s])[SHA]
    assert used["source_share"] == pytest.approx(1.0, abs=0.01)
    assert used["tempo_ratio"] == 1.0
    assert used["semitones"] == 0.0

    half = Recipe(
        sources=(SHA,),
        seed=1,
        form=FormUse(without_sections=("chorus",)),
        tempo=Tempo(ratio=1.25),
        transpose_semitones=-2,
    )
    timeline = arrange(chart, half, None)
    used = whole_use(half, timeline, [chart.duration_s])[SHA]
    bars_s = 16 * 4 * 60.0 / 110.0
    # What rings out after the last chorus goes with it.
    assert used["source_seconds"] == pytest.approx(chart.duration_s - bars_s, abs=3.0)
    assert used["take_seconds"] == pytest.approx(used["source_seconds"] / 1.25, abs=1.0)
    assert (used["tempo_ratio"], used["semitones"]) == (1.25, -2.0)

    cover = Recipe(sources=(SHA,), seed=1, kind="cover", style="house")
    timeline = arrange(chart, cover, pack_for(cover, load_styles()))
    assert whole_use(cover, timeline, [chart.duration_s])[SHA]["source_share"] == 0.0
