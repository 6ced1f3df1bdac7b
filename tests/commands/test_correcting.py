"""``contrafact correct`` and ``contrafact listen --jams``: as an owner uses them, and what they refuse."""

import json
from pathlib import Path

import pytest

from contrafact.engine.listening.jams_reading import LARGEST_BYTES
from tests.support.commands import Command, Home, Outcome
from tests.support.jams_files import require_jams

pytestmark = pytest.mark.assets


@pytest.fixture
def copy(ungranted: Home, tmp_path: Path) -> Home:
    """A home of the test's own with one song."""
    return ungranted.copy(tmp_path / "home")


def correct(command: Command, home: Home, song: Path, *options: str | Path) -> Outcome:
    return command(home, "correct", song, *options)


def test_an_owner_corrects_looks_and_withdraws(command: Command, copy: Home, song_file: Path) -> None:
    shown = correct(command, copy, song_file, "--show", "--json").document
    assert (shown["version"], shown["corrections"]) == (0, {})
    call = ("--tempo", "half", "--downbeat", "0:00", "--key", "E minor", "--metre", "3/4", "--reason", "I\nwrote it")
    done = correct(command, copy, song_file, *call, "--by", "Ada", "--json")
    assert done.code == 0, done.err
    holds = done.document["holds"]
    assert holds["tempo_bpm"] == pytest.approx(shown["heard"]["tempo_bpm"] / 2)
    assert (holds["key"], holds["metre"], done.document["heard"]) == ("E minor", "3/4", shown["heard"])
    assert done.document["history"][0]["reason"] == "I wrote it"
    assert done.document["history"][0]["by"] == "Ada"

    more = correct(command, copy, song_file, "--key", "G major")
    assert (more.code, more.err) == (0, "Version 2 holds.\n")
    assert "key       G major   (heard: A minor)" in more.out
    assert "3/4   (heard: 4/4)" in more.out, "what was said before holds on"
    assert "version 1, " in more.out
    assert ", Ada: tempo, downbeat_s, metre, key: I wrote it" in more.out
    again = correct(command, copy, song_file, "--key", "G major")
    assert again.err == "That is what holds already.\n"
    assert command(copy, "songs", "--json").document["songs"][0]["key"] == "G major"

    undone = correct(command, copy, song_file, "--undo", "--json").document
    assert (undone["version"], undone["holds"]) == (3, shown["heard"])
    assert [item["corrections"] != {} for item in undone["history"]] == [True, True, False]


def test_what_is_listened_to_comes_back_as_corrections(
    command: Command, copy: Home, song_file: Path, tmp_path: Path
) -> None:
    listened = command(copy, "listen", song_file, "--jams")
    assert listened.code == 0, listened.err
    document = listened.document
    require_jams(document)
    for annotation in document["annotations"]:
        if annotation["namespace"] == "key_mode":
            annotation["data"] = [{"time": 0.0, "duration": 21.0, "value": "D:minor", "confidence": 1.0}]
    path = tmp_path / "song.jams"
    path.write_text(json.dumps(document))
    done = correct(command, copy, song_file, "--jams", path, "--json")
    assert done.code == 0, done.err
    assert done.document["holds"]["key"] == "D minor"
    assert done.document["holds"]["bars"] == done.document["heard"]["bars"]
    refused = correct(command, copy, song_file, "--tempo", "100")
    assert refused.code == 4
    assert "a tempo and the beats themselves contradict each other" in refused.sentence


def test_sections_are_a_list_in_a_file(command: Command, copy: Home, song_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "sections.txt"
    path.write_text("0:00 verse\n0:12 chorus\n")
    done = correct(command, copy, song_file, "--sections", path, "--json")
    assert done.code == 0, done.err
    sections = done.document["holds"]["sections"]
    assert [(item["label"], item["letter"]) for item in sections] == [("verse", "A"), ("chorus", "B")]
    assert sections[1]["start_s"] == pytest.approx(12.3, abs=0.1), "on the nearest bar"


def test_what_cannot_be_is_refused_and_nothing_is_changed(
    command: Command, copy: Home, song_file: Path, tmp_path: Path
) -> None:
    folder, text, large = tmp_path / "folder", tmp_path / "text.txt", tmp_path / "large.jams"
    folder.mkdir()
    text.write_bytes(b"\xff\xfe\x00soon verse")
    with large.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    before = copy.state()
    calls: list[tuple[tuple[str | Path, ...], str]] = [
        (("--tempo", "fast"), "is not a tempo"),
        (("--tempo", "97.3"), "say a downbeat as well"),
        (("--downbeat", "nan"), "is not a time"),
        (("--downbeat", "9:00"), "lies outside the recording"),
        (("--key", "H minor"), "is not a key"),
        (("--metre", "7/8"), "is not a metre"),
        (("--sections", tmp_path / "none.txt"), "cannot be read"),
        (("--sections", folder), "not an ordinary file"),
        (("--sections", text), "line 1"),
        (("--jams", text), "it is not JSON"),
        (("--jams", large), "larger than"),
    ]
    for options, words in calls:
        done = correct(command, copy, song_file, *options, "--json")
        assert (done.code, done.out) == (4, ""), options
        assert words in done.sentence
    assert copy.state() == before
