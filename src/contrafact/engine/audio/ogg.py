"""Is an Ogg file whole? Its length is read from its own last page, so a cut file looks like a shorter, healthy one."""

from pathlib import Path

_CAPTURE = b"OggS"
_HEADER_BYTES = 27
_LARGEST_PAGE_BYTES = _HEADER_BYTES + 255 + 255 * 255
"""RFC 3533, section 6."""


def ogg_is_cut(path: Path) -> bool:
    """True when the last page promises more bytes than the file has. Bytes after a whole last page are no cut."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 2 * _LARGEST_PAGE_BYTES))
        tail = file.read()
    at = tail.rfind(_CAPTURE)
    while at >= 0:
        if len(tail) - at < _HEADER_BYTES:
            return True
        if tail[at + 4] == 0:  # stream structure version; a capture pattern inside sound data seldom has it
            break
        at = tail.rfind(_CAPTURE, 0, at)
    if at < 0:
        return False
    segments = tail[at + 26]
    table = tail[at + _HEADER_BYTES : at + _HEADER_BYTES + segments]
    return len(table) < segments or len(tail) - at < _HEADER_BYTES + segments + sum(table)
