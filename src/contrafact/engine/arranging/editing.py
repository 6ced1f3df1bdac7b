"""Cutting a row of bars to a length: the cheapest way through them that plays for about so long.

Dynamic programming over (bars played so far, bar), as text is set in lines: every join costs what the gates say, and
the seconds played are carried along, so that a drifting tempo or a change of metre does not spoil the length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.gates import Gates
from contrafact.engine.arranging.songmap import MOST_BARS, Floats

_KEPT_JOINS = 40
"""Joins that are considered into each bar: the cheapest."""
_BLOCK = 256
_NATURAL_COST = 0.2
"""Of a join that goes on as recorded although the row of bars has something else in between."""
_TIGHTNESS = 0.15
_WIDE_COST = 20.0
"""Of every bar beyond the first that the length is missed by: no join is so bad that it may cost the length."""
_STEPS_ROUND = 0.12


@dataclass(frozen=True, slots=True)
class Aim:
    """How long the bars are to play, in source seconds.

    ``over_s`` and ``under_s`` may be missed at no cost; beyond, a missing or surplus bar's length costs ``under_cost``
    or ``over_cost``.
    """

    seconds: float
    over_s: float = 0.0
    under_s: float = 0.0
    over_cost: float = 0.8
    under_cost: float = 0.8

    def cost(self, played_s: Floats, bar_s: float) -> Floats:
        off = played_s - self.seconds
        over = np.maximum(0.0, off - self.over_s) * self.over_cost
        under = np.maximum(0.0, -off - self.under_s) * self.under_cost
        wide = np.maximum(0.0, over / self.over_cost + under / self.under_cost - bar_s)
        return np.asarray((over + under + _TIGHTNESS * np.abs(off) + _WIDE_COST * wide) / bar_s)


@dataclass(frozen=True, eq=False)
class Row:
    """The bars to choose from, in their order: what each is worth, and what it costs to begin or to end with it."""

    bars: NDArray[np.int64]
    worth: Floats
    begin: Floats
    end: Floats
    before_s: Floats
    after_s: Floats
    """Seconds that come with beginning or ending at a place: what the recording has around its first and last bar."""


def shortest_way(gates: Gates, row: Row, aim: Aim) -> list[int]:
    """The bars (of the recording) of the cheapest way through ``row`` that meets the aim.

    Goes forwards along the row or jumps; may play bars again. Deterministic: of equal ways the first.
    """
    lengths = gates.song.lengths_s[row.bars]
    bar_s = float(np.median(lengths))
    outs, costs = _joins(gates, row.bars)
    steps = max(1, round(aim.seconds / float(lengths.mean())))
    way: list[int] = []
    missed_s = np.inf
    for _ in range(3):
        # Where bars differ much in length the way found plays other bars than the mean: count again from it.
        found = _search(row, lengths, outs, costs, aim, steps, bar_s)
        off_s = float(lengths[found].sum() + row.before_s[found[0]] + row.after_s[found[-1]]) - aim.seconds
        if abs(off_s) < abs(missed_s):
            way, missed_s = found, off_s
        again = min(MOST_BARS, max(1, len(found) - round(off_s / bar_s)))
        if abs(off_s) <= max(aim.over_s, 0.75 * bar_s) or again == steps:
            break
        steps = again
    return [int(row.bars[place]) for place in way]


def _joins(gates: Gates, bars: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """For every place of the row the places to come from, and the costs: (places, kept) each."""
    count = len(bars)
    kept = min(count, _KEPT_JOINS)
    outs = np.empty((count, kept), dtype=np.int64)
    costs = np.empty((count, kept))
    for start in range(0, count, _BLOCK):
        stop = min(count, start + _BLOCK)
        block = gates.costs(bars, bars[start:stop])
        block = np.where(np.isinf(block), _NATURAL_COST, block)
        # The neighbour in the row is no join.
        inside = np.arange(max(start, 1), stop)
        block[inside - 1, inside - start] = np.inf
        order = np.argsort(block, axis=0, kind="stable")[:kept]
        outs[start:stop] = order.T
        costs[start:stop] = np.take_along_axis(block, order, axis=0).T
    return outs, costs


def _search(
    row: Row, lengths: Floats, outs: NDArray[np.int64], costs: Floats, aim: Aim, steps: int, bar_s: float
) -> list[int]:
    """One round: ways of about ``steps`` bars, as places in the row."""
    count = len(row.bars)
    window = max(2, round(_STEPS_ROUND * steps))
    last = min(MOST_BARS, steps + window)
    mean_worth = float(row.worth.mean())
    best = row.begin - row.worth
    played = lengths + row.before_s
    came = np.empty((last, count), dtype=np.int32)
    arrivals: list[tuple[float, int, int]] = []
    everyone = np.arange(count)
    for step in range(last):
        if step:
            ways = best[outs] + costs
            chosen = ways.argmin(axis=1)
            jumped = ways[everyone, chosen]
            source = outs[everyone, chosen]
            plain = np.append(np.inf, best[:-1])
            source = np.where(plain <= jumped, everyone - 1, source)
            best = np.minimum(plain, jumped) - row.worth
            played = played[source] + lengths
            came[step] = source
        if step + 1 >= steps - window:
            # Longer ways collect more worth; they are compared by what a bar is worth on average.
            total = best + row.end + aim.cost(played + row.after_s, bar_s) + mean_worth * (step + 1)
            place = int(total.argmin())
            arrivals.append((float(total[place]), step, place))
    _, step, place = min(arrivals)
    way = [place]
    for back in range(step, 0, -1):
        place = int(came[back, place])
        way.append(place)
    return way[::-1]


def ends_of(
    gates: Gates, bars: Sequence[int], wanted_bars: float, begin_anywhere: bool = False
) -> tuple[Floats, Floats]:
    """What it costs to begin and to end with each place of a row: the song's own ends are free.

    Short takes may begin and end elsewhere more easily: ten seconds cannot hold intro, chorus and ending.
    """
    song = gates.song
    numbers = np.asarray(bars, dtype=np.int64)
    scale = min(1.0, wanted_bars / 16.0)
    places = song.place[numbers]
    following = np.minimum(numbers + 1, len(song.bars) - 1)
    closing = (song.place[following] == 0) | (numbers + 1 == len(song.bars))
    begin = np.where(places == 0, 4.5, np.where(places % 4 == 0, 6.0, 12.0)) * scale
    end = np.where(closing, 9.0, np.where((places + 1) % 4 == 0, 11.0, 15.0)) * scale
    silent_in = ~np.isnan(song.free_in[numbers, :, 0]).all(axis=1)
    silent_out = ~np.isnan(song.free_out[numbers, :, 0]).all(axis=1)
    begin = begin + np.where(silent_in, 0.0, 3.0)
    end = end + np.where(silent_out, 0.0, 3.0)
    if begin_anywhere:
        begin = np.where(places % 4 == 0, np.where(silent_in, 0.2, 3.0), begin)
    begin[0] = 0.0
    end[-1] = 0.0
    return begin, end
