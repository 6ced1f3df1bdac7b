"""Where somebody sings, from a vocal stem."""

import dataclasses

import numpy as np
import pytest

from contrafact.assets import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.listening.chart import Region
from contrafact.engine.listening.pitch import PITCH_RATE, Voice
from contrafact.engine.listening.stem_voice import vocal_regions_of_stem, voice_chance
from contrafact.engine.listening.voice import Events
from tests.support.songs import make_song


def events(frames: int, singing: float = 0.0) -> Events:
    return Events(np.zeros(frames), np.full(frames, singing), np.zeros(frames), np.ones(frames, bool))


def voice(seconds: float, level_db: float, periodicity: float) -> Voice:
    frames = round(PITCH_RATE * seconds)
    per_frame = {"midi": 60.0, "periodicity": periodicity}
    sized = {field.name: frames if field.name in per_frame else 2 * frames for field in dataclasses.fields(Voice)}
    values = {**per_frame, "level_db": level_db}
    lines = {name: np.full(size, values.get(name, 0.0), np.float32) for name, size in sized.items()}
    return Voice(**{**lines, "gain_db": 0.0})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("singing", "level_db", "periodicity", "sings"),
    [
        pytest.param(0.9, -18.0, 1.0, True, id="a voice that the detector knows"),
        pytest.param(0.1, -18.0, 1.0, True, id="a loud pitch that it does not know"),
        pytest.param(0.1, -45.0, 0.9, False, id="an instrument that leaked"),
        pytest.param(0.9, -60.0, 1.0, False, id="all but nothing"),
    ],
)
def test_three_measures_decide_together(singing: float, level_db: float, periodicity: float, sings: bool) -> None:
    chance = voice_chance(events(400, singing), voice(4.0, level_db, periodicity), (), -14.0)
    assert ((chance > 0.5) == sings).all()


def test_what_was_heard_in_the_mix_adds() -> None:
    heard = (Region(start_s=1.0, end_s=2.0, confidence=1.0),)
    chance = voice_chance(events(400, 0.3), voice(4.0, -30.0, 0.5), heard, -14.0)
    assert chance[150] > chance[50]
    assert chance[250] == pytest.approx(chance[50])


@pytest.mark.assets
def test_a_generated_voice_is_found_to_a_quarter_of_a_second(asset_store: AssetStore) -> None:
    song = make_song(seed=4, bpm=100.0, sections=(("intro", 2), ("verse", 4), ("solo", 2), ("verse", 2)))
    found = vocal_regions_of_stem(song.stems.vocals, (), asset_store, mix_lufs=-16.0)
    truth = song.vocal_regions_s

    def inside(time_s: float, spans: list[tuple[float, float]]) -> bool:
        return any(start <= time_s < end for start, end in spans)

    edges = [edge for span in truth for edge in span]
    moments = [
        time for time in np.arange(0.0, song.audio.duration_s, 0.05) if min(abs(time - edge) for edge in edges) > 0.25
    ]
    heard = [(region.start_s, region.end_s) for region in found]
    right = [inside(time, heard) == inside(time, list(truth)) for time in moments]
    assert np.mean(right) > 0.93
    assert all(0.5 < region.confidence <= 1.0 for region in found)


@pytest.mark.assets
def test_nobody_sings_in_silence_or_faint_leavings(asset_store: AssetStore) -> None:
    assert vocal_regions_of_stem(Audio(np.zeros((2, 5 * SAMPLE_RATE), np.float32)), (), asset_store) == ()
    assert vocal_regions_of_stem(Audio(np.zeros((2, 0), np.float32)), (), asset_store) == ()
    drums = make_song(sections=(("chorus", 4),)).stems.drums
    assert vocal_regions_of_stem(Audio(0.01 * drums.samples), (), asset_store, mix_lufs=-14.0) == ()
