"""Which of many sounds another may be: keys vote for entries, places and pitches.

The keys that fewest entries have are asked first, up to a number of places: they tell most, chance places cost the same
as true ones, and so a look among ten thousand entries costs what a look among a few hundred costs.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.fingerprint.index import Index
from contrafact.engine.fingerprint.keys import Keys

_CELL_S: Final = 0.6
_CELL_PITCH: Final = 0.6
_LEAST_VOTES: Final = 3
MOST_SUSPECTS: Final = 8
"""At each speed."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Where something may be: an entry, the moment in it, and how much higher it sounds."""

    votes: int
    entry: int
    offset_s: float
    semitones: float


def suspects(asked: Keys, index: Index, most_places: int) -> list[Suspect]:
    """The places that most keys vote for, at most one for each entry.

    Parameters
    ----------
    most_places : int
        Of how many places votes are counted; those of rare keys first.
    """
    order = np.argsort(asked.keys, kind="stable")
    keys, first, times_asked = np.unique(asked.keys[order], return_index=True, return_counts=True)
    at, counts = index.find(keys)
    chosen = _rarest(counts * times_asked, most_places)
    if not len(chosen):
        return []
    # Each place of a key meets each landmark that asks for it.
    first, times_asked, counts = first[chosen], times_asked[chosen], counts[chosen]
    found = index.places(at[chosen], counts)
    lengths = times_asked[found.asked]
    ends = np.cumsum(lengths)
    turn = np.arange(int(ends[-1])) - np.repeat(ends - lengths, lengths) + np.repeat(first[found.asked], lengths)
    row, mine = np.repeat(np.arange(len(lengths)), lengths), order[turn]
    offsets = found.times_s[row] - asked.times_s[mine]
    shifts = asked.pitches[mine] - found.pitches[row]
    return _counted(found.entries[row], offsets, shifts)


def _rarest(places: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Which keys to ask for: those with the fewest places first, of equal ones the lower key."""
    there = np.flatnonzero(places)
    there = there[np.argsort(places[there], kind="stable")]
    return np.sort(there[np.cumsum(places[there]) <= most])


def _counted(entries: NDArray[np.int64], offsets: NDArray[np.float32], shifts: NDArray[np.float32]) -> list[Suspect]:
    best: dict[int, Suspect] = {}
    # cells overlap by half, so that no place falls between two
    places = (entries << 28) + (2**27 + 2**7)
    times = [np.floor(offsets / _CELL_S + half).astype(np.int64) << 8 for half in (0.0, 0.5)]
    pitches = [np.floor(shifts / _CELL_PITCH + half).astype(np.int64) for half in (0.0, 0.5)]
    for time in times:
        place_and_time = places + time
        for pitch in pitches:
            cell = place_and_time + pitch
            several = _in_company(cell)
            names, back, votes = np.unique(cell[several], return_inverse=True, return_counts=True)
            many = np.flatnonzero(votes >= _LEAST_VOTES)
            many = many[np.argsort(-votes[many], kind="stable")][: 2 * MOST_SUSPECTS]
            for place in many.tolist():
                inside = several[back == place]
                entry = int(names[place] >> 28)
                suspect = Suspect(
                    int(votes[place]), entry, float(np.median(offsets[inside])), float(np.median(shifts[inside]))
                )
                if entry not in best or suspect.votes > best[entry].votes:
                    best[entry] = suspect
    return sorted(best.values(), key=lambda item: (-item.votes, item.entry))[:MOST_SUSPECTS]


def _in_company(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of all that may stand in a cell with enough others: nearly everybody stands alone, and is left out.

    Cells share drawers, so that some who stand alone come through; nobody who does not is left out.
    """
    bits = max(10, len(cells).bit_length())
    drawer = (cells.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)
    drawer = drawer.astype(np.int64)
    return np.flatnonzero(np.bincount(drawer, minlength=1 << bits)[drawer] >= _LEAST_VOTES)
