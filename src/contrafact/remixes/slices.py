"""Long work in slices, so that one process can do several pieces of it in turns."""

from collections.abc import Generator
from typing import Any, NamedTuple

from contrafact.engine.progress import Progress


class Slice(NamedTuple):
    """Where a piece of work stands after a slice of it.

    ``fraction`` of it is done (0 to 1, never falling), ``stage`` names what it is at, and ``sound_s`` seconds of sound
    can be listened to so far.
    """

    fraction: float
    stage: str
    sound_s: float = 0.0


Slices = Generator[Slice, None, dict[str, Any]]
"""Work in slices, which ends with its plain result; closed early, it leaves nothing open."""


def exhaust(slices: Slices, progress: Progress) -> dict[str, Any]:
    """Do all of it at once; what ``progress`` raises ends the work."""
    try:
        while True:
            done = next(slices)
            progress(done.fraction, done.stage)
    except StopIteration as end:
        result: dict[str, Any] = end.value
        return result
    finally:
        slices.close()
