"""``contrafact assets``: documents and exit codes."""

import shutil

import pytest

from contrafact.assets import AssetStore
from tests.support.commands import Command, Home


def test_the_list_names_licence_and_place_of_every_asset(command: Command, empty_home: Home) -> None:
    done = command(empty_home, "assets", "list", "--json")
    assert done.code == 0
    rows = done.document["assets"]
    assert len(rows) > 10
    assert all(row["licence"] and row["attribution"] and row["carrier"] for row in rows)
    assert not [row["name"] for row in rows if row["default"] and not row["commercial"]]
    told = command(empty_home, "assets", "list")
    assert all(row["name"] in told.out for row in rows)


def test_an_asset_without_commercial_use_is_not_fetched_by_its_name_alone(command: Command, empty_home: Home) -> None:
    rows = command(empty_home, "assets", "list", "--json").document["assets"]
    (name, *_) = (row["name"] for row in rows if not row["commercial"])
    done = command(empty_home, "assets", "fetch", name, "--json")
    assert (done.code, done.out) == (1, "")
    assert f"--accept {name}" in done.sentence


@pytest.mark.assets
def test_fetching_what_is_here_does_nothing(command: Command, new_home: Home) -> None:
    done = command(new_home, "assets", "fetch", "--group", "engine", "--json")
    assert (done.code, done.document) == (0, {"fetched": []})


@pytest.mark.assets
def test_a_changed_file_is_found(command: Command, empty_home: Home, asset_store: AssetStore) -> None:
    root = empty_home.root / "assets"
    shutil.copytree(asset_store.root / "beatnet", root / "beatnet")
    assert command(empty_home, "assets", "verify", "beatnet").code == 0
    file = next(path for path in (root / "beatnet").iterdir() if path.name != "ready.json")
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    done = command(empty_home, "assets", "verify", "beatnet", "--json")
    assert done.code == 1
    (found,) = done.document["assets"]
    assert file.name in found["problem"]
