"""Cutting and extending: whole bars, sensible joins, the wanted length."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.arranging import arrange
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.recipe.recipe import Tempo
from tests.support.charts import LONG, POP, song_chart
from tests.support.recipes import recipe_for

BAR_S = 4 * 60 / 110


@settings(max_examples=20)
@given(length_s=st.floats(20, 400), ratio=st.sampled_from([1.0, 0.9, 1.2]))
def test_the_wanted_length_is_met_within_two_bars(length_s: float, ratio: float) -> None:
    form = choose_form(song_chart(form=LONG, drift=0.03), recipe_for(None, length_s=length_s, tempo=Tempo(ratio=ratio)))
    assert form.end_s == pytest.approx(length_s, abs=1.7 * BAR_S / ratio)
    for one, two in pairwise(form.segments):
        assert one.target_end_s == pytest.approx(two.target_start_s)
        assert two.source_start_s != pytest.approx(one.source_end_s)


@pytest.mark.parametrize("length_s", [45.0, 60.0, 75.0, 150.0])
def test_a_cut_keeps_beginning_and_end_and_falls_between_sections(length_s: float) -> None:
    chart = song_chart(form=LONG)
    form = choose_form(chart, recipe_for(None, length_s=length_s))
    assert form.segments[0].source_start_s == 0.0
    assert form.segments[-1].source_end_s == chart.duration_s
    assert len(form.segments) <= 4
    starts = {section.first_bar for section in chart.sections}
    ends = {section.last_bar for section in chart.sections}
    seams = [(one.last in ends) + (two.first in starts) for one, two in pairwise(form.segments)]
    assert sum(seams) >= len(seams)


def test_a_short_edit_still_has_a_chorus() -> None:
    chart = song_chart(form=LONG)
    form = choose_form(chart, recipe_for(None, length_s=60.0))
    played = {
        form.sections[form.bars[bar].section].label
        for segment in form.segments
        for bar in range(segment.first, segment.last + 1)
    }
    assert "chorus" in played


def test_everything_is_played_when_no_length_is_wanted() -> None:
    chart = song_chart(form=POP)
    (only,) = choose_form(chart, recipe_for(None)).segments
    assert (only.source_start_s, only.source_end_s) == (0.0, chart.duration_s)


def test_stems_cover_every_kept_bar_and_joins_cross_fade() -> None:
    chart = song_chart(form=LONG)
    timeline = arrange(chart, recipe_for(None, length_s=70.0), None)
    for stem, crossing_s in (("vocals", 0.024), ("drums", 0.012), ("bass", 0.024), ("other", 0.046)):
        clips = [clip for clip in timeline.clips if clip.stem == stem]
        assert clips[0].target_start_s == 0.0
        assert clips[-1].target_end_s == pytest.approx(timeline.duration_s)
        assert len(clips) > 1
        for one, two in pairwise(clips):
            assert one.target_end_s - two.target_start_s == pytest.approx(crossing_s)
            assert one.fade_out_s == two.fade_in_s == pytest.approx(crossing_s)
        for clip in clips:
            assert clip.ratio == pytest.approx(1.0)
        if stem != "vocals":
            for bar in timeline.bars:
                assert any(
                    clip.target_start_s <= bar.start_s + 1e-6 and bar.end_s - 0.023 <= clip.target_end_s
                    for clip in clips
                )


def test_a_very_short_song_can_be_extended() -> None:
    chart = song_chart(form=(("verse", "A", 2, 0.5),), tail_s=0.2)
    form = choose_form(chart, recipe_for(None, length_s=40.0))
    assert form.end_s == pytest.approx(40.0, abs=1.7 * BAR_S)
