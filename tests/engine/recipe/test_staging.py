"""Who plays in some sections, and fades, as words become a recipe: what was understood, what is left out and said."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.assets import AssetStore
from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.recipe.documents import check_against, parse_recipe
from contrafact.engine.recipe.numerals import in_digits
from contrafact.engine.recipe.planner import Plan, Planner
from contrafact.engine.recipe.text import words_of
from tests.support.charts import LONG, POP, song_chart

CHART = song_chart(bpm=100.0, form=LONG)
SHORT = song_chart(bpm=100.0, form=POP[1:])
"""A song without an intro, a bridge or an outro."""
SOURCE = "a" * 64
STYLES = load_styles()


class GrammarAlone(Planner):
    def _guess(self, prompt: Any, phrases: Any, unknown: Any) -> Any:
        return tuple(phrases), tuple(unknown)


PLANNER = GrammarAlone(AssetStore(Path("nowhere")))


def plan(words: str, chart: Any = CHART) -> Plan:
    return PLANNER.plan(words, chart, SOURCE)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("no drums in the verse", "without drums in every verse"),
        ("no drums until the second verse", "without drums until the second verse"),
        ("strings from the second chorus on", "with strings from the second chorus on"),
        ("piano in the bridge", "with piano in every bridge, nowhere else"),
        ("just voice and piano in the first verse", "only voice and piano in the first verse"),
        ("fade out over the last 15 seconds", "fades out over the last 15 seconds"),
        ("a long fade in", "fades in over the first 20 seconds"),
        ("fade out over 8 bars", "fades out over the last 19 seconds"),
        ("no fade out", "no fade"),
        ("swap the verse and the chorus", "the verse and the chorus change places"),
        ("put the bridge right after the first chorus", "the bridge right after the first chorus"),
    ],
)
def test_what_was_understood_is_said_in_the_song_s_own_terms(words: str, meaning: str) -> None:
    planned = plan(words)
    assert [item.meaning for item in planned.understood] == [meaning]
    assert planned.ignored == ()


@pytest.mark.parametrize(
    ("words", "done", "left_out", "why"),
    [
        ("house as a waltz, two semitones up", {"style": "house", "transpose_semitones": 2}, "", "metre"),
        ("in 3/4, slower, with strings", {"instruments_with": ("strings",)}, "in 3/4", "metre"),
        (
            "reggae in the verse, and no bass",
            {"style": None},
            "reggae in the verse",
            "a style holds for the whole take",
        ),
        ("louder drums in the chorus, faster", {"style": None}, "louder drums in the chorus", "levels hold"),
        ("disco, sadder in the bridge", {"style": "disco", "moods": ()}, "sadder in the bridge", "a mood holds"),
        ("no vocals in the second half, faster", {"parts_in": ()}, "no vocals in the second half", "not at its half"),
        ("techno, lose the hi hats", {"style": "techno"}, "lose the hi hats", "a single drum"),
        ("no piano in the solo, 120 bpm", {"parts_in": ()}, "no piano in the solo", "the song has no solo"),
    ],
)
def test_the_rest_is_done_and_what_cannot_be_is_left_out_and_said(
    words: str, done: dict[str, Any], left_out: str, why: str
) -> None:
    planned = plan(words)
    assert {name: getattr(planned.recipe, name) for name in done} == done
    assert not left_out or left_out in planned.ignored
    assert why in " ".join(planned.notes)
    assert planned.understood, "the rest was understood"


def test_a_lock_and_a_rule_that_contradict_each_other_never_meet() -> None:
    later = plan("lock the rhythm, but no drums in the bridge")
    assert [rule.parts for rule in later.recipe.parts_in] == [("drums",)]
    assert "rhythm" not in later.recipe.locks
    assert "form" not in plan("lock the form, fade out at the end").recipe.locks


def test_an_intro_that_nobody_sings_gives_its_a_cappella_to_the_first_line_sung() -> None:
    planned = plan("a cappella intro")
    assert [(rule.section, rule.which) for rule in planned.recipe.parts_in] == [("verse", 1)]
    assert "nobody sings in the intro" in planned.notes[0]
    assert plan("a cappella bridge").recipe.parts_in == ()


def test_a_song_without_an_intro_begins_all_the_same() -> None:
    planned = plan("no drums at the start, piano at the end", SHORT)
    assert [(rule.section, rule.which) for rule in planned.recipe.parts_in] == [("verse", 1), ("chorus", 2)]


def test_bars_for_mixing_and_a_fade_move_no_bar_of_the_song() -> None:
    for words in ("16 bar intro", "fade out"):
        assert plan(words).recipe.strengths.form == 0.0, words


def test_a_loop_has_no_fade() -> None:
    planned = plan("make it loop, fade out")
    assert (planned.recipe.form.shape, planned.recipe.form.fade_out_s) == ("loop", 0.0)
    assert planned.ignored == ("fade out",)


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("a hundred and twenty bpm", ["120", "bpm"]),
        ("one twenty beats per minute", ["120", "beats", "per", "minute"]),
        ("thirty five seconds", ["35", "seconds"]),
        ("twenty percent", ["20", "percent"]),
        ("one, two", ["one", "two"]),
        ("two hundred and five", ["205"]),
        ("verse one and two", ["verse", "one", "and", "two"]),
        ("three four time", ["three", "four", "time"]),
        ("take it to ninety", ["take", "it", "to", "90"]),
    ],
)
def test_numbers_in_words(words: str, texts: list[str]) -> None:
    found = in_digits(words_of(words))
    assert [word.text for word in found] == texts
    assert found[-1].end == len(words)


PARTS = ["drums", "the bass", "vocals", "piano", "strings and brass", "everything", "guitars", "the beat"]
PLACES = [
    "in the verse",
    "until the second chorus",
    "from the bridge on",
    "only in the chorus",
    "at the end",
    "after verse 1",
]
ACTIONS = ["no", "drop", "add", "just", "bring in", "let", "keep", "without", "mute", "only", "more", "save"]


@given(
    st.lists(
        st.tuples(st.sampled_from(ACTIONS), st.sampled_from(PARTS), st.sampled_from(PLACES)), min_size=1, max_size=3
    ),
    st.sampled_from(["", ", house", ", fade out slowly", ", cover", ", make it loop"]),
    st.booleans(),
)
def test_whatever_is_asked_of_sections_is_a_recipe_that_can_be_played(
    asked: list[tuple[str, str, str]], more: str, front: bool
) -> None:
    said = [f"{place}, {action} {part}" if front else f"{action} {part} {place}" for action, part, place in asked]
    planned = plan(", and ".join(said) + more)
    recipe = planned.recipe
    assert parse_recipe(recipe.canonical()) == recipe
    check_against(recipe, CHART)
    timeline = arrange(CHART, recipe, STYLES[recipe.style] if recipe.style else None)
    assert timeline.duration_s > 0
    assert all(item.meaning for item in planned.understood)
