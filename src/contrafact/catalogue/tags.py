"""What a file says about itself, read with distrust: bounded lengths, no control characters, pictures by their bytes.

Tags are only ever suggestions; a file without readable tags is taken in all the same.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contrafact.kit.licences import Licence, recognise
from contrafact.kit.text import one_line

TEXT_LIMIT = 300
URL_LIMIT = 500
PICTURE_LIMIT_BYTES = 5 << 20
_WANTED: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "TIT2", "\xa9nam"),
    "artist": ("artist", "TPE1", "\xa9ART"),
    "album": ("album", "TALB", "\xa9alb"),
    "isrc": ("isrc", "TSRC", "----:com.apple.iTunes:ISRC"),
}
# from what names a licence outright to what may only mention one
_LICENCE = (
    "license",
    "licence",
    "WCOP",
    "TXXX:LICENSE",
    "copyright",
    "copyright message",
    "TCOP",
    "cprt",
    "contact",
    "comment",
    "COMM",
    "\xa9cmt",
)
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_URL = re.compile(r"https?://[^\s<>\"']{4,480}")


@dataclass(frozen=True, slots=True)
class CoverPicture:
    """A cover picture and its media type, told from its bytes."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Tags:
    """What was found, cleaned; None where nothing usable was."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    isrc: str | None = None
    licence: Licence | None = None
    licence_url: str | None = None
    picture: CoverPicture | None = None


def clean(text: str, limit: int = TEXT_LIMIT) -> str | None:
    """One line of printable text in NFC, at most ``limit`` characters; None when nothing is left.

    Direction overrides and other invisible controls go, for they let a title pretend to be another.
    """
    return one_line(unicodedata.normalize("NFC", text[: limit * 4]))[:limit].strip() or None


def read_tags(path: Path) -> Tags:
    """The tags of an audio file; empty when it has none or they cannot be read."""
    # Imported here and below: most of what cleans a line reads no file.
    import mutagen

    try:
        file = mutagen.File(path)
    except Exception:  # mutagen raises whatever a broken file leads it into; tags are never worth a failure
        return Tags()
    if file is None:
        return Tags()
    found: dict[str, str | None] = {
        name: next((text for key in keys for raw in _texts(file, key) if (text := clean(raw))), None)
        for name, keys in _WANTED.items()
    }
    known: Licence | None = None
    url: str | None = None
    for key in _LICENCE:
        for raw in _texts(file, key):
            if known := recognise(raw):
                match = _URL.search(raw[:2000])
                url = match[0][:URL_LIMIT] if match and "creativecommons.org" in match[0] else None
                break
        if known:
            break
    return Tags(**found, licence=known, licence_url=url, picture=_picture(file))


def _texts(file: Any, key: str) -> Iterable[str]:
    """The values under a key, whatever the container calls it; ID3 and MP4 frames included."""
    tags = file.tags
    if tags is None:
        return
    try:
        values = tags.getall(key) if hasattr(tags, "getall") else tags.get(key, [])
    except (KeyError, ValueError, TypeError):
        return
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, bytes):
            yield value.decode("utf-8", "replace")
        elif isinstance(value, str):
            yield value
        elif hasattr(value, "url"):
            yield str(value.url)
        elif hasattr(value, "text"):
            yield from (str(text) for text in value.text)


def _picture(file: Any) -> CoverPicture | None:
    for data in _pictures(file):
        if len(data) <= PICTURE_LIMIT_BYTES:
            if data.startswith(_JPEG):
                return CoverPicture(data, "image/jpeg")
            if data.startswith(_PNG):
                return CoverPicture(data, "image/png")
    return None


def _pictures(file: Any) -> Iterable[bytes]:
    from mutagen import MutagenError
    from mutagen.flac import FLAC, Picture

    tags = file.tags
    if isinstance(file, FLAC):
        yield from (picture.data for picture in file.pictures)
    if tags is None:
        return
    if hasattr(tags, "getall"):
        yield from (frame.data for frame in tags.getall("APIC") if isinstance(frame.data, bytes))
        return
    for key in ("metadata_block_picture", "covr"):
        try:
            values = tags.get(key, [])
        except (KeyError, ValueError, TypeError):
            continue
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, bytes):
                yield bytes(value)
            elif isinstance(value, str) and len(value) < 2 * PICTURE_LIMIT_BYTES:
                try:
                    picture: Any = Picture
                    yield picture(base64.b64decode(value)).data
                except (binascii.Error, MutagenError, ValueError):
                    continue
