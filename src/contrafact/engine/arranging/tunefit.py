"""Whether other chords fit what is sung over them: nothing new may grind a semitone against a held note."""

from bisect import bisect_left
from dataclasses import dataclass

from contrafact.engine.arranging.chords import ChordTones
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.tonality import Tonality
from contrafact.engine.arranging.tunes import TRUSTED, taken_phrases
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe

HELD_S = 0.2
"""A note that sounds for so long over a chord belongs to its harmony; shorter ones pass."""
_SUNG_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Held:
    """A note of the tune in the take: target seconds and pitch class (song's pitch, before transposition)."""

    start_s: float
    end_s: float
    pitch_class: int


class Tune:
    """The tune of a take as the harmony meets it.

    Where an instrument plays it in another mode, it is the tune in that mode; where the kept voice sings it, it is what
    was sung.
    """

    def __init__(self, chart: Chart, recipe: Recipe, grid: Grid) -> None:
        self._grid = grid
        self._held = _held_notes(chart, recipe, grid)
        self._starts = [note.start_s for note in self._held]
        self._longest_s = max((note.end_s - note.start_s for note in self._held), default=0.0)
        # A mash-up's singer is another's; a chart made before anybody listened to the voice knows no notes.
        self._known = recipe.kind != "mashup" and bool(self._held)

    def held(self, start_s: float, end_s: float) -> frozenset[int]:
        """Pitch classes that the tune holds for a while between two moments."""
        least_s = min(HELD_S, 0.5 * (end_s - start_s))
        found = set()
        for place in range(bisect_left(self._starts, start_s - self._longest_s), len(self._held)):
            note = self._held[place]
            if note.start_s >= end_s:
                break
            if min(end_s, note.end_s) - max(start_s, note.start_s) >= least_s - 1e-9:
                found.add(note.pitch_class)
        return frozenset(found)

    def fits(self, chord: ChordTones, heard: ChordTones, start_s: float, end_s: float) -> bool:
        """Whether a chord may sound in place of the heard one: its new tones rub against nothing that is held.

        Where somebody sings and nobody knows what, the heard chord stands for it.
        """
        new = {*chord.pitch_classes, chord.bass} - {*heard.pitch_classes, heard.bass}
        if self._known:
            against = self.held(start_s, end_s)
        elif self._grid.sung(start_s, end_s) > _SUNG_SHARE:
            against = frozenset(heard.pitch_classes)
        else:
            against = frozenset()
        return not any(rub(tone, note) for tone in new for note in against)


def rub(one: int, other: int) -> bool:
    """Whether two pitch classes lie a semitone apart."""
    return (one - other) % 12 in (1, 11)


def _held_notes(chart: Chart, recipe: Recipe, grid: Grid) -> list[Held]:
    """The chart's melody laid along the bars of the take, in order."""
    if chart.melody is None:
        return []
    tonality = Tonality(chart, grid)
    moved = recipe.harmony.change == "parallel"
    played = {note for phrase in taken_phrases(chart, recipe) for note in phrase.notes} if moved else set()
    silent = not recipe.stems.vocals.keep or recipe.kind == "cover"
    notes = [note for note in chart.melody.notes if note.confidence >= TRUSTED]
    starts = [note.start_s for note in notes]
    longest_s = max((note.end_s - note.start_s for note in notes), default=0.0)
    found: list[Held] = []
    for bar in grid.bars:
        if bar.source_bar is None or bar.source_bar >= len(chart.bars):
            continue
        source = chart.bars[bar.source_bar]
        speed = (source.end_s - source.start_s) / max(1e-9, bar.end_s - bar.start_s)
        for place in range(bisect_left(starts, source.start_s - longest_s), len(notes)):
            note = notes[place]
            if note.start_s >= source.end_s:
                break
            first, last = max(note.start_s, source.start_s), min(note.end_s, source.end_s)
            if last <= first:
                continue
            at_s = bar.start_s + (first - source.start_s) / speed
            pitch_class = round(note.pitch_midi - chart.tuning_cents / 100.0) % 12
            if moved and (silent or note in played):
                pitch_class = (pitch_class + tonality.key(at_s).moves_to_parallel().get(pitch_class, 0)) % 12
            found.append(Held(at_s, bar.start_s + (last - source.start_s) / speed, pitch_class))
    return sorted(found, key=lambda note: note.start_s)
