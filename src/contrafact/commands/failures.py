"""How a failure ends a command: one sentence on standard error, and the exit code that scripts rely on."""

import errno

import click

from contrafact.assets.errors import AssetError
from contrafact.engine.errors import BadInput, Cancelled, EngineError
from contrafact.kit.errors import ContrafactError


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
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return 1
        case PermissionError() | FileNotFoundError() | IsADirectoryError():
            return 1
    return None


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; nothing was kept. Make room and try again."
    return str(error)
