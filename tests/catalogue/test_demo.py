"""The demo catalogue: what its table says is true of its files, and every song can be made and taken in."""

import tomllib
from fractions import Fraction
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from contrafact.assets.fetching import fetch
from contrafact.assets.store import AssetStore
from contrafact.catalogue import service
from contrafact.catalogue.demo.making import make
from contrafact.catalogue.demo.songs import DemoSong, demo_songs, ingest_demo_song
from contrafact.catalogue.demo.tracker import Tracker
from contrafact.catalogue.values import check_shares
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stem_files import read_stem
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.kit.licences import licence
from contrafact.rights.values import Terms
from tests.support.library import Library, sound, write


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    """The manifest alone; nothing is fetched."""
    return AssetStore(tmp_path)


def _song(slug: str, store: AssetStore) -> DemoSong:
    return next(song for song in demo_songs(store) if song.slug == slug)


def test_at_least_eight_real_songs_under_licences_that_allow_it(store: AssetStore) -> None:
    songs = [song for song in demo_songs(store) if song.kind != "own"]
    assert len(songs) >= 8
    assert len({song.slug for song in songs}) == len(songs)
    for song in songs:
        check_shares(song.credits)
        known = licence(song.licence or "")
        assert known is not None
        assert known.derivatives
        assert known.commercial
        assert song.attribution
        assert song.missing(store) == song.assets


def test_the_licence_and_title_are_those_of_the_manifest(store: AssetStore) -> None:
    for song in demo_songs(store):
        if song.assets:
            asset = store.info(song.assets[0])
            assert asset.licence == song.licence, song.slug
            assert song.artist in asset.purpose, song.slug
            assert song.file is None or song.file in asset.outputs, song.slug


def test_owner_terms_can_be_read_by_the_rights_and_refuse_something() -> None:
    table = tomllib.loads((resources.files("contrafact.catalogue.demo") / "songs.toml").read_text())
    restricted = [Terms.model_validate(entry["terms"]) for entry in table["song"] if entry["grant"] == "terms"]
    assert restricted
    for terms in restricted:
        assert terms.allowed("style")
        assert not terms.allowed("tempo_pitch")
        assert not terms.allowed("download")


def test_the_own_song_and_its_version_under_own_terms(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "song"
    folder.mkdir()
    for number, name in enumerate(("vocals", "drums", "bass", "other")):
        write(folder / f"{name}.flac", sound(seed=number, level=0.6))
    (folder / "song.toml").write_text(
        """
        title = "Ours"
        artist = "The Project"
        [[credits]]
        name = "The Project"
        role = "featured artist"
        kind = "organisation"
        master = "1"
        work = "1"
        """
    )
    own = [song for song in demo_songs(library.assets, folder) if song.kind == "own"]
    recordings = [
        ingest_demo_song(
            song,
            database=library.database,
            blobs=library.blobs,
            assets=library.assets,
            scratch=library.scratch,
            clock=library.clock,
            ears=library.ears,
        ).recording
        for song in own
    ]
    assert [song.offline for song in own] == [True, True]
    assert [(item.title, item.licence_id) for item in recordings] == [("Ours", "CC0-1.0"), ("Ours (unplugged)", None)]
    assert [item.stems_origin for item in recordings] == ["owner", "owner"]
    assert library.heard == ["listen", "hear_parts"] * 2
    for recording, drums in zip(recordings, (True, False), strict=True):
        assert recording.stems_residual_db < -60
        assert recording.true_peak_dbtp < 6
        with service.stem_reader(recording, library.blobs) as stems:
            assert stems.read("drums", 0, stems.frames).any() == drums
            assert stems.read("vocals", 0, stems.frames).any()


@pytest.fixture(scope="session")
def demo_store(asset_store: AssetStore) -> AssetStore:
    """Two songs that are small to fetch, and libopenmpt."""
    names = ["mystra-beyond-the-horizon", "mentalguy-mentalgroove", "sectoid-metal-madness"]
    fetch(asset_store, [*names, "libogg", "libvorbis", "libvorbisfile", "libmpg123", "libopenmpt"])
    return asset_store


@pytest.mark.assets
@pytest.mark.parametrize("slug", ["beyond-the-horizon"])
def test_the_stems_of_a_module_are_its_mix(demo_store: AssetStore, tmp_path: Path, slug: str) -> None:
    song = _song(slug, demo_store)
    with make(song, demo_store, tmp_path / "scratch") as made:
        mix = decode(made.path).samples
        assert made.options.stems_dir is not None
        names = sorted(path.stem for path in made.options.stems_dir.iterdir())
        assert names == ["bass", "drums", "other"]
        for name in names:
            assert np.std(read_stem(made.options.stems_dir / f"{name}.flac").samples) > 0.01
    played = Tracker(demo_store).render(demo_store.path(song.assets[0], song.file or "")).samples
    gain = float(np.vdot(mix, played) / np.vdot(played, played))
    # the players' own mix and the sum of separate renderings are one sound
    assert 20 * np.log10(np.std(mix - gain * played) / np.std(mix)) < -60
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.assets
def test_a_module_names_its_instruments(demo_store: AssetStore) -> None:
    song = _song("mentalgroove", demo_store)
    names = Tracker(demo_store).instruments(demo_store.path(song.assets[0], song.file or ""))
    assert [names[index] for index in song.drums] == ["Breakbeat", "Splash Cymbal", "Cowbell", "Tom-Tom"]
    assert [names[index] for index in song.bass] == ["Bass"]


@pytest.mark.assets
def test_a_module_can_be_played_only_so_far(demo_store: AssetStore) -> None:
    song = _song("beyond-the-horizon", demo_store)
    path = demo_store.path(song.assets[0], song.file or "")
    begun = Tracker(demo_store).render(path, longest_s=2.0).samples
    assert 2.0 <= begun.shape[1] / SAMPLE_RATE < 4.0
    further = Tracker(demo_store).render(path, longest_s=5.0).samples
    np.testing.assert_array_equal(begun, further[:, : begun.shape[1]])


@pytest.mark.assets
def test_a_demo_song_is_taken_in_once(demo_store: AssetStore, library: Library) -> None:
    song = _song("metal-madness", demo_store)

    def ingest() -> tuple[str, bool]:
        admission = ingest_demo_song(
            song,
            database=library.database,
            blobs=library.blobs,
            assets=demo_store,
            scratch=library.scratch,
            clock=library.clock,
            ears=library.ears,
        )
        return admission.recording.id, admission.created

    first, second = ingest(), ingest()
    assert first[0] == second[0]
    assert (first[1], second[1]) == (True, False)
    assert library.heard == ["listen", "separate", "hear_parts"]
    with library.database.transaction() as session:
        recording = service.get(session, first[0])
        holders = service.holders(session, first[0])
    assert (recording.stems_origin, recording.licence_id) == ("mixed", "MIT")
    assert "Sectoid" in recording.attribution
    assert {(item.name, item.share) for item in holders.master} == {("Carlos Viola Iborra", Fraction(1))}
