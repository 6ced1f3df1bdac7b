"""A take in which nothing is to be heard is refused before anybody pays for it."""

from typing import Any

import pytest

from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.arranging.audible import require_sound
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart, Drums
from contrafact.engine.recipe.recipe import Recipe
from tests.support.charts import song_chart

SUNG, PLAYED = song_chart(), song_chart(sing=False)
SOURCE = "e" * 64


def keeping(*kept: str, **more: Any) -> Recipe:
    stems = {name: {"keep": name in kept} for name in ("vocals", "drums", "bass", "other")}
    return Recipe.model_validate({"sources": [SOURCE], "stems": stems} | more)


def ask(chart: Chart, recipe: Recipe) -> None:
    pack = load_styles()[recipe.style] if recipe.style else None
    require_sound(arrange(chart, recipe, pack), chart)


def test_a_take_that_keeps_nothing_and_plays_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match=r"none of the recording's stems is kept.*keep one of them"):
        ask(SUNG, keeping())


def test_a_voice_that_nobody_sings_is_nothing_to_hear() -> None:
    ask(SUNG, keeping("vocals"))
    with pytest.raises(BadInput, match=r"only its voice would stay, and nobody sings"):
        ask(PLAYED, keeping("vocals"))


def test_drums_that_nobody_strikes_are_nothing_to_hear() -> None:
    silent = SUNG.model_copy(update={"drums": Drums(hits=(), groove=())})
    ask(SUNG, keeping("drums"))  # The drums of this chart were not listened to: nobody can say that there are none.
    ask(silent, keeping("drums", "bass"))
    with pytest.raises(BadInput, match=r"only its drums would stay, and nobody drums"):
        ask(silent, keeping("drums"))


def test_a_stem_that_is_turned_all_the_way_down_is_not_kept() -> None:
    stems = {name: {"keep": name == "other", "gain_db": -60.0} for name in ("vocals", "drums", "bass", "other")}
    with pytest.raises(BadInput, match="nothing of this take would be heard"):
        ask(SUNG, keeping(stems=stems))


@pytest.mark.parametrize("more", [{"style": "house"}, {"instruments_with": ["piano"]}])
def test_a_band_is_something_to_hear(more: dict[str, Any]) -> None:
    ask(PLAYED, keeping(**more))
