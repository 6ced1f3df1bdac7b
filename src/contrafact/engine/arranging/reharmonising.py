"""Other chords under the same song: what a recipe's harmony asks for, as chord spans of the take."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from contrafact.engine.arranging import substitutes
from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.chords import ChordTones, scale_of, tonic_class
from contrafact.engine.arranging.grid import Grid, Span
from contrafact.engine.arranging.substitutes import Pieces, Place, Rule, is_dominant
from contrafact.engine.arranging.tonality import KeyAt, Tonality
from contrafact.engine.arranging.tunefit import Tune
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.recipe.wishes import HarmonyChange, HarmonyUse

_RULES: Mapping[HarmonyChange, Rule] = MappingProxyType(
    {
        "relative": substitutes.relative,
        "parallel": substitutes.parallel,
        "jazz": substitutes.jazz,
        "simple": substitutes.simple,
    }
)
_BY_BARS: frozenset[HarmonyChange] = frozenset({"relative", "parallel", "pedal"})
"""A chord of many bars is changed bar by bar: what does not fit a note of one of them fits the others."""
_COLOURS_ONLY = 0.8
"""Up to this strength chords are coloured and none is replaced; the styles ask for no more of themselves."""
_PEDAL_BARS = 8
_LEADING = frozenset({"bridge", "break"})
"""Sections that wait for the next one: their pedal is the dominant."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """Chord spans that change together: what they become, and the name of their place in the song's material."""

    first: int
    last: int
    becomes: tuple[Span, ...]
    name: tuple[object, ...]


def reharmonised(grid: Grid, chart: Chart, recipe: Recipe) -> Grid:
    """The grid with the chords that generated parts shall play; the same grid where the recipe changes none.

    ``recipe.strengths.harmony`` is the share of the chords that can change that do; what a smaller share changes, a
    larger one does too. Chords that were heard uncertainly are left alone. Where no change is named, a strength only
    colours the chords as heard up to 0.8, and from there to 1 substitutes more and more of them, so that 1 is new.
    """
    change, share = _asked(recipe)
    if change == "as_heard" or share <= 0.0 or "harmony" in recipe.locks:
        return grid
    if change in _BY_BARS:
        grid = replace(grid, chords=_at_bars(grid))
    harmoniser = _Harmoniser(grid, chart, recipe.model_copy(update={"harmony": HarmonyUse(change=change)}))
    chosen = _taken(list(harmoniser.units()), share, Chance(recipe.seed, "harmony", change))
    spans: list[Span] = []
    at = 0
    for unit in chosen:
        spans += [*grid.chords[at : unit.first], *unit.becomes]
        at = unit.last + 1
    spans += grid.chords[at:]
    return replace(grid, chords=_joined(spans))


def _asked(recipe: Recipe) -> tuple[HarmonyChange, float]:
    """The change and its share of the chords."""
    share = recipe.strengths.harmony
    if recipe.harmony.change == "as_heard" and share > _COLOURS_ONLY:
        return "jazz", (share - _COLOURS_ONLY) / (1.0 - _COLOURS_ONLY)
    return recipe.harmony.change, share


def said(recipe: Recipe) -> tuple[str, ...]:
    """Sentences for people about what a change of harmony does not do."""
    change = recipe.harmony.change
    if change == "as_heard":
        return ()
    if recipe.strengths.harmony <= 0.0:
        return ("The chords stay as heard: the share of them that changes is strengths.harmony, which is 0.",)
    if change == "parallel" and recipe.kind == "remix" and recipe.stems.vocals.keep:
        return ("The voice keeps its own mode; where it holds a note of it, the chord under it gives way.",)
    return ()


def played_scale(chart: Chart, recipe: Recipe) -> frozenset[int]:
    """Pitch classes of the key that the band plays in: the song's own, or that of the mode it is moved to."""
    key = KeyAt(tonic_class(chart.key.tonic), chart.key.mode)
    moved = recipe.harmony.change == "parallel" and recipe.strengths.harmony >= 0.5
    played = key.parallel if moved else key
    return scale_of(played.tonic, played.mode)


def _taken(units: Sequence[_Unit], share: float, chance: Chance) -> list[_Unit]:
    """The units of the lowest ranks, up to the share of all; equal places of the song have one rank."""
    names: dict[tuple[object, ...], int] = {}
    for unit in units:
        names[unit.name] = names.get(unit.name, 0) + 1
    order = sorted(names, key=lambda name: (chance.fork(*name).unit(), str(name)))
    wanted, before = share * len(units), 0.0
    taken = set()
    for name in order:
        if before + names[name] / 2 < wanted:
            taken.add(name)
        before += names[name]
    return [unit for unit in units if unit.name in taken]


def _at_bars(grid: Grid) -> tuple[Span, ...]:
    """The chords cut at bar lines."""
    lines = [bar.start_s for bar in grid.bars]
    found: list[Span] = []
    for span in grid.chords:
        inside = lines[bisect_right(lines, span.start_s + 1e-6) : bisect_right(lines, span.end_s - 1e-6)]
        edges = [span.start_s, *inside, span.end_s]
        found += [replace(span, start_s=start_s, end_s=end_s) for start_s, end_s in pairwise(edges)]
    return tuple(found)


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for span in spans:
        if found and found[-1].tones == span.tones and found[-1].sure == span.sure:
            found[-1] = replace(found[-1], end_s=span.end_s)
        else:
            found.append(span)
    return tuple(found)


class _Harmoniser:
    def __init__(self, grid: Grid, chart: Chart, recipe: Recipe) -> None:
        self._grid, self._recipe = grid, recipe
        self._tonality, self._tune = Tonality(chart, grid), Tune(chart, recipe, grid)
        self._chance = Chance(recipe.seed, "substitutes", recipe.harmony.change)
        self._bar_starts = [bar.start_s for bar in grid.groove]
        sounding = [place for place, span in enumerate(grid.chords) if span.tones is not None]
        self._ends = (sounding[0], sounding[-1]) if sounding else (-1, -1)

    def units(self) -> Iterator[_Unit]:
        change = self._recipe.harmony.change
        if change == "pedal":
            yield from self._pedals()
        elif change == "simple":
            yield from self._bars()
        else:
            for place, span in enumerate(self._grid.chords):
                if span.tones is not None and span.sure:
                    yield from self._changed(place, span, span.tones, _RULES[change])

    def _changed(self, place: int, span: Span, chord: ChordTones, rule: Rule) -> Iterator[_Unit]:
        name = self._name(place, span, chord)
        where = self._place(place, span, chord)
        beats = self._beats(span)
        for pieces in rule(where, self._chance.fork(*name)):
            spans = _laid(pieces, span, beats)
            if all(
                piece.tones is not None and self._tune.fits(piece.tones, chord, piece.start_s, piece.end_s)
                for piece in spans
            ):
                if spans != (span,):
                    yield _Unit(place, place, spans, name)
                return

    def _name(self, place: int, span: Span, chord: ChordTones) -> tuple[object, ...]:
        """A chord's place in the song's material, so that equal verses are harmonised alike."""
        if place in self._ends and self._recipe.harmony.change in ("relative", "parallel"):
            # The song begins and ends in one mode.
            key = self._tonality.key(span.start_s)
            if chord.root == key.tonic:
                return ("home", chord.root, chord.intervals)
        bar = self._grid.groove[self._bar(span.start_s)]
        through = (span.start_s - bar.start_s) / max(1e-9, bar.end_s - bar.start_s)
        return (bar.letter, bar.place, round(through * bar.beats), chord.root, chord.intervals)

    def _bar(self, time_s: float) -> int:
        return max(0, bisect_right(self._bar_starts, time_s + 1e-6) - 1)

    def _beats(self, span: Span) -> list[float]:
        """Onsets of the groove's beats within a chord, its start first."""
        edge = 1e-4
        inside = [time for time in self._grid.beat_s if span.start_s + edge < time < span.end_s - edge]
        return [span.start_s, *inside]

    def _place(self, place: int, span: Span, chord: ChordTones) -> Place:
        chords = self._grid.chords
        after = chords[place + 1] if place + 1 < len(chords) else None
        following = after.tones if after is not None and after.sure else None
        bar = self._grid.groove[self._bar(span.start_s)]
        next_bar = self._grid.groove[self._bar(after.start_s)] if after is not None else None
        then = chords[place + 2].tones if place + 2 < len(chords) else None
        return Place(
            chord=chord,
            following=following,
            key=self._tonality.key(span.start_s),
            beats=len(self._beats(span)),
            opens=place == self._ends[0],
            closes=place == self._ends[1] or next_bar is None or next_bar.section != bar.section,
            prepared=following is not None and then is not None and is_dominant(following, then.root),
            complete=self._recipe.strengths.harmony >= 1.0,
        )

    def _pedals(self) -> Iterator[_Unit]:
        """The bass stays on the tonic through up to eight bars of a section; its last chord keeps its own bass."""
        for place, span in enumerate(self._grid.chords):
            if span.tones is None or not span.sure or place in self._ends:
                continue
            chord, key = span.tones, self._tonality.key(span.start_s)
            bar = self._grid.groove[self._bar(span.start_s)]
            where = self._place(place, span, chord)
            leading = bar.label in _LEADING
            notes = ((key.tonic + 7) % 12, key.tonic) if leading else (key.tonic, (key.tonic + 7) % 12)
            if where.closes:
                continue
            for bass in notes:
                held = replace(chord, bass=bass)
                # A minor ninth over the bass is no pedal but a wrong note.
                harsh = (bass + 1) % 12 in chord.pitch_classes
                if not harsh and self._tune.fits(held, chord, span.start_s, span.end_s):
                    if held != chord:
                        becomes = (replace(span, tones=held),)
                        yield _Unit(place, place, becomes, (bar.letter, bar.place // _PEDAL_BARS))
                    break

    def _bars(self) -> Iterator[_Unit]:
        """One plain triad a bar: of its chords the one that sounds longest and fits what is sung through all of it."""
        chords = self._grid.chords
        starts = [span.start_s for span in chords]
        for bar in self._grid.bars:
            begun = range(bisect_left(starts, bar.start_s - 1e-6), bisect_left(starts, bar.end_s - 1e-6))
            inside = [place for place in begun if chords[place].end_s <= bar.end_s + 1e-6]
            whole = inside and abs(chords[inside[-1]].end_s - bar.end_s) < 1e-6
            if not whole or abs(chords[inside[0]].start_s - bar.start_s) > 1e-6:
                # Chords that reach over bar lines are simplified one by one.
                inside = []
            if len(inside) > 1 and all(chords[place].tones is not None and chords[place].sure for place in inside):
                felt = self._grid.groove[self._bar(bar.start_s)]
                name = (felt.letter, felt.place, round((bar.start_s - felt.start_s) / (bar.end_s - bar.start_s)))
                unit = self._one_chord(inside, bar.start_s, bar.end_s, name)
                if unit is not None:
                    yield unit
                    continue
            for place in begun:
                span = chords[place]
                if span.tones is not None and span.sure:
                    yield from self._changed(place, span, span.tones, substitutes.simple)

    def _one_chord(self, inside: Sequence[int], start_s: float, end_s: float, name: tuple[object, ...]) -> _Unit | None:
        spans = [self._grid.chords[place] for place in inside]
        for span in sorted(spans, key=lambda span: (span.start_s - span.end_s, span.start_s)):
            if span.tones is None:
                continue
            pieces = substitutes.simple(self._place(inside[0], span, span.tones), self._chance)
            chord = pieces[0][0][1]
            fits = all(
                other.tones is not None and self._tune.fits(chord, other.tones, other.start_s, other.end_s)
                for other in spans
            )
            if fits:
                return _Unit(inside[0], inside[-1], (Span(start_s, end_s, chord, True),), name)
        return None


def _laid(pieces: Pieces, span: Span, beats: Sequence[float]) -> tuple[Span, ...]:
    """Pieces of a substitute in the time of the chord that they replace."""
    starts = [beats[min(beat, len(beats) - 1)] for beat, _ in pieces]
    ends = [*starts[1:], span.end_s]
    return tuple(
        Span(start_s, end_s, chord, span.sure)
        for start_s, end_s, (_, chord) in zip(starts, ends, pieces, strict=True)
        if end_s > start_s
    )
