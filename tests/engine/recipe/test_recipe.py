"""The recipe is strict and canonical, and says by itself what permission it needs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.documents import parse_recipe
from contrafact.engine.recipe.operations import operations
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse, Tempo
from tests.support.charts import song_chart

SOURCE = "b" * 64
CHART = song_chart(bpm=100.0)
STYLES = load_styles()


def asked(**fields: object) -> dict[str, dict[str, float]]:
    recipe = Recipe.model_validate({"sources": (SOURCE,), **fields})
    timeline = arrange(CHART, recipe, STYLES[recipe.style] if recipe.style else None)
    return {use.operation: dict(use.extent) for use in operations(recipe, timeline, CHART.duration_s)}


recipes = st.builds(
    Recipe,
    sources=st.just((SOURCE,)),
    style=st.sampled_from([None, "house", "bossa-nova"]),
    tempo=st.builds(Tempo, ratio=st.floats(0.5, 2.0)),
    transpose_semitones=st.integers(-12, 12),
    length_s=st.none() | st.floats(10.0, 600.0),
    seed=st.integers(0, 2**53 - 1),
)


@given(recipes)
def test_a_recipe_survives_its_canonical_form(recipe: Recipe) -> None:
    again = parse_recipe(recipe.canonical())
    assert again == recipe
    assert again.canonical() == recipe.canonical()
    assert again.digest() == recipe.digest()


@given(recipes, recipes)
def test_only_equal_recipes_have_equal_digests(one: Recipe, other: Recipe) -> None:
    assert (one.digest() == other.digest()) == (one == other)


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"sources": []},
        {"sources": ["xyz"]},
        {"sources": [SOURCE, SOURCE]},
        {"tempo": {"ratio": 3.0}},
        {"transpose_semitones": 1.5},
        {"style": "../house"},
        {"seed": -1},
        {"recipe": 2},
        {"kind": "clone"},
        {"kind": "mashup"},
        {"guest": {}},
        {"locks": ["harmony"], "harmony": {"change": "jazz"}},
        {"locks": ["rhythm"], "strengths": {"rhythm": 0.1}},
        {"locks": ["form"], "length_s": 60},
        {"form": {"exact": True}},
        {"voice": {"harmonies": [0]}},
        {"stems": {"vocals": {"keep": True, "gain_db": 100}}},
    ],
)
def test_what_is_not_a_recipe_is_refused(change: dict[str, object]) -> None:
    document = {"recipe": 1, "sources": [SOURCE], **change}
    with pytest.raises(BadInput, match="is not a recipe"):
        parse_recipe(json.dumps(document).encode())
    with pytest.raises(ValidationError):
        Recipe.model_validate(document)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b'{"recipe": NaN}', b"\xff\xfe"])
def test_what_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(BadInput):
        parse_recipe(text)


def test_the_song_as_recorded_asks_for_nothing() -> None:
    assert asked() == {}


def test_a_style_asks_for_style_arrangement_and_the_stems_that_sound_apart() -> None:
    found = asked(style="house", stems=StemsUse(drums=StemUse(keep=False)))
    assert set(found) == {"style", "arrangement", "stems_use"}
    seconds = found["stems_use"]
    assert seconds["vocals_seconds"] == pytest.approx(CHART.duration_s)
    assert "drums_seconds" not in seconds
    assert seconds["seconds"] == pytest.approx(sum(v for k, v in seconds.items() if k != "seconds"))


def test_tempo_and_key_are_asked_for_with_their_extent() -> None:
    found = asked(tempo=Tempo(ratio=0.85), transpose_semitones=-3)
    assert found == {"tempo_pitch": {"tempo_ratio": 0.85, "semitones": -3.0}}


def test_a_stem_alone_or_at_another_level_is_a_use_of_stems() -> None:
    assert "stems_use" in asked(stems=StemsUse(vocals=StemUse(keep=False)))
    assert "stems_use" in asked(stems=StemsUse(vocals=StemUse(gain_db=3.0)))


def test_another_length_is_another_arrangement() -> None:
    assert set(asked(length_s=30.0)) == {"arrangement"}


def test_a_mood_alone_asks_for_the_stems_that_it_moves() -> None:
    recipe = Recipe(sources=(SOURCE,), moods=("calm",))
    timeline = arrange(CHART, recipe, None)
    assert "stems_use" in {use.operation for use in operations(recipe, timeline, CHART.duration_s)}
    plain = Recipe(sources=(SOURCE,))
    assert not operations(plain, arrange(CHART, plain, None), CHART.duration_s)
