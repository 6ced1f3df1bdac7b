"""No sound of the master reaches a cover: whatever the stems hold, the bytes are the same, and nobody reads them."""

from collections.abc import Mapping

import numpy as np
import pytest

from contrafact.engine.arranging import StylePack, arrange, load_styles
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.rendering import Desk, Sounds, render
from tests.support.charts import song_chart
from tests.support.melodies import with_tune
from tests.support.recipes import SHA

FORM = (("verse", "A", 4, 0.5), ("chorus", "B", 4, 0.9))


class Filled:
    """Stems that hold one and the same sound everywhere."""

    def __init__(self, chart: Chart, sound: str) -> None:
        self.frames = round(chart.duration_s * SAMPLE_RATE)
        self._sound = sound

    def read(self, stem: StemName, start_frame: int, stop_frame: int) -> Samples:
        size = stop_frame - start_frame
        if self._sound == "noise":
            return np.random.default_rng(start_frame).normal(0.0, 0.3, (2, size)).astype(np.float32)
        if self._sound == "tone":
            at = np.arange(start_frame, stop_frame) / SAMPLE_RATE
            return np.tile(np.sin(2 * np.pi * 220.0 * at).astype(np.float32), (2, 1))
        return np.zeros((2, size), np.float32)


class Forbidden(Filled):
    """Stems that nobody may read."""

    def read(self, stem: StemName, start_frame: int, stop_frame: int) -> Samples:
        raise AssertionError(f"the cover read {stem} of the master")


@pytest.fixture(scope="module")
def styles() -> Mapping[str, StylePack]:
    return load_styles()


@pytest.fixture(scope="module")
def chart() -> Chart:
    return with_tune(song_chart(bpm=168.0, form=FORM, tail_s=1.0))


def recipe(**more: object) -> Recipe:
    return Recipe.model_validate({"sources": (SHA,), "kind": "cover", "seed": 3, **more})


@pytest.mark.assets
def test_a_cover_is_the_same_whatever_the_stems_hold(
    sounds: Sounds, chart: Chart, styles: Mapping[str, StylePack]
) -> None:
    timeline = arrange(chart, recipe(), styles["acoustic-ballad"])
    takes = [render(timeline, Filled(chart, sound), sounds) for sound in ("tone", "silence", "noise")]
    assert np.abs(takes[0].samples).max() > 0.1
    for take in takes[1:]:
        assert take.samples.tobytes() == takes[0].samples.tobytes()


@pytest.mark.assets
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"voice": {"harmonies": [2, -2], "choir": 1.0, "vocoder": 1.0}},
        {"harmony": {"change": "jazz"}, "strengths": {"harmony": 1.0, "melody": 1.0, "vocals": 1.0}},
        {"stems": {"vocals": {"keep": True, "gain_db": 6.0}}, "form": {"intro_bars": 2}},
    ],
)
def test_nobody_reads_the_master(
    sounds: Sounds, chart: Chart, styles: Mapping[str, StylePack], more: dict[str, object]
) -> None:
    timeline = arrange(chart, recipe(**more), styles["house"])
    assert timeline.usage() == ()
    desk = Desk(timeline, Forbidden(chart, "tone"), sounds)
    assert np.abs(desk.sound(2.0, 4.0).samples).max() > 0.0
