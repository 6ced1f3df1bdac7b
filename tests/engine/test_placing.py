"""Files that appear whole or not at all."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from contrafact.engine.placing import placing


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_and_raise(target: Path, error: BaseException) -> None:
    with placing(target) as scratch:
        scratch.write_text("half")
        raise error


def test_nothing_of_the_file_is_seen_before_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "take.flac"
    target.write_text("old")
    with placing(target) as scratch:
        scratch.write_text("new")
        assert target.read_text() == "old"
        assert scratch.parent == target.parent
    assert target.read_text() == "new"
    assert names(tmp_path) == ["take.flac"]


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), GeneratorExit()])
def test_an_error_in_the_middle_leaves_the_old_file(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "take.flac"
    target.write_text("old")
    with pytest.raises(type(error)):
        write_and_raise(target, error)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["take.flac"]


def test_an_error_leaves_nothing_where_nothing_was(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        write_and_raise(tmp_path / "take.flac", RuntimeError("no"))
    assert names(tmp_path) == []


def test_two_writers_at_once_do_not_write_into_each_others_file(tmp_path: Path) -> None:
    """Both are in the middle at the same moment, and write in turns: what is there in the end is one of the two."""
    target, both = tmp_path / "take.flac", Barrier(2)
    halves = {"a": "a" * 5000, "b": "b" * 5000}

    def write(name: str) -> None:
        with placing(target) as scratch, scratch.open("w") as file:
            both.wait(10)
            file.write(halves[name])
            file.flush()
            both.wait(10)
            file.write(halves[name])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, halves))
    assert target.read_text() in {half * 2 for half in halves.values()}
    assert names(tmp_path) == ["take.flac"]


def test_the_move_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "take.flac").mkdir()
    with pytest.raises(IsADirectoryError) as told, placing(tmp_path / "take.flac") as scratch:
        scratch.write_text("new")
    assert told.value.filename == str(tmp_path / "take.flac")
    assert names(tmp_path) == ["take.flac"]


def test_a_folder_that_is_not_there_is_told_by_the_targets_name(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "take.flac"
    with pytest.raises(FileNotFoundError) as told, placing(target):
        pytest.fail("there is nothing to write to")
    assert told.value.filename == str(target)


def test_who_may_read_it_is_as_for_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    (tmp_path / "take.flac").touch(0o600)
    with placing(tmp_path / "take.flac") as scratch:
        scratch.write_text("new")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "take.flac")]
    assert modes[0] == modes[1]


@pytest.mark.parametrize("stem", ["x" * 250, "ü" * 124])
def test_the_longest_names_have_room_for_their_scratch(tmp_path: Path, stem: str) -> None:
    target = tmp_path / f"{stem}.mid"
    with placing(target) as scratch:
        scratch.write_text("new")
    assert target.read_text() == "new"
