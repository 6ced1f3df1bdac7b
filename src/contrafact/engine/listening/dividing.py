"""The division of a song into sections, and how sure each boundary is.

Sections are a semi-Markov chain: a boundary costs or gains what the cues say of its bar, a section what its length is
worth. The best path (Viterbi) is the division; sums over all paths (forward-backward) give the probability that a
section begins at a bar. Source: S.-Z. Yu, "Hidden semi-Markov models", Artificial Intelligence 174 (2010), section 2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

LONGEST_BARS = 128
_PHRASE = ((8, 1.4), (4, 0.9), (2, 0.2))
"""What a length that is a multiple of so many bars gains, as log-odds (only the largest counts)."""
_USUAL_S, _SPREAD = 19.0, 0.75
_SHORT_S, _SHORT_PENALTY = 5.8, 0.8
_FEWEST_BARS, _FEW_PENALTY = 2, 2.5
_SLOW_BAR_S, _FAST_BAR_S = 3.4, 1.15
"""Bars longer than this are taken to hold two of the usual ones each (half the tempo, or a slow song, whose phrases
have fewer bars), bars shorter than that to be halves."""


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """``cuts``: first bars of the sections and, last, the number of bars.

    ``chance`` (bars,): probability that a section begins at each bar (1 for the first).
    """

    cuts: tuple[int, ...]
    chance: Doubles


def divide(log_odds: Doubles, bar_s: float = 2.0) -> Division:
    """Divide bars into sections.

    Parameters
    ----------
    log_odds : float64, shape (bars,)
        What speaks for a section beginning at each bar; the first is not used.
    bar_s : float
        How long a bar usually lasts.
    """
    count = int(log_odds.size)
    if count == 0:
        return Division((0,), np.zeros(0))
    lengths = _worth(np.arange(LONGEST_BARS + 1), bar_s)
    # A pickup bar, or a bar that only rings out, does not make a phrase at an end of the song longer.
    loose = np.maximum(lengths, np.concatenate((lengths[:1], lengths[:-1])))
    gain = np.concatenate((log_odds, [0.0]))
    best, total = np.full(count + 1, -np.inf), np.full(count + 1, -np.inf)
    back = np.zeros(count + 1, np.int64)
    best[0] = total[0] = 0.0
    for stop in range(1, count + 1):
        starts = np.arange(max(0, stop - LONGEST_BARS), stop)
        worth = np.where((starts == 0) | (stop == count), loose[stop - starts], lengths[stop - starts])
        options = best[starts] + worth
        choice = int(np.argmax(options))
        best[stop], back[stop] = options[choice] + gain[stop], starts[choice]
        total[stop] = logsumexp(total[starts] + worth) + gain[stop]
    behind = np.full(count + 1, -np.inf)
    behind[count] = 0.0
    for start in range(count - 1, -1, -1):
        stops = np.arange(start + 1, min(count, start + LONGEST_BARS) + 1)
        worth = np.where((start == 0) | (stops == count), loose[stops - start], lengths[stops - start])
        behind[start] = logsumexp(behind[stops] + gain[stops] + worth)
    chance = np.exp(np.minimum(0.0, total[:count] + behind[:count] - total[count]))
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(int(back[cuts[-1]]))
    return Division(tuple(cuts[::-1]), chance)


def _worth(lengths: Ints, bar_s: float) -> Doubles:
    """What sections of so many bars are worth, as log-odds."""
    unit = 0.5 if bar_s > _SLOW_BAR_S else 2.0 if bar_s < _FAST_BAR_S else 1.0
    seconds = np.maximum(1, lengths) * bar_s
    usual = -0.5 * (np.log(seconds / _USUAL_S) / _SPREAD) ** 2
    phrase = np.select([lengths % int(bars * unit) == 0 for bars, _ in _PHRASE], [gain for _, gain in _PHRASE], 0.0)
    short = np.where(seconds < _SHORT_S, -_SHORT_PENALTY, 0.0) - np.where(lengths < _FEWEST_BARS, _FEW_PENALTY, 0.0)
    result: Doubles = usual + phrase + short
    return result
