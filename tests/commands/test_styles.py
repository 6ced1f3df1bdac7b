"""``contrafact styles``: what a musician who writes a pack sees."""

from importlib import resources
from pathlib import Path

import pytest

from contrafact.assets import AssetStore
from contrafact.engine.arranging import load_styles
from contrafact.engine.audio.decoding import decode
from tests.support.commands import Command, Home
from tests.support.packs import SMALL_PACK


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A pack of one's own, in a folder of packs."""
    folder = tmp_path / "packs" / "mine"
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(SMALL_PACK)
    return folder


def test_the_styles_are_listed(command: Command, empty_home: Home) -> None:
    rows = command(empty_home, "styles", "list", "--json").document["styles"]
    assert [row["slug"] for row in rows] == list(load_styles())
    told = command(empty_home, "styles", "list")
    assert told.code == 0
    assert "116–130 BPM" in told.out


def test_a_good_pack_ends_with_0(command: Command, empty_home: Home, mine: Path) -> None:
    for folder in (mine, mine.parent):
        done = command(empty_home, "styles", "check", folder, "--json")
        assert done.code == 0
        assert done.document["sound"] is True
        assert [pack["slug"] for pack in done.document["packs"]] == ["mine"]


def test_a_bad_pack_ends_with_4_and_says_where(command: Command, empty_home: Home, mine: Path) -> None:
    file = mine / "pack.toml"
    file.write_text(file.read_text().replace('kit = "house"', 'kit = "dustbins"'))
    done = command(empty_home, "styles", "check", mine)
    number = next(n for n, row in enumerate(file.read_text().splitlines(), start=1) if "dustbins" in row)
    assert done.code == 4
    assert f"{file}:{number}: error: drums.kit: there is no kit 'dustbins'" in done.out
    assert "1 errors" in done.err
    document = command(empty_home, "styles", "check", mine, "--json").document
    assert document["packs"][0]["findings"][0]["line"] == number


def test_a_folder_without_packs_is_bad_input(command: Command, empty_home: Home, tmp_path: Path) -> None:
    done = command(empty_home, "styles", "check", tmp_path / "nowhere")
    assert done.code == 4
    assert "holds no style packs" in done.sentence


def test_only_one_pack_can_be_played(command: Command, empty_home: Home, mine: Path, tmp_path: Path) -> None:
    shipped = resources.files("contrafact.styles")
    done = command(empty_home, "styles", "check", str(shipped), "--play", tmp_path / "out.wav")
    assert done.code == 2
    assert "--play needs one pack" in done.err


@pytest.mark.assets
def test_a_pack_can_be_heard(
    command: Command, new_home: Home, mine: Path, tmp_path: Path, asset_store: AssetStore
) -> None:
    done = command(new_home, "styles", "check", mine, "--play", tmp_path / "mine.flac")
    assert done.code == 0
    heard = decode(tmp_path / "mine.flac")
    assert heard.duration_s == pytest.approx(48 * 4 * 60.0 / 200.0, abs=1.0)
    third = heard.frames // 3
    low, mid, high = (float((heard.samples[:, n * third : (n + 1) * third] ** 2).mean()) for n in range(3))
    assert 0.0 < low < mid < high
