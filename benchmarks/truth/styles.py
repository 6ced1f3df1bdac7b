"""Every style by its name. No pattern of one split is used by the other."""

from typing import Final

from benchmarks.truth.style import BassLine, Comping, Pattern, Style
from benchmarks.truth.tuning_styles import TUNING_STYLES

__all__ = ["STYLES", "BassLine", "Comping", "Pattern", "Style"]

_REPORTED_STYLES: Final[dict[str, Style]] = {
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

STYLES: Final[dict[str, Style]] = {**TUNING_STYLES, **_REPORTED_STYLES}
