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
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse, Tempo, version_of
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


KEPT_FROM_BEFORE = """
{"form":{"exact":false,"intro_bars":8,"order":[{"first_bar":null,"last_bar":null,"section":2},{"first_bar":0,
"last_bar":3,"section":1}],"outro_bars":0,"shape":"as_heard","without_sections":[]},"guest":null,"harmony":{"change":
"as_heard"},"instruments_with":["piano"],"instruments_without":[],"kind":"remix","length_s":90,"levels":[],"locks":[],
"melody":{"instrument":null,"place":"replace"},"moods":[],"recipe":1,"seed":7,"sources":[
"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"],"stems":{"bass":{"gain_db":0,"keep":true},"drums":
{"gain_db":0,"keep":true},"other":{"gain_db":0,"keep":true},"vocals":{"gain_db":0,"keep":true}},"strengths":{"form":0.5,
"harmony":0,"melody":0,"rhythm":0.7,"timbre":0,"vocals":0},"style":"bossa-nova","tempo":{"ratio":0.85},
"transpose_semitones":0,"voice":{"breath":0,"brightness":0,"choir":0,"chops":0,"double":0,"formant_semitones":0,
"harmonies":[2],"responses":0,"sections":["chorus"],"stutter":0,"throws":0,"tuning":0,"vibrato":1,"vocoder":0}}
""".replace("\n", "").encode()
"""A recipe as it was stored before version 2 was thought of."""


def test_a_recipe_of_version_1_keeps_its_bytes_and_its_digest() -> None:
    again = parse_recipe(KEPT_FROM_BEFORE)
    assert again.canonical() == KEPT_FROM_BEFORE
    assert again.digest() == "f55f5f1f27e9cd625ebd0ed06fb951ef333e09cf822a02d631c14e7d24cfbe98"
    assert parse_recipe(json.dumps(again.model_dump(mode="json")).encode()).digest() == again.digest()


def test_version_2_is_needed_for_what_version_1_does_not_know_and_only_then() -> None:
    blank = Recipe(sources=(SOURCE,)).model_dump()
    rule = {"action": "drop", "parts": ["drums"], "section": "verse"}
    assert version_of(blank) == version_of({}) == 1
    assert version_of(blank | {"parts_in": (rule,)}) == version_of({"parts_in": [rule]}) == 2
    assert version_of({"form": {"fade_out_s": 3.0}}) == version_of({"form": {"fade_in_s": 3.0}}) == 2
    asked = Recipe.model_validate(blank | {"recipe": 2, "parts_in": (rule,)})
    assert parse_recipe(asked.canonical()) == asked
    assert b"parts_in" in asked.canonical()


def test_rules_for_some_sections_need_the_permissions_of_what_they_do() -> None:
    drop = {"action": "drop", "parts": ("drums",), "section": "verse"}
    piano = {"action": "add", "parts": ("piano",), "section": "verse"}
    whole = arrange(CHART, Recipe(sources=(SOURCE,)), None)
    seconds = {use.stem: use.seconds for use in whole.usage()}
    dropped = asked(recipe=2, parts_in=(drop,))
    assert set(dropped) == {"arrangement", "stems_use"}
    assert dropped["stems_use"]["drums_seconds"] < seconds["drums"]
    assert dropped["stems_use"]["bass_seconds"] == seconds["bass"]
    assert set(asked(recipe=2, parts_in=(piano,))) == {"arrangement"}
    assert set(asked(recipe=2, form={"fade_out_s": 8.0})) == {"arrangement"}
    assert set(asked(recipe=2, kind="cover", style="house", parts_in=(drop,))) == {"cover"}


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
        {"recipe": 3},
        {"parts_in": [{"action": "drop", "parts": ["drums"], "section": "verse"}]},
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
