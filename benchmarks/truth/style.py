"""What a style is: drum patterns, accompaniments and bass lines.

A pattern holds one row per drum; a row has four steps to a beat that divides by two, and six to one that divides by
three. ``x`` is a stroke, ``X`` an accent, ``o`` a soft one.
"""

from dataclasses import dataclass
from typing import Literal

from benchmarks.truth.settings import MetreName
from benchmarks.truth.song import Split

Comping = Literal["block", "strum", "broken", "offbeat", "held", "stabs"]
BassLine = Literal["roots", "eighths", "fifths", "walking", "kick", "long"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One bar of drums."""

    kick: str
    snare: str
    hat: str
    ride: str = ""
    open_hat: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How a band plays: a pattern for quiet and one for full passages, per metre."""

    split: Split
    patterns: dict[MetreName, tuple[Pattern, Pattern]]
    comping: tuple[Comping, Comping]
    bass: tuple[BassLine, BassLine]
    half_time: tuple[Pattern, Pattern] | None = None
