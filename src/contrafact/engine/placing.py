"""Files that appear whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LONGEST_STEM = 40
"""Signs of the target's name in the scratch's, so that a long name with an ending is not too long for the disk."""


@contextmanager
def placing(target: Path) -> Iterator[Path]:
    """An empty file beside ``target`` to be written to; it takes the target's place when the block ends.

    Its name is its own, so that two writers of one target never write into each other's file: the last one to end is
    the file. It lies in the same folder, so that the move is atomic; nothing is synced to the disk. It has the
    permissions of any new file, whatever those of a file that it replaces.

    Parameters
    ----------
    target : Path
        In a folder that exists; what lies there stays as it is until the move, and for good when the block fails.

    Raises
    ------
    OSError
        The folder is not there or cannot be written, or the move fails; the error names ``target``. Nothing of the new
        file is left behind, nor when the block raises anything.

    Examples
    --------
    >>> with placing(Path("notes.mid")) as scratch:  # doctest: +SKIP
    ...     scratch.write_bytes(data)
    """
    scratch = target.parent / f".{target.name[:_LONGEST_STEM]}.{secrets.token_hex(8)}.part"
    with _told_of(target):
        os.close(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield scratch
        with _told_of(target):
            scratch.replace(target)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


@contextmanager
def _told_of(target: Path) -> Iterator[None]:
    """Nobody knows the scratch's name: what fails is told of the target."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
