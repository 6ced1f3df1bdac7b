"""A loop: bars whose end leads into their beginning, as the gates hear it."""

from itertools import pairwise

import numpy as np

from contrafact.engine.arranging.gates import Gates
from contrafact.engine.arranging.songmap import Floats

_USUAL_S = 24.0
_USUAL_BARS = (4, 8, 16)
_OFF_COST = 1.2
_MOST_TURNS = 256
_MOST_BARS = 500


def loop_row(
    gates: Gates, row: list[int], worth: list[float], wanted_s: float | None, most_off: float | None = None
) -> tuple[list[int], int]:
    """The stretch of ``row`` that closes best, and how many times it is played.

    Parameters
    ----------
    gates
    row
        Bars of the recording to choose from, in order.
    worth
        How much each of them is wanted.
    wanted_s
        Length in source seconds, met as nearly as whole bars can; None for a phrase of 4, 8 or 16 bars that lasts some
        twenty seconds.
    most_off
        Share of the wanted length by which it may be missed, if there is any choice; None for about a bar.

    Returns
    -------
    tuple
        The bars of one turn, and the number of turns (more than one only where the wanted length is longer than what
        there is).
    """
    if len(row) > _MOST_BARS:
        # All pairs of an hour's bars are weighed nowhere: the stretch that is wanted most is searched.
        sums = np.convolve(worth, np.ones(_MOST_BARS), "valid")
        first = int(sums.argmax())
        row, worth = row[first : first + _MOST_BARS], worth[first : first + _MOST_BARS]
    bars = np.asarray(row, dtype=np.int64)
    lengths = gates.song.lengths_s[bars]
    bar_s = float(np.median(lengths))
    until = np.concatenate([[0.0], np.cumsum(lengths)])
    # [end, start]: seconds and mean worth of the bars start..end.
    seconds = until[1:][:, None] - until[:-1][None, :]
    count = np.arange(len(bars))[:, None] - np.arange(len(bars))[None, :] + 1
    gathered = np.concatenate([[0.0], np.cumsum(worth)])
    mean_worth = (gathered[1:][:, None] - gathered[:-1][None, :]) / np.maximum(count, 1)
    cost = gates.weigh(bars, bars).cost - 6.0 * mean_worth
    cost = cost + _cuts_inside(gates, row)
    if wanted_s is None:
        usual = np.isin(count, [size for size in _USUAL_BARS if size <= len(bars)] or [len(bars)])
        cost = cost + np.where(usual, 0.0, 50.0) + 0.05 * np.abs(seconds - _USUAL_S)
        turns = np.ones(seconds.shape)
    else:
        turns = np.clip(np.round(wanted_s / np.maximum(seconds, 1e-3)), 1, _MOST_TURNS)
        off = np.abs(seconds * turns - wanted_s) / bar_s
        # Turning often is dull; missing the length by a bar is worse.
        cost = cost + _OFF_COST * off + np.where(off > 1.0, 10.0 * off, 0.0) + 0.5 * (turns - 1)
        if most_off is not None:
            cost = cost + np.where(off * bar_s <= most_off * wanted_s, 0.0, 100.0)
    cost = np.where(count >= 1, cost, np.inf)
    end, start = np.unravel_index(int(cost.argmin()), cost.shape)
    return row[int(start) : int(end) + 1], int(turns[end, start])


def _cuts_inside(gates: Gates, row: list[int]) -> Floats:
    """What the joins between neighbours of the row cost that lie inside the stretch start..end."""
    # Most neighbours follow one another as recorded, which costs nothing.
    joins = [0.0 if two == one + 1 else gates.cost(one, two) for one, two in pairwise(row)]
    gathered = np.concatenate([[0.0], np.cumsum(joins)])
    return np.asarray(np.maximum(0.0, gathered[:, None] - gathered[None, :]))
