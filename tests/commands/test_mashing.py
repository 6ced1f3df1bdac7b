"""A mash-up from the command line: made of two songs, asked of both, credited and paid to both."""

from pathlib import Path

import pytest

from tests.support.audio_files import write_wav
from tests.support.commands import Command, Home, finished, started
from tests.support.songs import make_song

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def second_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    song = make_song(seed=9, bpm=112.0, key="E minor", sections=(("verse", 4), ("chorus", 4)))
    return write_wav(tmp_path_factory.mktemp("songs") / "snow.wav", song.audio.samples)


@pytest.fixture(scope="module")
def two_songs(home: Home, second_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A library of two songs, of which the second belongs to somebody else."""
    made = home.copy(tmp_path_factory.mktemp("two") / "home")
    done = finished(started(made, "ingest", second_file, "--artist", "Bo", "--title", "Snow", "--grant", "mine"))
    assert done.code == 0, done.err
    return made


def test_a_mash_up_is_made_credited_and_paid_to_both(
    command: Command, two_songs: Home, song_file: Path, second_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "mash.flac"
    done = command(two_songs, "remix", song_file, "house", "--with", second_file, "-o", target, "--json")
    assert done.code == 0, done.err
    document = done.document
    assert document["recipe"]["kind"] == "mashup"
    assert len(document["recipe"]["sources"]) == 2
    assert {"Ada", "Bo"} <= {item["name"] for item in document["credits"] if item["role"] == "original artist"}
    assert [node["kind"] for node in document["lineage"]].count("recording") == 2
    assert "Snow" in document["label"]
    assert any("Mash-up" in note for note in document["notes"])
    paid = {party["name"]: party["amount_micros"] for party in document["earnings"]["parties"]}
    assert paid["Bo"] > 0
    assert command(two_songs, "ledger", "check").code == 0
    assert command(two_songs, "verify", target).code == 0


def test_one_owner_who_has_not_agreed_is_enough_to_refuse(
    command: Command, home: Home, song_file: Path, second_file: Path, tmp_path: Path
) -> None:
    other = home.copy(tmp_path / "home")
    assert command(other, "ingest", second_file, "--artist", "Bo").code == 0
    target = tmp_path / "mash.flac"
    refused = command(other, "remix", song_file, "house", "--with", second_file, "-o", target)
    assert refused.code == 3
    assert not target.exists()


def test_a_song_is_not_mashed_up_with_itself(command: Command, home: Home, song_file: Path, tmp_path: Path) -> None:
    assert command(home, "remix", song_file, "house", "--with", song_file, "-o", tmp_path / "x.flac").code == 2


def test_partners_are_listed_with_how_they_would_sound(
    command: Command, two_songs: Home, song_file: Path, second_file: Path
) -> None:
    found = command(two_songs, "partners", song_file, "--json")
    assert found.code == 0, found.err
    (snow,) = found.document["partners"]
    assert (snow["title"], found.document["voices"]) == ("Snow", 1)
    assert 0.0 < snow["fit"] <= 1.0
    shown = command(two_songs, "partners", song_file)
    assert "Snow by Bo" in shown.out
    assert command(two_songs, "plan", song_file, "house", "--with", snow["id"]).code == 0
