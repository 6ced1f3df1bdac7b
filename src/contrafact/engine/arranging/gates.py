"""The gates at every join: level, beat, harmony, voice and energy, and what a join costs the ear.

All are read from the chart: a join is weighed before a sample is heard. Bars join at their lines, so the beat goes on
by construction; what can fail is a change of tempo or metre. The level of a bar is estimated from its section's and
its voice's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.layout import Seam
from contrafact.engine.arranging.songmap import Floats, SongMap

Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

_FORWARD_COST = 1.5
_BACK_COST = 3.0
_GROUP_COSTS = np.array([1.4, 3.6, 2.6, 3.6])
"""How unwelcome a cut is just before a bar by its place in a group of four; nothing between sections."""
_SAME_MUSIC = 0.3
"""What is left of those costs where the very bar follows that would have: a repeated section."""
_OUT_OF_STEP_COST = 0.8
_STRANGE_COST = 1.1
_VOICE_COST = 4.0
_SHIFT_COST_PER_S = 0.15
_BREATH_COST = 0.9
"""Of a change between two words where nobody breathes; nothing from a rest of this length on."""
_BREATH_S = 0.45
_TEMPO_COST = 3.0
_METRE_COST = 1.0
_LEVEL_COST_PER_DB = 0.18
_LEVEL_COST = 1.2
_ENDED_COST = 4.0

_MOST_STEP_DB = 1.5
_MOST_CONTRAST_DB = 6.5
"""Between whole sections a step is what sections are for."""
_MOST_TEMPO_STEP = 0.06
_LEAST_COMMON = 0.3
"""Share of common pitch classes (Jaccard) at which a chord may stand for the one that was due."""
_SLACK_S = 0.04
"""Silence that the voice needs to change over."""
_MARGIN_S = 0.05


@dataclass(frozen=True, eq=False)
class Weights:
    """What the gates found for joins from the bars ``outs`` (rows) to the bars ``intos`` (columns)."""

    cost: Floats
    level_db: Floats
    level: Bools
    beat: Bools
    harmony: Bools
    voice: Bools
    shift_s: Floats
    """By how much the voice changes over after the line; NaN where it is cut wherever it changes."""


class Gates:
    """Weighs joins of one song."""

    def __init__(self, song: SongMap) -> None:
        self.song = song
        count = len(song.bars)
        letters = [song.sections[bar.section].letter for bar in song.bars]
        numbers = {letter: place for place, letter in enumerate(sorted(set(letters)))}
        self._letter = np.array([numbers[letter] for letter in letters], dtype=np.int64)
        begins = song.place == 0
        self._begins = begins
        self._ends = np.append(begins[1:], True)[:count]
        self._before = np.where(begins, 0.0, _GROUP_COSTS[song.place % 4])
        self._leaving = np.append(self._before[1:], 0.0)[:count]
        self._beats = np.array([len(bar.beats_s) for bar in song.bars], dtype=np.int64)
        self._next = np.minimum(np.arange(count) + 1, count - 1)
        chords = int(max(song.first.max(initial=-1), song.last.max(initial=-1))) + 1
        self._goes_to = np.zeros((chords + 1, chords + 1), bool)
        self._goes_to[song.last[:-1], song.first[1:]] = True
        # Where no chord is known nothing can be said against a join.
        self._goes_to[-1, :] = self._goes_to[:, -1] = True
        np.fill_diagonal(self._goes_to, True)

    def weigh(self, outs: Places, intos: Places) -> Weights:
        """All joins from the end of each of ``outs`` to the start of each of ``intos``."""
        song = self.song
        o, i = outs[:, None], intos[None, :]
        due = self._next[o]
        goes_on = (o + 1 < len(song.bars)) & (self._letter[due] == self._letter[i]) & (song.place[due] == song.place[i])

        strange = self._strange(outs, intos)
        known = self._goes_to[song.last[o], song.first[i]]
        harmony = known | (strange <= 1.0 - _LEAST_COMMON)
        strange = np.where(known, 0.3 * strange, strange)

        # A step that the song makes itself at one of the two lines is none.
        bars_db, before = song.level_db, np.maximum(i - 1, 0)
        steps = (bars_db[i] - bars_db[o], bars_db[i] - bars_db[due], bars_db[before] - bars_db[o])
        level_db = np.abs(steps[0])
        for step in steps[1:]:
            level_db = np.minimum(level_db, np.abs(step))
        whole = self._ends[o] & self._begins[i]
        level = level_db <= np.where(whole, _MOST_CONTRAST_DB, _MOST_STEP_DB)

        pace = song.lengths_s / self._beats
        beat_step = np.abs(pace[i] / pace[o] - 1.0)
        in_metre = self._beats[o] == self._beats[i]
        beat = beat_step <= _MOST_TEMPO_STEP

        shift, rest_s = self._shift(outs, intos)
        voice = ~np.isnan(shift)

        in_step = ((song.place[o] + 1) % 4 == song.place[i] % 4) | whole
        cut = (self._leaving[o] + self._before[i]) * np.where(goes_on, _SAME_MUSIC, 1.0)
        cost = np.where(i > o, _FORWARD_COST, _BACK_COST) + cut
        cost = cost + np.where(in_step, 0.0, _OUT_OF_STEP_COST) + _STRANGE_COST * strange
        breathless = np.clip(1.0 - rest_s / _BREATH_S, 0.0, 1.0)
        changing = _SHIFT_COST_PER_S * np.abs(np.nan_to_num(shift)) + _BREATH_COST * breathless
        cost = cost + np.where(voice, changing, _VOICE_COST)
        cost = cost + _LEVEL_COST_PER_DB * level_db + np.where(level, 0.0, _LEVEL_COST)
        cost = cost + np.where(beat, 0.0, _TEMPO_COST) + np.where(in_metre, 0.0, _METRE_COST)
        cost = cost + np.where(harmony, 0.0, 0.6)
        # After its end a song may begin again, but should not need to.
        cost = cost + np.where(o == len(song.bars) - 1, _ENDED_COST, 0.0)
        return Weights(np.asarray(cost, dtype=np.float64), level_db, level, beat, harmony, voice, shift)

    def costs(self, outs: Places, intos: Places) -> Floats:
        """What each join costs; going on as recorded is no join and costs infinitely much here."""
        cost = self.weigh(outs, intos).cost
        cost[intos[None, :] == outs[:, None] + 1] = np.inf
        return cost

    def cost(self, out: int, into: int) -> float:
        """Of one join; 0 for going on as recorded."""
        return 0.0 if into == out + 1 else float(self.weigh(np.array([out]), np.array([into])).cost[0, 0])

    def seam(self, out: int, into: int, target_s: float, asked: bool = False) -> Seam:
        """One join as it is reported."""
        found = self.weigh(np.array([out]), np.array([into]))
        faults = [
            name
            for name, passed in (
                ("level", found.level),
                ("beat", found.beat),
                ("harmony", found.harmony),
                ("voice", found.voice),
            )
            if not passed[0, 0]
        ]
        shift = float(found.shift_s[0, 0])
        return Seam(
            target_s=target_s,
            out=out,
            into=into,
            level_db=round(float(found.level_db[0, 0]), 3),
            voice_shift_s=0.0 if np.isnan(shift) else shift,
            faults=tuple(faults),
            asked=asked,
        )

    def _strange(self, outs: Places, intos: Places) -> Floats:
        """0 where the chord at ``into`` is the one that was due after ``out``, 1 where they share no tone."""
        due, given = self.song.due[outs], self.song.given[intos]
        common = due @ given.T
        union = due.sum(axis=1)[:, None] + given.sum(axis=1)[None, :] - common
        unknown = (due.sum(axis=1)[:, None] == 0) | (given.sum(axis=1)[None, :] == 0)
        return np.where(unknown, 0.0, 1.0 - common / np.maximum(union, 1.0))

    def _shift(self, outs: Places, intos: Places) -> tuple[Floats, Floats]:
        """The moment nearest the line at which neither side's voice is cut, NaN where there is none, and how long both
        rest around it.
        """
        best = np.full((len(outs), len(intos)), np.nan)
        rest_s = np.zeros(best.shape)
        for leaving in range(2):
            for coming in range(2):
                low = np.maximum(
                    self.song.free_out[outs, leaving, 0][:, None], self.song.free_in[intos, coming, 0][None, :]
                )
                high = np.minimum(
                    self.song.free_out[outs, leaving, 1][:, None], self.song.free_in[intos, coming, 1][None, :]
                )
                fits = high - low >= _SLACK_S
                margin = np.minimum(_MARGIN_S, (high - low) / 2)
                shift = np.clip(0.0, low + margin, high - margin)
                better = fits & ~(np.abs(best) <= np.abs(shift))
                best = np.where(better, shift, best)
                rest_s = np.where(better, high - low, rest_s)
        return best, rest_s
