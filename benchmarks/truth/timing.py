"""From the written page to seconds: bars, beats, tempo and swing."""

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from benchmarks.truth.settings import BEATS, SongSettings
from benchmarks.truth.song import Floats, TrueMetre

_SECTION: Final = re.compile(r"([a-z]+)(\*)?(%)?(\d+)")


@dataclass(frozen=True, slots=True)
class Section:
    """A section as written: which bars, and how far the key has moved by then."""

    label: str
    first_bar: int
    bars: int
    shift: int
    occurrence: int
    """0 when it is the first of its label."""


@dataclass(frozen=True, slots=True)
class Bar:
    first_beat: int
    beats: int
    division: Literal[2, 3]
    section: int


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The song's bars, and when each beat falls.

    ``beats_s`` holds one time more than there are beats: the end of the last bar.
    """

    sections: tuple[Section, ...]
    bars: tuple[Bar, ...]
    beats_s: Floats
    swing: float

    def at(self, beat: float) -> float:
        """Seconds of a place in beats from the song's start, swung."""
        whole = min(max(int(np.floor(beat + 1e-9)), 0), self.beats_s.size - 2)
        part = beat - whole
        if self.swing > 0.5 and 0.0 < part < 1.0:
            if part <= 0.5:
                part *= 2.0 * self.swing
            else:
                part = self.swing + (part - 0.5) * 2.0 * (1.0 - self.swing)
        start, stop = self.beats_s[whole], self.beats_s[whole + 1]
        return float(start + part * (stop - start))

    @property
    def positions(self) -> list[int]:
        return [position + 1 for bar in self.bars for position in range(bar.beats)]

    def bar_start(self, bar: int) -> int:
        """The beat on which a bar starts; the number of beats for the bar after the last."""
        return self.bars[bar].first_beat if bar < len(self.bars) else self.beats_s.size - 1

    @property
    def metres(self) -> tuple[TrueMetre, ...]:
        found: list[TrueMetre] = []
        for number, bar in enumerate(self.bars):
            start, stop = float(self.beats_s[bar.first_beat]), float(self.beats_s[self.bar_start(number + 1)])
            if found and (found[-1].beats_per_bar, found[-1].division) == (bar.beats, bar.division):
                found[-1] = TrueMetre(found[-1].start_s, stop, bar.beats, bar.division)
            else:
                found.append(TrueMetre(start, stop, bar.beats, bar.division))
        return tuple(found)


def page_of(settings: SongSettings) -> Page:
    """Lay a song out in time."""
    sections: list[Section] = []
    bars: list[Bar] = []
    shift = 0
    seen: dict[str, int] = {}
    for item in settings.form.split():
        found = _SECTION.fullmatch(item)
        if found is None:
            raise ValueError(f"{item!r} in the form of {settings.name} is not a label and a number of bars")
        label, moves, other, count = found[1], found[2], found[3], int(found[4])
        shift += settings.modulation if moves else 0
        name = settings.metre_change if other and settings.metre_change else settings.metre
        beats, division = BEATS[name]
        sections.append(Section(label, len(bars), count, shift, seen.get(label, 0)))
        seen[label] = seen.get(label, 0) + 1
        for _ in range(count):
            first = bars[-1].first_beat + bars[-1].beats if bars else 0
            bars.append(Bar(first, beats, division, len(sections) - 1))
    total = bars[-1].first_beat + bars[-1].beats
    periods = _periods(settings, sections, bars, total)
    beats_s = settings.lead_in_s + np.concatenate(([0.0], np.cumsum(periods)))
    return Page(tuple(sections), tuple(bars), beats_s, settings.swing)


def _periods(settings: SongSettings, sections: list[Section], bars: list[Bar], total: int) -> Floats:
    """Seconds of each beat."""
    chance = np.random.default_rng([settings.seed, 1])
    pace = np.ones(total)
    if settings.drift:
        cycles, phase = chance.uniform(1.0, 2.5), chance.uniform(0.0, 2.0 * np.pi)
        pace *= 1.0 + settings.drift * np.sin(phase + 2.0 * np.pi * cycles * np.arange(total) / total)
    if settings.tempo_ratio != 1.0:
        later = [item for item in sections if item.first_bar >= len(bars) // 2]
        pace[bars[later[0].first_bar].first_beat :] *= settings.tempo_ratio
    if settings.rubato:
        free = bars[sections[1].first_bar].first_beat
        steps = np.convolve(chance.standard_normal(free + 4), np.ones(3) / 3.0, mode="valid")[:free]
        pace[:free] *= 0.88 * np.exp(0.16 * steps)
    periods: Floats = 60.0 / (settings.bpm * pace)
    return periods
