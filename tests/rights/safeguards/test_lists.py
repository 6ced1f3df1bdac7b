"""The lists are built as far as words ask for them: what is found must not depend on it."""

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.recipe.words.tree import expand
from contrafact.rights.safeguards import PromptContext, examine
from contrafact.rights.safeguards.folding import readings
from contrafact.rights.safeguards.lists import lists
from contrafact.rights.safeguards.matching import Hit, Phrases

FOLDER = Path(__file__).parent


def prompts() -> list[str]:
    """All labelled words."""
    lines = [line for name in ("cases.tsv", "heldout.tsv") for line in (FOLDER / name).read_text("utf-8").splitlines()]
    return [line.split("\t")[1] for line in lines if line and not line.startswith("#")]


def hits(phrases: Phrases, words: str) -> list[Hit]:
    return [hit for reading in readings(words) for hit in phrases.search(reading)]


def patterns(depth: int = 2) -> st.SearchStrategy[str]:
    """Patterns of few letters, with brackets in brackets, that begin with a letter."""
    word = st.text("abc", min_size=1, max_size=3)
    if depth == 0:
        return word
    inner = patterns(depth - 1)
    choice = st.lists(inner, min_size=1, max_size=3).map("|".join)
    part = st.one_of(word, choice.map("({})".format), choice.map("[{}]".format), st.just(" "))
    return st.tuples(st.one_of(word, choice.map("({})".format)), st.lists(part, max_size=3)).map(
        lambda parts: parts[0] + "".join(parts[1])
    )


def test_every_pattern_of_the_lists_can_be_built() -> None:
    lists().phrases.complete()


def built(pattern: str) -> Phrases:
    """Phrases of one pattern."""
    phrases = Phrases()
    phrases.add(pattern, "kind", "en")
    phrases.complete()
    return phrases


@pytest.mark.parametrize("broken", ["a (b", "a b)", "(a|b", "abc [d", "abc (d))"])
def test_brackets_that_do_not_match_are_told(broken: str) -> None:
    with pytest.raises(ValueError, match="brackets"):
        built(broken)


@pytest.mark.parametrize("words", ["a b", "a bcd", "b", "bcd"])
def test_what_may_be_missing_may_be_missing_at_the_beginning(words: str) -> None:
    assert [hit.last for hit in hits(built("[a ]b*"), words)][-1:] == [len(words.replace(" ", ""))]


@pytest.mark.parametrize("empty", ["", "[a]", "(a|)", "*"])
def test_a_pattern_that_may_begin_with_nothing_is_told(empty: str) -> None:
    with pytest.raises(ValueError, match="can be empty"):
        built(empty)


@settings(deadline=None)
@given(st.lists(patterns(), min_size=1, max_size=4), st.lists(st.text("abc ", max_size=8), max_size=3))
def test_each_phrase_of_a_pattern_is_found_whatever_was_searched_before(written: list[str], before: list[str]) -> None:
    phrases, fresh = Phrases(), Phrases()
    for number, pattern in enumerate(written):
        phrases.add(pattern, "kind", number)
        fresh.add(pattern, "kind", number)
    for words in before:
        hits(phrases, words)
    fresh.complete()
    for number, pattern in enumerate(written):
        for phrase in expand(pattern)[:6]:
            found = hits(phrases, phrase)
            letters = len(phrase.replace(" ", ""))
            assert ("kind", number, 0, letters) in {(hit.kind, hit.value, hit.first, hit.last) for hit in found}
            assert found == hits(fresh, phrase)


def test_what_is_found_does_not_depend_on_what_was_searched_before() -> None:
    forwards, backwards, complete = (lists.__wrapped__().phrases for _ in range(3))
    complete.complete()
    some = prompts()[::5]
    found = [hits(forwards, words) for words in some]
    assert found == [hits(backwards, words) for words in reversed(some)][::-1]
    assert found == [hits(complete, words) for words in some]


def test_threads_that_build_at_once_find_the_same() -> None:
    some = [words for words in prompts() if hits(lists().phrases, words)][:40]
    wanted = [hits(lists().phrases, words) for words in some]
    shared = lists.__wrapped__().phrases
    start = threading.Barrier(4)
    found: list[list[list[Hit]]] = []

    def search() -> None:
        start.wait()
        found.append([hits(shared, words) for words in some])

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 4


def slips(name: str) -> tuple[str, ...]:
    """A name with one slip of the hand behind its first letter, of each kind."""
    middle = len(name) // 2
    return (
        name[:middle] + name[middle + 1 :],
        name[:middle] + "q" + name[middle:],
        name[:middle] + "q" + name[middle + 1 :],
        name[:middle] + name[middle + 1] + name[middle] + name[middle + 2 :],
    )


@pytest.mark.parametrize("slip", slips("metallica"))
def test_r14_a_slip_in_a_long_name_is_seen_through(slip: str, context: PromptContext) -> None:
    assert [finding.name for finding in examine(f"in the style of {slip}", context).findings] == ["Metallica"]


@pytest.mark.parametrize("written", ["mrbeas", "mr beas", "jungkoo", "junakook", "jd vanc"])
def test_r14_a_slip_is_seen_however_many_words_the_name_is_written_in(written: str, context: PromptContext) -> None:
    """Of two spellings that are alike without spaces only one was looked for: which, was left to chance."""
    assert examine(f"sing it like {written}", context).findings
