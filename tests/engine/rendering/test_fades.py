"""A fade as it is heard: band, second voices, room and master go down together, and the take ends in silence."""

import numpy as np
import pytest

from contrafact.assets import AssetStore
from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.recipe.recipe import Recipe, Strengths
from contrafact.engine.recipe.wishes import FormUse, VoiceUse
from contrafact.engine.rendering import render
from tests.support.charts import song_chart
from tests.support.readers import MemoryStems, sine, sung

CHART = song_chart(bpm=120.0)


@pytest.mark.assets
def test_all_that_sounds_fades_and_the_loudness_before_it_is_as_ever(asset_store: AssetStore) -> None:
    recipe = Recipe(
        recipe=2,
        sources=("d" * 64,),
        style="house",
        strengths=Strengths(rhythm=1.0, timbre=1.0, vocals=1.0, form=0.0),
        voice=VoiceUse(harmonies=(2,)),
        form=FormUse(fade_out_s=8.0),
        length_s=40.0,
    )
    timeline = arrange(CHART, recipe, load_styles()["house"])
    assert timeline.voices
    stems = MemoryStems({"vocals": sung(CHART.duration_s), "other": sine(220.0, CHART.duration_s)})
    sound = render(timeline, stems, asset_store).samples.mean(axis=0)
    level = [20 * np.log10(np.sqrt(np.mean(piece**2)) + 1e-9) for piece in np.array_split(sound[-8 * SAMPLE_RATE :], 8)]
    before = 20 * np.log10(np.sqrt(np.mean(sound[-16 * SAMPLE_RATE : -8 * SAMPLE_RATE] ** 2)) + 1e-9)
    assert level[0] > before - 4.0
    assert level[4] < before - 4.0
    assert level[6] < before - 14.0
    assert level[7] < before - 26.0
    assert float(np.abs(sound[-SAMPLE_RATE // 10 :]).max()) < 0.01
