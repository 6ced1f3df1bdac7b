"""Making written patterns fit any bar: the pack's own metre when it has it, else bars put together from what it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from contrafact.engine.arranging.notation import Step, parse
from contrafact.engine.arranging.pack import Level


class Written(Protocol):
    """What grooves and patterns have in common."""

    @property
    def beats(self) -> int: ...
    @property
    def bars(self) -> int: ...
    @property
    def levels(self) -> tuple[Level, ...]: ...


@dataclass(frozen=True, slots=True)
class Fitted:
    """A pattern of ``bars`` bars of the wanted number of beats: steps per line."""

    beats: int
    bars: int
    lines: tuple[tuple[str, tuple[Step, ...]], ...]

    def bar(self, place: int) -> list[tuple[str, Step]]:
        """The steps of the bar that is played at ``place``, with positions from that bar's start."""
        first = (place % self.bars) * self.beats
        return [
            (line, replace(step, position=step.position - first))
            for line, steps in self.lines
            for step in steps
            if first <= step.position < first + self.beats
        ]


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


def _parsed(lines: Mapping[str, str], beats: int, bars: int) -> dict[str, tuple[Step, ...]]:
    return {line: parse(steps, beats, bars) for line, steps in lines.items()}


def _cut(steps: Sequence[Step], beats: float, offset: float) -> list[Step]:
    return [
        replace(step, position=step.position + offset, length=min(step.length, beats - step.position))
        for step in steps
        if step.position < beats
    ]


def _of_level(items: list[tuple[Written, Mapping[str, str]]], beats: int, level: Level) -> list[int]:
    exact = [place for place, (item, _) in enumerate(items) if item.beats == beats]
    matching = [place for place in exact if level in items[place][0].levels]
    return matching or exact


def fit(items: list[tuple[Written, Mapping[str, str]]], beats: int, level: Level) -> list[Fitted]:
    """All ways that the patterns offer to play a bar of ``beats`` beats at a level; never empty when ``items`` is not.

    A metre that is not written is assembled from chunks; a chunk that is not written is cut from a longer pattern.
    """
    metres = frozenset(item.beats for item, _ in items)
    chunks = metre_chunks(beats, metres)
    if chunks == (beats,) and beats in metres:
        found = []
        for place in _of_level(items, beats, level):
            item, lines = items[place]
            found.append(Fitted(beats, item.bars, tuple(_parsed(lines, beats, item.bars).items())))
        return found
    variants: list[Fitted] = []
    for turn in range(3):
        whole: dict[str, list[Step]] = {}
        offset = 0
        for chunk in chunks:
            longer = min((metre for metre in metres if metre >= chunk), default=max(metres))
            choices = _of_level(items, longer, level)
            item, lines = items[choices[turn % len(choices)]]
            for line, steps in _parsed(lines, item.beats, item.bars).items():
                whole.setdefault(line, []).extend(_cut(steps, min(chunk, item.beats), offset))
            offset += chunk
        variants.append(Fitted(beats, 1, tuple((line, tuple(steps)) for line, steps in whole.items())))
    return variants


class Songbook:
    """A part's patterns with the bars already fitted kept at hand; every metre and level is worked out once."""

    def __init__(self, pages: list[tuple[Written, Mapping[str, str]]]) -> None:
        self.pages = pages
        self._fitted: dict[tuple[int, Level], list[Fitted]] = {}

    def choices(self, beats: int, level: Level) -> list[Fitted]:
        """See :func:`fit`."""
        key = (beats, level)
        if key not in self._fitted:
            self._fitted[key] = fit(self.pages, beats, level)
        return self._fitted[key]
