"""What all players share: the bandstand they stand on, and the touch that makes a written note a played one."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.chords import ChordTones, Colour, coloured
from contrafact.engine.arranging.grid import Grid, Span
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.pocket import Pocket
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.singer import NOBODY, Singer
from contrafact.engine.arranging.timeline import Note

SHORTEST_S = 0.03
LONGEST_PUSH_S = 0.36
"""How early a note may be that already belongs to the coming chord."""
MOST_WANDER_MS = 4.0
"""Chance never moves a note further than this from the place that it aims at."""


@dataclass(frozen=True)
class Stand:
    """Everything that the players of one take look at."""

    grid: Grid
    scenes: tuple[Scene, ...]
    pack: StylePack
    harmony: float
    """Strength: the share of chords that are coloured, by twice as much with sevenths, beyond a half with ninths."""
    scale: frozenset[int]
    """Pitch classes of the song's key, before transposition."""
    semitones: int
    chance: Chance
    loudness: float
    """Factor on all velocities that the recipe's moods ask for."""
    end_s: float
    pocket: Pocket
    singer: Singer = NOBODY

    def time(self, beat: float, division: int) -> float:
        """Seconds of a position in groove beats, where swing and the kept drums put it."""
        return self.pocket.time(beat, division)

    def tones(self, span: Span) -> ChordTones | None:
        """The chord to play in a span: enriched as style and recipe want, bare where it was heard uncertainly."""
        if span.tones is None:
            return None
        chord = coloured(span.tones, self._colour(span), self.scale) if span.sure else span.tones.bare()
        return chord.transposed(self.semitones)

    def _colour(self, span: Span) -> Colour:
        """Each chord has its own threshold, the same whenever its section comes back: more strength colours more."""
        if self.harmony <= 0.0 or self.pack.colour == "triad":
            return "triad"
        threshold = self._threshold(span)
        if self.pack.colour == "ninth" and threshold < 2.0 * self.harmony - 1.0:
            return "ninth"
        return "seventh" if threshold < 2.0 * self.harmony else "triad"

    def _threshold(self, span: Span) -> float:
        known = self._thresholds.get(span.start_s)
        if known is None:
            at = bisect_right(self._bar_starts, span.start_s + 1e-6) - 1
            bar = self.scenes[max(0, at)].bar if self.scenes else None
            place = (bar.letter, bar.place, round(span.start_s - bar.start_s, 1)) if bar else (span.start_s,)
            known = self._thresholds[span.start_s] = self.chance.fork("colour", *place).unit()
        return known

    @cached_property
    def _thresholds(self) -> dict[float, float]:
        return {}

    @cached_property
    def _bar_starts(self) -> list[float]:
        return [scene.bar.start_s for scene in self.scenes]

    def harmony_at(self, time_s: float) -> tuple[Span, ChordTones] | None:
        """The chord to play at a time, and its span."""
        span = self.grid.chord(time_s)
        tones = self.tones(span) if span else None
        return (span, tones) if span and tones else None

    def section_end_s(self, scene: Scene) -> float:
        """Where the section of a scene ends; nothing rings over it into another harmony."""
        return self._section_ends[scene.bar.section]

    @cached_property
    def _section_ends(self) -> dict[int, float]:
        return {scene.bar.section: scene.bar.end_s for scene in self.scenes}


@dataclass
class Touch:
    """A player's hand: how hard and how precisely. Draws from its own stream, so no player disturbs another."""

    stand: Stand
    chance: Chance

    def moment(self, time_s: float, lag_ms: float = 0.0) -> float:
        """When a note that aims at a time, or ``lag_ms`` behind it, is played."""
        wander = self.chance.spread() * min(MOST_WANDER_MS, self.stand.pack.humanise.timing_ms)
        return max(0.0, time_s + (wander + lag_ms) / 1000.0)

    def force(self, velocity: float, energy: float) -> int:
        """The velocity of a note, 1..127."""
        wander = self.chance.spread() * self.stand.pack.humanise.velocity
        return round(min(127.0, max(1.0, velocity * (0.82 + 0.26 * energy) * self.stand.loudness + wander)))


def tidy(notes: Iterable[Note], end_s: float) -> tuple[Note, ...]:
    """Notes in order, inside the take, never two of one pitch at once; times in whole microseconds."""
    kept: list[Note] = []
    for _, same in groupby(
        sorted(notes, key=lambda note: (note.pitch, note.start_s, -note.velocity)), lambda n: n.pitch
    ):
        line: list[Note] = []
        for note in same:
            start, end = round(note.start_s, 6), round(min(note.start_s + note.duration_s, end_s), 6)
            if end - start < SHORTEST_S or not 0 <= note.pitch <= 127:
                continue
            if line and start - line[-1].start_s < SHORTEST_S:
                continue
            if line and line[-1].start_s + line[-1].duration_s > start:
                line[-1] = Note(line[-1].start_s, round(start - line[-1].start_s, 6), note.pitch, line[-1].velocity)
            line.append(Note(start, round(end - start, 6), note.pitch, note.velocity))
        kept += line
    return tuple(sorted(kept, key=lambda note: (note.start_s, note.pitch)))
