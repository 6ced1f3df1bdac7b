"""Measures of stems whose truth nobody has, on sounds whose truth is plain."""

import numpy as np
import pytest

from benchmarks.stems.recordings import low_measures, onsets
from contrafact.engine.audio.value import SAMPLE_RATE, Samples

TIME_S = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE


def tone(hertz: float) -> Samples:
    return np.tile(0.2 * np.sin(2 * np.pi * hertz * TIME_S), (2, 1)).astype(np.float32)


def test_bass_notes_that_one_stem_has_are_owned_once() -> None:
    silence = np.zeros_like(tone(60))
    figures = low_measures(tone(60), {"vocals": silence, "drums": silence, "bass": tone(60), "other": silence})
    assert figures["low owned"] == pytest.approx(1.0)
    assert figures["low both"] < -60
    assert figures["low inflated"] == pytest.approx(0.0, abs=0.01)


def test_bass_notes_that_two_stems_share_or_cancel_are_seen() -> None:
    silence, half = np.zeros_like(tone(60)), tone(60) * np.float32(0.5)
    shared = low_measures(tone(60), {"vocals": silence, "drums": half, "bass": half, "other": silence})
    assert shared["low both"] == pytest.approx(10 * np.log10(0.5), abs=0.01)
    fighting = low_measures(tone(60), {"vocals": silence, "drums": tone(60), "bass": tone(60), "other": -tone(60)})
    assert fighting["low inflated"] == pytest.approx(10 * np.log10(3), abs=0.01)
    nobody = low_measures(tone(60), {"vocals": silence, "drums": silence, "bass": silence, "other": tone(60)})
    assert nobody["low owned"] == 0.0


def test_clicks_are_heard_where_they_are_and_silence_has_none() -> None:
    clicks = np.zeros((2, TIME_S.size), dtype=np.float32)
    for at in (0.5, 1.0, 1.75, 2.5):
        clicks[:, round(at * SAMPLE_RATE) : round(at * SAMPLE_RATE) + 400] = 0.5
    assert onsets(clicks + tone(440) * np.float32(0.1)) == pytest.approx([0.5, 1.0, 1.75, 2.5], abs=0.03)
    assert onsets(np.zeros_like(clicks)).size == 0
