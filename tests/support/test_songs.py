"""The generator's own promises: what it says is what one hears."""

import numpy as np
import pytest

from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE
from tests.support.songs import make_song


def test_same_arguments_give_the_same_samples() -> None:
    one = make_song(seed=3, sections=(("verse", 2),))
    two = make_song(seed=3, sections=(("verse", 2),))
    np.testing.assert_array_equal(one.audio.samples, two.audio.samples)
    assert make_song(seed=4, sections=(("verse", 2),)).melody != one.melody


def test_stems_sum_to_the_mix_at_the_asked_peak() -> None:
    song = make_song(sections=(("verse", 2), ("chorus", 2)), peak=0.5)
    total = sum(song.stems[name].samples.astype(np.float64) for name in STEM_NAMES)
    assert np.abs(total - song.audio.samples).max() < 1e-6
    assert np.abs(song.audio.samples).max() == pytest.approx(0.5, rel=1e-4)


@pytest.mark.parametrize(("bpm", "beats_per_bar"), [(90.0, 4), (150.0, 3)])
def test_beats_and_bars_are_where_the_tempo_puts_them(bpm: float, beats_per_bar: int) -> None:
    song = make_song(bpm=bpm, beats_per_bar=beats_per_bar, sections=(("intro", 2), ("verse", 4)), lead_in_s=0.5)
    np.testing.assert_allclose(np.diff(song.beats_s), 60.0 / bpm)
    assert song.beats_s.size == 6 * beats_per_bar
    assert song.downbeats_s[0] == 0.5
    assert [section.first_bar for section in song.sections] == [0, 2]
    assert song.sections[0].end_s == song.sections[1].start_s == pytest.approx(song.downbeats_s[2])
    assert np.abs(song.audio.samples[:, : int(0.49 * SAMPLE_RATE)]).max() == 0.0


def test_drift_stays_within_its_depth() -> None:
    song = make_song(bpm=100.0, drift=0.04, sections=(("verse", 16),))
    tempi = 60.0 / np.diff(song.beats_s)
    assert 95.9 <= tempi.min() < 96.5
    assert 103.5 < tempi.max() <= 104.1


def test_silenced_stems_are_silent() -> None:
    song = make_song(vocals=False, drums=False, sections=(("chorus", 2),))
    assert not song.stems.vocals.samples.any()
    assert not song.stems.drums.samples.any()
    assert song.vocal_regions_s == ()
