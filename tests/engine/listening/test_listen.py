"""The whole ear, against songs whose truth is known."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.assets import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.errors import Cancelled, NotASong
from contrafact.engine.listening.chart import Chart, Chord, Region, Section
from contrafact.engine.listening.listen import listen
from contrafact.engine.listening.verdict import require_song
from tests.support.songs import GeneratedSong, make_song

Doubles = NDArray[np.float64]

pytestmark = pytest.mark.assets

FORM = (("intro", 4), ("verse", 8), ("chorus", 8), ("verse", 4))


def share_near(truth: Doubles, heard: Doubles, within_s: float) -> float:
    return float((np.abs(truth[:, None] - heard[None, :]).min(axis=1) <= within_s).mean())


def check_structure(chart: Chart) -> None:
    """What holds for every chart."""
    times = [beat.time_s for beat in chart.beats]
    assert times == sorted(times)
    assert [time for bar in chart.bars for time in bar.beats_s] == times
    assert [bar.index for bar in chart.bars] == list(range(len(chart.bars)))
    owned = [bar for section in chart.sections for bar in range(section.first_bar, section.last_bar + 1)]
    assert owned == list(range(len(chart.bars)))
    kinds: tuple[Sequence[Chord | Section | Region], ...] = (chart.chords, chart.sections, chart.vocal_regions)
    for spans in kinds:
        assert all(one.end_s <= two.start_s + 1e-9 for one, two in itertools.pairwise(spans))
        assert all(0.0 <= span.start_s < span.end_s <= chart.duration_s + 1e-9 for span in spans)
    if chart.chords:
        assert chart.chords[0].start_s == 0.0
        assert chart.chords[-1].end_s == pytest.approx(chart.duration_s)


@pytest.mark.parametrize(
    "song",
    [
        pytest.param({"bpm": 123.4, "key": "G minor"}, id="steady four"),
        pytest.param({"bpm": 96.0, "beats_per_bar": 3, "key": "E major"}, id="waltz"),
        pytest.param({"bpm": 105.0, "drift": 0.03, "key": "D major", "seed": 2}, id="drifting"),
        pytest.param({"bpm": 82.0, "drums": False, "key": "F major", "tuning_cents": -20.0}, id="no drums, flat"),
    ],
)
def test_a_song_is_heard_as_it_was_made(asset_store: AssetStore, song: dict[str, object]) -> None:
    truth: GeneratedSong = make_song(sections=FORM, **song)  # type: ignore[arg-type]
    chart = listen(truth.audio, asset_store)
    check_structure(chart)
    require_song(chart)
    assert chart.content == "music"
    steady = "drift" not in song
    assert chart.tempo.steady is steady
    assert chart.tempo.bpm == pytest.approx(truth.bpm, rel=0.0005 if steady else 0.01)
    assert chart.metre.beats_per_bar == truth.beats_per_bar
    heard = np.array([beat.time_s for beat in chart.beats])
    assert share_near(truth.beats_s, heard, 0.02) > 0.98
    assert share_near(truth.downbeats_s, np.array([b.time_s for b in chart.beats if b.position == 1]), 0.02) > 0.95
    assert chart.key.label == truth.key
    right = 0.0
    for chord in truth.chords:
        for named in chart.chords:
            if named.label.split("/")[0].startswith(chord.label):
                right += max(0.0, min(chord.end_s, named.end_s) - max(chord.start_s, named.start_s))
    assert right > 0.9 * (truth.chords[-1].end_s - truth.chords[0].start_s)
    edges = np.array([section.start_s for section in truth.sections])
    assert share_near(edges, np.array([section.start_s for section in chart.sections]), 0.5) >= 0.8
    assert chart.tuning_cents == pytest.approx(float(song.get("tuning_cents", 0.0)), abs=6.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("frames", [0, 1, 100, 22_050, 5 * 44_100])
def test_shortest_sounds_have_a_chart_and_are_no_song(asset_store: AssetStore, frames: int) -> None:
    song = make_song(sections=(("chorus", 4),), lead_in_s=0.0)
    chart = listen(Audio(song.audio.samples[:, :frames]), asset_store)
    check_structure(chart)
    with pytest.raises(NotASong, match="choose"):
        require_song(chart)


def test_level_phase_and_offset_change_nothing(asset_store: AssetStore) -> None:
    song = make_song(sections=(("verse", 8), ("chorus", 8)), bpm=140.0)
    left = song.audio.samples[0]
    for samples in (song.audio.samples * 2e-3, np.stack([left, -left]), song.audio.samples * 0.5 + 0.2, left[None]):
        chart = listen(Audio(samples), asset_store)
        check_structure(chart)
        assert chart.tempo.bpm == pytest.approx(140.0, abs=0.1)
        assert chart.metre.beats_per_bar == 4
        assert chart.chords[0].label.startswith("A:min")


def test_the_same_samples_give_the_same_chart(asset_store: AssetStore) -> None:
    song = make_song(sections=(("verse", 8),), bpm=133.0)
    fractions: list[float] = []
    one = listen(song.audio, asset_store, lambda fraction, stage: fractions.append(fraction))
    assert one == listen(song.audio, asset_store)
    assert one == Chart.model_validate_json(one.model_dump_json())
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_music_between_silences_has_beats_only_where_it_sounds(asset_store: AssetStore) -> None:
    song = make_song(sections=(("verse", 8),), bpm=120.0, lead_in_s=0.0, tail_s=0.0)
    quiet = np.zeros((2, 12 * 44_100), np.float32)
    chart = listen(Audio(np.concatenate([quiet, song.audio.samples, quiet], axis=1)), asset_store)
    check_structure(chart)
    assert 11.4 < chart.beats[0].time_s < 12.6
    assert 27.4 < chart.beats[-1].time_s < 28.6
    assert (chart.chords[0].label, chart.chords[-1].label) == ("N", "N")


def test_cancelling_stops_it(asset_store: AssetStore) -> None:
    def stop(fraction: float, stage: str) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        listen(make_song(sections=(("verse", 2),)).audio, asset_store, stop)
