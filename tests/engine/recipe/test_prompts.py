"""Prompts as people say them: every labelled fact holds, and of those that were held out at least nine in ten."""

from pathlib import Path
from typing import Any

import pytest

from contrafact.assets import AssetStore
from contrafact.engine.recipe.planner import Plan, Planner
from tests.support.charts import LONG, song_chart
from tests.support.prompts import Prompt, read_prompts

HERE = Path(__file__).parent
LABELLED = tuple(read_prompts(HERE / "prompts.txt"))
SPOKEN = tuple(read_prompts(HERE / "spoken.txt"))
HELD_OUT = tuple(read_prompts(HERE / "heldout.txt"))
OPENED = tuple(p for name in ("fresh", "fresh_heldout", "fresh_later") for p in read_prompts(HERE / f"{name}.txt"))
"""Written by many hands and held out when they were first asked; looked at since."""
LAST = tuple(read_prompts(HERE / "fresh_last.txt"))
"""Held out still: nothing was mended by them."""
CHART = song_chart(bpm=100.0, form=LONG)
SOURCE = "d" * 64


class GrammarAlone(Planner):
    """What the grammar does not know stays unknown: guesses by meaning need a fetched model."""

    def _guess(self, prompt: Any, phrases: Any, unknown: Any) -> Any:
        return tuple(phrases), tuple(unknown)


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    return GrammarAlone(AssetStore(tmp_path_factory.mktemp("nothing")))


def plan(planner: Planner, words: str) -> Plan:
    return planner.plan(words, CHART, SOURCE)


def test_there_are_as_many_prompts_as_promised() -> None:
    assert len({prompt.words for prompt in LABELLED}) >= 300
    assert len({prompt.words for prompt in HELD_OUT}) >= 150
    assert len({prompt.words for prompt in (*OPENED, *LAST)}) >= 390
    assert not {prompt.words for prompt in LABELLED} & {prompt.words for prompt in HELD_OUT}
    assert not {prompt.words for prompt in LAST} & {prompt.words for prompt in (*LABELLED, *SPOKEN, *HELD_OUT, *OPENED)}


@pytest.mark.parametrize("prompt", [*LABELLED, *SPOKEN], ids=lambda prompt: prompt.words)
def test_labelled_prompts(planner: Planner, prompt: Prompt) -> None:
    assert prompt.failures(plan(planner, prompt.words)) == []


@pytest.mark.parametrize(
    ("prompts", "most_missed"), [(HELD_OUT, 0.02), (OPENED, 0.04), (LAST, 0.1)], ids=["held out", "opened", "last"]
)
def test_held_out_prompts(planner: Planner, prompts: tuple[Prompt, ...], most_missed: float) -> None:
    missed = {p.words: failures for p in prompts if (failures := p.failures(plan(planner, p.words)))}
    facts = sum(len(prompt.facts) for prompt in prompts)
    assert sum(map(len, missed.values())) <= most_missed * facts, missed


@pytest.mark.parametrize("prompt", LABELLED[::7], ids=lambda prompt: prompt.words)
def test_typing_does_not_matter(planner: Planner, prompt: Prompt) -> None:
    """Capitals, blanks and a full stop change nothing that was understood."""
    plain = plan(planner, prompt.words).recipe
    if "#" not in prompt.words:
        assert plan(planner, f"  {prompt.words.upper()} . ").recipe == plain
    assert plan(planner, f"please {prompt.words.replace(' ', '  ')}, thank you").recipe == plain


def test_every_phrase_says_what_it_means(planner: Planner) -> None:
    for prompt in (*LABELLED, *HELD_OUT, *OPENED, *LAST):
        planned = plan(planner, prompt.words)
        for phrase in planned.understood:
            assert phrase.meaning.strip(), (prompt.words, phrase)
            assert phrase.text in prompt.words


@pytest.mark.parametrize(
    ("words", "recipe"),
    [
        ("hosue", {"style": "house"}),
        ("synthwve", {"style": "synthwave"}),
        ("no durms", {"instruments_without": ("drums",)}),
        ("with a saxaphone", {"instruments_with": ("saxophone",)}),
        ("tecnho with vilins", {"style": "techno", "instruments_with": ("violin",)}),
        ("orchestrall", {"style": "orchestral"}),
    ],
)
def test_slips_of_the_hand_are_mended(planner: Planner, words: str, recipe: dict[str, Any]) -> None:
    planned = plan(planner, words)
    assert {name: getattr(planned.recipe, name) for name in recipe} == recipe
    assert planned.ignored == ()


@pytest.mark.parametrize("words", ["horse", "the base of a cup", "basis", "mental", "tango orange", "violent", "least"])
def test_english_words_are_not_mended_into_music(planner: Planner, words: str) -> None:
    recipe = plan(planner, words).recipe
    assert recipe.style in (None, "samba")
    assert recipe.instruments_with == ()


@pytest.mark.assets
def test_no_word_of_english_is_taken_for_a_slip(asset_store: AssetStore) -> None:
    """``words/lookalikes.txt`` is complete: a word that a pack brings may need new ones there."""
    from tokenizers import Tokenizer

    planner = Planner(asset_store)
    words = Tokenizer.from_file(str(asset_store.path("minilm", "tokenizer.json"))).get_vocab()
    english = [word for word in words if word.isascii() and word.isalpha() and len(word) >= 4]
    mended = [word for word in english if planner._mender.closest(word) != word]
    assert mended == [], "add these to words/lookalikes.txt"


@pytest.mark.assets
def test_a_name_is_never_guessed_to_be_a_style(asset_store: AssetStore) -> None:
    planner = Planner(asset_store)
    names = "taylor swift|Metallica|drake|miles davis|the beatles|Bad Bunny|bob marley|johnny cash|abba|some unknown"
    for name in names.split("|"):
        for words in (f"in the style of {name}", f"make it sound like {name}", name):
            planned = plan(planner, words)
            assert (planned.recipe.style, planned.recipe.moods) == (None, ()), words
