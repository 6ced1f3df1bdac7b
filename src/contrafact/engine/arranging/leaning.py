"""A remix of a song that was heard uncertainly leans on the recording: no harmony is played over guesses.

A chart's confidences are probabilities. A chord that is more likely right than wrong is played; one that may well be
wrong is played as root and fifth, which are right more often than the triad; a guess is not played at all. Where a bar
is mostly guesses the recording's own instruments sound in place of the band.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from contrafact.engine.arranging.chords import parse_chord
from contrafact.engine.arranging.grid import Grid, Span
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.timeline import TargetBar
from contrafact.engine.arranging.tonality import Tonality
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe

LIKELY = 0.5
"""From this probability on a chord is played whole."""
GUESSED = 0.35
"""Below this probability of its triad nothing is played over a chord."""
_LIKELY_TEMPO = 0.3
_FEWEST_BARS = 8
_MOSTLY = 0.5
"""Share of a bar (of a song) that must be guessed for all of it to count as such; a patchwork is worse than either."""
_SHORTEST_RETURN_BARS = 2
"""The band does not come back for less."""
_LENT_DB = -12.0
_LENT: tuple[StemName, ...] = ("bass", "other")


@dataclass(frozen=True, slots=True)
class Leaning:
    """How a take leans on its recording.

    Parameters
    ----------
    grid
        With the chords that may be played.
    spans
        Where the recording's own instruments sound in place of the band (target seconds, in order).
    stems
        Which stems of the recording sound there although the style drops them.
    notes_for_people
        What was decided, in sentences.
    """

    grid: Grid
    spans: tuple[tuple[float, float], ...] = ()
    stems: tuple[StemName, ...] = ()
    notes_for_people: tuple[str, ...] = ()


def lean(
    chart: Chart, recipe: Recipe, pack: StylePack | None, grid: Grid, silenced: frozenset[StemName] = frozenset()
) -> Leaning:
    """What of the harmony may be played, and where the recording plays instead; a pure function.

    Parameters
    ----------
    pack
        The style; without one nothing was dropped by a style, so nothing is lent.
    silenced
        Stems that the recipe excludes by the word for an instrument.
    """
    cover = recipe.kind == "cover"
    chords = _judged(chart, grid, keep_guesses=cover)
    whole = _why_whole(chart)
    weak = [True] * len(grid.bars) if whole else _weak_bars(grid, chords)
    if not whole and sum(weak) >= max(1.0, _MOSTLY * len(weak)):
        whole, weak = "Most chords of this recording are uncertain", [True] * len(weak)
    if not any(weak):
        return Leaning(replace(grid, chords=_unlabelled(chords)))
    spans = _joined(bar for bar, guessed in zip(grid.bars, weak, strict=True) if guessed)
    if cover:
        notes = (_said(grid.bars, weak, whole, "the band plays them from what is likeliest"),)
        return Leaning(replace(grid, chords=_unlabelled(chords)), (), (), notes)
    stems = tuple(stem for stem in _LENT if _may_lend(recipe, pack, stem) and stem not in silenced)
    playing = any(getattr(recipe.stems, stem).keep and stem not in silenced for stem in ("other", "bass"))
    instead = (
        "the recording's own instruments play there instead of new ones"
        if stems or playing
        else "no new chords are played there"
    )
    silent = _without(_unlabelled(chords), spans)
    return Leaning(replace(grid, chords=silent), spans, stems, (_said(grid.bars, weak, whole, instead),))


def traced(chart: Chart, recipe: Recipe, pack: StylePack | None) -> Recipe:
    """The recipe with every stem kept whose place in the take must be known, sounding or not: the form is chosen by it.

    A tune that an instrument plays lies where it was sung, what the recording may have to lend where it was played;
    and where nothing of the recording sounds, as in a cover, the bars are still the song's.
    """
    kept = [stem for stem in STEM_NAMES if getattr(recipe.stems, stem).keep]
    if recipe.kind == "cover" or not kept:
        return with_stems(recipe, STEM_NAMES)
    needed: list[StemName] = ["vocals"] if recipe.strengths.melody > 0.0 else []
    if _why_whole(chart) or any(chord.confidence < GUESSED for chord in chart.chords):
        needed += [stem for stem in _LENT if _may_lend(recipe, pack, stem)]
    return with_stems(recipe, [stem for stem in needed if stem not in kept])


def with_stems(recipe: Recipe, stems: Sequence[StemName]) -> Recipe:
    """The recipe with some stems kept that it drops or silences, for the buses that they sound through."""
    if not stems:
        return recipe
    kept: dict[str, Any] = {
        stem: use.model_copy(update={"keep": True, "gain_db": max(use.gain_db, _LENT_DB)})
        for stem in stems
        if (use := getattr(recipe.stems, stem))
    }
    return recipe.model_copy(update={"stems": recipe.stems.model_copy(update=kept)})


def _why_whole(chart: Chart) -> str:
    """Why nothing of the harmony may be relied upon; empty when it may."""
    if chart.tempo.confidence < _LIKELY_TEMPO:
        return "The beat of this recording is uncertain"
    if len(chart.bars) < _FEWEST_BARS:
        return "Too few bars of this recording were heard to be sure of its chords"
    return ""


def _may_lend(recipe: Recipe, pack: StylePack | None, stem: StemName) -> bool:
    """Whether a stem is silent only because the style is played without it, and not because the recipe wants it so."""
    if pack is None or recipe.style is None:
        return False
    return not getattr(recipe.stems, stem).keep and not getattr(pack.stems, stem).keep


@dataclass(frozen=True, slots=True)
class _Judged:
    """A chord span with the lowest probability of what it was made of."""

    span: Span
    guessed: bool


def _judged(chart: Chart, grid: Grid, *, keep_guesses: bool) -> list[_Judged]:
    """The grid's chords, beat by beat as sure as they were heard."""
    tonality = Tonality(chart, grid)
    starts = [chord.start_s for chord in chart.chords]
    sounding = [parse_chord(chord.label) is not None for chord in chart.chords]
    found: list[_Judged] = []
    for span in grid.chords:
        if span.tones is None:
            found.append(_Judged(span, False))
            continue
        edges = [span.start_s, *(t for t in grid.beat_s if span.start_s + 1e-6 < t < span.end_s - 1e-6), span.end_s]
        for start_s, end_s in pairwise(edges):
            source_s = tonality.source_s((start_s + end_s) / 2)
            place = bisect_right(starts, source_s) - 1 if source_s is not None else -1
            # What the band plays alone, or rings on in a silence, is as sure as the grid took it to be.
            known = place >= 0 and source_s is not None and source_s < chart.chords[place].end_s and sounding[place]
            sure = chart.chords[place].confidence if known else (LIKELY if span.sure else GUESSED)
            guessed = sure < GUESSED
            tones = None if guessed and not keep_guesses else span.tones
            found.append(_Judged(Span(start_s, end_s, tones, sure >= LIKELY), guessed))
    return found


def _unlabelled(chords: Sequence[_Judged]) -> tuple[Span, ...]:
    """The spans alone, equal neighbours joined."""
    found: list[Span] = []
    for judged in chords:
        span = judged.span
        if found and found[-1].tones == span.tones and found[-1].sure == span.sure:
            found[-1] = replace(found[-1], end_s=span.end_s)
        else:
            found.append(span)
    return tuple(found)


def _weak_bars(grid: Grid, chords: Sequence[_Judged]) -> list[bool]:
    """Which bars are mostly guessed; short returns to certainty between two such bars count as guessed."""
    guesses = [(judged.span.start_s, judged.span.end_s) for judged in chords if judged.guessed]
    weak: list[bool] = []
    first = 0
    for bar in grid.bars:
        while first < len(guesses) and guesses[first][1] <= bar.start_s:
            first += 1
        covered_s, at = 0.0, first
        while at < len(guesses) and guesses[at][0] < bar.end_s:
            covered_s += max(0.0, min(bar.end_s, guesses[at][1]) - max(bar.start_s, guesses[at][0]))
            at += 1
        weak.append(covered_s >= _MOSTLY * (bar.end_s - bar.start_s) - 1e-9)
    guessed = [place for place, is_weak in enumerate(weak) if is_weak]
    for before, after in pairwise(guessed):
        if 1 < after - before <= _SHORTEST_RETURN_BARS:
            weak[before:after] = [True] * (after - before)
    return weak


def _joined(bars: Iterator[TargetBar]) -> tuple[tuple[float, float], ...]:
    spans: list[tuple[float, float]] = []
    for bar in bars:
        if spans and abs(spans[-1][1] - bar.start_s) < 1e-6:
            spans[-1] = (spans[-1][0], bar.end_s)
        else:
            spans.append((bar.start_s, bar.end_s))
    return tuple(spans)


def _without(chords: Sequence[Span], spans: Sequence[tuple[float, float]]) -> tuple[Span, ...]:
    """The chords with silence in some spans."""
    found: list[Span] = []
    for chord in chords:
        at_s = chord.start_s
        for start_s, end_s in spans:
            first_s, last_s = max(at_s, start_s), min(chord.end_s, end_s)
            if last_s <= first_s:
                continue
            if first_s > at_s:
                found.append(replace(chord, start_s=at_s, end_s=first_s))
            found.append(Span(first_s, last_s, None, False))
            at_s = last_s
        if at_s < chord.end_s:
            found.append(replace(chord, start_s=at_s))
    return _unlabelled([_Judged(span, False) for span in found])


def _said(bars: Sequence[TargetBar], weak: Sequence[bool], whole: str, instead: str) -> str:
    if whole:
        return f"{whole}; {instead.replace(' there', '')}."
    labels = list(dict.fromkeys(bar.section for bar, guessed in zip(bars, weak, strict=True) if guessed))
    named = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
    share = sum(weak) / len(weak)
    which = "Chords" if share >= 0.1 else "A few chords"
    return f"{which} of the {named} are uncertain; {instead}."
