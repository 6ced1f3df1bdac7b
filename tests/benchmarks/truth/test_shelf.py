"""Songs that are kept are the songs that were made."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.truth import TrueSong, read
from benchmarks.truth.shelf import fingerprint, keep, prepare
from contrafact.assets import AssetMissing, AssetStore
from contrafact.engine.audio.stems import STEM_NAMES
from tests.benchmarks.truth.conftest import SHORT


@pytest.mark.assets
def test_a_song_comes_back_as_it_was_put_there(song: TrueSong, tmp_path: Path) -> None:
    keep(song, SHORT, tmp_path)
    keep(song, SHORT, tmp_path)  # another process was faster: nothing is harmed
    again = read(SHORT, tmp_path)
    np.testing.assert_array_equal(again.audio.samples, song.audio.samples)
    for name in STEM_NAMES:
        np.testing.assert_array_equal(again.stems[name].samples, song.stems[name].samples)
    np.testing.assert_array_equal(again.beats_s, song.beats_s)
    for fact in ("chords", "keys", "sections", "metres", "melody", "drum_hits", "vocal_regions", "traits", "swing"):
        assert getattr(again, fact) == getattr(song, fact), fact
    facts = json.loads((tmp_path / fingerprint(SHORT) / "truth.json").read_text())
    assert facts["settings"]["bpm"] == 104.0
    assert [place.name for place in tmp_path.iterdir()] == [fingerprint(SHORT)]


def test_another_setting_is_another_song() -> None:
    assert fingerprint(SHORT) == fingerprint(replace(SHORT))
    assert fingerprint(SHORT) != fingerprint(replace(SHORT, tuning_cents=1.0))


def test_missing_soundfonts_are_named_with_the_command_that_fetches_them(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing, match="contrafact assets fetch general-midi-soundfont fluid-mono-soundfont"):
        prepare([SHORT], AssetStore(tmp_path / "assets"), tmp_path / "truth")
