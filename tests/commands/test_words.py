"""Words that ask for what may not be made (R7, R14), on the command line: one sentence and exit code 3."""

from pathlib import Path

import pytest

from tests.support.commands import Command, Home

pytestmark = pytest.mark.assets
SONG = "SEAAA2600001"


@pytest.mark.parametrize(
    "words",
    [
        "house in the voice of Freddie Mercury",
        "Метаlliса type beat",
        "a white power march",
        "mit der Stimme meiner Oma",
    ],
)
def test_r14_words_that_nobody_can_allow_end_with_3(command: Command, home: Home, tmp_path: Path, words: str) -> None:
    kept = "SELECT (SELECT COUNT(*) FROM remixes) + (SELECT COUNT(*) FROM decisions)"
    before = home.query(kept)
    for call in (("plan", SONG, words, "--json"), ("remix", SONG, words, "-o", tmp_path / "take.flac")):
        done = command(home, *call)
        assert done.code == 3
        if "--json" in call:
            (reason,) = done.document["refused"]["reasons"]
            assert reason["sentence"] in done.err
        else:
            assert done.out == ""
        assert done.err.startswith("contrafact: ")
        assert done.err.count("\n") == 1
    assert home.query(kept) == before
    assert not list(tmp_path.iterdir())


def test_r7_cloning_the_singer_is_a_right_that_is_missing(command: Command, home: Home) -> None:
    planned = command(home, "plan", SONG, "house, clone her voice", "--json").document
    assert planned["decision"]["outcome"] == "deny"
    assert {reason["operation"] for reason in planned["decision"]["reasons"]} == {"voice_clone"}
