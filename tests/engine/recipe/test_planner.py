"""Prompts as people type them, and what they must come to."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.assets import AssetStore
from contrafact.engine.arranging import load_instruments, load_moods, load_styles
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.composing import key_after
from contrafact.engine.recipe.embedding import SentenceEmbedding
from contrafact.engine.recipe.grammar import parse
from contrafact.engine.recipe.nearness import phrases_of, shipped
from contrafact.engine.recipe.planner import Plan, Planner
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.recipe.text import words_of
from contrafact.engine.recipe.vocabulary import build
from tests.support.charts import song_chart
from tests.support.recipes import recipe_for

SOURCE = "a" * 64
CHART = song_chart(bpm=100.0)
KNOWN = build(load_styles(), load_instruments(), load_moods())


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    """The grammar alone: there are no assets here, so a guess by meaning would fail loudly."""
    return Planner(AssetStore(tmp_path_factory.mktemp("nothing")))


def plan(planner: Planner, words: str, **more: Any) -> Plan:
    return planner.plan(words, CHART, SOURCE, **more)


def value(recipe: Recipe, path: str) -> Any:
    found: Any = recipe
    for name in path.split("."):
        found = getattr(found, name)
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("slow bossa nova, keep the voice", {"style": "bossa-nova", "tempo.ratio": 0.85, "stems.vocals.keep": True}),
        ("make it a slow bossa nova, keep her voice", {"style": "bossa-nova", "tempo.ratio": 0.85}),
        ("House at 124 BPM", {"style": "house", "tempo.ratio": 1.24}),
        ("lo-fi hip hop", {"style": "lo-fi-hip-hop", "tempo.ratio": 1.0, "stems.drums.keep": False}),
        (
            "LO-FI, no drums, 60 seconds",
            {"style": "lo-fi-hip-hop", "instruments_without": ("drums",), "length_s": 60.0},
        ),
        ("drum & bass", {"style": "drum-and-bass"}),
        ("drum'n'bass please", {"style": "drum-and-bass"}),
        ("a synthwave version with strings", {"style": "synthwave", "instruments_with": ("strings",)}),
        ("acoustic ballad", {"style": "acoustic-ballad"}),
        ("much faster", {"tempo.ratio": 1.2309}),
        ("a bit slower", {"tempo.ratio": 0.9327}),
        ("20% slower", {"tempo.ratio": 0.8}),
        ("faster by 10 percent", {"tempo.ratio": 1.1}),
        ("at 90", {"tempo.ratio": 0.9}),
        ("tempo of 120", {"tempo.ratio": 1.2}),
        ("180 bpm", {"tempo.ratio": 0.9}),
        ("half time", {"tempo.ratio": 0.5}),
        ("down a tone", {"transpose_semitones": -2}),
        ("up 3 semitones", {"transpose_semitones": 3}),
        ("a fifth higher", {"transpose_semitones": 7}),
        ("transpose by -4", {"transpose_semitones": -4}),
        ("an octave down", {"transpose_semitones": -12}),
        ("in D major", {"transpose_semitones": 2}),
        ("in the key of Bb", {"transpose_semitones": -2}),
        ("in b flat major", {"transpose_semitones": -2}),
        ("in F# major", {"transpose_semitones": 6}),
        ("in A minor", {"transpose_semitones": 0}),
        ("exactly 2:30", {"length_s": 150.0}),
        ("two minutes", {"length_s": 120.0}),
        ("one and a half minutes", {"length_s": 90.0}),
        ("instrumental", {"stems.vocals.keep": False, "stems.drums.keep": True}),
        ("vocals only", {"stems.vocals.keep": True, "stems.drums.keep": False, "stems.other.keep": False}),
        ("a cappella", {"style": None, "stems.bass.keep": False}),
        (
            "only the voice and the bass",
            {"stems.bass.keep": True, "stems.vocals.keep": True, "stems.drums.keep": False},
        ),
        ("house, keep the original drums", {"style": "house", "stems.drums.keep": True, "strengths.rhythm": 0.0}),
        ("drop the bass", {"stems.bass.keep": False}),
        ("voice louder", {"stems.vocals.gain_db": 4.0}),
        ("less drums", {"stems.drums.gain_db": -4.0}),
        (
            "house with piano and cello, without guitar",
            {"instruments_with": ("piano", "cello"), "instruments_without": ("guitar",)},
        ),
        ("calmer and darker house", {"style": "house", "moods": ("calm", "dark")}),
        ("faster but calmer synthwave", {"tempo.ratio": 1.13, "moods": ("calm",)}),
        ("a touch of house", {"style": "house", "strengths.timbre": 0.5}),
    ],
)
def test_prompts(planner: Planner, words: str, expected: dict[str, Any]) -> None:
    planned = plan(planner, words)
    assert {path: value(planned.recipe, path) for path in expected} == expected
    assert planned.ignored == ()


def test_every_style_is_found_by_its_own_words(planner: Planner) -> None:
    for slug, pack in load_styles().items():
        for words in (pack.name, *pack.words):
            assert plan(planner, words).recipe.style == slug, words


def test_a_chip_can_be_removed_and_the_others_keep_their_ids(planner: Planner) -> None:
    words = "slow bossa nova, keep the voice"
    whole = plan(planner, words)
    slow = next(item for item in whole.understood if item.text == "slow")
    rest = plan(planner, words, without={slow.id})
    assert rest.recipe.tempo.ratio == 1.0
    assert rest.recipe.style == "bossa-nova"
    assert [item.id for item in rest.understood] == [item.id for item in whole.understood if item != slow]


def test_phrases_are_shown_as_they_were_typed(planner: Planner) -> None:
    planned = plan(planner, "  Slow   BOSSA  nova – keep “the Voice”!")
    assert [item.text for item in planned.understood] == ["Slow", "BOSSA  nova", "keep “the Voice"]


def test_the_meaning_names_the_songs_own_numbers(planner: Planner) -> None:
    meanings = {item.kind: item.meaning for item in plan(planner, "slow house, up 2 semitones, 180 bpm").understood}
    assert meanings["tempo"] == "tempo × 0.90 (90 BPM, felt as 180)"
    assert meanings["key"] == "+2 semitones (D major)"


def test_what_changes_nothing_is_reported_as_ignored(planner: Planner) -> None:
    assert plan(planner, "make it dry").ignored == ("dry",), "a room needs something that is played anew"
    planned = plan(planner, "house, bass louder")
    assert planned.ignored == (), "the bass that house plays becomes louder"
    assert [(level.part, level.gain_db) for level in planned.recipe.levels] == [("bass", 4.0)]


def test_nothing_understood_changes_nothing(planner: Planner) -> None:
    planned = plan(planner, "please make it so")
    assert planned.understood == ()
    assert planned.recipe == Recipe(sources=(SOURCE,))


@pytest.mark.parametrize("words", ["", "   ", "x" * 501])
def test_unusable_prompts_are_refused(planner: Planner, words: str) -> None:
    with pytest.raises(BadInput):
        plan(planner, words)


@given(st.text(alphabet="abcdefghij 0123456789:%+-#&'.,!?é♯", min_size=1, max_size=60).filter(str.strip))
def test_no_prompt_breaks_the_grammar(words: str) -> None:
    prompt = words_of(words)
    phrases, unknown = parse(prompt, KNOWN)
    covered = [place for phrase in phrases for place in range(phrase.first, phrase.last)]
    assert len(covered) == len(set(covered)), "two phrases share a word"
    assert not set(covered) & set(unknown)
    assert all(0 <= word.start < word.end <= len(words) for word in prompt)


@pytest.mark.assets
def test_unknown_words_are_read_by_their_meaning(asset_store: AssetStore) -> None:
    planner = Planner(asset_store)
    assert "energetic" in plan(planner, "house for a gym workout").recipe.moods
    assert plan(planner, "something from brasil").recipe.style == "bossa-nova"
    nonsense = plan(planner, "house asdfgh")
    assert nonsense.ignored == ("asdfgh",)
    assert plan(planner, "house from brasil").recipe.style == "house", "a named style is not guessed away"


def test_the_key_of_a_take_is_transposed_and_in_its_new_mode() -> None:
    major, minor = song_chart(), song_chart(key=("A", "minor"))

    def key(chart: Chart, change: str, strength: float, semitones: int = 0) -> str:
        recipe = recipe_for(
            None,
            harmony={"change": change},
            strengths={"harmony": strength},
            transpose_semitones=semitones,
        )
        return key_after(chart, recipe)

    assert key(minor, "as_heard", 0.0, 3) == "C minor"
    assert key(major, "parallel", 1.0) == "C minor"
    assert key(major, "relative", 1.0, 2) == "B minor"
    assert key(minor, "relative", 1.0) == "C major"
    assert key(minor, "parallel", 0.0) == "A minor"


def test_the_shipped_meanings_are_those_of_the_vocabulary() -> None:
    """A phrase that is not shipped costs every new process ten milliseconds: run ``scripts/learn_meanings.py``."""
    wanted = {text for text, _, _ in phrases_of(load_styles(), load_instruments(), load_moods())}
    assert wanted == set(shipped())


@pytest.mark.assets
def test_the_shipped_meanings_are_those_of_the_embedding(asset_store: AssetStore) -> None:
    known = shipped()
    some = sorted(known)[::25]
    learnt = SentenceEmbedding(asset_store).embed(some)
    assert np.abs(learnt - np.stack([known[text] for text in some])).max() < 2e-3


@pytest.mark.assets
@pytest.mark.parametrize("word", ["heck", "possible", "hand percussion", "bagpipes", "beginners", "tropicana"])
def test_a_style_that_was_not_meant_is_not_guessed(asset_store: AssetStore, word: str) -> None:
    planned = Planner(asset_store).plan(f"make it {word}", CHART, SOURCE)
    assert planned.recipe.style is None
