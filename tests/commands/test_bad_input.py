"""Files that no command takes: exit code 4, one clear sentence, and a library as before."""

import os
import time
from pathlib import Path

import pytest

from tests.support.audio_files import BAD_FILES, Make
from tests.support.commands import Command, Home

READS = (("ingest",), ("listen",), ("separate", "-o", "stems"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An empty library that all of these leave empty; without assets, which no refusal needs."""
    home = Home(tmp_path_factory.mktemp("library") / "home", None)
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert Command(monkeypatch)(home, "songs").code == 0
    return home


@pytest.mark.parametrize(("name", "make"), BAD_FILES.values(), ids=BAD_FILES)
@pytest.mark.parametrize("call", READS, ids=[call[0] for call in READS])
def test_a_bad_file_is_refused_in_one_sentence(
    command: Command,
    library: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: tuple[str, ...],
    name: str,
    make: Make,
) -> None:
    before = library.state()
    path = make(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    begun = time.process_time()
    done = command(library, call[0], path, *call[1:], "--json")
    spent_s = time.process_time() - begun
    assert (done.code, done.out) == (4, "")
    assert Path(name).name in done.sentence
    assert ";" in done.sentence, "says what to do"
    assert "Traceback" not in done.err
    assert library.state() == before
    assert not (tmp_path / "stems").exists()
    assert spent_s < 20, "refused without decoding all of it"


def test_names_that_deceive_a_terminal_are_told_in_one_plain_line(
    command: Command, empty_home: Home, tmp_path: Path
) -> None:
    for name in ("two\nlines.wav", "red\x1b[31m.wav", os.fsdecode(b"latin\xe9.wav")):
        done = command(empty_home, "listen", tmp_path / name)
        assert done.code == 4
        assert done.sentence.isprintable()


@pytest.mark.parametrize("call", ["ingest", "listen", "verify"])
def test_a_name_longer_than_the_system_allows(command: Command, empty_home: Home, tmp_path: Path, call: str) -> None:
    done = command(empty_home, call, tmp_path / ("x" * 300 + ".wav"))
    assert done.code == 4
    assert "File name too long" in done.sentence


def test_several_files_of_which_one_is_bad(command: Command, empty_home: Home, tmp_path: Path) -> None:
    _, make = BAD_FILES["text"]
    done = command(empty_home, "ingest", make(tmp_path / "a.mp3"), tmp_path / "b.mp3", "--json")
    assert (done.code, done.out) == (4, "")
    assert "a.mp3" in done.sentence


@pytest.mark.parametrize("name", ["text", "png", "folder", "pipe", "missing"])
def test_only_sound_can_be_verified(command: Command, empty_home: Home, tmp_path: Path, name: str) -> None:
    wanted, make = BAD_FILES[name]
    done = command(empty_home, "verify", make(tmp_path / wanted), "--json")
    assert (done.code, done.out) == (4, "")
    assert wanted in done.sentence
