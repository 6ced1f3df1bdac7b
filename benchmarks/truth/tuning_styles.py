"""The styles of the songs that constants are chosen on."""

from typing import Final

from benchmarks.truth.style import Pattern, Style

TUNING_STYLES: Final[dict[str, Style]] = {
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
    "combo": Style(
        "tuning",
        {
            "4/4": (
                Pattern("o...o...o...o...", "", "....x.......x...", ride="x...X.x.x...X.x."),
                Pattern("x.....o.....o...", "..o...o.......o.", "....X.......X...", ride="x...X...x.x.X.x."),
            ),
            "3/4": (
                Pattern("x...........", "......o.....", "....x.......", ride="x...X.x.x.x."),
                Pattern("x.......o...", "....o.....x.", "....x...x...", ride="X...x.x.X..."),
            ),
            "5/4": (
                Pattern(
                    "x...........x.......", "......o.......o...o.", "....x.......x.......", ride="x...x.x.x...x...x.x."
                ),
                Pattern(
                    "X...........x.....o.", "........x.....o.....", "....x...........x...", ride="x.x.x...x.x.x...x..."
                ),
            ),
        },
        ("stabs", "stabs"),
        ("walking", "walking"),
    ),
    "brushes": Style(
        "tuning",
        {
            "4/4": (
                Pattern("x...............", "o...x...o...x...", ""),
                Pattern("x.......x.......", "o.o.X.o.o.o.X.o.", "....x.......x..."),
            ),
            "3/4": (
                Pattern("x...........", "o...x...x...", ""),
                Pattern("X...........", "o.o.x.o.x.o.", "....x...x..."),
            ),
        },
        ("held", "block"),
        ("walking", "roots"),
    ),
    "waltz": Style(
        "tuning",
        {
            "3/4": (
                Pattern("X...........", "", "....x...x..."),
                Pattern("X.......o...", "....x...x.x.", "x.x.x.x.x.x.", open_hat="....x......."),
            ),
            "4/4": (
                Pattern("X.......x.......", "....x.......x...", "....x.......x..."),
                Pattern("X.......X.......", "....x.......x.x.", "x.x.x.x.x.x.x.x."),
            ),
        },
        ("block", "block"),
        ("roots", "fifths"),
    ),
    "one drop": Style(
        "tuning",
        {
            "4/4": (
                Pattern("....X.......X...", "....x.......x...", "x.x.x.x.x.x.x.x."),
                Pattern("x...X...x...X...", "....x.....o.x..o", "x.oxx.oxx.oxx.ox"),
            ),
        },
        ("offbeat", "offbeat"),
        ("kick", "roots"),
    ),
    "ska": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X.......X.......", "....X.......X...", "..X...X...X...X."),
                Pattern("X.....x.X.......", "....X.......X.xx", "x.X.x.X.x.X.x.X."),
            ),
        },
        ("offbeat", "offbeat"),
        ("walking", "eighths"),
    ),
    "bossa": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X..xX..xX..xX..x", "", "x.x.x.x.x.x.x.x."),
                Pattern("X..xX..xX..xX..x", "x..x..x...x..x..", "x.x.x.x.x.x.x.x."),
            ),
        },
        ("held", "stabs"),
        ("fifths", "kick"),
    ),
    "tresillo": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X..x..x.X..x..x.", "............x...", "x...x...x...x..."),
                Pattern("X...x...X...x...", "...x..x....x..x.", "x..x..x.x..x..x."),
            ),
        },
        ("broken", "stabs"),
        ("kick", "kick"),
    ),
    "heavy": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X...x...X...x...", "....X.......X...", "X...X...X...X..."),
                Pattern("X.xxx.x.X.xxx.x.", "....X.......X...", "X...X...X...X..."),
            ),
            "3/4": (
                Pattern("X.xx....x...", "........X...", "x...x...x..."),
                Pattern("X.x...x.x...", "....X.......", "X...X...X..."),
            ),
            "5/4": (
                Pattern("X..x....x..x........", "........X.......X...", "x...x...x...x...x..."),
                Pattern("X.x...x.....x.x.....", "....X.......X.....x.", "X...X...X...X...X..."),
            ),
            "6/8": (
                Pattern("X.........o.", "......X.....", "x...x.x...x."),
                Pattern("X...x...x.x.", "......X.....", "x.o.o.x.o.x."),
            ),
        },
        ("block", "strum"),
        ("eighths", "kick"),
        (
            Pattern("X.......o.......", "........X.......", "x...x...x...x..."),
            Pattern("X.x.......x.x...", "........X.....o.", "x...x...x...x..x"),
        ),
    ),
    "train": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X.......X.......", "o.x.X.x.o.x.X.x.", ""),
                Pattern("X.......X.......", "ooxoXooxooxoXoxo", ""),
            ),
            "3/4": (
                Pattern("X...........", "o.o.x.o.x.o.", ""),
                Pattern("X.......o...", "oooox.oox.oo", ""),
            ),
            "6/8": (
                Pattern("X.....x.....", "", "x.x.x.x.x.x."),
                Pattern("X.....x.....", "....x.....x.", "X.x.x.X.x.x."),
            ),
        },
        ("broken", "strum"),
        ("fifths", "fifths"),
    ),
    "backbeat": Style(
        "tuning",
        {
            "4/4": (
                Pattern("", "....X.......X...", ""),
                Pattern("X.....x...x.....", "....X.......X...", ""),
            ),
            "3/4": (
                Pattern(
                    "",
                    "........X...",
                    "x...........",
                ),
                Pattern("X.....x.....", "........X...", ""),
            ),
            "6/8": (
                Pattern("", "......X.....", ""),
                Pattern(
                    "X.....o.x.x.",
                    "......X.....",
                    "x...........",
                ),
            ),
        },
        ("strum", "broken"),
        ("long", "roots"),
        (
            Pattern("X...............", "........X.......", ""),
            Pattern("X......x..x.....", "........X.......", "x.x.x.x.x.x.x.x."),
        ),
    ),
    "break": Style(
        "tuning",
        {
            "4/4": (
                Pattern("X.x.......xx....", "....X..o.o..X..o", "x.x.x.x.x.x.x.x."),
                Pattern("X.x.......x.....", "....X..x.x....X.", "x.x.x.x.x.x.x.x."),
            ),
        },
        ("held", "offbeat"),
        ("kick", "eighths"),
        (
            Pattern("X.........x..x..", "........X.......", "xxx.xxx.x.xxxxx."),
            Pattern("X..x.......x....", "........X......x", "x..xx..xx..xx..x"),
        ),
    ),
}
