"""Step notation: rhythm written as a string, one sign per step, so that a musician can read it.

Conventions
-----------
A pattern covers ``bars`` bars of ``beats`` beats; the number of signs divided by ``bars * beats`` gives the steps per
beat (1, 2, 3, 4, 6 or 8). Blanks and ``|`` are for the eye only. ``.`` rests, ``-`` holds the note before it.
Positions and lengths are in beats.
"""

from dataclasses import dataclass

DRUM_SIGNS = "Xxog."
BASS_SIGNS = "Rr35678awcg-."
CHORD_SIGNS = "Xxobtm123456789-."
LEAD_SIGNS = "Xxo-."
STEPS_PER_BEAT = (1, 2, 3, 4, 6, 8)
SIGN_VELOCITY = {"X": 1.0, "x": 0.84, "o": 0.64, "g": 0.36}
"""Loudness of a sign relative to an accent."""


@dataclass(frozen=True, slots=True)
class Step:
    """One sounding sign: where it starts in the pattern, how long it is held, and what division of the beat it sits
    on.
    """

    position: float
    length: float
    sign: str
    division: int


def clean(steps: str) -> str:
    """The signs alone, without the blanks and bar lines that are there for the eye."""
    return "".join(sign for sign in steps if sign not in " |\n\t")


def division_of(steps: str, beats: int, bars: int) -> int:
    """Steps per beat of a pattern.

    Raises
    ------
    ValueError
        When the signs do not divide into the beats; the message says which counts would.
    """
    count, total = len(clean(steps)), beats * bars
    if count == 0 or count % total or count // total not in STEPS_PER_BEAT:
        fitting = ", ".join(str(total * per_beat) for per_beat in STEPS_PER_BEAT)
        raise ValueError(f"{count} steps do not divide into {total} beats; write {fitting} signs")
    return count // total


def check_signs(steps: str, allowed: str) -> None:
    """Refuse signs outside ``allowed`` with a ValueError that names the first of them."""
    for place, sign in enumerate(clean(steps), start=1):
        if sign not in allowed:
            raise ValueError(f"step {place} is {sign!r}; the signs here are {' '.join(allowed)}")


def parse(steps: str, beats: int, bars: int) -> tuple[Step, ...]:
    """The sounding steps of a pattern, in order."""
    division = division_of(steps, beats, bars)
    signs = clean(steps)
    found: list[Step] = []
    place = 0
    while place < len(signs):
        if signs[place] in ".-":
            place += 1
            continue
        end = place + 1
        while end < len(signs) and signs[end] == "-":
            end += 1
        found.append(Step(place / division, (end - place) / division, signs[place], division))
        place = end
    return tuple(found)


def swung(position: float, division: int, swing: float, unit: int) -> float:
    """Move a position to where swing puts it.

    ``swing`` is the share of a pair that the first note takes (0.5 straight, 2/3 a triplet shuffle) and ``unit`` the
    number of such notes in a beat (2: eighths are swung, 4: sixteenths). Triplets and sextuplets are left alone: they
    swing already.
    """
    if division % 3 == 0 or division < unit:
        return position
    pairs = unit // 2
    pair, inside = divmod(position * pairs, 1.0)
    moved = inside * 2 * swing if inside < 0.5 else swing + (inside - 0.5) * 2 * (1 - swing)
    return (pair + moved) / pairs
