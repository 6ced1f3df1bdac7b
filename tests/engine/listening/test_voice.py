"""What the likelihoods of the event detector are made into."""

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.assets import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.errors import NotASong
from contrafact.engine.listening.listen import listen
from contrafact.engine.listening.verdict import require_song
from contrafact.engine.listening.voice import Events, hear_events, judge_content, runs, vocal_regions

Doubles = NDArray[np.float64]


def events(speech: float = 0.0, singing: float = 0.0, music: float = 0.0, audible: bool = True) -> Events:
    def line(value: float) -> Doubles:
        return np.full(1000, value)

    return Events(line(speech), line(singing), line(music), np.full(1000, audible))


@pytest.mark.parametrize(
    ("heard", "content"),
    [
        (events(music=0.9), "music"),
        (events(singing=0.9), "music"),
        (events(speech=0.9), "speech"),
        (events(speech=0.6, music=0.9), "music"),
        (events(), "noise"),
        (events(music=0.9, audible=False), "silence"),
    ],
)
def test_content(heard: Events, content: str) -> None:
    assert judge_content(heard)[0] == content


def test_regions_bridge_breaths_and_drop_blips() -> None:
    singing = np.zeros(1000)
    singing[100:300] = singing[320:500] = 0.9
    singing[700:715] = 0.9
    regions = vocal_regions(Events(np.zeros(1000), singing, np.ones(1000), np.ones(1000, bool)), 10.0)
    assert len(regions) == 1
    assert regions[0].start_s == pytest.approx(1.0, abs=0.1)
    assert regions[0].end_s == pytest.approx(5.0, abs=0.1)


def test_runs() -> None:
    assert runs(np.array([True, False, True, True])) == [(0, 1), (2, 4)]
    assert runs(np.zeros(0, bool)) == []


@pytest.mark.assets
def test_nothing_is_heard_in_nothing(asset_store: AssetStore) -> None:
    assert vocal_regions(hear_events(np.zeros(0, np.float32), asset_store), 0.0) == ()
    assert judge_content(hear_events(np.zeros(16_000, np.float32), asset_store)) == ("silence", 1.0)


@pytest.mark.assets
@pytest.mark.parametrize("kind", ["silence", "noise", "tone"])
def test_what_is_no_song_is_refused_in_one_sentence(asset_store: AssetStore, kind: str) -> None:
    frames = 12 * 44_100
    sounds = {
        "silence": np.zeros(frames),
        "noise": 0.1 * np.random.default_rng(0).standard_normal(frames),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * np.arange(frames) / 44_100),
    }
    chart = listen(Audio(np.tile(sounds[kind].astype(np.float32), (2, 1))), asset_store)
    assert chart.tempo.confidence < 0.5
    with pytest.raises(NotASong, match="choose"):
        require_song(chart)
