"""Sound that is unusual but whole is taken; what is no song is taken too, and not remixed."""

import contextlib
import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from contrafact.kit.blobs import BlobStore
from tests.support.audio_files import encoded, tones, write_wav
from tests.support.commands import Command, Home

pytestmark = pytest.mark.assets


def test_five_seconds_of_eight_kilohertz_mono_are_taken_but_too_short_to_remix(
    command: Command, new_home: Home, tmp_path: Path
) -> None:
    path = write_wav(tmp_path / "phone.wav", tones(5.0, 8_000, channels=1), 8_000)
    taken = command(new_home, "ingest", path, "--grant", "mine", "--json")
    assert taken.code == 0, taken.err
    assert abs(taken.document["duration_s"] - 5) < 0.01
    before = new_home.state()
    done = command(new_home, "remix", path, "house", "-o", tmp_path / "out.flac", "--json")
    assert (done.code, done.out) == (4, "")
    assert any(words in done.sentence for words in ("too short", "too little", "no song"))
    after = new_home.state()
    assert {name for name, rows in after.tables.items() if rows != before.tables[name]} <= {"users"}
    assert not (tmp_path / "out.flac").exists()


def test_silence_is_taken_as_what_it_is_and_not_remixed(command: Command, new_home: Home, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "silence.wav", np.zeros((2, 10 * 44_100), np.float32))
    taken = command(new_home, "ingest", path, "--grant", "mine", "--json")
    assert (taken.code, taken.document["content"]) == (0, "silence")
    listed = command(new_home, "songs")
    assert "silence, not a song" in listed.out
    assert "BPM" not in listed.out, "nobody heard a tempo"
    for call in (("plan", path, "house", "--json"), ("remix", path, "house", "-o", tmp_path / "out.flac", "--json")):
        done = command(new_home, *call)
        assert (done.code, done.out) == (4, "")
        assert "silent" in done.sentence
    assert not (tmp_path / "out.flac").exists()
    assert new_home.query("SELECT COUNT(*) FROM usage_events") == [(0,)]


@pytest.mark.parametrize("content", ["speech", "noise"])
def test_what_was_heard_as_no_music_is_not_remixed(
    command: Command, ungranted: Home, song_file: Path, tmp_path: Path, content: str
) -> None:
    home = ungranted.copy(tmp_path / "home")
    assert command(home, "ingest", song_file, "--grant", "mine").code == 0
    ((chart_blob,),) = home.query("SELECT chart_blob FROM recordings")
    blobs = BlobStore(home.root / "blobs")
    heard = {**json.loads(blobs.get(chart_blob)), "content": content}
    with contextlib.closing(sqlite3.connect(home.root / "contrafact.db")) as connection, connection:
        key = blobs.put(json.dumps(heard).encode()).sha256
        connection.execute("UPDATE recordings SET chart_blob = ?, content = ?", (key, content))
    for call in (
        ("plan", song_file, "house", "--json"),
        ("remix", song_file, "house", "-o", tmp_path / "out.flac", "--json"),
    ):
        done = command(home, *call)
        assert (done.code, done.out) == (4, "")
        assert content in done.sentence
    assert not (tmp_path / "out.flac").exists()


def test_eight_channels_at_192_kilohertz_are_heard(command: Command, new_home: Home, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "immersive.wav", tones(3.0, 192_000, channels=8), 192_000)
    done = command(new_home, "listen", path, "--json")
    assert done.code == 0, done.err
    assert abs(done.document["duration_s"] - 3) < 0.01
    assert done.err == "" or all(line.startswith("Listening: ") for line in done.err.splitlines())


def test_a_file_is_told_by_its_content_and_not_by_its_name(command: Command, new_home: Home, tmp_path: Path) -> None:
    path = encoded(tmp_path / "really an mp3.wav", "mp3", "libmp3lame", seconds=3.0)
    done = command(new_home, "listen", path, "--json")
    assert done.code == 0, done.err
    assert abs(done.document["duration_s"] - 3) < 0.05


def test_separate_writes_four_stems(command: Command, new_home: Home, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "mono.wav", tones(3.0, channels=1))
    done = command(new_home, "separate", path, "-o", tmp_path / "stems", "--json")
    assert done.code == 0, done.err
    written = {name: Path(place) for name, place in done.document["stems"].items()}
    assert set(written) == {"vocals", "drums", "bass", "other"}
    assert sorted(written.values()) == sorted((tmp_path / "stems").iterdir())
