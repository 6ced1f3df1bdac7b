"""Drum patterns, accompaniments and bass lines, by style. No pattern of one split is used by the other.

A pattern holds one row per drum; a row has four steps to a beat that divides by two, and six to one that divides by
three. ``x`` is a stroke, ``X`` an accent, ``o`` a soft one.
"""

from dataclasses import dataclass
from typing import Final, Literal

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


STYLES: Final[dict[str, Style]] = {
    # -- tuning -----------------------------------------------------------------------------------------------------
    "rock": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X.......x.x.....", "....X.......X...", "x.x.x.x.x.x.x.x."),
                Pattern("X..x....x.x.....", "....X.......X..o", "X...x...X...x...", open_hat="..............x."),
            ),
            "3/4": (
                Pattern("X...........", "....x...x...", "x.x.x.x.x.x."),
                Pattern("X.....x.....", "........X...", "x.x.x.x.x.x.", open_hat="..........x."),
            ),
            "5/4": (
                Pattern("X.........x.........", "....x.......x.......", "x.x.x.x.x.x.x.x.x.x."),
                Pattern("X.....x.....x.......", "....X.......X...x...", "x.x.x.x.x.x.x.x.x.x."),
            ),
            "6/8": (
                Pattern("X...........", "......X.....", "x.x.x.x.x.x."),
                Pattern("X...x.......", "......X...x.", "x.x.x.x.x.x."),
            ),
        },
        ("strum", "strum"),
        ("eighths", "eighths"),
        (
            Pattern("X.....x.........", "........X.......", "x...x...x...x..."),
            Pattern("X..x......x.....", "........X.......", "x.x.x.x.x.x.x.x."),
        ),
    ),
    "pop": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X.....x.x.......", "....X.......X...", "x.o.x.o.x.o.x.o."),
                Pattern("X.....x.x.....x.", "....X..o....X...", "xoxoxoxoxoxoxoxo"),
            ),
            "3/4": (
                Pattern("X.......o...", "....x...x...", "x...x...x..."),
                Pattern("X.......x...", "....X...x.o.", "x.o.x.o.x.o."),
            ),
            "6/8": (
                Pattern("X.........x.", "......X.....", "x.o.o.x.o.o."),
                Pattern("X.....o...x.", "......X.....", "xoxoxoxoxoxo"),
            ),
        },
        ("broken", "block"),
        ("roots", "kick"),
    ),
    "shuffle": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X.......X.......", "....X.......X...", "X.x.X.x.X.x.X.x."),
                Pattern("X.....x.X.......", "....X.......X.o.", "", ride="X.x.X.x.X.x.X.x."),
            ),
            "3/4": (
                Pattern("X...........", "....x...x...", "", ride="X...X.x.X.x."),
                Pattern("X.....x.....", "....x...X.o.", "", ride="X.x.X.x.X.x."),
            ),
        },
        ("stabs", "block"),
        ("walking", "walking"),
    ),
    "club": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X...X...X...X...", "", "..x...x...x...x."),
                Pattern("X...X...X...X...", "....X.......X...", "x.ox..oxx.ox..ox", open_hat="..X...X...X...X."),
            )
        },
        ("offbeat", "stabs"),
        ("roots", "eighths"),
    ),
    "ballad": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X.........x.....", "....o.......o...", "x...x...x...x..."),
                Pattern("X.......x.......", "....X.......X...", "x.x.x.x.x.x.x.x."),
            ),
            "3/4": (
                Pattern("X...........", "........o...", "x...x...x..."),
                Pattern("X.........o.", "........X...", "x.x.x.x.x.x."),
            ),
            "6/8": (
                Pattern("X...........", "......o.....", "x.....x.o.o."),
                Pattern("X.......x...", "......X.....", "x.x.x.x.x.o."),
            ),
        },
        ("held", "broken"),
        ("long", "fifths"),
    ),
    # -- reported ---------------------------------------------------------------------------------------------------
    "indie": Style(
        "reported",
        {
            "4/4": (
                Pattern("X.x.......x.....", "....X.......X...", "x.x.x.x.x.x.x.x."),
                Pattern("X.x...x...x..x..", "....X.......X...", "", ride="x.x.x.x.x.x.x.x."),
            ),
            "3/4": (
                Pattern("X.........x.", "....X.......", "x.x.x.x.x.x."),
                Pattern("X.x.......x.", "....X...X...", "", ride="x.x.x.x.x.x."),
            ),
            "5/4": (
                Pattern("X.....x.............", "........X.......x...", "x...x...x...x...x..."),
                Pattern("X...x.......x.x.....", "........X.......X...", "x.x.x.x.x.x.x.x.x.x."),
            ),
            "6/8": (
                Pattern("X.x.........", "......X.....", "x.x.x.x.x.x."),
                Pattern("X.x.....x...", "......X....o", "", ride="x.x.x.x.x.x."),
            ),
        },
        ("strum", "block"),
        ("eighths", "kick"),
        (
            Pattern("X.........x.....", "........X.......", "x.x.x.x.x.x.x.x."),
            Pattern("X.x.......x..x..", "........X......o", "", ride="x...x...x...x..."),
        ),
    ),
    "funk": Style(
        "reported",
        {
            "4/4": (
                Pattern("X..x..x...x.....", "....X..o.o..X...", "x.x.x.x.x.x.x.x."),
                Pattern("X..x..x...x..x..", "....X..o.o..X..o", "xxxxxxxxxxxxxx..", open_hat="..............x."),
            ),
            "5/4": (
                Pattern("X..x......x.........", "....X.......X.......", "x.x.x.x.x.x.x.x.x.x."),
                Pattern("X..x......x..x..x...", "....X..o....X.....o.", "xxxxxxxxxxxxxxxxxxxx"),
            ),
        },
        ("stabs", "stabs"),
        ("kick", "kick"),
    ),
    "jazz": Style(
        "reported",
        {
            "4/4": (
                Pattern("o.......o.......", "", "....x.......x...", ride="X...X.x.X...X.x."),
                Pattern("x...o...x...o...", "......o.......o.", "....x.......x...", ride="X...X.x.X...X.x."),
            ),
            "3/4": (
                Pattern("x...........", "", "....x...x...", ride="X...x.x.x..."),
                Pattern("x...........", "......o...o.", "....x...x...", ride="X...x.x.x.x."),
            ),
            "5/4": (
                Pattern("x...........o.......", "", "....x...........x...", ride="X...x.x.x...X...x.x."),
                Pattern(
                    "x...........x.......", "......o.......o.....", "....x...........x...", ride="X...x.x.x...X...x.x."
                ),
            ),
        },
        ("stabs", "block"),
        ("walking", "walking"),
    ),
    "dance": Style(
        "reported",
        {
            "4/4": (
                Pattern("X...X...X...X..o", "", "x.x.x.x.x.x.x.x."),
                Pattern("X...X...X...X...", "....x..x....x...", "xxXxxxXxxxXxxxXx"),
            )
        },
        ("stabs", "offbeat"),
        ("kick", "eighths"),
        (
            Pattern("X.......o.......", "........X.......", "x.xxx.xxx.xxx.xx"),
            Pattern("X.....x.........", "........X.......", "xxxxx.xxxxxxx.xx"),
        ),
    ),
    "folk": Style(
        "reported",
        {
            "4/4": (
                Pattern("x.......x.......", "....o.......o...", "..x...x...x...x."),
                Pattern("X.......x.....o.", "....x.......x...", "x.x.x.x.x.x.x.xx"),
            ),
            "3/4": (
                Pattern("x...........", "....o...o...", "..x...x...x."),
                Pattern("X.....o.....", "....x...x...", "x.x.x.x.x.xx"),
            ),
            "6/8": (
                Pattern("x...........", "......o.....", "o.x.x.o.x.x."),
                Pattern("X.......o...", "......x.....", "x.xox.x.xox."),
            ),
        },
        ("broken", "strum"),
        ("fifths", "fifths"),
    ),
    "slow": Style(
        "reported",
        {
            "4/4": (
                Pattern("X......x........", "........o.......", "x...x...x...x..."),
                Pattern("X......xx.......", "....X.......X...", "x.o.x.o.x.o.x.o."),
            ),
            "3/4": (
                Pattern("X.........o.", "........o...", "x...o...o..."),
                Pattern("X.....o...o.", "........X...", "x.o.x.o.x.o."),
            ),
            "6/8": (
                Pattern("X.........o.", "......o.....", "x.o...x.o..."),
                Pattern("X...o.....o.", "......X.....", "x.o.o.x.o.o."),
            ),
        },
        ("held", "broken"),
        ("long", "roots"),
    ),
}
