"""Bars, beats and tempo on the page."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.truth.timing import page_of
from tests.benchmarks.truth.conftest import SHORT


def test_a_drifting_tempo_stays_within_its_depth_and_uses_it() -> None:
    page = page_of(replace(SHORT, drift=0.04, form="verse16 chorus16"))
    tempo = 60 / np.diff(page.beats_s)
    assert 104 * 0.9599 < tempo.min() < 104 * 0.965
    assert 104 * 1.035 < tempo.max() < 104 * 1.0401


def test_a_tempo_change_comes_with_a_section_in_the_second_half() -> None:
    page = page_of(replace(SHORT, tempo_ratio=1.1, form="verse4 chorus4 verse4"))
    tempo = 60 / np.diff(page.beats_s)
    assert tempo[:16] == pytest.approx(104.0)
    assert tempo[32:] == pytest.approx(114.4)
    changes = np.flatnonzero(np.abs(np.diff(tempo)) > 1)
    assert changes.tolist() == [31]


def test_only_the_intro_is_free() -> None:
    page = page_of(replace(SHORT, rubato=True, form="intro4 verse4"))
    tempo = 60 / np.diff(page.beats_s)
    assert np.std(tempo[:16]) > 2
    assert tempo[16:] == pytest.approx(104.0)


def test_a_change_of_metre_keeps_the_beat() -> None:
    page = page_of(replace(SHORT, metre_change="3/4", form="verse4 bridge%4 chorus2"))
    assert [(metre.beats_per_bar, metre.division) for metre in page.metres] == [(4, 2), (3, 2), (4, 2)]
    assert page.positions == [1, 2, 3, 4] * 4 + [1, 2, 3] * 4 + [1, 2, 3, 4] * 2
    assert page.metres[1].start_s == page.beats_s[16]
    assert np.diff(page.beats_s) == pytest.approx(60 / 104)


def test_compound_time_has_two_beats_that_divide_by_three() -> None:
    page = page_of(replace(SHORT, metre="6/8", form="verse2"))
    assert page.positions == [1, 2, 1, 2]
    assert page.metres[0].division == 3
    assert page.at(1 / 3) - page.beats_s[0] == pytest.approx(60 / 104 / 3)


def test_swing_moves_the_off_beat_and_nothing_else() -> None:
    page = page_of(replace(SHORT, swing=0.64))
    beat = 60 / 104
    assert page.at(3.5) == pytest.approx(page.beats_s[3] + 0.64 * beat)
    assert page.at(3.25) == pytest.approx(page.beats_s[3] + 0.32 * beat)
    assert page.at(4.0) == pytest.approx(page.beats_s[4])
    assert page.at(float(page.beats_s.size - 1)) == pytest.approx(page.beats_s[-1])


def test_a_form_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="'verse' in the form of short is not a label and a number of bars"):
        page_of(replace(SHORT, form="verse chorus4"))
