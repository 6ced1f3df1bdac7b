"""Words on a remix change what they name and leave the rest as the remix has it."""

from collections.abc import Callable
from typing import Any

import pytest

from contrafact.assets import AssetStore
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.planner import Planner
from contrafact.engine.recipe.recipe import Recipe
from contrafact.remixes.proposals.overlaying import as_heard_now, laid_over
from tests.support.charts import song_chart

pytestmark = [pytest.mark.assets]
SHA = "a" * 64
Say = Callable[..., Recipe]


@pytest.fixture(scope="module")
def planner(asset_store: AssetStore) -> Planner:
    return Planner(asset_store)


@pytest.fixture(scope="module")
def chart() -> Chart:
    return song_chart(bpm=120.0)


@pytest.fixture
def say(planner: Planner, chart: Chart) -> Say:
    """Words on a parent, given as fields of its recipe."""

    def said(words: str, **parent: Any) -> Recipe:
        recipe = Recipe.model_validate({"sources": (SHA,), **parent})
        return laid_over(recipe, planner.plan(words, as_heard_now(chart, recipe), SHA), seed=5)

    return said


def first(planner: Planner, chart: Chart, words: str) -> dict[str, Any]:
    return planner.plan(words, chart, SHA).recipe.model_dump()


def test_what_is_not_named_stays(say: Say, planner: Planner, chart: Chart) -> None:
    bossa = first(planner, chart, "slow bossa nova, without the drums")
    child = say("add strings", **bossa)
    assert child.style == "bossa-nova"
    assert child.tempo.ratio == pytest.approx(bossa["tempo"]["ratio"])
    assert child.stems.model_dump() == bossa["stems"]
    assert any("string" in name for name in child.instruments_with)
    assert child.seed == 5


def test_faster_is_faster_than_the_remix_and_a_number_of_beats_is_that_number(say: Say) -> None:
    slow = {"tempo": {"ratio": 0.8}}
    assert 0.8 < say("a bit faster", **slow).tempo.ratio < 1.0
    assert say("at 108 bpm", **slow).tempo.ratio == pytest.approx(0.9, abs=1e-3)
    with pytest.raises(BadInput, match=r"tempo\.ratio"):
        say("half time, half the tempo", tempo={"ratio": 0.55})


def test_semitones_add_up_and_a_key_is_that_key(say: Say) -> None:
    up = {"transpose_semitones": 3}
    assert say("two semitones up", **up).transpose_semitones == 5
    assert say("in C major", **up).transpose_semitones % 12 == 0
    assert say("two semitones up", transpose_semitones=11).transpose_semitones == 1


def test_another_style_takes_the_place_of_the_first_and_a_dropped_voice_stays_dropped(say: Say) -> None:
    parent = {"style": "house", "stems": {"vocals": {"keep": False}}}
    child = say("techno", **parent)
    assert (child.style, child.stems.vocals.keep) == ("techno", False)
    assert say("techno, keep the voice", **parent).stems.vocals.keep


def test_what_is_said_last_holds_against_a_lock_and_a_lock_against_a_change(say: Say) -> None:
    locked = {"locks": ("harmony",)}
    assert "harmony" not in say("jazzy chords, reharmonise it", **locked).locks
    changed = {"strengths": {"harmony": 0.8}, "harmony": {"change": "jazz"}, "style": "house"}
    child = say("lock the harmony", **changed)
    assert child.locks == ("harmony",)
    assert (child.strengths.harmony, child.harmony.change) == (0.0, "as_heard")


def test_rules_for_sections_add_up_and_a_fade_is_laid_on_the_form_that_is_there(say: Say) -> None:
    first = say("no drums in the verse")
    child = say("piano in the chorus, fade out", **first.model_dump())
    assert [(rule.action, rule.parts, rule.section) for rule in child.parts_in] == [
        ("drop", ("drums",), "verse"),
        ("add", ("piano",), "chorus"),
    ]
    assert child.recipe == 2
    ordered = say("skip the intro", **child.model_dump())
    assert (ordered.form.fade_out_s, ordered.form.without_sections) == (10.0, ("intro",))
    assert say("no fade, faster", tempo={"ratio": 0.9}).recipe == 1
    assert say("no fade", recipe=2, form={"fade_out_s": 9.0}).form.fade_out_s == 0.0


def test_a_rule_and_a_lock_of_which_the_later_holds(say: Say) -> None:
    ruled = say("no drums in the verse").model_dump()
    assert say("lock the rhythm", **ruled).parts_in == ()
    assert say("no drums in the verse", locks=("rhythm",)).locks == ()


def test_words_that_change_nothing_are_refused(say: Say) -> None:
    with pytest.raises(BadInput, match="change nothing"):
        say("house", **say("house").model_dump(exclude={"seed"}))


def test_a_mash_up_cannot_become_a_cover(say: Say) -> None:
    parent = {"kind": "mashup", "sources": (SHA, "b" * 64), "stems": {"vocals": {"keep": False}}}
    with pytest.raises(BadInput, match="mash-up"):
        say("acoustic cover", **parent)
    child = say("slower", **parent)
    assert (child.kind, child.sources) == ("mashup", (SHA, "b" * 64))
