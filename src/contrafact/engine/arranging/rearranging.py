"""How much of the form is made new by a strength: phrases dropped, repeated and exchanged, the least audible first.

The edits of one song are found once, in an order; a strength takes the first of them until its share of bars is moved.
So what 0.4 changes, 0.6 changes too, and more strength moves more bars.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.gates import Gates
from contrafact.engine.arranging.songmap import Floats

_MOST_BARS = 600
_MOST_EDITS = 24
_MOVED_AT_FULL = 0.65
"""Share of the song's bars that the strongest setting moves."""
_SHORTEST, _LONGEST = 0.75, 1.35
"""Of the song's own length, whatever is dropped or repeated."""
_BONUS = {"drop": {"intro": 2.6, "outro": 0.6, "chorus": -1.6}, "repeat": {"chorus": 2.8, "solo": 0.8, "intro": -1.5}}
_SWAP_BONUS = -0.3
_FAULT_COST = 2.5
"""Of every gate that a join does not pass, on top of what it costs anyway: there is always another edit."""
_DULL = 0.3
"""Of every edit of the same kind that was made before: a song that only loses phrases is not rearranged."""
_TIE = 1.5
"""How far the seed may change the order of edits that are about as good."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """Bars ``first``..``last`` are dropped, played twice, or exchanged at ``middle`` (the first bar of the second)."""

    kind: Literal["drop", "repeat", "swap"]
    first: int
    last: int
    middle: int
    bonus: float

    @property
    def moved(self) -> int:
        if self.kind == "swap":
            return min(self.middle - self.first, self.last + 1 - self.middle)
        return self.last - self.first + 1


def rearranged(gates: Gates, strength: float, seed: int) -> list[int]:
    """The bars of the song with a share of them moved, in the order of the take.

    Parameters
    ----------
    gates
    strength
        0 changes nothing; 1 moves about two thirds of the bars. The ending is the song's own, and so is the beginning,
        but that a long one may be shortened.
    seed
        Chooses among edits that are about as good.
    """
    count = len(gates.song.bars)
    if strength <= 0.0 or count < 4:
        return list(range(count))
    edits = _edits_in_order(gates, seed)
    total = sum(edit.moved for edit in edits)
    chosen: list[_Edit] = []
    moved = 0
    for edit in edits:
        # An edit is made when the strength reaches its middle.
        if moved + edit.moved / 2 > strength * total:
            break
        chosen.append(edit)
        moved += edit.moved
    return _applied(count, chosen)


def _applied(count: int, edits: list[_Edit]) -> list[int]:
    by_start = {edit.first: edit for edit in edits}
    row: list[int] = []
    at = 0
    while at < count:
        edit = by_start.get(at)
        if edit is None:
            row.append(at)
            at += 1
            continue
        inside = list(range(edit.first, edit.last + 1))
        if edit.kind == "repeat":
            row += inside + inside
        elif edit.kind == "swap":
            row += [*range(edit.middle, edit.last + 1), *range(edit.first, edit.middle)]
        at = edit.last + 1
    return row


def _edits_in_order(gates: Gates, seed: int) -> list[_Edit]:
    """Greedily: of all edits that fit beside those chosen, the one that costs the ear least."""
    # Of an hour the first part is rearranged; what follows is as heard.
    count = min(len(gates.song.bars), _MOST_BARS)
    places = np.arange(count)
    found = gates.weigh(places, places)
    joins = found.cost + _FAULT_COST * (~found.voice + 1.0 * ~found.harmony + 0.5 * ~found.level + 1.0 * ~found.beat)
    joins[places[:-1], places[1:]] = 0.0
    chance = Chance(seed, "form")
    left = [(edit, chance.fork(edit.kind, edit.first, edit.last).unit()) for edit in _candidates(gates)]
    chosen: list[_Edit] = []
    moved = 0
    while left and moved < _MOVED_AT_FULL * count and len(chosen) < _MOST_EDITS:
        now = _cost(joins, _applied(count, chosen))
        rated = []
        for number, (edit, luck) in enumerate(left):
            row = _applied(count, [*chosen, edit])
            if not _SHORTEST * count <= len(row) <= _LONGEST * count:
                continue
            added = (_cost(joins, row) - now) / (3.0 if edit.kind == "swap" else 1.0)
            alike = sum(other.kind == edit.kind for other in chosen)
            rated.append((added - edit.bonus + _TIE * luck + 0.04 * edit.moved + _DULL * alike, number))
        if not rated:
            break
        _, best = min(rated)
        edit = left[best][0]
        chosen.append(edit)
        moved += edit.moved
        left = [(other, luck) for other, luck in left if other.last < edit.first or other.first > edit.last]
    return chosen


def _cost(joins: Floats, row: list[int]) -> float:
    bars = np.array(row)
    return float(joins[bars[:-1], bars[1:]].sum())


def _candidates(gates: Gates) -> list[_Edit]:
    song = gates.song
    count = min(len(song.bars), _MOST_BARS)
    spans: list[tuple[int, int, str]] = []
    for section, group in groupby(range(count), key=lambda bar: int(song.home[bar])):
        bars = list(group)
        spans.append((bars[0], bars[-1], song.sections[section].label))
    found: list[_Edit] = []
    for number, (start, end, label) in enumerate(spans):
        opens, closes = number == 0, number == len(spans) - 1
        for first, last in _phrases(start, end):
            whole = (first, last) == (start, end)
            if not closes and not (whole and opens) and not (opens and first == start and end - last < 2):
                bonus = _BONUS["drop"].get(label, 0.0)
                found.append(_Edit("drop", first, last, first, bonus))
            if not opens and not (closes and last == end):
                bonus = _BONUS["repeat"].get(label, 0.0) + (0.3 if whole else 0.0)
                found.append(_Edit("repeat", first, last, first, bonus))
        if not opens and number + 2 < len(spans):
            found.append(_Edit("swap", start, spans[number + 1][1], end + 1, _SWAP_BONUS))
    return found


def _phrases(start: int, end: int) -> list[tuple[int, int]]:
    """The section, and its groups of four bars (what is left over belongs to the last group)."""
    length = end - start + 1
    cuts = list(range(start, end + 1, 4)) if length >= 8 else [start]
    if len(cuts) > 1 and end + 1 - cuts[-1] < 4:
        cuts.pop()
    parts = [(one, two - 1) for one, two in zip(cuts, [*cuts[1:], end + 1], strict=True)]
    return parts if len(parts) == 1 else [(start, end), *parts]
