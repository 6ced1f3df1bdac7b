"""What carries the tune leads the mix: the sound check neither buries nor raises it, and the band steps back for it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from contrafact.engine.arranging import StylePack, arrange, load_styles
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.rendering import Desk, Sounds
from contrafact.engine.rendering.parts import PartSource
from tests.support.charts import song_chart
from tests.support.melodies import with_tune
from tests.support.readers import MemoryStems
from tests.support.recipes import SHA

FORM = (("verse", "A", 8, 0.5), ("chorus", "B", 8, 0.9))


@pytest.fixture(scope="module")
def styles() -> Mapping[str, StylePack]:
    return load_styles()


def lufs(sound: NDArray[Any]) -> float:
    powers = hop_powers(Audio(sound.astype(np.float32)))
    loud = powers[powers > powers.max() * 1e-2]
    return float(-0.691 + 10 * np.log10(loud.mean()))


@pytest.mark.assets
@pytest.mark.parametrize("share", [0.3, 1.0])
@pytest.mark.parametrize(("place", "low_db", "high_db"), [("replace", -4.0, 4.0), ("double", -12.0, -1.0)])
def test_an_instrument_in_place_of_the_voice_is_about_as_loud(
    sounds: Sounds, share: float, place: str, low_db: float, high_db: float
) -> None:
    chart = with_tune(song_chart(form=FORM, bpm=120.0))
    assert chart.melody is not None
    frames = round(chart.duration_s * SAMPLE_RATE)
    at = np.arange(frames) / SAMPLE_RATE
    voice = np.zeros(frames)
    for note in chart.melody.notes:
        here = slice(round(note.start_s * SAMPLE_RATE), round(note.end_s * SAMPLE_RATE))
        tone = np.sin(2 * np.pi * 440.0 * 2 ** ((note.pitch_midi - 69) / 12) * at[here])
        voice[here] = np.sqrt(2) * 10 ** (note.level_db / 20) * tone
    sung = np.tile(voice.astype(np.float32), (2, 1))
    silence = np.zeros((2, frames), np.float32)
    stems = MemoryStems({"vocals": sung, "drums": silence, "bass": silence, "other": silence})
    recipe = Recipe.model_validate(
        {
            "sources": (SHA,),
            "strengths": {"melody": share},
            "melody": {"instrument": "violin", "place": place},
        }
    )
    timeline = arrange(chart, recipe, None)
    balance = Desk(timeline, stems, sounds).balance
    assert balance.bed_gain_db == 0.0
    part = next(part for part in timeline.parts if part.role == "melody")
    played = PartSource(part, sounds).read(0, frames) * 10 ** (part.gain_db / 20)
    lift_db = next(clip.gain_db for clip in timeline.clips) if timeline.clips else -2.0
    assert low_db < lufs(played) - (lufs(sung) + lift_db) < high_db


@pytest.mark.assets
def test_a_tune_does_not_move_its_band(sounds: Sounds, styles: Mapping[str, StylePack]) -> None:
    """The bed's place under the voice is that of the band alone."""
    chart = with_tune(song_chart(form=FORM, bpm=120.0))
    frames = round(chart.duration_s * SAMPLE_RATE)
    noise = np.random.default_rng(1).normal(0.0, 0.05, (2, frames)).astype(np.float32)
    silence = np.zeros((2, frames), np.float32)
    stems = MemoryStems({"vocals": noise, "drums": silence, "bass": silence, "other": silence})
    found = []
    for share in (0.0, 0.5):
        recipe = Recipe.model_validate(
            {
                "sources": (SHA,),
                "style": "house",
                "strengths": {"rhythm": 1.0, "timbre": 1.0, "melody": share},
                "melody": {"instrument": "violin", "place": "double"} if share else {},
            }
        )
        found.append(Desk(arrange(chart, recipe, styles["house"]), stems, sounds).balance.bed_gain_db)
    assert found[0] == pytest.approx(found[1], abs=0.5)
