"""Moods where nothing is played anew: the kept stems are what they move."""

from contrafact.engine.arranging.arrange import arrange
from contrafact.engine.arranging.timeline import StemBus
from contrafact.engine.recipe.recipe import Recipe
from tests.support.charts import song_chart

CHART = song_chart()


def buses(*moods: str) -> dict[str, StemBus]:
    timeline = arrange(CHART, Recipe(sources=("a" * 64,), moods=moods), None)
    return {bus.stem: bus for bus in timeline.buses}


def test_without_a_mood_the_stems_stay_as_recorded() -> None:
    for bus in buses().values():
        assert (bus.gain_db, bus.reverb_send_db, bus.effects) == (0.0, -60.0, ())


def test_a_calm_mood_takes_the_drums_back() -> None:
    calm = buses("calm")
    assert calm["drums"].gain_db == -3.0
    assert calm["vocals"].gain_db == calm["bass"].gain_db == calm["other"].gain_db == 0.0
    assert buses("energetic")["drums"].gain_db > 0.0


def test_a_room_is_put_around_everything_but_the_bass() -> None:
    wet = buses("reverberant")
    assert wet["vocals"].reverb_send_db == -16.0
    assert -30.0 < wet["drums"].reverb_send_db < wet["other"].reverb_send_db < wet["vocals"].reverb_send_db
    assert wet["bass"].reverb_send_db == -60.0
    assert buses("dry")["vocals"].reverb_send_db == -60.0


def test_a_dark_mood_is_heard_on_the_master() -> None:
    effects = arrange(CHART, Recipe(sources=("a" * 64,), moods=("dark",)), None).master.effects
    assert [effect.name for effect in effects] == ["high_shelf", "low_shelf"]
