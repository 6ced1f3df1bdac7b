"""Which files can carry a manifest inside, told by their first bytes and never by their name."""

from dataclasses import dataclass
from pathlib import Path

SIDECAR_SUFFIX = ".c2pa"
_HEAD_BYTES = 64
_MAX_TAG_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file. ``embeds`` is False where C2PA has no place inside and the manifest lies beside the file."""

    mime: str
    embeds: bool


_WAV = Container("audio/wav", True)
_FLAC = Container("audio/flac", True)
_MP3 = Container("audio/mpeg", True)
_MP4 = Container("audio/mp4", True)
_OGG = Container("audio/ogg", False)

_BY_SUFFIX = {
    ".wav": _WAV,
    ".flac": _FLAC,
    ".mp3": _MP3,
    ".m4a": _MP4,
    ".mp4": _MP4,
    ".opus": _OGG,
    ".ogg": _OGG,
    ".oga": _OGG,
}


def sniff(path: Path) -> Container | None:
    """The container of a file by its content, or None when it is none of ours.

    Notes
    -----
    A signed FLAC begins with an ID3v2 tag that holds the manifest (C2PA 2.x, embedding in FLAC), so a leading tag is
    stepped over before the signature bytes are looked at.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        tagged = head[:3] == b"ID3" and len(head) >= 10
        if tagged:
            size = _synchsafe(head[6:10])
            if size <= _MAX_TAG_BYTES:
                file.seek(10 + size)
                if file.read(4) == b"fLaC":
                    return _FLAC
            return _MP3
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _WAV
    if head[:4] == b"fLaC":
        return _FLAC
    if head[:4] == b"OggS":
        return _OGG
    if head[4:8] == b"ftyp":
        return _MP4
    # An MPEG audio frame: eleven ones, a layer that exists, a bit rate and a sampling rate that exist.
    if (
        len(head) >= 4
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x06
        and head[2] >> 4 != 0xF
        and head[2] & 0x0C != 0x0C
    ):
        return _MP3
    return None


def by_suffix(path: Path) -> Container | None:
    """The container that a target's name asks for."""
    return _BY_SUFFIX.get(path.suffix.lower())


def sidecar_for(path: Path) -> Path:
    """Where the manifest of a file without room for it is written: ``take.opus`` → ``take.opus.c2pa``."""
    return path.with_name(path.name + SIDECAR_SUFFIX)


def find_sidecar(path: Path) -> Path | None:
    """The manifest beside a file: ``take.opus.c2pa``, else ``take.c2pa`` as other tools write it."""
    for candidate in (sidecar_for(path), path.with_suffix(SIDECAR_SUFFIX)):
        if candidate != path and candidate.is_file():
            return candidate
    return None


def _synchsafe(four: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(four, (21, 14, 7, 0), strict=True))
