from pathlib import Path

import numpy as np
import pytest

from contrafact.assets import AssetStore
from contrafact.engine.audio.stem_files import StemFiles
from contrafact.engine.audio.stems import STEM_NAMES, StemName, Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.separation import spans
from contrafact.engine.separation.separate import separate
from contrafact.engine.separation.spans import separate_to_files
from tests.support.charts import song_chart
from tests.support.songs import make_song


@pytest.fixture(scope="module")
def song() -> Audio:
    return make_song(seed=4, bpm=120.0, sections=(("verse", 4), ("chorus", 4))).audio


def _read(paths: dict[StemName, Path], name: StemName, frames: int) -> Samples:
    with StemFiles(paths) as files:
        return files.read(name, 0, frames)


@pytest.mark.assets
@pytest.mark.parametrize("gain", [1.0, 6.0])
def test_spans_sum_to_the_recording_and_agree_with_the_whole(
    asset_store: AssetStore, song: Audio, gain: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loud = Audio(song.samples * np.float32(gain))
    monkeypatch.setattr(spans, "_SPAN", 7 * SAMPLE_RATE)
    chart = song_chart(bpm=120.0)
    paths = separate_to_files(loud, tmp_path / "stems", asset_store, chart=chart)
    parts = {name: _read(paths, name, loud.frames) for name in STEM_NAMES}
    total = np.sum([parts[name] for name in STEM_NAMES], axis=0, dtype=np.float64)
    assert np.abs(total - loud.samples).max() < 1e-5 * gain
    whole = separate(loud, asset_store, chart=chart)
    for name in STEM_NAMES:
        apart = parts[name] - whole[name].samples
        assert (apart**2).mean() < 0.05 * (loud.samples**2).mean(), name
    assert sorted(path.name for path in (tmp_path / "stems").iterdir()) == sorted(f"{name}.flac" for name in STEM_NAMES)


@pytest.mark.assets
def test_a_stop_on_the_way_leaves_no_file(
    asset_store: AssetStore, song: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "_SPAN", 7 * SAMPLE_RATE)

    def stop(fraction: float, _message: str) -> None:
        if fraction > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        separate_to_files(song, tmp_path / "stems", asset_store, stop)
    assert list((tmp_path / "stems").iterdir()) == []


def test_a_chart_is_heard_from_where_a_span_begins() -> None:
    chart = song_chart(bpm=120.0)
    later = spans._from(chart, 10.0)
    assert later.chords[0].start_s == 0.0
    assert later.chords[-1].end_s == pytest.approx(chart.chords[-1].end_s - 10.0)


def test_a_stem_louder_than_its_file_may_hold_gives_the_rest_to_other() -> None:
    loud, quiet = (Audio(np.full((2, 10), value, np.float32)) for value in (5.0, 0.1))
    kept = spans._bounded(Stems(loud, quiet, quiet, quiet), peak=1.0)
    assert float(kept.vocals.samples.max()) == 2.0
    total = kept.vocals.samples + kept.drums.samples + kept.bass.samples + kept.other.samples
    np.testing.assert_allclose(total, 5.3, rtol=1e-6)


def test_no_such_separator(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no separator called 'magic'"):
        separate_to_files(Audio(np.ones((2, 100), np.float32)), tmp_path, AssetStore(tmp_path), separator="magic")
