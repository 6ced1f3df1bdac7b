"""Tags are read with distrust and never stop an ingest."""

import base64
from pathlib import Path
from typing import Any

import mutagen.id3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.flac import FLAC, Picture
from mutagen.mp3 import MP3
from mutagen.oggvorbis import OggVorbis

from contrafact.catalogue.tags import clean, read_tags
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.value import Audio
from tests.support.library import sound, write

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SONG = Path(__file__).resolve().parents[3] / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"


def _picture(data: bytes) -> Picture:
    picture = Picture()  # type: ignore[no-untyped-call]
    picture.data, picture.mime = data, "image/png"
    return picture


def test_vorbis_comments_in_flac_and_ogg(tmp_path: Path) -> None:
    for name in ("a.flac", "a.ogg"):
        path = write(tmp_path / name, sound(0.3))
        file = FLAC(path) if name.endswith("flac") else OggVorbis(path)  # type: ignore[no-untyped-call]
        file["TITLE"], file["Artist"], file["album"] = "T\u202eitle\x07", "Ärtist", " Al\nbum "
        file["ISRC"], file["LICENSE"] = "SEABC2600001", "http://creativecommons.org/licenses/by-sa/3.0/"
        if isinstance(file, FLAC):
            file.add_picture(_picture(PNG))  # type: ignore[no-untyped-call]
        else:
            file["metadata_block_picture"] = base64.b64encode(_picture(PNG).write()).decode()  # type: ignore[no-untyped-call]
        file.save()
        tags = read_tags(path)
        assert (tags.title, tags.artist, tags.album, tags.isrc) == ("Title", "Ärtist", "Al bum", "SEABC2600001")
        assert tags.licence is not None
        assert (tags.licence.id, tags.licence_url) == ("CC-BY-SA-3.0", "http://creativecommons.org/licenses/by-sa/3.0/")
        assert tags.picture is not None
        assert (tags.picture.data, tags.picture.media_type) == (PNG, "image/png")


def test_id3(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    encode(Audio(sound(0.3)), path)
    file: Any = MP3(path)  # type: ignore[no-untyped-call]
    if file.tags is None:
        file.add_tags()
    frames: Any = mutagen.id3
    for name, text in (("TIT2", "T"), ("TPE1", "A"), ("TALB", "D"), ("TSRC", "SEABC2600001")):
        file.tags.add(getattr(frames, name)(3, [text]))
    file.tags.add(frames.WCOP("https://creativecommons.org/licenses/by-nd/4.0/"))
    file.tags.add(frames.APIC(3, "image/svg+xml", 3, "", b"<svg onload='alert(1)'/>"))
    file.save()
    tags = read_tags(path)
    assert (tags.title, tags.artist, tags.album, tags.isrc) == ("T", "A", "D", "SEABC2600001")
    assert tags.licence is not None
    assert not tags.licence.derivatives
    assert tags.picture is None  # a picture is a JPEG or a PNG by its bytes, whatever it calls itself


@pytest.mark.parametrize("data", [b"", b"OggS" + bytes(60), b"fLaC" + b"\xff" * 60, b"ID3\x04" + b"\x7f" * 60, b"RIFF"])
def test_broken_files_have_no_tags(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.ogg"
    path.write_bytes(data)
    assert read_tags(path).title is None


def test_the_real_song(tmp_path: Path) -> None:
    if not SONG.is_file():
        pytest.skip("the shared test song is not here")
    tags = read_tags(SONG)
    assert (tags.title, tags.artist, tags.album) == ("Let's Go Fishin'", "Karissa Hobbs", "Age of Flowers")
    assert tags.licence is None


@given(st.text(max_size=2000))
def test_clean_text_is_one_short_visible_line(text: str) -> None:
    found = clean(text)
    if found is None:
        return
    assert 0 < len(found) <= 300
    assert found == found.strip()
    assert found.isprintable()
    assert clean(found) == found
