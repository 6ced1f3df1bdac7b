"""Making written patterns fit any bar: the pack's own metre when it has it, else bars put together from what it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from contrafact.engine.arranging.notation import Step, parse, swung
from contrafact.engine.arranging.patterns import Level
from contrafact.engine.listening.chart import SectionLabel

_SHUFFLE = 2 / 3


class Written(Protocol):
    """What grooves and patterns have in common."""

    @property
    def beats(self) -> int: ...
    @property
    def bars(self) -> int: ...
    @property
    def division(self) -> int: ...
    @property
    def levels(self) -> tuple[Level, ...]: ...
    @property
    def sections(self) -> tuple[SectionLabel, ...]: ...


Lines = tuple[tuple[str, tuple[Step, ...]], ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A pattern of ``bars`` bars of the wanted number of beats: steps per line."""

    beats: int
    bars: int
    lines: Lines

    def bar(self, place: int) -> list[tuple[str, Step]]:
        """The steps of the bar that is played at ``place``, with positions from that bar's start."""
        first = (place % self.bars) * self.beats
        return [
            (line, replace(step, position=step.position - first))
            for line, steps in self.lines
            for step in steps
            if first - 1e-9 <= step.position < first + self.beats - 1e-9
        ]


@dataclass(frozen=True, slots=True)
class _Page:
    """A pattern as read, in the metre in which it is to be used."""

    beats: int
    bars: int
    levels: tuple[Level, ...]
    sections: tuple[SectionLabel, ...]
    lines: Lines


def metre_chunks(beats: int, written: frozenset[int]) -> tuple[int, ...]:
    """How a bar is put together: itself if written, else fours and threes (5 is 3+2, 6 is 3+3, 7 is 4+3)."""
    if beats in written:
        return (beats,)
    if beats <= 4:
        return (beats,)
    if beats == 5:
        return (3, 2)
    if beats % 3 == 0 and beats % 4:
        return (3,) * (beats // 3)
    return (4, *metre_chunks(beats - 4, written - {beats - 4}))


def squeezed(step: Step) -> Step:
    """A step of a bar in quick beats, three of which are one dotted beat of compound time."""
    return Step(step.position / 3, step.length / 3, step.sign, step.division * 3)


def shuffled(step: Step) -> Step:
    """A step of plain time as it falls where beats divide by three: the second half of a beat comes at two thirds."""

    def moved(position: float) -> float:
        whole = int(position + 1e-9)
        return whole + swung(position - whole, 4, _SHUFFLE, 2)

    if step.division % 3 == 0:
        return step
    start = moved(step.position)
    return Step(start, moved(step.position + step.length) - start, step.sign, 6)


def stretched(fitted: Fitted, feel: float) -> Fitted:
    """A pattern at half time (``feel`` 0.5: it lasts twice as long) or double time (2.0); bars that do not divide stay.

    Where a single bar is played twice as fast it is repeated.
    """
    if feel == 0.5:
        lines = tuple((name, tuple(_scaled(step, 2.0) for step in steps)) for name, steps in fitted.lines)
        return Fitted(fitted.beats, 2 * fitted.bars, lines)
    if feel != 2.0 or (fitted.bars == 1 and fitted.beats % 2):
        return fitted
    lines = tuple((name, tuple(_scaled(step, 0.5) for step in steps)) for name, steps in fitted.lines)
    if fitted.bars > 1:
        return Fitted(fitted.beats, fitted.bars // 2, lines)
    half = fitted.beats / 2
    twice = [
        (name, (*steps, *(replace(step, position=step.position + half) for step in steps))) for name, steps in lines
    ]
    return Fitted(fitted.beats, 1, tuple(twice))


def _scaled(step: Step, factor: float) -> Step:
    # A sixteenth at half time is an eighth, and swings as one.
    division = max(1, step.division // 2) if factor > 1 else step.division * 2
    return Step(step.position * factor, step.length * factor, step.sign, division)


def fill_steps(lines: Mapping[str, str], beats: int, written: int, division: int) -> list[tuple[str, Step]]:
    """The steps of a fill of ``beats`` beats, written in ``written``, for a bar whose beats divide by ``division``."""
    found = [(line, step) for line, steps in lines.items() for step in parse(steps, beats, 1)]
    return [(line, shuffled(step)) for line, step in found] if division == 3 and written != 3 else found


def _pages(items: Sequence[tuple[Written, Mapping[str, str]]], division: int) -> list[_Page]:
    """What may be played in bars of a division, the best suited kind alone."""
    read = [
        (item, tuple((line, parse(steps, item.beats, item.bars)) for line, steps in lines.items()))
        for item, lines in items
    ]
    own = [_Page(item.beats, item.bars, item.levels, item.sections, lines) for item, lines in read]
    own = [page for page, (item, _) in zip(own, read, strict=True) if item.division == division]
    if own or division == 2:
        return own or [_Page(item.beats, item.bars, item.levels, item.sections, lines) for item, lines in read]
    quick = [
        _Page(
            item.beats // 3,
            item.bars,
            item.levels,
            item.sections,
            tuple((line, tuple(squeezed(step) for step in steps)) for line, steps in lines),
        )
        for item, lines in read
        if item.beats in (6, 9, 12)
    ]
    return quick or [
        _Page(
            item.beats,
            item.bars,
            item.levels,
            item.sections,
            tuple((line, tuple(shuffled(step) for step in steps)) for line, steps in lines),
        )
        for item, lines in read
    ]


def _cut(steps: Sequence[Step], beats: float, offset: float) -> list[Step]:
    return [
        replace(step, position=step.position + offset, length=min(step.length, beats - step.position))
        for step in steps
        if step.position < beats - 1e-9
    ]


def _of_level(pages: list[_Page], beats: int, level: Level, section: str) -> list[_Page]:
    """Pages of a metre: those for this kind of section and level, else those of the level for everywhere."""
    exact = [page for page in pages if page.beats == beats]
    meant = [page for page in exact if section in page.sections and level in page.levels]
    general = [page for page in exact if not page.sections] or exact
    return meant or [page for page in general if level in page.levels] or general


def fit(pages: list[_Page], beats: int, level: Level, section: str = "") -> list[Fitted]:
    """All ways that the patterns offer to play a bar of ``beats`` beats at a level; never empty when ``pages`` is not.

    A metre that is not written is assembled from chunks; a chunk that is not written is cut from a longer pattern, or
    repeats a shorter one.
    """
    metres = frozenset(page.beats for page in pages)
    chunks = metre_chunks(beats, metres)
    if chunks == (beats,) and beats not in metres and max(metres) < beats:
        longest = max(metres)
        chunks = (longest,) * (beats // longest) + ((beats % longest,) if beats % longest else ())
    if chunks == (beats,) and beats in metres:
        return [Fitted(beats, page.bars, page.lines) for page in _of_level(pages, beats, level, section)]
    variants: list[Fitted] = []
    for turn in range(3):
        whole: dict[str, list[Step]] = {}
        offset = 0
        for chunk in chunks:
            longer = min((metre for metre in metres if metre >= chunk), default=max(metres))
            choices = _of_level(pages, longer, level, section)
            page = choices[turn % len(choices)]
            for line, steps in page.lines:
                whole.setdefault(line, []).extend(_cut(steps, min(chunk, page.beats), offset))
            offset += chunk
        variants.append(Fitted(beats, 1, tuple((line, tuple(steps)) for line, steps in whole.items())))
    return variants


class Songbook:
    """A part's patterns with the bars already fitted kept at hand; every metre and level is worked out once."""

    def __init__(self, items: list[tuple[Written, Mapping[str, str]]]) -> None:
        self._items = items
        self._pages: dict[int, list[_Page]] = {}
        self._fitted: dict[tuple[int, Level, int, str], list[Fitted]] = {}

    def __bool__(self) -> bool:
        return bool(self._items)

    def choices(self, beats: int, level: Level, division: int = 2, section: str = "") -> list[Fitted]:
        """See :func:`fit`; ``division`` 3 for bars in compound time."""
        key = (beats, level, division, section)
        if key not in self._fitted:
            if division not in self._pages:
                self._pages[division] = _pages(self._items, division)
            self._fitted[key] = fit(self._pages[division], beats, level, section)
        return self._fitted[key]
