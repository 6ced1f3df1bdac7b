"""Recipes from outside: whatever comes is a recipe, or refused in one sentence with the path of the fault."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.documents import LARGEST_BYTES, check_against, parse_recipe, read_recipe
from contrafact.engine.recipe.recipe import Recipe
from tests.support.charts import song_chart

SOURCE = "c" * 64
CHART = song_chart(bpm=100.0)
RULE = {"action": "drop", "parts": ["drums"], "section": "verse"}


def document(**fields: Any) -> bytes:
    return json.dumps({"recipe": 1, "sources": [SOURCE], **fields}).encode()


def refusal(text: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        parse_recipe(text)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert len(sentence) < 400
    return sentence


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"surprise": 1}, "surprise: a recipe has no such field; leave it out"),
        ({"tempo": {"ratio": 3}}, "tempo.ratio: 3"),
        ({"tempo": {"ratio": 3000}}, "tempo.ratio: 3000"),
        ({"tempo": {"ratio": "1"}}, "tempo.ratio: "),
        ({"tempo": {"speed": 1}}, "tempo.speed: a recipe has no such field"),
        ({"recipe": 3}, "recipe: 3 is not known here; use 1"),
        ({"recipe": 2}, "recipe: version 2 is for recipes with parts_in or a fade, and this one has neither; say 1"),
        ({"form": {"fade_out_s": 9.0}}, "form.fade_out_s: a recipe of version 1 has no such field; say"),
        ({"form": {"fade_in_s": 9.0}}, "form.fade_in_s: a recipe of version 1 has no such field; say"),
        ({"parts_in": [RULE]}, 'parts_in: a recipe of version 1 has no such field; say "recipe": 2'),
        ({"recipe": 2, "parts_in": [{**RULE, "action": "mute"}]}, "parts_in[0].action: 'mute' is not known here; use"),
        ({"recipe": 2, "parts_in": [RULE, {**RULE, "parts": []}]}, "parts_in[1].parts: is empty; name at least one"),
        ({"recipe": 2, "parts_in": [{**RULE, "section": "hook"}]}, "parts_in[0].section: 'hook' is not known here"),
        ({"recipe": 2, "parts_in": [{**RULE, "which": 99}]}, "parts_in[0].which: 99"),
        ({"recipe": 2, "parts_in": [RULE] * 33}, "parts_in: holds 33 items; at most 32"),
        ({"recipe": 2, "form": {"fade_out_s": 61.0}}, "form.fade_out_s: 61"),
        ({"recipe": 2, "form": {"shape": "loop", "fade_out_s": 5.0}}, "form.fade_out_s: a loop has neither"),
        ({"recipe": 2, "locks": ["rhythm"], "parts_in": [RULE]}, "locks[0]: rhythm is locked, but parts_in[0] changes"),
        (
            {"locks": ["vocals"], "stems": {"vocals": {"keep": False}}},
            "locks[0]: vocals is locked, but stems.vocals.keep",
        ),
        (
            {"locks": ["rhythm"], "stems": {"drums": {"keep": False}}},
            "locks[0]: rhythm is locked, but stems.drums.keep",
        ),
        ({"recipe": 2, "locks": ["form"], "form": {"fade_out_s": 5.0}}, "locks[0]: form is locked, but form changes"),
        ({"kind": "clone"}, "kind: 'clone' is not known here; use 'remix'"),
        ({"form": {"order": [{"section": 0}] * 10_000}}, "form.order: holds 10000 items; at most 256"),
        ({"form": {"order": [{"section": 0}, {"section": -1}]}}, "form.order[1].section: -1"),
        ({"form": {"order": [{"section": 0, "first_bar": 3, "last_bar": 1}]}}, "form.order[0]: last_bar lies before"),
        ({"form": {"exact": True}}, "form.exact: an exact length needs length_s"),
        ({"locks": ["rhythm"], "strengths": {"rhythm": 0.1}}, "locks[0]: rhythm is locked, but strengths.rhythm"),
        ({"locks": ["form"], "length_s": 60}, "locks[0]: form is locked, but length_s"),
        ({"locks": ["vocals", "vocals"]}, "locks: name each component once"),
        ({"stems": {"vocals": {"gain_db": 99}}}, "stems.vocals.gain_db: 99"),
        ({"voice": {"harmonies": [2, 2]}}, "voice: harmonies"),
        ({"levels": [{"part": "drums"}]}, "levels[0].gain_db: is missing; add it"),
        ({"seed": 2**60}, "seed: "),
        ({"transpose_semitones": 1.5}, "transpose_semitones: 1.5"),
        ({"style": "../house"}, "style: '../house'"),
        ({"sources": []}, "sources: is empty"),
        ({"length_s": True}, "length_s: true: "),
        ({"voice": None}, "voice: null: "),
    ],
)
def test_a_refusal_names_the_path_and_says_what_to_do(fields: dict[str, Any], path: str) -> None:
    sentence = refusal(document(**fields))
    assert sentence.startswith("the recipe is not a recipe: " + path), sentence
    assert ";" in sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b"{", "line 1, column 2 is not JSON"),
        (b"[" * 5000, "nested deeper than 12"),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "nested deeper than 12"),
        (b'{"tempo": {"ratio": 1, "ratio": 2}}', "tempo.ratio: is given twice"),
        (b'{"tempo": {"ratio": NaN}}', "tempo.ratio: NaN"),
        (b'{"levels": [{"gain_db": -Infinity}]}', "levels[0].gain_db: -Infinity"),
        (b'{"length_s": 1e999}', "length_s: 1e999"),
        (b'{"seed": ' + b"9" * 5000 + b"}", "seed: 999999999999… (5000 digits)"),
        (b"x" * (LARGEST_BYTES + 1), "larger than a recipe can be (1024 KiB)"),
        (b"null", "recipe"),
        (b"[]", "recipe"),
    ],
)
def test_what_no_parser_should_meet_is_refused_first(text: bytes, says: str) -> None:
    assert says in refusal(text)


def test_a_file_is_read_no_further_than_a_recipe_goes(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (LARGEST_BYTES * 2))
    with pytest.raises(BadInput, match="larger than a recipe"):
        read_recipe(large)
    with pytest.raises(BadInput, match="cannot be read"):
        read_recipe(tmp_path / "nothing.json")
    with pytest.raises(BadInput, match="not an ordinary file"):
        read_recipe(tmp_path)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
fields = st.sampled_from([*Recipe.model_fields, "surprise"])


@given(st.dictionaries(fields, values, max_size=4))
def test_no_document_does_more_than_be_refused(found: dict[str, Any]) -> None:
    text = json.dumps({"recipe": 1, "sources": [SOURCE], **found}).encode()
    try:
        recipe = parse_recipe(text)
    except BadInput:
        return
    assert parse_recipe(recipe.canonical()) == recipe


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(text: bytes) -> None:
    with pytest.raises(BadInput):
        parse_recipe(text)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"form": {"order": [{"section": 0}, {"section": 5}]}}, r"form\.order\[1\]\.section: 5 does not exist; .* 5 "),
        ({"form": {"order": [{"section": 1, "first_bar": 0, "last_bar": 8}]}}, r"form\.order\[0\]\.last_bar: 8"),
        ({"form": {"without_sections": ["intro", "verse", "chorus"]}}, r"form\.without_sections: leaves nothing"),
        ({"style": "polka"}, "style: there is no style 'polka'"),
        ({"instruments_with": ["piano", "kazoo"]}, r"instruments_with\[1\]: there is no instrument 'kazoo'"),
        ({"melody": {"instrument": "kazoo"}}, r"melody\.instrument: there is no instrument 'kazoo'"),
        ({"moods": ["grumpy"]}, r"moods\[0\]: there is no mood 'grumpy'"),
    ],
)
def test_what_the_song_or_the_installation_does_not_have_is_refused(change: dict[str, Any], path: str) -> None:
    recipe = parse_recipe(document(**change))
    with pytest.raises(BadInput, match=path):
        check_against(recipe, CHART, styles=("house",), instruments=("piano", "violin"), moods=("calm",))


def test_what_is_there_passes() -> None:
    recipe = parse_recipe(document(style="house", form={"order": [{"section": 4, "last_bar": 7}]}, moods=["calm"]))
    check_against(recipe, CHART, styles=("house",), instruments=(), moods=("calm",))
    check_against(recipe, CHART)
