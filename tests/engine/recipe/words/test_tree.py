"""Tables of phrases: the longest match from a place on, whatever fillers stand in it."""

from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.recipe.text import words_of
from contrafact.engine.recipe.words.tree import SKIPPED, Table

WORDS = st.sampled_from(["deep", "house", "lo-fi", "80s", "drum", "bass", "6/8"])
PROMPT = st.lists(st.one_of(WORDS, st.sampled_from(["the", "song", ","])), max_size=7).map(" ".join)


def content(phrase: str) -> list[str]:
    return [word.text for word in words_of(phrase) if word.text not in SKIPPED]


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" the ".join), max_size=5), PROMPT)
def test_a_match_is_the_longest_phrase_from_a_place_on(phrases: list[str], prompt: str) -> None:
    table = Table((phrase, number) for number, phrase in enumerate(phrases))
    words = words_of(prompt)
    for at, word in enumerate(words):
        wanted = None
        for stop in range(at + 1, len(words) + 1):
            stretch = words[at:stop]
            if word.text in SKIPPED or any(each.pause for each in stretch[1:]) or stretch[-1].text in SKIPPED:
                continue
            said = [each.text for each in stretch if each.text not in SKIPPED]
            meant = [number for number, phrase in enumerate(phrases) if content(phrase) == said]
            if meant:
                wanted = (stop - at, meant[0])
        assert table.match(words, at) == wanted


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), max_size=5))
def test_words_are_those_of_all_phrases(phrases: list[str]) -> None:
    table = Table((phrase, True) for phrase in phrases)
    assert table.words() == {word for phrase in phrases for word in content(phrase)}


def test_phrases_of_nothing_but_fillers_are_kept_as_they_are() -> None:
    table = Table([("the song", 1), ("song", 2)])
    assert table.match(words_of("the song now"), 0) == (2, 1)
    assert table.match(words_of("song"), 0) == (1, 2)


def test_where_everything_may_be_missing_nothing_is_matched() -> None:
    table = Table([("[deep]", 1)])
    assert table.match(words_of("house"), 0) is None
    assert table.words() == {"deep"}
