"""What goes into a ZIP, such that equal contents are equal bytes."""

import shutil
import zipfile
from pathlib import Path

_DATE = (1980, 1, 1, 0, 0, 0)
"""Entries carry a date; ours is always the first that the format knows."""
_BLOCK_BYTES = 1 << 20


def add_bytes(container: zipfile.ZipFile, name: str, data: bytes | str, *, packed: bool = False) -> None:
    """Add an entry ``name`` with these bytes (text as UTF-8); ``packed`` deflates it."""
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    container.writestr(entry, data)


def add_file(container: zipfile.ZipFile, name: str, path: Path) -> None:
    """Add a file of any size as it is, a megabyte in memory at a time: sound that is FLAC does not pack any further."""
    entry = zipfile.ZipInfo(name, _DATE)
    with container.open(entry, "w", force_zip64=True) as out, path.open("rb") as file:
        shutil.copyfileobj(file, out, _BLOCK_BYTES)
