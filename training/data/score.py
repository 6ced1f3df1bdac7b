"""What is played and sung, as notes, before anybody has an instrument.

The notes come from the generated songs of ``benchmarks.truth``: its styles of the split ``tuning`` (or patterns drawn
at random), its progressions of that split, and its tunes. Nothing of the split ``reported`` is used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.truth.band import Role, Strike
from benchmarks.truth.harmony import PITCH_CLASSES
from benchmarks.truth.making import play
from benchmarks.truth.settings import BEATS, Colour, MetreName, SongSettings
from benchmarks.truth.singer import VOICES, Task
from benchmarks.truth.style import BassLine, Comping, Pattern, Style
from benchmarks.truth.tuning_styles import TUNING_STYLES
from training.data.chance import Chance, between, happens, one_of, spread, weighed

ROLES: tuple[Role, ...] = ("drums", "bass", "comp", "pad", "solo")
_METRES: Mapping[MetreName, float] = {"4/4": 0.78, "3/4": 0.09, "6/8": 0.09, "5/4": 0.04}
_COLOURS: tuple[Colour, ...] = ("triads", "sevenths", "slash", "borrowed")
_COMPING: tuple[Comping, ...] = ("block", "strum", "broken", "offbeat", "held", "stabs")
_BASS: tuple[BassLine, ...] = ("roots", "eighths", "fifths", "walking", "kick", "long")
_FORMS = (
    ("verse", "chorus"),
    ("verse", "chorus", "solo"),
    ("intro", "verse", "chorus"),
    ("verse", "bridge", "chorus"),
    ("chorus", "verse", "chorus"),
    ("intro", "chorus", "break", "chorus"),
    ("solo", "chorus"),
    ("chorus",),
    ("verse",),
)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What one player of a band does; ``kit`` and ``program`` say who was meant to play it, where that is known."""

    role: Role
    strikes: Sequence[Strike]
    program: int | None = None
    kit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Lines of players, what is sung, and how long it all takes."""

    lines: Sequence[Line]
    tasks: Sequence[Task]
    voice: str
    """The voice that the tune was written for: its compass decides the keys."""
    seconds: float
    facts: Mapping[str, str | float]
    sources: frozenset[str]
    """Names of the manifest for what the notes were taken from."""

    def of(self, *roles: Role) -> list[Line]:
        """The lines of these roles in which anything happens."""
        return [line for line in self.lines if line.role in roles and line.strikes]


def chords_of(strikes: Sequence[Strike]) -> list[list[Strike]]:
    """Strikes by chord, low notes first."""
    found: list[list[Strike]] = []
    for strike in sorted(strikes, key=lambda one: one.start_s):
        if found and strike.start_s - found[-1][0].start_s < 0.05:
            found[-1].append(strike)
        else:
            found.append([strike])
    return [sorted(each, key=lambda one: one.key) for each in found]


def drawn_score(chance: Chance, seconds: float) -> Score:
    """A song of about so many seconds that nobody has written."""
    metre = weighed(chance, _METRES)
    known = [name for name, style in TUNING_STYLES.items() if metre in style.patterns]
    name = one_of(chance, known)
    style = TUNING_STYLES[name]
    if happens(chance, 0.45):
        name, style = "drawn", _drawn_style(chance, metre)
    beats, division = BEATS[metre]
    bpm = spread(chance, 66.0, 190.0) if division == 2 else spread(chance, 50.0, 120.0)
    voice = one_of(chance, [each for each in VOICES if each != "bass"])
    labels = one_of(chance, _FORMS)
    bars = max(len(labels) * 2, round(seconds * bpm / 60.0 / beats))
    settings = SongSettings(
        name="training",
        split="tuning",
        seed=int(chance.integers(1_000_000, 2**31)),
        bpm=bpm,
        key=f"{one_of(chance, PITCH_CLASSES)} {one_of(chance, ('major', 'minor'))}",
        form=_form(labels, bars, chance),
        style="rock",
        band=(0, 0, 0, 0, 0),
        metre=metre,
        colour=one_of(chance, _COLOURS),
        voice=voice,
        swing=between(chance, 0.55, 0.67) if division == 2 and happens(chance, 0.2) else 0.5,
        half_time=happens(chance, 0.1),
        drift=between(chance, 0.0, 0.03) if happens(chance, 0.3) else 0.0,
        passage=one_of(chance, ("drums only", "voice only", "quiet")),
        lead_in_s=between(chance, 0.1, 1.0),
    )
    played = play(settings, style)
    lines = [Line(role, [strike for strike in played.band.strikes if strike.role == role]) for role in ROLES]
    facts: dict[str, str | float] = {
        "bpm": round(bpm, 2),
        "key": settings.key,
        "metre": metre,
        "style": name,
        "form": settings.form,
    }
    return Score(lines, played.tasks, voice, float(played.page.beats_s[-1]), facts, frozenset({"benchmark-notes"}))


def _form(labels: Sequence[str], bars: int, chance: Chance) -> str:
    cuts = np.sort(chance.choice(np.arange(1, bars), len(labels) - 1, replace=False))
    edges = [0, *(int(cut) for cut in cuts), bars]
    return " ".join(f"{label}{last - first}" for label, first, last in zip(labels, edges, edges[1:], strict=False))


def _drawn_style(chance: Chance, metre: MetreName) -> Style:
    """Patterns nobody wrote down: figures with a likely place for every stroke."""
    beats, division = BEATS[metre]
    steps = 4 if division == 2 else 6
    patterns = (_pattern(chance, beats, steps), _pattern(chance, beats, steps))
    comping = (one_of(chance, _COMPING), one_of(chance, _COMPING))
    bass = (one_of(chance, _BASS), one_of(chance, _BASS))
    return Style("tuning", {metre: patterns}, comping, bass)


def _pattern(chance: Chance, beats: int, steps: int) -> Pattern:
    total = beats * steps
    place = np.arange(total)
    back = place % (2 * steps) == steps if steps == 4 else place % (beats * steps) == total // 2
    kick = np.where(place % steps == 0, between(chance, 0.2, 1.0), between(chance, 0.0, 0.25))
    kick[0] = 0.95
    snare = np.where(back, between(chance, 0.5, 1.0), between(chance, 0.0, 0.15))
    every = int(one_of(chance, (1, 2, 2, 2, 4)))
    time = np.where(place % every == 0, between(chance, 0.8, 1.0), between(chance, 0.0, 0.1))
    opened = np.where(place % steps == steps // 2, between(chance, 0.0, 0.5), 0.0) if happens(chance, 0.4) else None
    on_ride = happens(chance, 0.25)
    none = happens(chance, 0.1)
    row = "" if none else _row(chance, time)
    return Pattern(
        _row(chance, kick),
        _row(chance, snare) if happens(chance, 0.9) else "",
        "" if on_ride else row,
        row if on_ride else "",
        _row(chance, opened) if opened is not None and not on_ride else "",
    )


def _row(chance: Chance, likely: np.ndarray) -> str:
    marks = chance.choice(list("Xxo"), likely.size, p=[0.4, 0.4, 0.2])
    return "".join(str(mark) if chance.random() < share else "." for mark, share in zip(marks, likely, strict=True))
