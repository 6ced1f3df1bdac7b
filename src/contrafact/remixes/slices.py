"""Long work in slices, so that one process can do several pieces of it in turns, and another can lend a hand."""

from collections.abc import Callable, Generator, Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

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


Favour = Callable[[Any, Mapping[str, Any]], Any]
"""A small piece of somebody else's work: (what the warm-up made, arguments) to a small plain value. A module-level
function; what it raises means that it is not done."""


class Colleague(Protocol):
    """Whoever has nothing to do beside this process."""

    def ask(self, favour: Favour, arguments: Mapping[str, Any], *, first: bool = False, answered: bool = True) -> int:
        """Ask for a favour and go on; ``first`` looks for somebody, whom those that follow go to as well.

        Without ``answered`` nobody will ask what came of it.
        """
        ...

    def ready(self, number: int) -> bool:
        """Whether the favour with this number is done, or will not be."""
        ...

    def answer(self, number: int) -> tuple[bool, Any]:
        """Wait for a favour: (True, value), or (False, None) when nobody did it. Answers once."""
        ...


@runtime_checkable
class Helped(Protocol):
    """A worker's state that can make use of a colleague."""

    colleague: Colleague | None


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
