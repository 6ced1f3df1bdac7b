"""Words and helpers that numbers with units have in common."""

from collections.abc import Sequence

from contrafact.engine.recipe.intents import Intent, Kind
from contrafact.engine.recipe.text import number

UP = frozenset({"up", "higher", "raise", "raised", "above", "sharper"})
DOWN = frozenset({"down", "lower", "lowered", "below", "drop", "dropped", "flatter", "deeper"})
SECONDS = frozenset({"second", "seconds", "sec", "secs", "s"})
MINUTES = frozenset({"minute", "minutes", "min", "mins", "m"})
BARS = frozenset({"bar", "bars", "measure", "measures"})
OBJECTS = frozenset(
    {"it", "the", "song", "track", "this", "everything", "whole", "thing", "that", "key", "pitch", "my"}
)
APPROXIMATE = frozenset("about around roughly approximately approx circa nearly almost say like of".split())

Found = tuple[int, Kind, Intent] | None
"""Words used, the chip, and what is asked."""


def past(texts: Sequence[str], at: int, words: frozenset[str]) -> int:
    """The place after all of some words."""
    while at < len(texts) and texts[at] in words:
        at += 1
    return at


def digits(texts: Sequence[str], at: int) -> float | None:
    """The value of a number in digits at a place; None for a word, a share or nothing."""
    return (
        number(texts[at])
        if at < len(texts) and texts[at].lstrip("+-")[:1].isdigit() and not texts[at].endswith("%")
        else None
    )
