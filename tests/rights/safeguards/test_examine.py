"""What is found in words: prompts labelled by hand, where it stands, and what the listener is told."""

from collections import Counter
from pathlib import Path

import pytest

from contrafact.rights.safeguards import REFUSED_CODES, PromptContext, examine
from contrafact.rights.safeguards.lists import lists
from contrafact.rights.topics import TOPICS

SHORT = {"voice": "voice_of_person", "clone": "voice_clone_asked", "artist": "artist_not_participating"}


def labelled(name: str) -> list[tuple[frozenset[str], str]]:
    """Codes and prompt of each line; no codes for ``none``."""
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [
        (frozenset(SHORT.get(code, f"topic_{code}") for code in codes.split("+") if code != "none"), prompt)
        for codes, prompt in rows
    ]


CASES = labelled("cases.tsv")


def codes(words: str, context: PromptContext) -> frozenset[str]:
    return frozenset(finding.code for finding in examine(words, context).findings)


def test_there_are_enough_cases_of_every_code_and_at_least_half_are_innocent() -> None:
    counted = Counter(code for wanted, _ in CASES for code in wanted)
    assert len(CASES) >= 240
    assert sum(not wanted for wanted, _ in CASES) * 2 >= len(CASES)
    assert set(counted) == {*SHORT.values(), *(f"topic_{topic}" for topic in TOPICS)}
    assert min(counted.values()) >= 8
    assert len({prompt for _, prompt in CASES}) == len(CASES)


@pytest.mark.parametrize(("wanted", "prompt"), CASES, ids=[prompt for _, prompt in CASES])
def test_r14_labelled_prompts(wanted: frozenset[str], prompt: str, context: PromptContext) -> None:
    assert codes(prompt, context) == wanted


def test_r14_prompts_that_nothing_was_tuned_on(context: PromptContext) -> None:
    """At first sight all of them were right; a change that makes it much worse has to explain itself."""
    found = [(bool(wanted), bool(wanted & codes(prompt, context))) for wanted, prompt in labelled("heldout.tsv")]
    guilty = [hit for asked, hit in found if asked]
    innocent = [codes(prompt, context) for wanted, prompt in labelled("heldout.tsv") if not wanted]
    assert sum(guilty) / len(guilty) >= 0.9
    assert sum(not each for each in innocent) / len(innocent) >= 0.95


def test_r14_new_wordings_that_nothing_was_tuned_on(context: PromptContext) -> None:
    """At first sight 26 of 30 were refused before the classes were mended, 28 after, and one innocent each time."""
    rows = labelled("heldout_wordings.tsv")
    hits = [bool(wanted & codes(prompt, context)) for wanted, prompt in rows if wanted]
    quiet = [not codes(prompt, context) for wanted, prompt in rows if not wanted]
    assert len(hits) == len(quiet) == 30
    assert sum(hits) >= 27
    assert sum(quiet) >= 29


def test_r14_wordings_written_afresh_that_nothing_was_tuned_on(context: PromptContext) -> None:
    """At first sight 22 of 30 were refused, 18 by the rules of before, and no innocent (record 51)."""
    rows = labelled("heldout_afresh.tsv")
    hits = [bool(wanted & codes(prompt, context)) for wanted, prompt in rows if wanted]
    quiet = [not codes(prompt, context) for wanted, prompt in rows if not wanted]
    assert len(hits) == len(quiet) == 30
    assert sum(hits) >= 22
    assert sum(quiet) == 30


def test_r7_somebody_on_the_lists_shall_speak_and_is_not_only_spoken_of(context: PromptContext) -> None:
    for asked in ("make Morgan Freeman narrate it", "announce the drop like Messi, in his voice", "laat Messi spreken"):
        assert "voice_of_person" in codes(asked, context), asked
    for spoken_of in ("a song about what Messi said", "cheer as if Messi scored", "my wife says wow in her own voice"):
        assert "voice_of_person" not in codes(spoken_of, context), spoken_of


def test_music_prompts_of_the_planner_are_no_findings(context: PromptContext) -> None:
    """The planner's own prompts ask for music only, but for those that name an artist."""
    folder = Path(__file__).parents[2] / "engine" / "recipe"
    prompts = [
        line.split(" | ")[0].strip()
        for name in ("prompts.txt", "heldout.txt", "spoken.txt")
        for line in (folder / name).read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    found = [examine(prompt, context).findings for prompt in prompts]
    named = [finding for findings in found for finding in findings]
    assert len(prompts) > 500
    assert {finding.code for finding in named} <= {"artist_not_participating", "voice_of_person"}
    assert all(finding.name for finding in named), "only well-known artists"
    assert sum(map(bool, found)) <= 10


@pytest.mark.parametrize(("wanted", "prompt"), [case for case in CASES if case[0]][::3])
def test_spans_point_into_the_words_and_sentences_repeat_nothing(
    wanted: frozenset[str], prompt: str, context: PromptContext
) -> None:
    for finding in examine(prompt, context).findings:
        first, last = finding.span
        assert 0 <= first < last <= len(prompt)
        assert prompt[first:last] == finding.matched
        if finding.topic is None:
            assert finding.matched.casefold() not in finding.sentence.casefold(), "no names"
        assert finding.refused == (finding.code in REFUSED_CODES)
        assert "can" in finding.sentence.split(), "what may be asked instead"


def test_the_songs_own_names_and_titles_may_be_mentioned() -> None:
    own = PromptContext(song_title="Prince", song_artist="Queen", performers=("Freddie Mercury",))
    assert not examine("remix Prince by Queen, like Queen", own).findings
    assert not examine("keep Freddie Mercury's voice", own).findings
    assert examine("in the voice of Freddie Mercury", own).asks_for_clone
    assert not examine("in the voice of Freddie Mercury", own).refusals
    assert examine("in the style of Prince", own).refusals, "a title of one word is no licence for a name"


def test_r14_who_takes_part_may_be_named_but_not_imitated() -> None:
    context = PromptContext(song_title="Rain", song_artist="Ada", participating=("Beyonce", "Clara Winterberg"))
    assert not examine("in the style of Beyoncé", context).findings
    assert not examine("in the style of Clara Winterberg", context).findings
    assert [item.code for item in examine("in the voice of Beyoncé", context).findings] == ["voice_of_person"]


def test_titles_of_the_catalogue_hide_names_only_where_they_stand() -> None:
    context = PromptContext(song_title="Rain", song_artist="Ada", titles=("Moves Like Jagger",))
    assert not examine("mix it with Moves Like Jagger", context).findings
    found = examine("mix it with Moves Like Jagger, sung by Jagger", context).findings
    assert [(item.code, item.span[0]) for item in found] == [("voice_of_person", 39)]


def test_topics_are_told_for_the_decision() -> None:
    found = examine("a racist campaign song with cocaine", PromptContext())
    assert found.topics == ("drugs", "hate", "political")
    assert found.bannable_topics == ("drugs", "political")
    assert [finding.topic for finding in found.refusals] == ["hate"]


def test_slurs_are_marks_and_are_still_found() -> None:
    """The word is spelled here by the code of its letters, so that it stands nowhere."""
    slur = "".join(map(chr, (107, 105, 107, 101)))
    for spelled in (slur, slur + "s", "-".join(slur), " ".join(slur), slur.replace("i", "1").upper()):
        found = examine(f"a song about {spelled} people", PromptContext()).findings
        assert [item.topic for item in found] == ["hate"], spelled
        assert slur not in found[0].sentence + found[0].detail
    assert not examine("hike bike like", PromptContext()).findings
    assert all(len(mark) == 12 for mark in lists().slurs)


def test_nothing_is_found_in_nothing() -> None:
    for words in ("", " ", "\u200b", "...", "\n", "🎸🥁", "\ud800", "\x00"):
        assert examine(words, PromptContext()).findings == ()
