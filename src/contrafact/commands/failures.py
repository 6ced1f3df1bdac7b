"""How a failure ends a command: one sentence on standard error, and the exit code that scripts rely on."""

import errno
import os
from pathlib import Path

import click

from contrafact.assets.errors import AssetError
from contrafact.engine.errors import BadInput, Cancelled, EngineError
from contrafact.kit.errors import ContrafactError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def told(error: Exception) -> int | None:
    """Print an expected failure and return its exit code; None for a defect of ours, which deserves its traceback."""
    code = _exit_code(error)
    if code is not None:
        click.echo(f"contrafact: {_sentence(error)}", err=True)
    return code


def _exit_code(error: Exception) -> int | None:
    match error:
        case ContrafactError():
            return error.exit_code
        case BadInput():
            return 4
        case Cancelled():
            return 130
        case EngineError() | AssetError():
            return 1
        case OSError(errno=code) if code in _FULL:
            return 1
        case OSError(filename=str() | bytes() | Path(), strerror=str()):
            return 1
    return None


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        if error.errno in _FULL:
            return "the disk is full; free some space and try again. Nothing was kept"
        return printable(f"{os.fsdecode(error.filename)}: {error.strerror}; check the path and its permissions")
    return printable(str(error))


def printable(text: str) -> str:
    """One line without control characters, which a file's name may hold to deceive whoever reads a terminal."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)
