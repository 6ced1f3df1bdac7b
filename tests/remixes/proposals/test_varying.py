"""Several takes of one recipe: laws of their derivation, and what differs in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.recipe import COMPONENTS, Recipe, Strengths
from contrafact.remixes.proposals.varying import differences, more_like, variations
from tests.support.charts import song_chart
from tests.support.recipes import SHA, recipe_for

strengths = st.builds(Strengths, **{name: st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]) for name in COMPONENTS})
recipes = st.builds(
    lambda chosen, seed: Recipe(sources=(SHA,), style="house", strengths=chosen, seed=seed),
    strengths,
    st.integers(0, 2**53 - 1),
)


@given(recipe=recipes, count=st.integers(2, 4))
def test_takes_are_derived_and_all_differ(recipe: Recipe, count: int) -> None:
    found = variations(recipe, count)
    assert found == variations(recipe, count)
    assert found[0] == recipe
    assert len({each.seed for each in found}) == len(found) == count
    assert found == variations(recipe, 4)[:count], "fewer takes are the first of more"


@given(recipe=recipes, count=st.integers(2, 4))
def test_no_take_touches_what_is_kept_or_locked(recipe: Recipe, count: int) -> None:
    kept = tuple(name for name in COMPONENTS if getattr(recipe.strengths, name) == 0.0)
    locked = recipe.model_copy(update={"locks": kept})
    for take in variations(locked, count):
        # A recipe that could not be meant would be refused here.
        assert Recipe.model_validate_json(take.canonical()) == take
        assert all(getattr(take.strengths, name) == 0.0 for name in kept)
        unchanged = {"seed": recipe.seed, "strengths": recipe.strengths, "moods": ()}
        assert take.moods == () or not locked.locks
        assert take.model_copy(update=unchanged) == locked.model_copy(update=unchanged)


@given(recipe=recipes)
def test_the_third_take_leans_to_more_and_the_fourth_to_less(recipe: Recipe) -> None:
    first, second, third, fourth = (each.strengths for each in variations(recipe, 4))
    assert first == second
    for name in COMPONENTS:
        asked = getattr(first, name)
        assert getattr(fourth, name) <= asked <= getattr(third, name)
        if 0.05 < asked < 1.0:
            assert getattr(fourth, name) < asked < getattr(third, name)


def test_the_third_take_is_livelier_and_the_fourth_calmer_unless_the_words_say_which() -> None:
    house = recipe_for(load_styles()["house"])
    assert [take.moods for take in variations(house, 4)] == [(), (), ("energetic",), ("calm",)]
    for said in (("calm",), ("dark", "energetic")):
        given_mood = house.model_copy(update={"moods": said})
        assert {take.moods for take in variations(given_mood, 4)} == {said}
    assert {take.moods for take in variations(recipe_for(None), 4)} == {()}


@given(recipe=recipes, count=st.integers(2, 4))
def test_more_like_one_changes_chance_alone(recipe: Recipe, count: int) -> None:
    found = more_like(recipe, count)
    assert len({recipe.seed, *(each.seed for each in found)}) == count + 1
    assert {each.model_copy(update={"seed": recipe.seed}) for each in found} == {recipe}
    assert not {each.seed for each in found} & {each.seed for each in variations(recipe, 4)}


@pytest.mark.parametrize("count", [-1, 0, 1, 5, 1000])
def test_other_numbers_of_takes_are_refused(count: int) -> None:
    for derive in (variations, more_like):
        with pytest.raises(BadInput, match="2 to 4"):
            derive(recipe_for(None), count)


@pytest.mark.parametrize("slug", ["house", "bossa-nova"])
def test_takes_are_told_apart_in_words(slug: str) -> None:
    chart, pack = song_chart(), load_styles()[slug]
    takes = [arrange(chart, recipe, pack) for recipe in variations(recipe_for(pack), 4)]
    told = [differences(takes[0], take) for take in takes]
    assert told[0] == ()
    assert all(told[1:]), told
    assert len(set(told)) > 1


def test_a_recipe_that_plays_nothing_anew_has_nothing_to_tell_apart() -> None:
    chart = song_chart()
    takes = [arrange(chart, recipe, None) for recipe in variations(recipe_for(None), 3)]
    assert [differences(takes[0], take) for take in takes] == [()] * 3
