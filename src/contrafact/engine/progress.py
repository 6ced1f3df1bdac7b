"""How long work reports itself, and how it is asked to stop."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the fraction done (0 to 1, never falling) and a short stage name such as ``"separating"``.

It may raise :class:`contrafact.engine.errors.Cancelled`, which the work lets through.
"""


def silent(fraction: float, stage: str) -> None:
    """A progress listener that listens to nothing."""


def part(progress: Progress, start: float, stop: float) -> Progress:
    """Map the 0..1 of a sub-task to ``start``..``stop`` of the whole.

    Examples
    --------
    >>> seen = []
    >>> part(lambda f, s: seen.append((f, s)), 0.5, 1.0)(0.5, "mixing")
    >>> seen
    [(0.75, 'mixing')]
    """

    def inner(fraction: float, stage: str) -> None:
        progress(start + (stop - start) * min(1.0, max(0.0, fraction)), stage)

    return inner
