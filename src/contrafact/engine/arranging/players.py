"""What all players share: the bandstand they stand on, and the touch that makes a written note a played one."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.chords import ChordTones, Colour, coloured
from contrafact.engine.arranging.grid import Grid, Span
from contrafact.engine.arranging.notation import swung
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.scenes import Scene
from contrafact.engine.arranging.timeline import Note

SHORTEST_S = 0.03


@dataclass(frozen=True)
class Stand:
    """Everything that the players of one take look at."""

    grid: Grid
    scenes: tuple[Scene, ...]
    pack: StylePack
    colour: Colour
    scale: frozenset[int]
    """Pitch classes of the song's key, before transposition."""
    semitones: int
    chance: Chance
    loudness: float
    """Factor on all velocities that the recipe's moods ask for."""
    end_s: float

    def time(self, beat: float, division: int) -> float:
        """Seconds of a position in groove beats, where the style's swing puts it."""
        whole = int(beat)
        feel = self.pack.feel
        unit = 2 if feel.swing_unit == "eighth" else 4
        return self.grid.time(whole + swung(beat - whole, division, feel.swing, unit))

    def tones(self, span: Span) -> ChordTones | None:
        """The chord to play in a span: enriched as style and recipe want, bare where it was heard uncertainly."""
        if span.tones is None:
            return None
        chord = coloured(span.tones, self.colour, self.scale) if span.sure else span.tones.bare()
        return chord.transposed(self.semitones)

    def harmony(self, time_s: float) -> tuple[Span, ChordTones] | None:
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
        wander = self.chance.spread() * self.stand.pack.humanise.timing_ms
        return max(0.0, time_s + (wander + lag_ms) / 1000.0)

    def force(self, velocity: float, energy: float) -> int:
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
