"""Nothing is learnt from what its licence or our own rules keep apart."""

import tomllib
from pathlib import Path

import pytest

from benchmarks.truth.catalogue import settings_of
from benchmarks.truth.settings import SongSettings
from contrafact.assets import Manifest
from training.data.modules import MODULES
from training.data.orchestra import FAMILIES, FONTS, RESERVED_KITS, RESERVED_PROGRAMS, free_kits
from training.data.sources import MANIFEST, licensed, read_sources

FREE = {"LicenseRef-public-domain", "CC0-1.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "Zlib", "Apache-2.0"}


def reported() -> tuple[SongSettings, ...]:
    return settings_of("reported")


def test_every_source_is_free_of_copyleft_and_of_conditions_on_use() -> None:
    sources = read_sources()
    assert {source.licence for source in sources.values()} <= FREE
    assert set(tomllib.loads(MANIFEST.read_text())["allowed"]) <= FREE | {"CC-BY-3.0", "CC-BY-4.0"}


def test_sources_say_of_assets_what_the_assets_say() -> None:
    assets = Manifest.packaged().by_name
    for source in read_sources().values():
        if source.asset:
            assert assets[source.asset].licence == source.licence
            assert assets[source.asset].commercial


def test_what_plays_is_named_in_the_manifest() -> None:
    names = set(read_sources())
    assert set(FONTS) <= names
    assert {module.asset for module in MODULES} <= names


def test_a_source_under_copyleft_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    text = MANIFEST.read_text().replace('licence = "MIT"', 'licence = "GPL-2.0-only"', 1)
    path.write_text(text)
    with pytest.raises(ValueError, match=r"general-midi-soundfont is under GPL-2\.0-only"):
        read_sources(path)


def test_a_source_that_is_there_twice_or_lacks_its_origin_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    row = '[[source]]\nname = "x"\nwhat = "y"\nlicence = "MIT"\nby = "z"\n'
    path.write_text('allowed = ["MIT"]\n' + row + row)
    with pytest.raises(ValueError, match="source 2: x is there twice"):
        read_sources(path)
    path.write_text('allowed = ["MIT"]\n' + row.replace('by = "z"\n', ""))
    with pytest.raises(ValueError, match="source 1: lacks or does not know by"):
        read_sources(path)


def test_names_come_back_with_their_licences_and_unknown_ones_are_refused() -> None:
    sources = read_sources()
    assert licensed({"sung-lines", "fluid-mono-soundfont"}, sources) == [
        {"name": "fluid-mono-soundfont", "licence": "MIT"},
        {"name": "sung-lines", "licence": "Apache-2.0"},
    ]
    with pytest.raises(ValueError, match="tape-from-the-attic"):
        licensed({"tape-from-the-attic"}, sources)


def test_no_font_program_or_kit_of_the_reported_songs_plays() -> None:
    played = {program for settings in reported() for program in settings.band[:4]}
    kits = {settings.band[4] for settings in reported()}
    assert played <= RESERVED_PROGRAMS
    assert kits <= RESERVED_KITS
    for role, programs in FAMILIES.items():
        assert not set(programs) & (RESERVED_KITS if role == "drums" else RESERVED_PROGRAMS), role
    assert "timgm-soundfont" not in FONTS


def test_the_projects_kits_that_play_use_no_reserved_kit_of_the_font() -> None:
    kits = free_kits()
    assert {"studio", "synthwave"} <= set(kits)
    assert not {"boombap", "jazz", "metal", "chip", "dnb"} & set(kits)
